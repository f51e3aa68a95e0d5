"""Spaces that carry an action: the objects of C^G."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from typing import final

import torch
from torch import Tensor

from markovsym.actions.action import Action, CosetAction
from markovsym.errors import ActionMismatch, CompositionError
from markovsym.groups import Cosets, Element, FromTrivial, Group
from markovsym.spaces import (
    FREE,
    UNIT,
    Constraint,
    Kind,
    Object,
    Space,
    Value,
    dtype_of,
    parts_of,
    space,
    value_of,
)


@final
@dataclass(frozen=True)
class Acted:
    """A space, and how a group moves it: what one wire carries in C^G."""

    space: Space
    action: Action

    @property
    def label(self) -> str:
        """What to write on the wire: the cosets by their name, other spaces by their shape."""
        match self.action:
            case CosetAction(cosets):
                return str(cosets)
            case _:
                return "x".join(factor.label for factor in self.space.factors)


@final
@dataclass(frozen=True)
class GSpace:
    """A product of spaces, each with an action of one group: an object of C^G, equal by action.

    Args:
        group: The group that acts.
        blocks: The spaces and its action on each; with none at all, the unit of C^G.

    Raises:
        ActionMismatch: If an action is of another group.
        CompositionError: If an action does not fit its space.
    """

    group: Group
    blocks: tuple[Acted, ...]
    space: Space = field(init=False, repr=False, compare=False)
    """The product of the spaces, without the actions."""

    def __post_init__(self) -> None:
        spaces = (block.space for block in self.blocks)
        object.__setattr__(self, "space", reduce(Space.__matmul__, spaces, UNIT))
        for block in self.blocks:
            group = block.action.group
            if group != self.group:
                raise ActionMismatch(f"wanted actions of {self.group}, got one of {group}")
            if not block.action.fits(block.space):
                raise CompositionError(f"{block.action} cannot act on {block.space}")

    @property
    def actions(self) -> tuple[Action, ...]:
        """The action on each block."""
        return tuple(block.action for block in self.blocks)

    @property
    def unit(self) -> "GSpace":
        """The space with one point, under the same group."""
        return GSpace(self.group, ())

    @property
    def wires(self) -> tuple[tuple[str, Hashable], ...]:
        """The label of each block, and the block."""
        return tuple((block.label, block) for block in self.blocks)

    def act(self, g: Element, value: Value) -> Value:
        """``g`` applied to every block of ``value``: the diagonal action."""
        moved = [block.action(g, part) for block, part in self.parts(value)]
        return value_of(tuple(part for one in moved for part in parts_of(one)))

    def log_volume(self, g: Element, value: Value) -> Tensor:
        """How much ``g`` stretches volume at ``value``: log |det| of its Jacobian, in nats."""
        batch, _ = self.space.measure(value)
        device = next((part.device for part in parts_of(value)), None)  # none in the unit
        total = torch.zeros(batch, dtype=dtype_of(value), device=device)
        for block, part in self.parts(value):
            total = total + block.action.log_volume(g, part, block.space)
        return total

    def parts(self, value: Value) -> Iterator[tuple[Acted, Value]]:
        """Each block, and its part of a value."""
        rest = parts_of(value)
        for block in self.blocks:
            width = len(block.space.factors)
            yield block, value_of(rest[:width])
            rest = rest[width:]

    def __matmul__(self, other: "GSpace") -> "GSpace":
        if other.group != self.group:
            raise ActionMismatch(
                f"wanted one group on all factors, got {self.group} and {other.group}"
            )
        return GSpace(self.group, self.blocks + other.blocks)

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
    return GSpace(action.group, (Acted(space(shape, kind, constraint), action),))


def coset_space(cosets: Cosets) -> GSpace:
    """G/H with the action of G."""
    return GSpace(cosets.group, (Acted(cosets.space, CosetAction(cosets)),))


def regular(group: Group) -> GSpace:
    """G with its action on itself from the left, which is G/1."""
    return coset_space(Cosets(FromTrivial(group)))
