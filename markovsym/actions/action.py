"""Actions of groups; first of all, of a group on its cosets."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, final

from torch import Tensor

from markovsym.errors import CompositionError
from markovsym.groups import Cosets, Element, Group
from markovsym.groups.product import alike
from markovsym.spaces import Space, Value


class Action(ABC):
    """A left action of a group on the values of a space. Final, frozen, equal by content."""

    @property
    @abstractmethod
    def group(self) -> Group:
        """The group that acts."""

    @property
    @abstractmethod
    def affine(self) -> bool:
        """Whether every element moves the mean of some values to the mean of the moved values."""

    @abstractmethod
    def fits(self, space: Space) -> bool:
        """Whether it can act on the values of ``space``."""

    @abstractmethod
    def __call__(self, g: Element, x: Any) -> Any:
        """``g`` applied to a value; both have the same batch dimensions, or ``g`` has none."""

    @abstractmethod
    def log_volume(self, g: Element, x: Any, space: Space) -> Tensor | float:
        """How much ``g`` stretches volume at ``x``: log |det| of its Jacobian, in nats.

        Raises:
            CompositionError: If the values have no density that could be stretched.
        """


class VolumeKeeping(Action):
    """An action by affine maps that stretch nothing: it moves entries about, or by a constant."""

    @property
    def affine(self) -> bool:
        """Yes."""
        return True

    def log_volume(self, g: Element, x: Any, space: Space) -> float:
        """Not at all."""
        return 0.0


@final
@dataclass(frozen=True)
class CosetAction(Action):
    """G moves the cosets G/H; for trivial H, G moves itself from the left."""

    cosets: Cosets

    @property
    def group(self) -> Group:
        """G."""
        return self.cosets.group

    @property
    def affine(self) -> bool:
        """No: what lies between two cosets is none."""
        return False

    def fits(self, space: Space) -> bool:
        """Whether the values can be cosets."""
        wanted = [(one.shape, one.kind) for one in self.cosets.space.factors]
        return [(one.shape, one.kind) for one in space.factors] == wanted

    def __call__(self, g: Element, x: Value) -> Value:
        """``g`` times the coset ``x``."""
        return self.cosets.act(alike(g, x), x)

    def log_volume(self, g: Element, x: Value, space: Space) -> float:
        """Nothing that is known: it raises ``CompositionError``."""
        raise CompositionError(f"no density is known on the cosets {self.cosets.phi}")
