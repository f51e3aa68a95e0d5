"""Stochastic symmetrisation: from an H-equivariant kernel and gamma, a G-equivariant kernel."""

from typing import final

from markovsym.categories import StraightLine
from markovsym.categories.code import KernelCode
from markovsym.errors import ActionMismatch, HypothesisMissing
from markovsym.groups import Cosets, TrivialGroup
from markovsym.kernels import Kernel, Randomness, Signature
from markovsym.spaces import Value, parts_of
from markovsym.symmetrise.equivariant import EquivariantKernel, ends, proved
from markovsym.symmetrise.gamma import cosets_of
from markovsym.symmetrise.part import along
from markovsym.syntax import Arrow, procedures


@final
class Symmetrised(EquivariantKernel):
    """x -> g . k(g^-1 . x), where g represents a coset drawn from gamma(x)."""

    def __init__(self, kernel: Kernel, gamma: EquivariantKernel) -> None:
        super().__init__(kernel.dom, kernel.cod)
        self.kernel = kernel
        self.gamma = gamma
        self.cosets = cosets_of(gamma)
        self.group = self.cosets.group
        parts, signature = along(self.cosets), Signature(self.cosets)
        diagram = self.diagram_in(signature).diagram
        self.why = proved(diagram, signature, parts, self.group)
        wires = dict.fromkeys(diagram.types)
        kernels = {**signature.kernels, **parts[0].structure(wires)}
        self.line = StraightLine(diagram, KernelCode(kernels, dict.fromkeys(wires, 1)))

    def draw(self, value: Value, source: Randomness) -> Value:
        """One draw of the symmetrised kernel."""
        return self.line.function(*parts_of(value), source)

    def diagram_in(self, signature: Signature) -> Arrow:
        """The procedure, with the kernel and gamma opened if they are made alike."""
        if signature.along not in (None, self.cosets):
            return signature.box(self)
        k, gamma = self.kernel.diagram_in(signature), self.gamma.diagram_in(signature)
        elements, *_ = along(self.cosets)
        return procedures.sym(k, gamma, elements.symmetry((*k.dom, *k.cod)))


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
