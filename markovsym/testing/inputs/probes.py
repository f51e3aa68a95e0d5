"""Kernels and gammas to try a symmetrisation on: one alone hides faults that another shows."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import final

from markovsym.actions import GSpace, Trivial, gspace, regular, restrict
from markovsym.errors import CompositionError, NotCompactError
from markovsym.groups import Cosets, DirectProduct, FactorInclusion, Group
from markovsym.groups.numbered import NumberedGroup
from markovsym.kernels import Deterministic, Kernel, NoiseOutsourced
from markovsym.spaces import space
from markovsym.symmetrise import EquivariantKernel, composite, default_gamma, haar, recursive
from markovsym.symmetrise.gammas import learned, principal_axes, scored
from markovsym.testing.inputs.asymmetric import Asymmetric

NOISE = space((8,))
"""Where the noise of kernels lives."""

WIDTH = 16
"""Width of the layer of kernels that are no affine functions."""


@final
@dataclass(frozen=True, eq=False)
class Probe:
    """A kernel without any symmetry, and a gamma to symmetrise it by."""

    name: str
    kernel: Kernel
    gamma: EquivariantKernel


def probes(X: GSpace, Y: GSpace | None = None) -> list[Probe]:
    """What a way to symmetrise should be tried on: every kernel under every gamma.

    The kernels are affine, affine with noise, and bent with noise, all as far from equivariant as
    can be. The gammas are the default one of the group, Haar where it is compact; sharper ones,
    such as frames, where they are known; and a random network made equivariant by recursion.

    Args:
        X: Where the kernels start.
        Y: Where they end; by default X.

    Raises:
        CompositionError: If no gamma is known for the group, or X holds nothing to read it off.
        NoGammaError: If there is none.

    Example:
        >>> from markovsym.actions import gspace, matrix
        >>> from markovsym.groups import O
        >>> from markovsym.symmetrise import sym
        >>> from markovsym.testing import assert_equivariant_in_law
        >>> found = probes(gspace((4, 3), matrix(O(3))))
        >>> [one.name for one in found[:3]]
        ['affine under Haar', 'affine under PrincipalAxes', 'affine under a random network']
        >>> assert_equivariant_in_law(sym(found[2].kernel, found[2].gamma)).rejected
        False
    """
    gammas = {type(one).__name__: one for one in known_gammas(X)}
    gammas["a random network"] = recursive(_default(X), network(X))
    names = ("affine", "affine with noise", "bent with noise")
    return [
        Probe(f"{name} under {under}", kernel, gamma)
        for name, kernel in zip(names, known_kernels(X, Y), strict=True)
        for under, gamma in gammas.items()
    ]


def known_kernels(X: GSpace, Y: GSpace | None = None) -> list[Kernel]:
    """Kernels that commute with no group to speak of: affine, with noise, bent and with noise."""
    end = Y or X
    affine, bent = Asymmetric(X, end), Asymmetric(X, end, WIDTH)
    return [
        Deterministic(affine, X, end),
        NoiseOutsourced(affine, NOISE, X, end),
        NoiseOutsourced(bent, NOISE, X, end),
    ]


def known_gammas(X: GSpace) -> list[EquivariantKernel]:
    """Gammas X -> G, the default one first. Raises as ``probes`` does."""
    return [_default(X), *_others(X)]


def network(X: GSpace) -> Kernel:
    """X -> G, by a network; where it is not known how to make elements of its output, by a list."""
    G = X.group
    try:
        return learned(Asymmetric(X, _raw(G), WIDTH), X, G)
    except CompositionError:
        return NoiseOutsourced(Asymmetric(X, regular(G), WIDTH), NOISE, X, regular(G))


@lru_cache(maxsize=64)
def _default(X: GSpace) -> EquivariantKernel:
    """Kept, as it is proved equivariant each time that it is made."""
    return default_gamma(X)


def _others(X: GSpace) -> Iterator[EquivariantKernel]:
    """Of groups that have more than one."""
    match X.group:
        case NumberedGroup() as G:
            score = Asymmetric(X, gspace((), Trivial(G)), WIDTH)
            yield from (scored(score, X), scored(score, X, temperature=1.0))
        case DirectProduct(H) as product:
            with suppress(NotCompactError):
                factor = FactorInclusion(product, "left")
                yield composite(haar(Cosets(factor), X), haar(H, restrict(X, factor)))
        case _:
            with suppress(CompositionError):
                yield principal_axes(X)


def _raw(G: Group) -> GSpace:
    """Real tensors of the shapes of the elements of a group."""
    blocks = (gspace(factor.shape, Trivial(G)).blocks for factor in G.space.factors)
    return GSpace(G, tuple(one for several in blocks for one in several))
