"""Stochastic symmetrisation: from an H-equivariant kernel and gamma, a G-equivariant kernel."""

from typing import final

from markovsym.actions import GSpace, restrict
from markovsym.categories import StraightLine
from markovsym.categories.code import KernelCode
from markovsym.errors import ActionMismatch, HypothesisMissing
from markovsym.groups import Cosets, Element, FromTrivial
from markovsym.kernels import Kernel, Randomness, Signature
from markovsym.spaces import Value, parts_of
from markovsym.symmetrise.equivariant import EquivariantKernel, ends, proved
from markovsym.symmetrise.existence import require_gamma
from markovsym.symmetrise.gamma import cosets_of
from markovsym.symmetrise.part import width
from markovsym.symmetrise.setting import along
from markovsym.syntax import Arrow, procedures


@final
class SymmetrisedKernel(EquivariantKernel):
    """x -> g . k(g^-1 . x), where g represents a coset drawn from gamma(x)."""

    def __init__(self, kernel: Kernel, gamma: EquivariantKernel) -> None:
        dom, cod = ends(kernel)
        super().__init__(dom, cod)
        self.kernel = kernel
        self.gamma = gamma
        self.cosets = cosets_of(gamma)
        setting, signature = along(self.cosets), Signature(self.cosets)
        diagram = self.diagram_in(signature).diagram
        self.why = proved(diagram, signature, setting)
        wires = dict.fromkeys(diagram.types)
        kernels = {**signature.kernels, **setting.kernels(wires)}
        self.line = StraightLine(diagram, KernelCode(kernels, {ob: width(ob) for ob in wires}))

    def draw(self, value: Value, source: Randomness) -> Value:
        """One draw of the symmetrised kernel."""
        return self.line.function(*parts_of(value), source)

    def represent(self, coset: Value) -> Element:
        """The element that the kernel is moved by, for a coset drawn from gamma."""
        return coset if self.cosets.plain else self.cosets.section(coset)

    def acted(self, X: GSpace) -> GSpace:
        """A space of G, under the group of those elements."""
        return restrict(X, self.cosets.inclusion) if self.cosets.inclusion else X

    def diagram_in(self, signature: Signature) -> Arrow:
        """The procedure, with the kernel and gamma opened if they are made alike."""
        if signature.along not in (None, self.cosets):
            return signature.box(self)
        k, gamma = self.kernel.diagram_in(signature), self.gamma.diagram_in(signature)
        setting = along(self.cosets)
        G = setting.symmetry(setting.parts[0], (*k.dom, *k.cod))
        return procedures.sym(k, gamma, G, setting.section and setting.section.box)


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
        NoGammaError: If no gamma: X -> G/H can be equivariant.
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
    if not isinstance(gamma, EquivariantKernel) or gamma.over:
        raise HypothesisMissing(
            f"gamma must be equivariant under {cosets.group}; build it from haar or recursive, or "
            "state it with declare_equivariant(gamma, G)"
        )
    require_gamma(dom, cosets)
    _require_base_equivariance(kernel, cosets)
    return SymmetrisedKernel(kernel, gamma)


def _require_base_equivariance(kernel: Kernel, cosets: Cosets) -> None:
    H = cosets.stabiliser
    if isinstance(cosets.phi, FromTrivial):
        return
    if not isinstance(kernel, EquivariantKernel) or kernel.over not in (None, cosets.phi):
        raise HypothesisMissing(
            f"along {H} -> {cosets.group} the kernel must be equivariant under {H}; state it with "
            "declare_equivariant(k, phi)"
        )
