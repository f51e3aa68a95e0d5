"""A value as rows of real numbers, in which a test in law looks for differences."""

from collections.abc import Iterator

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym.actions import Acted, CosetAction, GSpace
from markovsym.groups import Group, SymmetricGroup
from markovsym.groups.numbered import NumberedGroup
from markovsym.spaces import Orthogonal, Value, parts_of
from markovsym.testing.law.same_law import real_rows


def entries(Y: GSpace, y: Value, draws: int) -> Float[Tensor, "draw entry"]:
    """All entries of so many draws, and what their moments do not show.

    Orthogonal matrices bring their determinants along, whose law first and second moments of the
    entries do not fix; elements of finite groups and of S(n) are indicators of what they are.
    """
    columns = [rows for block, part in Y.parts(y) for rows in _columns(block, part)]
    return torch.cat(columns, dim=1) if columns else torch.zeros(draws, 1)


def _columns(block: Acted, part: Value) -> Iterator[Tensor]:
    letters = _letters(block)
    for factor, tensor in zip(block.space.factors, parts_of(part), strict=True):
        if letters and tensor.dtype == torch.int64:
            yield real_rows(torch.nn.functional.one_hot(tensor, letters))
            continue
        yield real_rows(tensor)
        if isinstance(factor.constraint, Orthogonal):
            yield real_rows(torch.linalg.det(tensor))


def _letters(block: Acted) -> int | None:
    """How many whole numbers an entry may be, if the values are elements of such a group."""
    match block.action:
        case CosetAction(cosets) if cosets.plain:
            return _order(cosets.representatives)
        case _:
            return None


def _order(G: Group) -> int | None:
    match G:
        case SymmetricGroup(int(n)):
            return n
        case NumberedGroup():
            return G.order
        case _:
            return None
