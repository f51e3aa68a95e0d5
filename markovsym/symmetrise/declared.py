"""Equivariance as a hypothesis."""

from typing import final

from markovsym.errors import CompositionError
from markovsym.groups import Group
from markovsym.kernels import Kernel, Randomness
from markovsym.spaces import Value
from markovsym.symmetrise.equivariant import EquivariantKernel, ends
from markovsym.symmetrise.why import Declared, Tested, Why


@final
class Known(EquivariantKernel):
    """A kernel that is taken to be equivariant, for a reason outside of this library."""

    def __init__(self, kernel: Kernel, group: Group, why: Why) -> None:
        super().__init__(kernel.dom, kernel.cod)
        self.kernel = kernel
        self.group = group
        self.why = why
        self.deterministic = kernel.deterministic

    @property
    def label(self) -> str:
        """That of the kernel."""
        return self.kernel.label

    def draw(self, value: Value, source: Randomness) -> Value:
        """A draw of the kernel."""
        return self.kernel.draw(value, source)


def declare_equivariant(kernel: Kernel, group: Group, tested: Tested | None = None) -> Known:
    """State as a hypothesis that ``kernel`` is equivariant under ``group``.

    Args:
        kernel: A kernel between two spaces with actions.
        group: The group that acts on both, or a subgroup of it along which one symmetrises.
        tested: The outcome of a test, if that is the reason.

    Raises:
        CompositionError: If the spaces carry no action, or the test was about another group.
    """
    ends(kernel)
    if tested and tested.group != group:
        raise CompositionError(f"wanted a test under {group}, got one under {tested.group}")
    return Known(kernel, group, tested or Declared(group))
