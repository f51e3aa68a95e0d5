"""Markov kernels as typed morphisms."""

from abc import ABC, abstractmethod
from typing import final

import torch
from torch import nn

from markovsym.spaces import Object, Value, parts_of, value_of


class Kernel(nn.Module, ABC):
    """A Markov kernel from ``dom`` to ``cod``. It is a torch module, so that parameters register.

    Source:
        Fritz (2020), definition 2.1: the morphisms of a Markov category.
    """

    def __init__(self, dom: Object, cod: Object) -> None:
        super().__init__()
        self.dom = dom
        self.cod = cod

    @abstractmethod
    def draw(self, value: Value, generator: torch.Generator) -> Value:
        """One draw for each point of the batch ``value``, which is taken to lie in ``dom``."""

    def sample(self, value: Value, *, generator: torch.Generator) -> Value:
        """One draw for each point of the batch ``value``.

        Args:
            value: A point of ``dom``; batch dimensions lead.
            generator: Source of randomness.

        Returns:
            A point of ``cod`` with the same batch dimensions.

        Raises:
            SpaceError: If ``value`` does not lie in ``dom``.
        """
        self.dom.space.measure(value)
        return self.draw(value, generator)

    def then(self, other: "Kernel") -> "Kernel":
        """This kernel followed by ``other``; also written ``self >> other``."""
        return Composite(self, other)

    def tensor(self, other: "Kernel") -> "Kernel":
        """This kernel beside ``other``, independently; also written ``self @ other``."""
        return Parallel(self, other)

    __rshift__ = then
    __matmul__ = tensor


@final
class Composite(Kernel):
    """``first`` and then ``second``. Raises ``CompositionError`` if they do not fit."""

    def __init__(self, first: Kernel, second: Kernel) -> None:
        if first.cod != second.dom:
            raise first.cod.mismatch(second.dom)
        super().__init__(first.dom, second.cod)
        self.first = first
        self.second = second

    def draw(self, value: Value, generator: torch.Generator) -> Value:
        """A draw of the second kernel at a draw of the first."""
        return self.second.draw(self.first.draw(value, generator), generator)


@final
class Parallel(Kernel):
    """``left`` beside ``right``, with independent randomness."""

    def __init__(self, left: Kernel, right: Kernel) -> None:
        super().__init__(left.dom @ right.dom, left.cod @ right.cod)
        self.left = left
        self.right = right

    def draw(self, value: Value, generator: torch.Generator) -> Value:
        """A draw of each, side by side."""
        parts, cut = parts_of(value), len(self.left.dom.space.factors)
        left = self.left.draw(value_of(parts[:cut]), generator)
        right = self.right.draw(value_of(parts[cut:]), generator)
        return value_of(parts_of(left) + parts_of(right))
