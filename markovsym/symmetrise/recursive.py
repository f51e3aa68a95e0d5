"""Recursion: a learned gamma, made equivariant by a simpler one."""

from markovsym.errors import CompositionError
from markovsym.kernels import Kernel
from markovsym.symmetrise.equivariant import EquivariantKernel
from markovsym.symmetrise.gamma import cosets_of
from markovsym.symmetrise.sym import sym


def recursive(base: EquivariantKernel, learned: Kernel) -> EquivariantKernel:
    """The gamma that draws g0 from ``base``, g1 from ``learned`` at g0^-1 x, and gives g0 g1.

    Args:
        base: An equivariant kernel X -> G/H, as ``haar`` gives.
        learned: Any kernel X -> G/H, if H is trivial; otherwise one known to be H-equivariant.

    Raises:
        CompositionError: If the two do not end in the same G/H.

    Source:
        Cornish (2024), section 6; SymDiff (Zhang et al., 2025), equation 7: R = R0 f(R0^T z).
    """
    if cosets_of(base) != cosets_of(learned):
        raise CompositionError(f"base ends in ({base.cod}), the learned one in ({learned.cod})")
    return sym(learned, base)
