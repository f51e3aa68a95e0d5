"""Stochastic symmetrisation: from an H-equivariant kernel and gamma, a G-equivariant kernel."""

from typing import final

import torch

from markovsym.actions import GSpace, restrict
from markovsym.errors import ActionMismatch, HypothesisMissing
from markovsym.groups import Cosets, TrivialGroup
from markovsym.kernels import Kernel
from markovsym.spaces import Value
from markovsym.symmetrise.equivariant import EquivariantKernel, Why, ends
from markovsym.symmetrise.gamma import cosets_of


@final
class Symmetrised(EquivariantKernel):
    """x -> g . k(g^-1 . x), where g represents a coset drawn from gamma(x)."""

    def __init__(self, kernel: Kernel, gamma: EquivariantKernel) -> None:
        super().__init__(kernel.dom, kernel.cod)
        self.kernel = kernel
        self.gamma = gamma
        cosets = cosets_of(gamma)
        self.group = cosets.group
        self.elements = cosets.representatives
        self.inputs = _under_representatives(self.dom, cosets)
        self.outputs = _under_representatives(self.cod, cosets)
        known = kernel.why if isinstance(kernel, EquivariantKernel) else Why("any kernel will do")
        self.why = Why(f"sym(k, gamma) is equivariant under {self.group}", (gamma.why, known))

    def draw(self, value: Value, generator: torch.Generator) -> Value:
        """One draw of the symmetrised kernel."""
        g = self.gamma.draw(value, generator)
        moved = self.inputs.act(self.elements.inverse(g), value)
        return self.outputs.act(g, self.kernel.draw(moved, generator))


def sym(kernel: Kernel, gamma: Kernel) -> EquivariantKernel:
    """Make ``kernel`` equivariant.

    Args:
        kernel: Any kernel X -> Y between spaces of G; if H is not trivial, one known to be
            equivariant under H.
        gamma: An equivariant kernel X -> G/H.

    Returns:
        A kernel X -> Y, equivariant under G in law; it is ``kernel`` again if that was equivariant.

    Raises:
        CompositionError: If the two do not start in the same space of G.
        HypothesisMissing: If gamma is not known to be equivariant under G, or the kernel under H.

    Source:
        Cornish (2024), section 5; SymDiff (Zhang et al., 2025), theorem 1, for H a direct factor.
    """
    cosets = cosets_of(gamma)
    dom, _ = ends(kernel)
    if dom.group != cosets.group:
        raise ActionMismatch(f"gamma is of {cosets.group}, the kernel of {dom.group}")
    if dom != gamma.dom:
        raise dom.mismatch(gamma.dom)
    if not isinstance(gamma, EquivariantKernel) or gamma.group != cosets.group:
        raise HypothesisMissing(
            f"gamma must be equivariant under {cosets.group}; build it from haar or recursive, or "
            "state it with declare_equivariant(gamma, G)"
        )
    _require_base_equivariance(kernel, cosets)
    return Symmetrised(kernel, gamma)


def _require_base_equivariance(kernel: Kernel, cosets: Cosets) -> None:
    H = cosets.stabiliser
    if isinstance(H, TrivialGroup):
        return
    if not isinstance(kernel, EquivariantKernel) or kernel.group not in (H, cosets.group):
        raise HypothesisMissing(
            f"along {H} -> {cosets.group} the kernel must be equivariant under {H}; state it with "
            "declare_equivariant(k, H)"
        )


def _under_representatives(X: GSpace, cosets: Cosets) -> GSpace:
    return X if cosets.section is None else restrict(X, cosets.section)
