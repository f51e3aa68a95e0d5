"""Kernels known to be equivariant, and how that is known."""

from dataclasses import dataclass
from typing import final

import torch

from markovsym.actions import GSpace
from markovsym.errors import CompositionError
from markovsym.groups import Group
from markovsym.kernels import Kernel
from markovsym.spaces import Value


@final
@dataclass(frozen=True)
class Why:
    """A statement about a kernel, and the statements it follows from."""

    claim: str
    because: tuple["Why", ...] = ()

    def __str__(self) -> str:
        lines = [line for why in self.because for line in str(why).splitlines()]
        return "\n".join([self.claim, *(f"  {line}" for line in lines)])


class EquivariantKernel(Kernel):
    """A kernel with ``k(g x) = g k(x)`` in law, for all g of ``group``."""

    dom: GSpace
    cod: GSpace
    group: Group
    why: Why


@final
class Declared(EquivariantKernel):
    """A kernel that its maker says is equivariant."""

    def __init__(self, kernel: Kernel, group: Group) -> None:
        super().__init__(kernel.dom, kernel.cod)
        self.kernel = kernel
        self.group = group
        self.why = Why(f"declared: equivariant under {group}")

    def draw(self, value: Value, generator: torch.Generator) -> Value:
        """A draw of the kernel."""
        return self.kernel.draw(value, generator)


def declare_equivariant(kernel: Kernel, group: Group) -> EquivariantKernel:
    """State as a hypothesis that ``kernel`` is equivariant under ``group``.

    Args:
        kernel: A kernel between two spaces with actions.
        group: The group that acts on both, or a subgroup of it along which one symmetrises.

    Raises:
        CompositionError: If the spaces carry no action.
    """
    ends(kernel)
    return Declared(kernel, group)


def ends(kernel: Kernel) -> tuple[GSpace, GSpace]:
    """Where ``kernel`` starts and ends; ``CompositionError`` unless one group acts on both."""
    dom, cod = kernel.dom, kernel.cod
    if isinstance(dom, GSpace) and isinstance(cod, GSpace) and dom.group == cod.group:
        return dom, cod
    raise CompositionError(
        f"wanted a kernel between spaces with actions of one group, got ({dom}) and ({cod}); make "
        "both with gspace"
    )
