"""The kernels every Markov category has, and the deterministic ones."""

from collections.abc import Callable
from typing import final

import torch
from torch import nn

from markovsym.kernels.kernel import Kernel
from markovsym.spaces import UNIT, Object, Value, parts_of, value_of


@final
class Identity(Kernel):
    """Leaves ``X`` alone."""

    def __init__(self, X: Object) -> None:
        super().__init__(X, X)

    def draw(self, value: Value, generator: torch.Generator) -> Value:
        """The value itself."""
        return value


@final
class Copy(Kernel):
    """X -> X x X, both outputs equal to the input."""

    def __init__(self, X: Object) -> None:
        super().__init__(X, X @ X)

    def draw(self, value: Value, generator: torch.Generator) -> Value:
        """The value twice."""
        return parts_of(value) + parts_of(value)


@final
class Discard(Kernel):
    """X -> the unit."""

    def __init__(self, X: Object) -> None:
        super().__init__(X, UNIT)

    def draw(self, value: Value, generator: torch.Generator) -> Value:
        """Nothing."""
        return ()


@final
class Swap(Kernel):
    """X x Y -> Y x X."""

    def __init__(self, X: Object, Y: Object) -> None:
        super().__init__(X @ Y, Y @ X)
        self.cut = len(X.space.factors)

    def draw(self, value: Value, generator: torch.Generator) -> Value:
        """The two parts, exchanged."""
        parts = parts_of(value)
        return value_of(parts[self.cut :] + parts[: self.cut])


@final
class Deterministic(Kernel):
    """A function as a kernel.

    Args:
        function: Any callable or torch module. It is handed one tensor for each factor of ``dom``
            and gives one tensor, or a tuple with one for each factor of ``cod``.
        dom: Where it starts.
        cod: Where it ends.
    """

    def __init__(
        self, function: nn.Module | Callable[..., Value], dom: Object, cod: Object
    ) -> None:
        super().__init__(dom, cod)
        self.function = function

    def draw(self, value: Value, generator: torch.Generator) -> Value:
        """The value of the function."""
        return self.function(*parts_of(value))
