"""Equivariance as a hypothesis."""

from typing import final

from markovsym.errors import CompositionError
from markovsym.groups import FactorInclusion, Group, Homomorphism, PairGroup, Same
from markovsym.kernels import Kernel, Randomness
from markovsym.spaces import Value
from markovsym.symmetrise.equivariant import EquivariantKernel, ends
from markovsym.symmetrise.why import Declared, Tested, Why


@final
class Known(EquivariantKernel):
    """A kernel that is taken to be equivariant, for a reason that no proof knows.

    Args:
        kernel: The kernel.
        over: H -> G, if it is equivariant under H only.
        why: The reason.
        name: What to write on its box; by default that of the kernel.
    """

    def __init__(self, kernel: Kernel, over: Homomorphism | None, why: Why, name: str = "") -> None:
        super().__init__(kernel.dom, kernel.cod)
        self.kernel = kernel
        self.over = over
        self.why = why
        self.name = name
        self.deterministic = kernel.deterministic

    @property
    def label(self) -> str:
        """Its name, or that of the kernel."""
        return self.name or self.kernel.label

    def draw(self, value: Value, source: Randomness) -> Value:
        """A draw of the kernel."""
        return self.kernel.draw(value, source)


def declare_equivariant(
    kernel: Kernel, over: Group | Homomorphism, tested: Tested | None = None
) -> Known:
    """State as a hypothesis that ``kernel`` is equivariant.

    Args:
        kernel: A kernel between two spaces with actions of one group G.
        over: G; or a homomorphism H -> G, for a kernel that is equivariant under H only; or H, if
            it is a factor of G.
        tested: The outcome of a test, if that is the reason.

    Raises:
        CompositionError: If the spaces carry no action, if the group is another or if it is a
            factor of G twice, or if the test was about another group.
    """
    G = ends(kernel)[0].group
    phi = over if isinstance(over, Homomorphism) else _inclusion(over, G)
    if phi and phi.cod != G:
        raise CompositionError(f"wanted a homomorphism into {G}, got one into {phi.cod}")
    if isinstance(phi, Same):
        phi = None
    group = phi.dom if phi else G
    if tested and tested.group != group:
        raise CompositionError(f"wanted a test under {group}, got one under {tested.group}")
    return Known(kernel, phi, tested or Declared(group))


def _inclusion(H: Group, G: Group) -> Homomorphism | None:
    """How H lies in G; none if it is G."""
    if H == G:
        return None
    sides = [FactorInclusion(G, s) for s in ("left", "right")] if isinstance(G, PairGroup) else []
    match [phi for phi in sides if phi.dom == H]:
        case [phi]:
            return phi
        case _:
            raise CompositionError(
                f"wanted {G}, one of its factors, or a homomorphism into it, got {H}"
            )
