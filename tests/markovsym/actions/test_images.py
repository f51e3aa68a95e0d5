"""Shifts and the symmetries of a square, by hand and against numpy."""

import numpy as np
import pytest
import torch

from markovsym.actions import Shift, Square, gspace
from markovsym.errors import CompositionError
from markovsym.groups import C, D
from markovsym.spaces import CentreFree, Constraint, Free, Kind

IMAGE = torch.arange(2 * 3 * 8).reshape(2, 3, 8)


@pytest.mark.parametrize("axis", [-1, -2, -3])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 8])
def test_a_shift_rolls_an_axis(n: int, axis: int) -> None:
    length = IMAGE.shape[axis]
    if length % n:
        return
    for g in range(n):
        moved = Shift(C(n), axis)(torch.tensor(g), IMAGE)
        assert np.array_equal(moved.numpy(), np.roll(IMAGE.numpy(), g * length // n, axis))


def test_shifts_by_hand() -> None:
    x = torch.tensor([1, 2, 3, 4, 5, 6])
    assert Shift(C(6))(torch.tensor(1), x).tolist() == [6, 1, 2, 3, 4, 5]
    assert Shift(C(3))(torch.tensor(1), x).tolist() == [5, 6, 1, 2, 3, 4]
    many = Shift(C(3))(torch.tensor([0, 2]), torch.stack([x, x]))
    assert many.tolist() == [[1, 2, 3, 4, 5, 6], [3, 4, 5, 6, 1, 2]]


@pytest.mark.parametrize("G", [C(4), D(4)], ids=str)
@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_a_square_is_flipped_upside_down_and_then_turned_left(G: C | D, n: int) -> None:
    x = torch.arange(2 * n * n).reshape(2, n, n)
    for g in G.elements().tolist():
        flipped = np.flip(x.numpy(), -2) if g >= 4 else x.numpy()
        wanted = np.rot90(flipped, g % 4, (-2, -1))
        assert np.array_equal(Square(G)(torch.tensor(g), x).numpy(), wanted)


def test_turns_and_flips_by_hand() -> None:
    x = torch.tensor([[1, 2], [3, 4]])
    assert Square(C(4))(torch.tensor(1), x).tolist() == [[2, 4], [1, 3]]
    assert Square(C(4))(torch.tensor(2), x).tolist() == [[4, 3], [2, 1]]
    assert Square(D(4))(torch.tensor(4), x).tolist() == [[3, 4], [1, 2]]
    assert Square(D(4))(torch.tensor(5), x).tolist() == [[4, 2], [3, 1]]
    both = Square(D(4))(torch.tensor([1, 4]), torch.stack([x, x]))
    assert both.tolist() == [[[2, 4], [1, 3]], [[3, 4], [1, 2]]]


def test_the_eight_symmetries_of_a_square_all_differ() -> None:
    x = torch.arange(9).reshape(3, 3)
    moved = Square(D(4))(D(4).elements(), x.expand(8, 3, 3))
    assert len(moved.flatten(1).unique(dim=0)) == 8


@pytest.mark.parametrize("G", [C(3), D(3), C(8), D(2)], ids=str)
def test_a_square_has_the_symmetries_of_a_square_only(G: C | D) -> None:
    with pytest.raises(
        ValueError, match=r"^wanted C\(4\) or D\(4\), the symmetries of a square, got "
    ):
        Square(G)


@pytest.mark.parametrize(
    ("action", "shape", "bound"),
    [
        (Shift(C(4)), (6,), Free()),
        (Shift(C(4)), ("angle",), Free()),
        (Shift(C(4)), (), Free()),
        (Shift(C(4), -2), (4,), Free()),
        (Shift(C(4), 0), (4,), Free()),
        (Square(C(4)), (3, 4), Free()),
        (Square(C(4)), (3,), Free()),
        (Square(C(4)), (3, 3, 4), Free()),
        (Square(D(4)), (3, 3), CentreFree()),
    ],
    ids=str,
)
def test_images_of_another_size_are_refused(
    action: Shift | Square, shape: tuple[int | str, ...], bound: Constraint
) -> None:
    with pytest.raises(CompositionError, match=r"\) cannot act on floating point of shape \("):
        gspace(shape, action, Kind.REAL, bound)


def test_squares_of_a_named_size_will_do() -> None:
    X = gspace((3, "side", "side"), Square(D(4)))
    assert X.act(torch.tensor(4), torch.zeros(3, 5, 5)).shape == (3, 5, 5)


def test_an_action_on_one_image_does_not_fit_two() -> None:
    both = gspace((4, 4), Shift(C(4))) @ gspace((4, 4), Shift(C(4)))
    assert not Shift(C(4)).fits(both.space)
    assert not Square(C(4)).fits(both.space)
