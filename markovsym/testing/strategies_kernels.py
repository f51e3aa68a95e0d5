"""Hypothesis strategies of kernels, of gammas, and of kernels known to be equivariant."""

from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache

from hypothesis import strategies as st

from markovsym.actions import GSpace, Trivial, gspace, regular, restrict
from markovsym.errors import CompositionError, NoGammaError, NotCompactError
from markovsym.groups import Cosets, DirectProduct, FactorInclusion, Group
from markovsym.groups.numbered import NumberedGroup
from markovsym.kernels import Deterministic, Identity, Kernel, NoiseOutsourced
from markovsym.spaces import space
from markovsym.symmetrise import (
    EquivariantKernel,
    composite,
    declare_equivariant,
    default_gamma,
    haar,
    recursive,
    sym,
)
from markovsym.symmetrise.gammas import learned, principal_axes, scored
from markovsym.testing import composites
from markovsym.testing.asymmetric import Asymmetric
from markovsym.testing.composites import Draw
from markovsym.testing.scaled import scaled

NOISE = space((8,))
"""Where the noise of kernels lives."""

WIDTH = 16
"""Width of the layer of kernels that are no affine functions."""


def kernels(X: GSpace, Y: GSpace | None = None) -> st.SearchStrategy[Kernel]:
    """Kernels that commute with no group to speak of: affine, with noise, bent and with noise.

    Args:
        X: Where they start.
        Y: Where they end; by default X.
    """
    return st.sampled_from(known_kernels(X, Y))


def known_kernels(X: GSpace, Y: GSpace | None = None) -> list[Kernel]:
    """The kernels that ``kernels`` draws from."""
    end = Y or X
    affine, bent = Asymmetric(X, end), Asymmetric(X, end, WIDTH)
    return [
        Deterministic(affine, X, end),
        NoiseOutsourced(affine, NOISE, X, end),
        NoiseOutsourced(bent, NOISE, X, end),
    ]


def gammas(X: GSpace) -> st.SearchStrategy[EquivariantKernel]:
    """Gammas X -> G: the default one, others that X has, then recursive ones by a random network.

    Raises:
        CompositionError: If none is known for the group, or X holds nothing to read it off.
        NoGammaError: If there is none.
        NotCompactError: If a factor of the group needs a Haar probability measure and has none.
    """
    found = st.sampled_from(known_gammas(X))
    return found | _recursive(found, _network(X))


def known_gammas(X: GSpace) -> list[EquivariantKernel]:
    """The gammas that ``gammas`` draws from, and builds others of. Raises as it does."""
    return [_default(X), *_others(X)]


def equivariant_kernels(X: GSpace) -> st.SearchStrategy[EquivariantKernel]:
    """Equivariant kernels X -> X: the identity, one that scales, symmetrised ones.

    The latter are left out where no gamma is known.
    """
    simple = st.sampled_from([declare_equivariant(Identity(X), X.group), scaled(X)])
    try:
        drawn = gammas(X)
    except (CompositionError, NoGammaError, NotCompactError):
        return simple
    return simple | _symmetrised(kernels(X), drawn)


@composites.composite
def _recursive(
    draw: Draw, base: st.SearchStrategy[EquivariantKernel], network: Kernel
) -> EquivariantKernel:
    return recursive(draw(base), network)


@composites.composite
def _symmetrised(
    draw: Draw, kernel: st.SearchStrategy[Kernel], gamma: st.SearchStrategy[EquivariantKernel]
) -> EquivariantKernel:
    return sym(draw(kernel), draw(gamma))


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


def _network(X: GSpace) -> Kernel:
    """X -> G, by a network; where it is not known how to make elements of its output, by a list."""
    G = X.group
    try:
        return learned(Asymmetric(X, _raw(G), WIDTH), X, G)
    except CompositionError:
        return NoiseOutsourced(Asymmetric(X, regular(G), WIDTH), NOISE, X, regular(G))


def _raw(G: Group) -> GSpace:
    """Real tensors of the shapes of the elements of a group."""
    blocks = (gspace(factor.shape, Trivial(G)).blocks for factor in G.space.factors)
    return GSpace(G, tuple(one for several in blocks for one in several))
