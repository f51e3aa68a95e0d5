"""A concrete group and its subgroups, as proofs and the code of diagrams see them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate, pairwise
from typing import final

from torch import Tensor

from markovsym.actions import Acted, Action, Trivial, restricted
from markovsym.groups import FactorInclusion, Group
from markovsym.kernels import Deterministic, Kernel
from markovsym.spaces import Space, Value, value_of
from markovsym.syntax import Box, GroupObject, Ob


@final
@dataclass(frozen=True)
class Part:
    """G or a factor of it, and the wire that carries its elements.

    Args:
        group: The part.
        inclusion: Into G; none where it is G itself.
        carrier: The wire.
    """

    group: Group
    inclusion: FactorInclusion | None
    carrier: Ob

    @property
    def object(self) -> GroupObject:
        """The group object."""
        return GroupObject(self.carrier)

    def action(self, ob: Ob) -> Action | None:
        """How it moves a wire of G; none where the wire stays, or carries the part itself."""
        match ob.of:
            case Acted(_, action) if ob != self.carrier:
                moved = restricted(action, self.inclusion) if self.inclusion else action
                return None if isinstance(moved, Trivial) else moved
            case _:
                return None

    def acted(self, wires: Iterable[Ob]) -> frozenset[Ob]:
        """Which of the wires it moves."""
        return frozenset(ob for ob in wires if self.action(ob))

    def structure(self, wires: Iterable[Ob]) -> dict[Box, Kernel]:
        """What the boxes of the group and of its actions do."""
        G, K = self.object, self.group.space
        found: dict[Box, Kernel] = {
            G.multiply: on_parts(self.group.multiply, (K, K), K),
            G.inverse: on_parts(self.group.inverse, (K,), K),
        }
        for ob in wires:
            action = self.action(ob)
            if action and isinstance(ob.of, Acted):
                found[G.act(ob)] = on_parts(action, (K, ob.of.space), ob.of.space)
        return found


def on_parts(function: Callable[..., Value], doms: tuple[Space, ...], cod: Space) -> Deterministic:
    """A function of several values, as a kernel: it is handed all their tensors in a row."""
    dom = reduce(Space.__matmul__, doms)
    if all(len(one.factors) == 1 for one in doms):
        return Deterministic(function, dom, cod)
    cuts = (0, *accumulate(len(one.factors) for one in doms))
    return Deterministic(OnParts(function, cuts), dom, cod)


@final
class OnParts:
    """A function of several values, as one of all their tensors; those of each start at a cut."""

    def __init__(self, function: Callable[..., Value], cuts: tuple[int, ...]) -> None:
        self.function = function
        self.cuts = cuts

    def __call__(self, *parts: Tensor) -> Value:
        """The function of the values."""
        return self.function(*(value_of(parts[a:b]) for a, b in pairwise(self.cuts)))


def width(ob: Ob) -> int:
    """How many tensors a wire carries."""
    match ob.of:
        case Acted(space) | Group(space=space):
            return len(space.factors)
        case _:
            return 1


def named(group: Group) -> Ob:
    """The wire of a group, where it carries nothing else."""
    return Ob(str(group), group)
