"""The laws that every action obeys, and the actions everybody uses, by hand."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from markovsym.actions import (
    CosetAction,
    Matrix,
    Permutation,
    Scaling,
    Translation,
    Trivial,
    coset_space,
    gspace,
    regular,
)
from markovsym.errors import CompositionError
from markovsym.groups import SO, Cosets, O, S, Scalings, T
from markovsym.spaces import (
    CentreFree,
    Constraint,
    Free,
    Kind,
    Orthogonal,
    parts_of,
    space,
    value_of,
)
from tests.markovsym.actions.action_cases import CASES, LEFT, RIGHT, STILL, Case, P, entry

every_action = pytest.mark.parametrize("case", CASES, ids=str)
seeds = st.integers(0, 2**32 - 1)
batches = st.lists(st.integers(0, 3), max_size=2)


@every_action
@settings(max_examples=12)
@given(seed=seeds, batch=batches)
def test_the_identity_moves_nothing_and_the_inverse_back(
    case: Case, seed: int, batch: list[int]
) -> None:
    g, x, G = case.element(seed, *batch), case.value(seed + 1, *batch), case.action.group
    torch.testing.assert_close(case.action(G.identity(*batch, dtype=torch.float64), x), x)
    torch.testing.assert_close(case.action(G.inverse(g), case.action(g, x)), x)


@every_action
@settings(max_examples=12)
@given(seed=seeds, batch=batches)
def test_acting_by_a_product_is_acting_twice(case: Case, seed: int, batch: list[int]) -> None:
    g, h, x = case.element(seed, *batch), case.element(seed + 1, *batch), case.value(seed, *batch)
    moved = case.action(case.action.group.multiply(g, h), x)
    torch.testing.assert_close(moved, case.action(g, case.action(h, x)))


@every_action
def test_what_is_moved_stays_in_its_space(case: Case) -> None:
    assert case.action.fits(case.space)
    g, x = case.element(0, 3), case.value(1, 3)
    moved = case.action(g, x)
    assert case.space.measure(moved) == case.space.measure(x)
    if case.constraint == CentreFree():
        assert case.constraint.violation(moved).max() < 1e-9


@every_action
def test_a_batch_of_elements_acts_entry_by_entry(case: Case) -> None:
    g, x = case.element(0, 2, 3), case.value(1, 2, 3)
    moved = case.action(g, x)
    for i in range(2):
        for j in range(3):
            alone = case.action(entry(g, i, j), entry(x, i, j))
            torch.testing.assert_close(entry(moved, i, j), alone)


@every_action
def test_one_element_moves_a_whole_batch(case: Case) -> None:
    g, x = case.element(0), case.value(1, 2, 3)
    moved = case.action(g, x)
    for i in range(2):
        for j in range(3):
            torch.testing.assert_close(entry(moved, i, j), case.action(g, entry(x, i, j)))


@pytest.mark.parametrize("case", [c for c in CASES if not any(w in str(c) for w in STILL)], ids=str)
def test_something_moves(case: Case) -> None:
    x = case.value(0, 20)
    moved = case.action(case.element(1, 20), x)
    assert any((a != b).any() for a, b in zip(parts_of(moved), parts_of(x), strict=True))


@every_action
def test_the_precision_of_the_point_is_kept(case: Case) -> None:
    x = value_of(tuple(_single(part) for part in parts_of(case.value(0, 3))))
    moved = case.action(case.element(1, 3), x)
    wanted = [part.dtype for part in parts_of(x)]
    assert [part.dtype for part in parts_of(moved)] == wanted


def _single(part: Tensor) -> Tensor:
    if part.is_complex():
        return part.to(torch.complex64)
    return part.float() if part.is_floating_point() else part


@every_action
@settings(max_examples=8)
@given(seed=seeds)
def test_affine_actions_move_means_to_means(case: Case, seed: int) -> None:
    if isinstance(case.action, CosetAction):
        assert not case.action.affine
        return
    assert case.action.affine
    if case.kind not in (Kind.REAL, Kind.COMPLEX):
        return
    g, x = case.element(seed), case.value(seed + 1, 4)
    mean = case.action(g, x.mean(0))
    torch.testing.assert_close(mean, case.action(g, x).mean(0))


def test_the_trivial_action_hands_back_what_it_gets() -> None:
    x = torch.ones(5, 3)
    assert Trivial(O(3))(-torch.eye(3), x) is x


def test_a_matrix_acts_on_columns_from_the_left() -> None:
    c, s = math.cos(1.0), math.sin(1.0)
    turn = torch.tensor([[c, -s], [s, c]])
    moved = Matrix(SO(2))(turn, torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
    torch.testing.assert_close(moved, torch.tensor([[c, s], [-s, c]]))


def test_entry_i_goes_to_place_g_of_i() -> None:
    g, x = torch.tensor([1, 2, 0]), torch.tensor([10.0, 20.0, 30.0])
    assert Permutation(S(3), (-1,))(g, x).tolist() == [30.0, 10.0, 20.0]
    assert Permutation(S(3))(g, x.unsqueeze(-1)).squeeze(-1).tolist() == [30.0, 10.0, 20.0]


def test_a_permutation_of_two_axes_moves_rows_and_columns() -> None:
    g = torch.tensor([1, 2, 0])
    edges = torch.tensor([[0, 1, 0], [0, 0, 0], [0, 0, 5]])  # 0 -> 1, and 2 -> 2
    moved = Permutation(S(3), (-2, -1))(g, edges)
    assert moved.tolist() == [[5, 0, 0], [0, 0, 1], [0, 0, 0]]  # 1 -> 2, and 0 -> 0


def test_a_permutation_keeps_the_type_of_what_it_moves() -> None:
    mask = torch.tensor([True, False, False])
    moved = Permutation(S("atom"), (-1,))(torch.tensor([1, 2, 0]), mask)
    assert moved.tolist() == [False, True, False]


def test_actions_are_equal_by_content() -> None:
    assert Matrix(O(3)) == Matrix(O(3)) != Matrix(SO(3))
    assert Permutation(S("atom")) == Permutation(S("atom"), (-2,))
    assert Permutation(S(4), (-2,)) != Permutation(S(4), (-1,))
    assert CosetAction(Cosets(LEFT)) != CosetAction(Cosets(RIGHT))


def test_a_group_moves_itself_from_the_left() -> None:
    generator = torch.Generator().manual_seed(0)
    g, h = O(3).haar(2, generator=generator)
    torch.testing.assert_close(regular(O(3)).act(g, h), g @ h)
    assert regular(O(3)).space == space((3, 3), constraint=Orthogonal())
    assert regular(S("atom")).space == space(("atom",), Kind.INTEGER)
    assert regular(O(3)).group == O(3)


def test_the_cosets_of_a_factor_are_moved_by_the_other_factor_only() -> None:
    generator = torch.Generator().manual_seed(0)
    (p, g), k = P.haar(generator=generator), O(3).haar(generator=generator)
    X = coset_space(Cosets(LEFT))
    assert (X.group, X.space) == (P, O(3).space)
    torch.testing.assert_close(X.act((p, g), k), g @ k)


def test_a_translation_is_added_to_every_point() -> None:
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    moved = Translation(T(2))(torch.tensor([10.0, 20.0]), x)
    assert moved.tolist() == [[11.0, 22.0], [13.0, 24.0]]


def test_a_scaling_is_raised_to_its_power() -> None:
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    g = torch.tensor([4.0, 9.0])
    assert Scaling(Scalings())(g, x).tolist() == [[4.0, 8.0], [27.0, 36.0]]
    assert Scaling(Scalings(), 0.5)(g, x).tolist() == [[2.0, 4.0], [9.0, 12.0]]
    assert Scaling(Scalings(), -1.0)(torch.tensor(2.0), x).tolist() == [[0.5, 1.0], [1.5, 2.0]]


@pytest.mark.parametrize(
    ("action", "shape", "kind", "bound"),
    [
        (Translation(T(3)), (5, 3), Kind.REAL, CentreFree()),
        (Translation(T(3)), (5, 2), Kind.REAL, Free()),
        (Translation(T(3)), (), Kind.REAL, Free()),
        (Translation(T(3)), (5, 3), Kind.INTEGER, Free()),
        (Scaling(Scalings()), (3, 3), Kind.REAL, Orthogonal()),
        (Scaling(Scalings()), (3,), Kind.COMPLEX, Free()),
        (Scaling(Scalings()), (3,), Kind.BOOLEAN, Free()),
        (Permutation(S(3), (-1, -1)), (3, 3), Kind.REAL, Free()),
        (Permutation(S(3), (0,)), (3, 3), Kind.REAL, Free()),
        (CosetAction(Cosets(LEFT)), (4,), Kind.INTEGER, Free()),
        (CosetAction(Cosets(LEFT)), (3, 3), Kind.INTEGER, Free()),
    ],
    ids=str,
)
def test_other_values_are_refused(
    action: Translation, shape: tuple[int, ...], kind: Kind, bound: Constraint
) -> None:
    with pytest.raises(
        CompositionError, match=r"^\w+\(.*\) cannot act on (float|int|bool|complex)"
    ):
        gspace(shape, action, kind, bound)


@pytest.mark.parametrize("action", [Matrix(O(3)), Scaling(Scalings()), Permutation(S(3))], ids=str)
def test_an_action_on_one_tensor_does_not_fit_two(action: Matrix) -> None:
    assert not action.fits(space((3, 3)) @ space((3, 3)))
    assert not action.fits(space((3, 3)).unit)
