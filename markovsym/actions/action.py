"""Actions of groups, and spaces that carry one."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

from torch import Tensor

from markovsym.errors import ActionMismatch, CompositionError
from markovsym.groups import Element, Group
from markovsym.spaces import FREE, Constraint, Kind, Object, Space, Value, parts_of, space, value_of


class Action(ABC):
    """A left action of a group on the values of one factor. Final, frozen, equal by content."""

    @property
    @abstractmethod
    def group(self) -> Group:
        """The group that acts."""

    @abstractmethod
    def __call__(self, g: Element, x: Tensor) -> Tensor:
        """``g`` applied to ``x``; both have the same batch dimensions, or ``g`` has none."""


@final
@dataclass(frozen=True)
class GSpace:
    """A space with an action of one group on each factor: an object of C^G, equal by action.

    Raises:
        ActionMismatch: If the actions are of several groups.
    """

    space: Space
    actions: tuple[Action, ...]

    def __post_init__(self) -> None:
        if len(self.actions) != len(self.space.factors) or not self.actions:
            raise CompositionError(
                f"wanted one action for each factor of ({self.space}), got {len(self.actions)}"
            )
        groups = {action.group for action in self.actions}
        if len(groups) > 1:
            raise ActionMismatch(f"wanted one group on all factors, got {sorted(map(str, groups))}")

    @property
    def group(self) -> Group:
        """The group that acts."""
        return self.actions[0].group

    def act(self, g: Element, value: Value) -> Value:
        """``g`` applied to every factor of ``value``: the diagonal action."""
        parts = zip(self.actions, parts_of(value), strict=True)
        return value_of(tuple(action(g, part) for action, part in parts))

    def __matmul__(self, other: "GSpace") -> "GSpace":
        return GSpace(self.space @ other.space, self.actions + other.actions)

    def mismatch(self, other: Object) -> CompositionError:
        """Why a kernel that ends here cannot be followed by one that starts in ``other``."""
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
        floating point of shape (*batch, 20, 3) under OrthogonalGroup(n=3)
    """
    return GSpace(space(shape, kind, constraint), (action,))
