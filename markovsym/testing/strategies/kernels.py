"""Hypothesis strategies of kernels, of gammas, and of kernels known to be equivariant."""

from hypothesis import strategies as st

from markovsym.actions import GSpace
from markovsym.errors import CompositionError, NoGammaError, NotCompactError
from markovsym.kernels import Identity, Kernel
from markovsym.symmetrise import (
    EquivariantKernel,
    declare_equivariant,
    recursive,
    sym,
)
from markovsym.testing.inputs.probes import known_gammas, known_kernels, network
from markovsym.testing.inputs.scaled import scaled
from markovsym.testing.strategies import composites
from markovsym.testing.strategies.composites import Draw


def kernels(X: GSpace, Y: GSpace | None = None) -> st.SearchStrategy[Kernel]:
    """Kernels that commute with no group to speak of: affine, with noise, bent and with noise.

    Args:
        X: Where they start.
        Y: Where they end; by default X.
    """
    return st.sampled_from(known_kernels(X, Y))


def gammas(X: GSpace) -> st.SearchStrategy[EquivariantKernel]:
    """Gammas X -> G: the default one, others that X has, then recursive ones by a random network.

    Raises:
        CompositionError: If none is known for the group, or X holds nothing to read it off.
        NoGammaError: If there is none.
        NotCompactError: If a factor of the group needs a Haar probability measure and has none.
    """
    found = st.sampled_from(known_gammas(X))
    return found | _recursive(found, network(X))


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
