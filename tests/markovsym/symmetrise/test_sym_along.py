"""Symmetrisation along every kind of homomorphism, exact draw for draw."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from markovsym.actions import (
    GSpace,
    Shift,
    Square,
    Together,
    affine,
    coset_space,
    gspace,
    matrix,
    permutation,
    together,
)
from markovsym.groups import (
    GL,
    SE,
    SL,
    SO,
    Aff,
    C,
    Cosets,
    D,
    Direct,
    E,
    FactorInclusion,
    FixingAxes,
    FixingPlaces,
    FromTrivial,
    Inclusion,
    O,
    PositiveDefinite,
    Root,
    S,
    Same,
)
from markovsym.groups.listed import Listed
from markovsym.kernels import Deterministic
from markovsym.spaces import value_of
from markovsym.symmetrise import EquivariantKernel, Proved, declare_equivariant, haar, sym
from markovsym.testing import assert_equivariant_in_law

W = torch.tensor([[1.0, 0.2, 0, 0], [0, 0.5, 0.3, 0], [0.1, 0, 2.0, 0], [0, 0, 0, -1.0]]).double()
M = torch.tensor([[1.2, 0.5, -0.3], [0.1, -0.6, 0.9], [-0.8, 0.2, 0.4]]).double()
seeds = st.integers(0, 2**32 - 1)


def shear(x: Tensor) -> Tensor:
    """Equivariant under orthogonal matrices and permutations, not under translations."""
    return x * x.norm(dim=-1, keepdim=True)


def crooked(x: Tensor) -> Tensor:
    """Equivariant under permutations only."""
    return x @ M[: x.shape[-1], : x.shape[-1]] + x.square() + 1.0


def ordered(x: Tensor) -> Tensor:
    """Equivariant under nothing."""
    return torch.einsum("ij,...jk->...ik", W, crooked(x))


def ordered_shear(x: Tensor) -> Tensor:
    """Equivariant under orthogonal matrices only."""
    return torch.einsum("ij,...jk->...ik", W, shear(x))


def about_the_centre(x: Tensor) -> Tensor:
    """Equivariant under translations and permutations only."""
    centre = x.mean(-2, keepdim=True)
    return crooked(x - centre) + centre


def weighted(x: Tensor) -> Tensor:
    """Equivariant under all matrices, not under translations."""
    return torch.einsum("ij,...jk->...ik", W, x)


def about_an_axis(x: Tensor) -> Tensor:
    """Equivariant under what leaves the first axis alone."""
    along, across = x[..., :1], x[..., 1:]
    return torch.cat([along.square() + 1, across * along], -1)


def screw(x: Tensor) -> Tensor:
    """Equivariant under rotations about the first axis, not under reflections."""
    along, across = x[..., :1], x[..., 1:]
    turned = torch.stack([-across[..., 1], across[..., 0]], -1)
    return torch.cat([along + 1, across + 0.5 * turned], -1)


def chiral(x: Tensor) -> Tensor:
    """Equivariant under rotations, not under reflections."""
    return x + torch.linalg.cross(x, x.mean(-2, keepdim=True).expand_as(x))


def by_volume(x: Tensor) -> Tensor:
    """Equivariant under matrices that keep the area."""
    return x * torch.linalg.det(x[..., :2, :])[..., None, None]


def by_places(x: Tensor) -> Tensor:
    """The first two rows are special; equivariant under permutations of the others."""
    first, second, rest = x[..., :1, :], x[..., 1:2, :], x[..., 2:, :]
    return torch.cat([first + second.square(), 2 * second, rest * first], -2)


def turned(x: Tensor) -> Tensor:
    """Equivariant under quarter turns, not under flips."""
    return x + 0.5 * torch.rot90(x, 1, (-2, -1)) + x.square()


def every_third(x: Tensor) -> Tensor:
    """Equivariant under shifts by multiples of three."""
    return x * torch.tensor([1.0, -2.0, 0.5] * 4, dtype=x.dtype)


@dataclass(frozen=True)
class Along:
    """Cosets G/H, a space of G, and a function that respects H, not G."""

    cosets: Cosets
    X: GSpace
    base: Callable[[Tensor], Tensor]

    def kernel(self, base: Callable[[Tensor], Tensor]) -> EquivariantKernel:
        """The function, as a function of a point and a coset."""
        k = Deterministic(lambda x, *c: base(x), self.both, self.X)
        return declare_equivariant(k, self.cosets.phi)

    @property
    def both(self) -> GSpace:
        return self.X @ coset_space(self.cosets)

    def gamma(self) -> EquivariantKernel:
        """The coset itself."""
        k = Deterministic(lambda x, *c: value_of(c), self.both, coset_space(self.cosets))
        return declare_equivariant(k, self.cosets.group)

    def error(self, base: Callable[[Tensor], Tensor], seed: int) -> float:
        """How far the symmetrised function is from equivariant, relative to its size."""
        generator, G, X = torch.Generator().manual_seed(seed), self.cosets.group, self.X
        g, k = (G.random(7, generator=generator, dtype=torch.float64) for _ in range(2))
        shape = X.space.factors[0].shape
        x = torch.randn(7, *shape, generator=generator, dtype=torch.float64)
        c = self.cosets.project(k)
        z = (x, *(c if isinstance(c, tuple) else (c,)))
        s = sym(self.kernel(base), self.gamma())
        there = s.sample(self.both.act(g, z), generator=generator)
        here = X.act(g, s.sample(z, generator=generator))
        return float((there - here).abs().max() / here.abs().max())


P, WITH_ORDER = Direct(S(4), O(3)), Direct(S(4), E(3))
MOTION, WITHIN = gspace((4, 3), affine(E(3))), FactorInclusion(WITH_ORDER, "right")
POINTS, MATRICES = gspace((4, 3), matrix(O(3))), gspace((4, 3), matrix(GL(3)))
BOTH = gspace((4, 3), together(permutation(S(4)), matrix(O(3))))
ALL = gspace((4, 3), Together(WITH_ORDER, permutation(S(4)), affine(E(3))))
IMAGES = gspace((3, 3), Square(D(4)))
INTO_GL = Inclusion(O(3), GL(3))
CASES = {
    "1 -> S(4) x O(3)": Along(Cosets(FromTrivial(P)), BOTH, ordered),
    "1 -> E(3)": Along(Cosets(FromTrivial(E(3))), MOTION, ordered),
    "S(4) -> S(4) x O(3)": Along(Cosets(FactorInclusion(P, "left")), BOTH, crooked),
    "O(3) -> S(4) x O(3)": Along(Cosets(FactorInclusion(P, "right")), BOTH, ordered_shear),
    "O(3) -> E(3)": Along(Cosets(FactorInclusion(E(3), "right")), MOTION, shear),
    "T(3) -> E(3)": Along(Cosets(FactorInclusion(E(3), "left")), MOTION, about_the_centre),
    "SO(3) -> SE(3)": Along(
        Cosets(FactorInclusion(SE(3), "right")), gspace((4, 3), affine(SE(3))), chiral
    ),
    "GL(2) -> Aff(2)": Along(
        Cosets(FactorInclusion(Aff(2), "right")), gspace((4, 2), affine(Aff(2))), weighted
    ),
    "S(4) -> S(4) x E(3)": Along(Cosets(FactorInclusion(WITH_ORDER, "left")), ALL, crooked),
    "O(3) -> E(3) -> S(4) x E(3)": Along(
        Cosets(FactorInclusion(E(3), "right") >> WITHIN), ALL, ordered_shear
    ),
    "O(3) -> GL(3), lower root": Along(Cosets(INTO_GL), MATRICES, shear),
    "O(3) -> GL(3), symmetric root": Along(
        Cosets(INTO_GL, PositiveDefinite(3, Root.SYMMETRIC)), MATRICES, shear
    ),
    "O(2) -> O(3)": Along(Cosets(FixingAxes(3, 1)), POINTS, about_an_axis),
    "SO(2) -> SO(3)": Along(
        Cosets(FixingAxes(3, 1, proper=True)), gspace((4, 3), matrix(SO(3))), screw
    ),
    "SO(3) -> O(3)": Along(Cosets(Inclusion(SO(3), O(3))), POINTS, chiral),
    "SL(2) -> GL(2)": Along(
        Cosets(Inclusion(SL(2), GL(2))), gspace((4, 2), matrix(GL(2))), by_volume
    ),
    "S(2) -> S(4)": Along(Cosets(FixingPlaces(4, 2)), gspace((4, 3), permutation(S(4))), by_places),
    "C(4) -> D(4)": Along(Cosets(Inclusion(C(4), D(4))), IMAGES, turned),
    "C(4) -> C(12)": Along(
        Cosets(Listed.of(C(4), C(12), torch.tensor([0, 3, 6, 9]))),
        gspace((12,), Shift(C(12))),
        every_third,
    ),
}
everywhere = pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))


@everywhere
@settings(max_examples=8)
@given(seed=seeds)
def test_a_kernel_that_respects_the_subgroup_is_made_equivariant(case: Along, seed: int) -> None:
    assert case.error(case.base, seed) <= 1e-10


@everywhere
def test_the_error_is_rounding(case: Along) -> None:
    assert case.error(case.base, 0) <= 1e-12


@pytest.mark.parametrize("name", [name for name in CASES if not name.startswith("1 ->")])
def test_a_kernel_that_does_not_respect_the_subgroup_is_not(name: str) -> None:
    case = CASES[name]
    lie = (lambda x: x.cumsum(-1) ** 2 + 1.0) if len(case.X.space.factors[0].shape) == 1 else uneven
    assert case.error(lie, 0) > 1e-3


def uneven(x: Tensor) -> Tensor:
    """No two entries are treated alike."""
    weights = torch.arange(1.0, 1.0 + x[0].numel(), dtype=x.dtype).reshape(x.shape[1:])
    return (x * weights).cumsum(-1) ** 2 + weights


@everywhere
def test_there_is_a_proof(case: Along) -> None:
    why = sym(case.kernel(case.base), case.gamma()).why
    assert isinstance(why, Proved)
    assert str(why).startswith(f"proved: equivariant under {case.cosets.group}, in ")
    assert f"lambda is declared: equivariant under {case.cosets.stabiliser}" in str(why) or (
        isinstance(case.cosets.phi, FromTrivial)
    )


def test_along_the_whole_group_nothing_is_changed(generator: torch.Generator) -> None:
    point = coset_space(Cosets(Same(O(3))))
    gamma = declare_equivariant(Deterministic(lambda x: (), POINTS, point), O(3))
    k = declare_equivariant(Deterministic(shear, POINTS, POINTS), O(3))
    x = torch.randn(5, 4, 3, generator=generator, dtype=torch.float64)
    torch.testing.assert_close(sym(k, gamma).sample(x, generator=generator), shear(x))


@pytest.mark.parametrize(
    ("cosets", "X", "base"),
    [
        (Cosets(FromTrivial(P)), BOTH, ordered),
        (Cosets(FixingAxes(3, 1)), POINTS, about_an_axis),
        (Cosets(Inclusion(SO(3), O(3))), POINTS, chiral),
        (Cosets(FixingPlaces(4, 2)), gspace((4, 3), permutation(S(4))), by_places),
        (Cosets(Inclusion(C(4), D(4))), IMAGES, turned),
        (
            Cosets(FixingAxes(2, 1) >> FixingAxes(3, 1)),
            POINTS,
            lambda x: x * x[..., :2].square().sum(-1, True),
        ),
    ],
    ids=["a product", "the sphere", "handedness", "pairs of places", "D(4)/C(4)", "frames"],
)
def test_haar_on_cosets_makes_a_kernel_equivariant_in_law(
    cosets: Cosets, X: GSpace, base: Callable[[Tensor], Tensor], generator: torch.Generator
) -> None:
    k = declare_equivariant(Deterministic(base, X, X), cosets.phi)
    x = torch.randn(X.space.factors[0].shape, generator=generator, dtype=torch.float64)
    s = sym(k, haar(cosets, X))
    assert_equivariant_in_law(s, x)
    with pytest.raises(AssertionError, match="not equivariant"):
        assert_equivariant_in_law(k, x)
