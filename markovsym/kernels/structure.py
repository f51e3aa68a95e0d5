"""The kernels every Markov category has, and the deterministic ones."""

from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType
from typing import final

from torch import nn

from markovsym.kernels.kernel import Kernel, Randomness, Signature, type_of
from markovsym.spaces import Object, Value, parts_of, value_of
from markovsym.syntax import Arrow, Diagram


@final
class Identity(Kernel):
    """Leaves ``X`` alone."""

    deterministic = True

    def __init__(self, X: Object) -> None:
        super().__init__(X, X)

    def draw(self, value: Value, source: Randomness) -> Value:
        """The value itself."""
        return value

    def diagram_in(self, signature: Signature) -> Arrow:
        """A bare wire for each factor."""
        return Diagram.id(type_of(self.dom))


@final
class Copy(Kernel):
    """X -> X x X, both outputs equal to the input."""

    deterministic = True

    def __init__(self, X: Object) -> None:
        super().__init__(X, X @ X)

    def draw(self, value: Value, source: Randomness) -> Value:
        """The value twice."""
        return parts_of(value) + parts_of(value)

    def diagram_in(self, signature: Signature) -> Arrow:
        """Two wires from one."""
        return Diagram.copy(type_of(self.dom))


@final
class Discard(Kernel):
    """X -> the unit, under the group that acts on X if there is one."""

    deterministic = True

    def __init__(self, X: Object) -> None:
        super().__init__(X, X.unit)

    def draw(self, value: Value, source: Randomness) -> Value:
        """Nothing."""
        return ()

    def diagram_in(self, signature: Signature) -> Arrow:
        """Wires that end."""
        return Diagram.discard(type_of(self.dom))


@final
class Swap(Kernel):
    """X x Y -> Y x X."""

    deterministic = True

    def __init__(self, X: Object, Y: Object) -> None:
        super().__init__(X @ Y, Y @ X)
        self.cut = len(X.space.factors)

    def draw(self, value: Value, source: Randomness) -> Value:
        """The two parts, exchanged."""
        parts = parts_of(value)
        return value_of(parts[self.cut :] + parts[: self.cut])

    def diagram_in(self, signature: Signature) -> Arrow:
        """Wires that cross."""
        wires = type_of(self.dom)
        return Diagram.swap(wires[: self.cut], wires[self.cut :])


@final
class Deterministic(Kernel):
    """A function as a kernel.

    Args:
        function: Any callable or torch module. It is handed one tensor for each factor of ``dom``
            and gives one tensor, or a tuple with one for each factor of ``cod``.
        dom: Where it starts.
        cod: Where it ends.
    """

    deterministic = True

    def __init__(
        self, function: nn.Module | Callable[..., Value], dom: Object, cod: Object
    ) -> None:
        super().__init__(dom, cod)
        self.function = function

    @property
    def label(self) -> str:
        """The name of the function, or of the kind of module."""
        return label_of(self.function)

    def draw(self, value: Value, source: Randomness) -> Value:
        """The value of the function; where there is no input, the same for the whole batch."""
        found = self.function(*parts_of(value))
        if parts_of(value):
            return found
        return value_of(tuple(y.expand(source.batch + y.shape) for y in parts_of(found)))


def label_of(function: Callable[..., Value]) -> str:
    """What to write on the box of a function: its own name, or that of its class."""
    plain = isinstance(function, FunctionType | BuiltinFunctionType)
    return function.__name__.strip("<>") if plain else type(function).__name__
