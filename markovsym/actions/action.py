"""Actions of groups, and spaces that carry one."""

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass
from typing import final

from torch import Tensor

from markovsym.errors import ActionMismatch, CompositionError
from markovsym.groups import Element, Group
from markovsym.spaces import (
    FREE,
    UNIT,
    Constraint,
    Factor,
    Kind,
    Object,
    Space,
    Value,
    parts_of,
    space,
    value_of,
)


class Action(ABC):
    """A left action of a group on the values of one factor. Final, frozen, equal by content."""

    @property
    @abstractmethod
    def group(self) -> Group:
        """The group that acts."""

    @abstractmethod
    def fits(self, factor: Factor) -> bool:
        """Whether it can act on the values of ``factor``."""

    @abstractmethod
    def __call__(self, g: Element, x: Tensor) -> Tensor:
        """``g`` applied to ``x``; both have the same batch dimensions, or ``g`` has none."""


@final
@dataclass(frozen=True)
class ActedFactor:
    """One factor of a space, and how the group moves it: what a wire carries in C^G."""

    factor: Factor
    action: Action


@final
@dataclass(frozen=True)
class GSpace:
    """A space with an action of one group on each factor: an object of C^G, equal by action.

    Args:
        group: The group that acts.
        space: What it acts on; with no factor at all, the unit of C^G.
        actions: Its action on each factor.

    Raises:
        ActionMismatch: If an action is of another group.
        CompositionError: If an action does not fit its factor.
    """

    group: Group
    space: Space
    actions: tuple[Action, ...]

    def __post_init__(self) -> None:
        if len(self.actions) != len(self.space.factors):
            raise CompositionError(
                f"wanted one action for each factor of ({self.space}), got {len(self.actions)}"
            )
        for action, factor in zip(self.actions, self.space.factors, strict=True):
            if action.group != self.group:
                raise ActionMismatch(f"wanted actions of {self.group}, got one of {action.group}")
            if not action.fits(factor):
                raise CompositionError(f"{action} cannot act on {factor}")

    @property
    def unit(self) -> "GSpace":
        """The space with one point, under the same group."""
        return GSpace(self.group, UNIT, ())

    @property
    def wires(self) -> tuple[tuple[str, Hashable], ...]:
        """The label of each factor, and the factor with its action."""
        pairs = zip(self.space.factors, self.actions, strict=True)
        return tuple((factor.label, ActedFactor(factor, action)) for factor, action in pairs)

    def act(self, g: Element, value: Value) -> Value:
        """``g`` applied to every factor of ``value``: the diagonal action."""
        parts = zip(self.actions, parts_of(value), strict=True)
        return value_of(tuple(action(g, part) for action, part in parts))

    def __matmul__(self, other: "GSpace") -> "GSpace":
        if other.group != self.group:
            raise ActionMismatch(
                f"wanted one group on all factors, got {self.group} and {other.group}"
            )
        return GSpace(self.group, self.space @ other.space, self.actions + other.actions)

    def mismatch(self, other: Object) -> CompositionError:
        """Why a kernel that ends here cannot be followed by one that starts in ``other``."""
        if isinstance(other, GSpace) and other.group != self.group:
            return ActionMismatch(
                f"the first kernel ends in a space of {self.group}, the next starts in one of "
                f"{other.group}; restrict both to one group"
            )
        if isinstance(other, GSpace) and other.space == self.space:
            return ActionMismatch(
                f"the first kernel ends in a space under the actions {self.actions}, the next "
                f"starts in the same space under {other.actions}"
            )
        return CompositionError(f"the first kernel ends in ({self}), the next starts in ({other})")

    def __str__(self) -> str:
        return f"{self.space} under {self.group}"


def gspace(
    shape: tuple[int | str, ...],
    action: Action,
    kind: Kind = Kind.REAL,
    constraint: Constraint = FREE,
) -> GSpace:
    """The space of tensors of one event shape, with an action on them.

    Example:
        >>> from markovsym.actions import matrix
        >>> from markovsym.groups import O
        >>> print(gspace((20, 3), matrix(O(3))))
        floating point of shape (*batch, 20, 3) under O(3)
    """
    return GSpace(action.group, space(shape, kind, constraint), (action,))
