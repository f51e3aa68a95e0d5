"""Markov kernels as typed morphisms."""

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass
from typing import final

import torch
from torch import nn

from markovsym.errors import SpaceError
from markovsym.randomness import Source
from markovsym.spaces import Object, Value, dtype_of, parts_of, value_of
from markovsym.syntax import Arrow, Box, Diagram, Ob, Ty


@final
@dataclass(frozen=True, eq=False, slots=True)
class Randomness:
    """Where draws come from, and how many there are to be.

    Args:
        generator: Source of randomness; draws lie on its device.
        batch: Batch shape of all draws, also of those that have no input to tell.
        dtype: Floating point type of draws that have no input to tell.
    """

    generator: Source
    batch: tuple[int, ...]
    dtype: torch.dtype


class Kernel(nn.Module, ABC):
    """A Markov kernel from ``dom`` to ``cod``. It is a torch module, so that parameters register.

    Source:
        Fritz (2020), definition 2.1: the morphisms of a Markov category.
    """

    deterministic: bool = False
    """Whether every draw at a point is the same."""

    def __init__(self, dom: Object, cod: Object) -> None:
        super().__init__()
        self.dom = dom
        self.cod = cod

    @abstractmethod
    def draw(self, value: Value, source: Randomness) -> Value:
        """One draw for each point of the batch ``value``, which is taken to lie in ``dom``."""

    def sample(self, value: Value = (), *, generator: Source, batch: tuple[int, ...] = ()) -> Value:
        """One draw for each point of the batch ``value``.

        Args:
            value: A point of ``dom``; batch dimensions lead. A state I -> X needs none.
            generator: Source of randomness.
            batch: Batch shape of the draws of a state; any other kernel reads it off its input.

        Returns:
            A point of ``cod`` with the same batch dimensions.

        Raises:
            SpaceError: If ``value`` does not lie in ``dom``, or the draw not in ``cod``.
        """
        found, _ = self.dom.space.measure(value)
        batch = found if parts_of(value) else batch
        drawn = self.draw(value, Randomness(generator, batch, dtype_of(value)))
        self._require_end(drawn, batch)
        return drawn

    def _require_end(self, drawn: Value, batch: tuple[int, ...]) -> None:
        try:
            found, _ = self.cod.space.measure(drawn)
        except SpaceError as error:
            raise SpaceError(f"{self.label} must end in ({self.cod}): {error}") from None
        if parts_of(drawn) and found != batch:
            raise SpaceError(f"{self.label} was to draw for a batch {batch}, it drew for {found}")

    @property
    def diagram(self) -> Diagram:
        """The kernel as a string diagram of those it is made of."""
        return self.diagram_in(Signature()).diagram

    @property
    def label(self) -> str:
        """What to write on its box."""
        return type(self).__name__

    def diagram_in(self, signature: "Signature") -> Arrow:
        """The diagram, with the boxes of a signature; a kernel that has no parts is one box."""
        return signature.box(self)

    def then(self, other: "Kernel") -> "Kernel":
        """This kernel followed by ``other``; also written ``self >> other``."""
        return Composite(self, other)

    def tensor(self, other: "Kernel") -> "Kernel":
        """This kernel beside ``other``, independently; also written ``self @ other``."""
        return Parallel(self, other)

    __rshift__ = then
    __matmul__ = tensor


def type_of(X: Object) -> Ty:
    """One wire for each factor of ``X``; a factor under two actions gives two objects."""
    return Ty(*(Ob(name, of) for name, of in X.wires))


@final
class Signature:
    """The boxes of a diagram, by identity: a kernel used twice is one box, used twice.

    Args:
        along: Along which cosets symmetrised kernels are to be opened; any others are one box.
            Without, all are opened.
    """

    def __init__(self, along: Hashable = None) -> None:
        self.along = along
        self.kernels: dict[Box, Kernel] = {}
        self._boxes: dict[int, Box] = {}

    def box(self, kernel: Kernel) -> Box:
        """The box of a kernel; another kernel of the same name gets a number."""
        if id(kernel) not in self._boxes:
            used = {box.name for box in self.kernels}
            names = (kernel.label + (f"_{i}" if i else "") for i in range(len(used) + 1))
            name = next(one for one in names if one not in used)
            box = Box(name, type_of(kernel.dom), type_of(kernel.cod), kernel.deterministic)
            self._boxes[id(kernel)], self.kernels[box] = box, kernel
        return self._boxes[id(kernel)]


@final
class Composite(Kernel):
    """``first`` and then ``second``. Raises ``CompositionError`` if they do not fit."""

    def __init__(self, first: Kernel, second: Kernel) -> None:
        if first.cod != second.dom:
            raise first.cod.mismatch(second.dom)
        super().__init__(first.dom, second.cod)
        self.first = first
        self.second = second
        self.deterministic = first.deterministic and second.deterministic

    def draw(self, value: Value, source: Randomness) -> Value:
        """A draw of the second kernel at a draw of the first."""
        return self.second.draw(self.first.draw(value, source), source)

    @property
    def label(self) -> str:
        """What to write on its box."""
        return type(self).__name__

    def diagram_in(self, signature: Signature) -> Arrow:
        """The first, then the second."""
        return self.first.diagram_in(signature) >> self.second.diagram_in(signature)


@final
class Parallel(Kernel):
    """``left`` beside ``right``, with independent randomness."""

    def __init__(self, left: Kernel, right: Kernel) -> None:
        super().__init__(left.dom @ right.dom, left.cod @ right.cod)
        self.left = left
        self.right = right
        self.deterministic = left.deterministic and right.deterministic

    def draw(self, value: Value, source: Randomness) -> Value:
        """A draw of each, side by side."""
        parts, cut = parts_of(value), len(self.left.dom.space.factors)
        left = self.left.draw(value_of(parts[:cut]), source)
        right = self.right.draw(value_of(parts[cut:]), source)
        return value_of(parts_of(left) + parts_of(right))

    @property
    def label(self) -> str:
        """What to write on its box."""
        return type(self).__name__

    def diagram_in(self, signature: Signature) -> Arrow:
        """One beside the other."""
        return self.left.diagram_in(signature) @ self.right.diagram_in(signature)
