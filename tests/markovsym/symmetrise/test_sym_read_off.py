"""Gammas that are read off the input: the centroid of points, their Gram matrix."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym.actions import GSpace, Together, affine, coset_space, gspace, matrix, permutation
from markovsym.groups import (
    GL,
    Cosets,
    Direct,
    E,
    Element,
    FactorInclusion,
    Inclusion,
    O,
    PositiveDefinite,
    Root,
    S,
    gram_schmidt,
)
from markovsym.kernels import Deterministic, Kernel
from markovsym.symmetrise import declare_equivariant, sym

MOTION, POINTS = gspace((5, 3), affine(E(3))), gspace((5, 3), matrix(GL(3)))
AROUND, INTO_GL = FactorInclusion(E(3), "right"), Inclusion(O(3), GL(3))
M = torch.tensor([[1.2, 0.5, -0.3], [0.1, -0.6, 0.9], [-0.8, 0.2, 0.4]]).double()
seeds = st.integers(0, 2**32 - 1)


def shear(x: Tensor) -> Tensor:
    """Equivariant under orthogonal matrices."""
    return x * x.norm(dim=-1, keepdim=True)


def crooked(x: Tensor) -> Tensor:
    """Equivariant under nothing."""
    return x @ M + x.square()


def centroid(x: Tensor) -> Tensor:
    return x.mean(-2)


def gram(x: Tensor) -> Tensor:
    return x.mT @ x


def about_the_centroid(base: Callable[[Tensor], Tensor]) -> Kernel:
    k = declare_equivariant(Deterministic(base, MOTION, MOTION), AROUND)
    gamma = Deterministic(centroid, MOTION, coset_space(Cosets(AROUND)))
    return sym(k, declare_equivariant(gamma, E(3)))


def by_gram(base: Callable[[Tensor], Tensor], root: Root) -> Kernel:
    k = declare_equivariant(Deterministic(base, POINTS, POINTS), INTO_GL)
    gamma = Deterministic(gram, POINTS, coset_space(Cosets(INTO_GL, PositiveDefinite(3, root))))
    return sym(k, declare_equivariant(gamma, GL(3)))


def draw(X: GSpace, seed: int) -> tuple[Element, Tensor, torch.Generator]:
    generator = torch.Generator().manual_seed(seed)
    g = X.group.random(7, generator=generator, dtype=torch.float64)
    return g, torch.randn(7, 5, 3, generator=generator, dtype=torch.float64), generator


def error(kernel: Kernel, X: GSpace, seed: int) -> float:
    """How far a function is from equivariant, relative to the size of its values."""
    g, x, generator = draw(X, seed)
    there = kernel.sample(X.act(g, x), generator=generator)
    here = X.act(g, kernel.sample(x, generator=generator))
    return float((there - here).abs().max() / here.abs().max())


@given(seed=seeds)
def test_the_centroid_makes_rotations_to_motions(seed: int) -> None:
    assert error(about_the_centroid(shear), MOTION, seed) <= 1e-12


def test_the_centroid_does_not_help_a_kernel_that_does_not_respect_rotations() -> None:
    assert error(about_the_centroid(crooked), MOTION, 0) > 1e-2


@given(seed=seeds)
def test_the_symmetrised_kernel_moves_the_centroid_to_the_origin_and_back(seed: int) -> None:
    _, x, generator = draw(MOTION, seed)
    centre = x.mean(-2, keepdim=True)
    found = about_the_centroid(shear).sample(x, generator=generator)
    torch.testing.assert_close(found, shear(x - centre) + centre)


@pytest.mark.parametrize("root", Root)
def test_the_gram_matrix_makes_rotations_to_all_matrices(root: Root) -> None:
    for seed in range(5):
        assert error(by_gram(shear, root), POINTS, seed) <= 1e-12
        assert error(by_gram(crooked, root), POINTS, seed) > 1e-2


@given(seed=seeds)
def test_both_roots_agree_if_the_kernel_respects_rotations(seed: int) -> None:
    _, x, generator = draw(POINTS, seed)
    one, other = (by_gram(shear, root).sample(x, generator=generator) for root in Root)
    assert (one - other).abs().max() <= 1e-11 * one.abs().max()  # some clouds are nearly flat
    one, other = (by_gram(crooked, root).sample(x, generator=generator) for root in Root)
    assert (one - other).abs().max() > 1e-4 * one.abs().max()


def test_both_roots_agree_up_to_rounding() -> None:
    _, x, generator = draw(POINTS, 0)
    one, other = (by_gram(shear, root).sample(x, generator=generator) for root in Root)
    assert (one - other).abs().max() <= 1e-12


def test_whitened_points_by_hand(generator: torch.Generator) -> None:
    x = torch.tensor([[2.0, 0, 0], [0, 3.0, 0], [0, 0, 4.0], [0, 0, 0], [0, 0, 0]]).double()
    for root in Root:  # whitened, all lengths are 1, so that the shear does nothing
        found = by_gram(lambda y: shear(y) + y, root).sample(x, generator=generator)
        torch.testing.assert_close(found, 2 * x)


def test_the_proofs_are_printed() -> None:
    assert str(about_the_centroid(shear).why).splitlines() == [
        "proved: equivariant under E(3), in 3 steps",
        "  centroid is equivariant over O(3)",
        "  centroid is equivariant over T(3)",
        "  shear is equivariant over O(3)",
        "  the actions of T(3) and O(3) on R(5,3) are those of their product",
        "  shear is declared: equivariant under O(3)",
        "  centroid is declared: equivariant under E(3)",
    ]
    assert str(by_gram(shear, Root.CHOLESKY).why).splitlines() == [
        "proved: equivariant under GL(3), in 3 steps",
        "  gram is equivariant over GL(3)",
        "  s : GL(3)/O(3) -> GL(3) is a section",
        "  shear is equivariant over phi",
        "  shear is declared: equivariant under O(3)",
        "  gram is declared: equivariant under GL(3)",
    ]


P = Direct(S(5), E(3))
ALL = gspace((5, 3), Together(P, permutation(S(5)), affine(E(3))))
FRAMES = Cosets(FactorInclusion(P, "left"))


def principal(x: Tensor) -> tuple[Tensor, Tensor]:
    """The centroid, and a frame that turns with the points and does not see their order."""
    y = x - x.mean(-2, keepdim=True)
    length = y.norm(dim=-1, keepdim=True)
    moments = torch.stack([(y * length**power).sum(-2) for power in (1, 2, 3)], -1)
    return x.mean(-2), gram_schmidt(moments)[0]


@given(seed=seeds)
def test_a_gamma_may_draw_several_tensors(seed: int) -> None:
    k = declare_equivariant(Deterministic(crooked, ALL, ALL), S(5))
    gamma = declare_equivariant(Deterministic(principal, ALL, coset_space(FRAMES)), P)
    g, x, generator = draw(ALL, seed)
    s = sym(k, gamma)
    there = s.sample(ALL.act(g, x), generator=generator)
    here = ALL.act(g, s.sample(x, generator=generator))
    torch.testing.assert_close(there, here, rtol=1e-6, atol=1e-6)  # moments are nearly parallel
    t, Q = principal(x)
    inside = crooked((x - t.unsqueeze(-2)) @ Q)  # points are rows, so this is Q^-1 (x - t)
    wanted = inside @ Q.mT + t.unsqueeze(-2)
    torch.testing.assert_close(s.sample(x, generator=generator), wanted)


def test_a_gamma_of_several_tensors_is_one_line_of_code_and_of_the_proof() -> None:
    k = declare_equivariant(Deterministic(crooked, ALL, ALL), S(5))
    gamma = declare_equivariant(Deterministic(principal, ALL, coset_space(FRAMES)), P)
    s = sym(k, gamma)
    assert "(e, e1) = principal(r, source)  # E(3)" in s.line.source
    assert str(s.why).splitlines() == [
        "proved: equivariant under S(5) x E(3), in 3 steps",
        "  crooked is equivariant over S(5)",
        "  principal is equivariant over E(3)",
        "  principal is equivariant over S(5)",
        "  the actions of S(5) and E(3) on R(5,3) are those of their product",
        "  crooked is declared: equivariant under S(5)",
        "  principal is declared: equivariant under S(5) x E(3)",
    ]
