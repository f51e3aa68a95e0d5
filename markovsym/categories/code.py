"""How kernels are called in straight-line code."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard, final

from torch import nn

from markovsym.categories.straight import StraightLine, row
from markovsym.kernels import Deterministic, Kernel
from markovsym.spaces import Object
from markovsym.syntax import Box, Ob


@final
@dataclass(frozen=True, eq=False)
class KernelCode:
    """Kernels by box; a wire is one variable for each factor of what it carries.

    Args:
        kernels: The kernel of each box.
        widths: The number of factors of each wire.
        extra: ``("source",)``, or nothing where all kernels are functions.
    """

    kernels: Mapping[Box, Kernel]
    widths: Mapping[Ob, int]
    extra: tuple[str, ...] = ("source",)

    def width(self, ob: Ob) -> int:
        """The number of factors."""
        return self.widths[ob]

    def callee(self, box: Box) -> Callable[..., Any]:
        """The function of a deterministic kernel, or what draws from a kernel."""
        kernel = self.kernels[box]
        return kernel.function if self._plain(kernel) else kernel.draw

    def call(self, box: Box, name: str, arguments: Sequence[str]) -> str:
        """A function is handed its variables, a kernel one value and the source of randomness."""
        if self._plain(self.kernels[box]):
            return f"{name}({', '.join(arguments)})"
        return f"{name}({', '.join([row(arguments), *self.extra])})"

    def _plain(self, kernel: Kernel) -> TypeGuard[Deterministic]:
        """Whether its function can be called as it is: one of no input has a batch to fill."""
        fills = bool(self.extra) and not kernel.dom.space.factors
        return isinstance(kernel, Deterministic) and not fills


def widths(objects: Mapping[Ob, Object]) -> dict[Ob, int]:
    """The number of factors of each object."""
    return {ob: len(X.space.factors) for ob, X in objects.items()}


@final
class Program(nn.Module):
    """Straight-line code that owns the kernels it calls, as a torch module."""

    def __init__(self, line: StraightLine, kernels: Iterable[Kernel]) -> None:
        super().__init__()
        self.line = line
        self.kernels = nn.ModuleList(dict.fromkeys(kernels))

    def forward(self, *values: Any) -> Any:
        """Run it."""
        return self.line.function(*values)
