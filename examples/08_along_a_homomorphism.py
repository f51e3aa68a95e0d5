"""Symmetrising along H -> G: what need not be compact, one factor at a time, and what cannot be."""

import torch
from torch import Tensor

import markovsym as ms
from markovsym import gammas
from markovsym.actions import affine, matrix, restrict, trivial
from markovsym.errors import NoGammaError
from markovsym.groups import GL, Aff, Cosets, E, FromTrivial, O, T
from markovsym.symmetrise import composite, cosets_of, require_gamma

rng = torch.Generator().manual_seed(0)
x = torch.randn(6, 3, generator=rng, dtype=torch.float64)


def lopsided(x: Tensor) -> Tensor:
    """A function that respects nothing."""
    return torch.tanh(
        x @ torch.tensor([[1.2, 0.5, -0.3], [0.1, -0.6, 0.9], [-0.8, 0.2, 0.4]]).to(x)
    )


def radial(x: Tensor) -> Tensor:
    """A function that O(3) respects, and no larger group does."""
    return x * x.square().sum(-1, keepdim=True)


def gap(kernel: ms.Kernel) -> float:
    """The largest entry of k(g x) - g k(x), for a function k."""
    g = kernel.dom.group.random(generator=rng, dtype=torch.float64)
    moved = kernel.sample(kernel.dom.act(g, x), generator=rng)
    return float((moved - kernel.cod.act(g, kernel.sample(x, generator=rng))).abs().max())


def linear_maps() -> None:
    """O(3) -> GL(3), by the Gram matrix: the cosets are the positive definite matrices."""
    X = ms.gspace((6, 3), matrix(GL(3)))
    gram = gammas.gram(X)
    phi = cosets_of(gram).phi
    s = ms.sym(ms.declare_equivariant(ms.Deterministic(radial, X, X), phi), gram)
    print(f"{s.why}\n  off by {gap(s):.1e}")
    both = composite(gram, ms.haar(O(3), restrict(X, phi)))  # and then 1 -> O(3)
    s = ms.sym(ms.Deterministic(lopsided, X, X), both)
    print("GL(3), any function: p =", ms.testing.assert_equivariant_in_law(s, x).p)


def motions() -> None:
    """O(3) -> E(3), by the centroid, and then by frames: every step may be chosen anew."""
    X = ms.gspace((6, 3), affine(E(3)))
    centre = gammas.centroid(X)
    turned = restrict(X, cosets_of(centre).phi)
    gamma = composite(centre, gammas.principal_axes(turned))
    s = ms.average(ms.sym(ms.Deterministic(lopsided, X, X), gamma))
    print(f"E(3), averaged over eight frames: off by {gap(s):.1e}")


def affine_maps() -> None:
    """1 -> GL(2) -> Aff(2): the first independent points of the centred cloud."""
    X = ms.gspace((6, 2), affine(Aff(2)))
    centre = gammas.centroid(X)
    gamma = composite(centre, gammas.first_points(restrict(X, cosets_of(centre).phi)))
    k = ms.Deterministic(torch.tanh, X, X)
    g = Aff(2).random(generator=rng, dtype=torch.float64)
    s, y = ms.sym(k, gamma), x[:, :2]
    off = s.sample(X.act(g, y), generator=rng) - X.act(g, s.sample(y, generator=rng))
    print(f"Aff(2), canonicalised: off by {float(off.abs().max()):.1e}")


def impossible() -> None:
    """Where nothing moves, no law on the translations can follow."""
    X = ms.gspace((6, 3), trivial(T(3)))
    try:
        require_gamma(X, Cosets(FromTrivial(T(3))))
    except NoGammaError as error:
        print(error)


if __name__ == "__main__":
    linear_maps()
    motions()
    affine_maps()
    impossible()
