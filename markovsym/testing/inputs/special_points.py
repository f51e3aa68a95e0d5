"""Points that elements of a group may leave where they are: in a plane, on a line, at zero."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from markovsym.actions import Acted, CosetAction, GSpace, Trivial
from markovsym.groups.enumeration import pick
from markovsym.groups.product import is_compact
from markovsym.spaces import CentreFree, Factor, Free, Kind, Value, parts_of, value_of
from markovsym.testing.inputs.named import sized
from markovsym.testing.inputs.points import points

Change = Callable[[Tensor], Tensor]


def special_points(X: GSpace, *, generator: torch.Generator) -> dict[str, Value]:
    """Random points made special, by name, without batch dimensions and in double precision.

    Factors that hold points, one a row, which the group moves, are changed; the others stay. There
    are none where no factor does. If the group is not compact they are moved once more, lest what
    an element is read off be zero, of which rounding is as large a part as you like.
    """
    if not any(_has_rows(block, factor) for block in X.blocks for factor in block.space.factors):
        return {}
    drawn = points(X, len(CHANGES), generator=generator)
    changed = {
        name: value_of(tuple(_changed(X, pick(drawn, i), change)))
        for i, (name, change) in enumerate(CHANGES.items())
    }
    if is_compact(X.group):
        return changed
    G = sized(X.group, X.space.measure(drawn)[1])
    g = G.random(generator=generator, dtype=torch.float64)
    return {name: X.act(g, x) for name, x in changed.items()}


def _changed(X: GSpace, x: Value, change: Change) -> Iterator[Tensor]:
    for block, value in X.parts(x):
        for factor, part in zip(block.space.factors, parts_of(value), strict=True):
            if not _has_rows(block, factor):
                yield part
            elif isinstance(factor.constraint, CentreFree):
                y = change(part)
                yield y - y.mean(-2, keepdim=True)
            else:
                yield change(part)


def _has_rows(block: Acted, factor: Factor) -> bool:
    still = isinstance(block.action, Trivial | CosetAction)
    free = factor.kind is Kind.REAL and isinstance(factor.constraint, Free | CentreFree)
    return free and not still and len(factor.shape) > 1


def _in_a_plane(x: Tensor) -> Tensor:
    return torch.cat([x[..., :-1], torch.zeros_like(x[..., -1:])], dim=-1)


def _on_a_line(x: Tensor) -> Tensor:
    return torch.cat([x[..., :1], torch.zeros_like(x[..., 1:])], dim=-1)


def _in_pairs(x: Tensor) -> Tensor:
    return x - x.flip(-2)


def _together(x: Tensor) -> Tensor:
    return torch.cat([x[..., -1:, :], x[..., 1:, :]], dim=-2)


CHANGES: dict[str, Change] = {
    "two points at one place": _together,
    "points in a plane": _in_a_plane,
    "points in pairs x and -x": _in_pairs,
    "points on a line": _on_a_line,
    "all points at zero": torch.zeros_like,
}
"""The more special ones come last, so that the least special one that fails is named."""
