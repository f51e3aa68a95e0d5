"""Models that move along with translations, or stay, pass; others are named."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym.actions import (
    Action,
    affine,
    gspace,
    matrix,
    permutation,
    restricted,
    together,
    translation,
    trivial,
)
from markovsym.groups import GL, SE, Direct, E, FactorProjection, O, PairGroup, S, T
from markovsym.kernels import Deterministic
from markovsym.nn import Symmetrised
from markovsym.testing.effort import Effort, making
from markovsym.testing.law.same_law import EResult
from markovsym.testing.outcome import NotApplicableError
from markovsym.testing.supports.translation import assert_translation_invariant
from tests.markovsym.testing.clouds import CENTRED, FREE, MASK

X = gspace((5, 3), matrix(O(3)))
MOVED, STILL = gspace((5, 3), translation(T(3))), gspace((5, 3), trivial(T(3)))
VECTOR, NUMBER = gspace((3,), matrix(O(3))), gspace((), trivial(O(3)))


def less_the_mean(x: Tensor) -> Tensor:
    return x - x.mean(-2, keepdim=True)


@given(st.integers(0, 1000))
def test_the_mean_moves_along(seed: int) -> None:
    gaps = assert_translation_invariant(lambda x: x.mean(-2), X=X, Y=VECTOR, seed=seed)
    assert isinstance(gaps, list)
    assert len(gaps) == 3
    assert all(gap.passes for gap in gaps)


def test_differences_stay() -> None:
    assert_translation_invariant(less_the_mean, X=MOVED, Y=STILL)
    assert_translation_invariant(less_the_mean, X=FREE, Y=CENTRED)
    assert_translation_invariant(lambda x: less_the_mean(x).square().sum((-2, -1)), X=X, Y=NUMBER)


def test_the_type_of_the_output_declares_what_it_does() -> None:
    with pytest.raises(
        AssertionError,
        match=r"^the output does not go where it should .* at a translation by \(.*, .*, .*\) it "
        r"is off by .* of the largest entry, in torch\.float32, where rounding explains .*; it "
        r"stays where it is: if it should, declare Y with trivial",
    ):
        assert_translation_invariant(less_the_mean, X=X)
    with pytest.raises(AssertionError, match="made of places, where it should be made of diff"):
        assert_translation_invariant(lambda x: x, X=MOVED, Y=STILL)
    with pytest.raises(AssertionError, match="made of places"):
        assert_translation_invariant(lambda x: x.square().sum((-2, -1)), X=X, Y=NUMBER)


MOTIONS = gspace((5, 3), affine(E(3)))


def radial(x: Tensor) -> Tensor:
    """Equivariant under O(3), and knows nothing of translations."""
    return x * x.square().sum(-1, keepdim=True).tanh()


def test_a_model_of_motions_that_forgets_translations_is_seen() -> None:
    kernel = Deterministic(radial, MOTIONS, MOTIONS)
    with pytest.raises(AssertionError, match=r"at a translation by .* it is off by"):
        assert_translation_invariant(kernel)
    assert_translation_invariant(
        Deterministic(
            lambda x: radial(less_the_mean(x)) + x.mean(-2, keepdim=True), MOTIONS, MOTIONS
        )
    )
    molecules = gspace((5, 3), together(permutation(S(5)), affine(SE(3))))
    with pytest.raises(AssertionError, match="should be made of differences"):
        assert_translation_invariant(radial, X=molecules)
    named = gspace(("atom", 3), together(permutation(S("atom")), affine(SE(3))))
    assert_translation_invariant(lambda x: x, X=named)
    with pytest.raises(AssertionError, match="it stays where it is"):
        assert_translation_invariant(less_the_mean, X=named)


def test_a_symmetrised_network_passes() -> None:
    net = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3))
    with pytest.raises(AssertionError, match="made of places"):
        assert_translation_invariant(net, X=MOTIONS)
    assert_translation_invariant(Symmetrised(net, E(3)).kernel)


@pytest.mark.parametrize(
    "action", [matrix(GL(3)), together(permutation(S(5)), matrix(O(3)))], ids=str
)
def test_points_are_what_matrices_turn(action: Action) -> None:
    space = gspace((5, 3), action)
    assert_translation_invariant(lambda x: x.flip(-2), X=space)
    with pytest.raises(AssertionError, match="should be made of differences"):
        assert_translation_invariant(radial, X=space)


def test_features_and_times_stay() -> None:
    start = X @ gspace((5, 2), trivial(O(3))) @ gspace((), trivial(O(3)))
    end = X @ gspace((5, 2), trivial(O(3)))
    assert_translation_invariant(lambda x, h, t: (x, h * t[:, None, None]), X=start, Y=end)
    with pytest.raises(AssertionError, match="does not go where it should"):
        assert_translation_invariant(lambda x, h, t: (x, h + x[..., :2]), X=start, Y=end)


def test_numbers_are_no_points_though_there_are_three_of_each() -> None:
    start = X @ gspace((5, 3), trivial(O(3)))
    assert_translation_invariant(lambda x, h: x, X=start, Y=X)
    assert_translation_invariant(lambda x, h: h.sum((-2, -1)), X=start, Y=NUMBER)


@pytest.mark.parametrize("group", [E(3), Direct(S(5), E(3))], ids=str)
def test_velocities_are_turned_and_stay(group: PairGroup) -> None:
    turned = restricted(matrix(O(3)), FactorProjection(E(3), "right"))
    moved = affine(E(3))
    if group != E(3):
        moved, turned = (together(permutation(S(5)), one) for one in (moved, turned))
    places, velocities = gspace((5, 3), moved), gspace((5, 3), turned)
    assert_translation_invariant(less_the_mean, X=places, Y=velocities)
    with pytest.raises(AssertionError, match="should be made of differences"):
        assert_translation_invariant(lambda x: x, X=places, Y=velocities)


def test_noise_that_is_added_moves_along_draw_by_draw() -> None:
    found = assert_translation_invariant(lambda x: x + torch.randn_like(x), X=X)
    assert isinstance(found, list)
    with pytest.raises(AssertionError, match=r"^the law of the output does not go where it should"):
        assert_translation_invariant(lambda x: radial(x) + torch.randn_like(x), X=X)


def test_noise_that_is_spent_otherwise_elsewhere_is_compared_in_law() -> None:
    def model(x: Tensor) -> Tensor:
        noise = torch.randn_like(x)
        sign = torch.where(x[:, :1, :1] > 0, 1.0, -1.0)
        return x + sign * noise

    found = assert_translation_invariant(model, X=X)
    assert isinstance(found, EResult)
    assert not found.rejected
    with making(Effort(pairs=64)):
        few = assert_translation_invariant(model, X=X, seed=3)
    assert isinstance(few, EResult)
    assert (found.effort.seed, few.effort.seed) == (0, 3)
    assert few.pairs < found.pairs


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_points_may_be_handed_over_in_either_precision(dtype: torch.dtype) -> None:
    x = torch.randn(4, 5, 3, dtype=dtype)
    for at in (x, x[0]):
        gaps = assert_translation_invariant(lambda x: x.flip(1) + 1, at, X=X)
        assert isinstance(gaps, list)
        assert {gap.dtype for gap in gaps} == {dtype}
    with pytest.raises(AssertionError, match="does not go"):
        assert_translation_invariant(lambda x: x * 1.01, x, X=X)


def test_where_no_points_may_lie_anywhere_it_does_not_apply() -> None:
    for space in (CENTRED, NUMBER, gspace((5,), trivial(T(3)))):
        with pytest.raises(NotApplicableError, match="holds points that may lie anywhere; hand"):
            assert_translation_invariant(lambda x: x, X=space)


def test_rows_that_do_not_exist_are_refused() -> None:
    x, mask = torch.randn(2, 3, 3), torch.tensor([[True, True, False]] * 2)
    with pytest.raises(ValueError, match="wanted points of which all rows exist"):
        assert_translation_invariant(lambda x, m: x, (x, mask), X=FREE @ MASK, Y=FREE)
    assert_translation_invariant(lambda x, m: x, X=FREE @ MASK, Y=FREE)
