"""Laws that no element changes pass; all others are rejected, with the element that shows it."""

import math

import pytest
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym.actions import GSpace, gspace, matrix, permutation, regular, translation, trivial
from markovsym.errors import CompositionError
from markovsym.groups import SO, C, Direct, Group, O, S, T, U
from markovsym.kernels import Deterministic, Kernel, NoiseOutsourced
from markovsym.spaces import UNIT, Kind, Value, space
from markovsym.symmetrise.gamma import HaarState
from markovsym.testing import Effort, InconclusiveError, Named, Outcome
from markovsym.testing.law.invariant_law import assert_invariant_law, invariance_of_law
from markovsym.testing.outcome import heard

BRIEF = Effort(examples=1, pairs=128)
VECTOR = gspace((3,), matrix(O(3)))
FRAME = regular(O(3))
MIRROR = torch.diag(torch.tensor([-1.0, 1, 1], dtype=torch.float64))
TURN = torch.tensor([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]], dtype=torch.float64)


def raw_qr(n: int, generator: torch.Generator) -> Tensor:
    return torch.linalg.qr(torch.randn(n, 3, 3, generator=generator))[0]


def rotation(n: int, generator: torch.Generator) -> Tensor:
    return SO(3).haar(n, generator=generator)


@pytest.mark.parametrize("G", [O(3), SO(2), S(4), C(5), U(2), Direct(S(3), O(2))], ids=str)
def test_haar_is_invariant(G: Group) -> None:
    found = assert_invariant_law(HaarState(G, regular(G)), effort=BRIEF)
    assert found.p > 1e-4
    assert found.examples > 1


@given(seed=st.integers(0, 2**16))
def test_the_same_seed_finds_the_same_and_the_generator_of_torch_is_let_alone(seed: int) -> None:
    effort = Effort(examples=1, pairs=64, seed=seed)
    before = torch.get_rng_state()
    first, again = (
        invariance_of_law(lambda n: torch.randn(n, 3), VECTOR, [MIRROR], effort=effort)
        for _ in range(2)
    )
    assert first.log_e == again.log_e
    assert torch.equal(torch.get_rng_state(), before)


def test_the_seed_and_the_element_change_the_draws() -> None:
    seen: list[Tensor] = []

    def law(n: int, generator: torch.Generator) -> Tensor:
        seen.append(torch.randn(n, 3, generator=generator))
        return seen[-1]

    for seed in (0, 1):
        effort = Effort(examples=1, pairs=64, seed=seed)
        invariance_of_law(law, VECTOR, [MIRROR, TURN], effort=effort)
    blocks = [tuple(one[0].tolist()) for one in seen if len(one) == 32]
    # two seeds, two elements, two sides, two blocks, all drawn apart
    assert len(blocks) == len(set(blocks)) == 16


def test_invariant_laws_are_rarely_suspected() -> None:
    law = HaarState(O(3), FRAME)
    efforts = (Effort(pairs=256, seed=seed) for seed in range(20))
    found = [invariance_of_law(law, elements=[MIRROR @ TURN], effort=e).p for e in efforts]
    assert min(found) > 1e-4
    assert sum(p < 0.05 for p in found) <= scipy.stats.binom.isf(1e-6, 20, 0.05)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_law_may_be_any_function(dtype: torch.dtype) -> None:
    def own(n: int) -> Tensor:
        return torch.randn(n, 3, dtype=dtype)

    def handed(n: int, generator: torch.Generator) -> Tensor:
        return torch.randn(n, 3, generator=generator, dtype=dtype)

    for law in (own, handed):
        assert assert_invariant_law(law, VECTOR, effort=BRIEF).p > 1e-4


def test_a_kernel_may_end_in_a_plain_space() -> None:
    law = NoiseOutsourced(lambda u: u, space((3,)), UNIT, space((3,)))
    assert assert_invariant_law(law, VECTOR, effort=BRIEF).p > 1e-4
    with pytest.raises(CompositionError, match=r"wanted the space of the draws .*got none"):
        assert_invariant_law(law)


LAWS: dict[str, tuple[GSpace, object]] = {
    "shifted": (VECTOR, lambda n: torch.randn(n, 3) + torch.tensor([0.3, 0, 0])),
    "wider along an axis": (VECTOR, lambda n: torch.randn(n, 3) * torch.tensor([1.5, 1, 1])),
    "QR without the signs": (FRAME, raw_qr),
    "SO(3) for O(3)": (FRAME, rotation),
    "one side of the sphere": (
        VECTOR,
        lambda n: torch.nn.functional.normalize(torch.randn(n, 3), dim=-1).abs(),
    ),
    "an order that is liked": (
        regular(S(3)),
        lambda n: (torch.rand(n, 3) + torch.tensor([0.0, 0.3, 0.6])).argsort(-1),
    ),
    "the first number more often": (
        regular(C(3)),
        lambda n: torch.randint(4, (n,)) % 3,
    ),
    "translated": (gspace((2,), translation(T(2))), lambda n: torch.randn(n, 2)),
}


@pytest.mark.parametrize("name", LAWS)
def test_other_laws_are_rejected(name: str) -> None:
    X, law = LAWS[name]
    with pytest.raises(AssertionError, match=r"^the law is not invariant under .* rejects; means"):
        assert_invariant_law(law, X)


def test_parts_are_looked_at_together() -> None:
    still = gspace((3,), trivial(O(3)))

    def tied(n: int, generator: torch.Generator) -> Value:
        R = O(3).haar(n, generator=generator)
        return R, R[..., 0]

    def apart(n: int, generator: torch.Generator) -> Value:
        R = O(3).haar(2 * n, generator=generator)
        return R[:n], R[n:, :, 0]

    assert assert_invariant_law(apart, FRAME @ still, effort=BRIEF).p > 1e-4
    assert assert_invariant_law(tied, FRAME @ VECTOR, effort=BRIEF).p > 1e-4
    with pytest.raises(AssertionError, match="standard deviations by a factor"):
        assert_invariant_law(tied, FRAME @ still)


def test_the_element_is_named() -> None:
    turn, mirror = Named("a turn", TURN), Named("the mirror", MIRROR)
    assert_invariant_law(rotation, FRAME, [turn])
    with pytest.raises(
        AssertionError, match=r"(?s)under O\(3\): at the mirror .*g = tensor\(\[\[-1"
    ):
        assert_invariant_law(rotation, FRAME, [turn, mirror])
    with pytest.raises(AssertionError, match="at element 2 the laws"):
        assert_invariant_law(rotation, FRAME, [TURN, MIRROR])


def test_the_size_is_that_of_the_draws() -> None:
    X = gspace(("atom", 2), permutation(S("atom")))
    assert assert_invariant_law(lambda n: torch.randn(n, 7, 2), X, effort=BRIEF).p > 1e-4
    worse = torch.arange(7.0).unsqueeze(-1)
    with pytest.raises(AssertionError, match="not invariant under S"):
        assert_invariant_law(lambda n: torch.randn(n, 7, 2) + worse, X)


def test_whole_numbers_are_looked_at() -> None:
    X = gspace((3,), permutation(S(3), (-1,)), Kind.INTEGER)
    assert assert_invariant_law(lambda n: torch.randint(5, (n, 3)), X, effort=BRIEF).p > 1e-4
    with pytest.raises(AssertionError, match="not invariant"):
        assert_invariant_law(lambda n: torch.randint(5, (n, 3)) + torch.arange(3), X)


@pytest.mark.parametrize("rubbish", [math.nan, math.inf])
def test_what_is_not_finite_never_passes(rubbish: float) -> None:
    with pytest.raises(InconclusiveError, match="a draw is not finite"):
        assert_invariant_law(lambda n: torch.full((n, 3), rubbish), VECTOR)


def test_one_value_in_all_draws_is_inconclusive() -> None:
    with pytest.raises(InconclusiveError, match="the law gives one value in all draws"):
        assert_invariant_law(lambda n: torch.zeros(n, 3), VECTOR, effort=BRIEF)
    with pytest.raises(AssertionError, match="not invariant"):
        assert_invariant_law(lambda n: torch.ones(n, 3), VECTOR)
    found = invariance_of_law(Deterministic(lambda: (), UNIT, GSpace(O(3), ())), effort=BRIEF)
    assert found.log_e == 0


def test_a_kernel_with_an_input_is_no_law() -> None:
    kernel: Kernel = Deterministic(lambda x: x, VECTOR, VECTOR)
    with pytest.raises(CompositionError, match="wanted a law, as a kernel from the unit, got one"):
        assert_invariant_law(kernel)


def test_whoever_listens_is_told() -> None:
    told: list[Outcome] = []
    with heard(told.append):
        assert_invariant_law(lambda n: torch.randn(n, 3), VECTOR, effort=BRIEF)
    ((outcome),) = told
    assert (outcome.check, outcome.verdict.value) == ("invariance of a law", "pass")
    assert outcome.detail.startswith("no evidence in")
