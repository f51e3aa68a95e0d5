import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym.actions import coset_space, gspace, matrix, permutation, regular, together
from markovsym.errors import CompositionError, HypothesisMissing
from markovsym.groups import SO, Cosets, Direct, FactorInclusion, Inclusion, O, S, gram_schmidt
from markovsym.kernels import Deterministic, Kernel, NoiseOutsourced
from markovsym.spaces import space
from markovsym.symmetrise import declare_equivariant, haar, recursive, sym
from markovsym.testing import assert_equivariant_in_law

G, P = O(3), Direct(S(4), O(3))
X = gspace((4, 3), matrix(G))
XP = gspace((4, 3), together(permutation(S(4)), matrix(O(3))))
COSETS = Cosets(FactorInclusion(P, "left"))
seeds = st.integers(0, 2**32 - 1)


def frame(x: Tensor, v: Tensor) -> Tensor:
    return gram_schmidt((x[..., :3, :] + 0.5).tanh() + 0.3 * v)[0]


def learned() -> Kernel:
    return NoiseOutsourced(frame, space((3, 3)), X, regular(G))


def noisy() -> Kernel:
    return NoiseOutsourced(lambda x, u: x.cumsum(-1) + x.square() + u, space((4, 3)), X, X)


@given(seed=seeds)
def test_symmetrising_by_a_recursive_gamma_is_symmetrising_twice(seed: int) -> None:
    # x -> g1 k(g1^-1 x) is no equivariant kernel; declaring it one is how to write it down
    inner = sym(noisy(), declare_equivariant(learned(), G))
    x = torch.randn(7, 4, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    once, twice = (
        s.sample(x, generator=torch.Generator().manual_seed(seed))
        for s in (sym(noisy(), recursive(haar(G, X), learned())), sym(inner, haar(G, X)))
    )
    torch.testing.assert_close(once, twice)


@given(seed=seeds)
def test_a_recursive_gamma_gives_g0_times_what_was_learned_at_g0_inverse_x(seed: int) -> None:
    x = torch.randn(7, 4, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    gamma = recursive(haar(G, X), learned())
    generator, twin = (torch.Generator().manual_seed(seed) for _ in range(2))
    g0 = G.haar(7, generator=twin, dtype=torch.float64)
    v = torch.randn(7, 3, 3, generator=twin, dtype=torch.float64)
    wanted = g0 @ frame(x @ g0, v)  # points are rows, so this is g0^-1 x
    torch.testing.assert_close(gamma.sample(x, generator=generator), wanted)


@pytest.mark.parametrize("depth", [1, 2])
def test_a_recursive_gamma_is_equivariant_in_law(depth: int, generator: torch.Generator) -> None:
    gamma = haar(G, X)
    for _ in range(depth):
        gamma = recursive(gamma, learned())
    x = torch.randn(4, 3, generator=generator)
    assert_equivariant_in_law(gamma, x)
    with pytest.raises(AssertionError, match="not equivariant"):
        assert_equivariant_in_law(learned(), x)


def test_a_recursive_gamma_ends_where_its_base_ends() -> None:
    gamma = recursive(haar(G, X), learned())
    assert (gamma.dom, gamma.cod, gamma.group) == (X, regular(G), G)
    assert str(gamma.why).splitlines() == [
        "proved: equivariant under O(3), in 1 step",
        "  Haar is left-invariant on O(3)",
    ]


def test_a_learned_gamma_into_other_cosets_is_refused() -> None:
    elsewhere = Deterministic(lambda x: x, XP, coset_space(Cosets(FactorInclusion(P, "right"))))
    with pytest.raises(CompositionError, match=r"^base ends in \(.*\), the learned one in \("):
        recursive(haar(COSETS, XP), elsewhere)


def test_a_learned_gamma_that_ends_in_no_cosets_is_refused() -> None:
    with pytest.raises(CompositionError, match=r"^gamma must end in a space of cosets"):
        recursive(haar(G, X), noisy())


def test_a_base_that_is_not_known_to_be_equivariant_is_refused() -> None:
    with pytest.raises(HypothesisMissing, match=r"^gamma must be equivariant under O"):
        recursive(declare_equivariant(learned(), Inclusion(SO(3), G)), learned())


def test_along_a_subgroup_the_learned_gamma_must_respect_it() -> None:
    invariant = Deterministic(lambda x: gram_schmidt(x.mT @ x.cos())[0], XP, coset_space(COSETS))
    with pytest.raises(HypothesisMissing, match=r"^along S\(4\) -> S\(4\) x O\(3\)"):
        recursive(haar(COSETS, XP), invariant)
    assert recursive(haar(COSETS, XP), declare_equivariant(invariant, S(4))).group == P
