"""Functions that many groups let alone: the identity, x |x|, x less its mean."""

from collections.abc import Callable
from typing import final

from torch import Tensor

from markovsym.actions import GSpace
from markovsym.spaces import CentreFree, Factor, Free, Kind, Value, value_of

Change = Callable[[Tensor, int], Tensor]
"""A function of tensors whose events have so many dimensions."""


@final
class Changed:
    """A function of the tensors of a point that changes real numbers, and keeps equations."""

    def __init__(self, X: GSpace, change: Change) -> None:
        self.X = X
        self.change = change

    def __call__(self, *parts: Tensor) -> Value:
        """The tensors, changed one by one."""
        factors = zip(self.X.space.factors, parts, strict=True)
        return value_of(tuple(self._changed(factor, part) for factor, part in factors))

    def _changed(self, factor: Factor, x: Tensor) -> Tensor:
        if factor.kind is not Kind.REAL:
            return x
        match factor.constraint:
            case Free():
                return self.change(x, len(factor.shape))
            case CentreFree():
                y = self.change(x, len(factor.shape))
                return y - y.mean(-2, keepdim=True)
            case _:
                return x


def _itself(x: Tensor, dims: int) -> Tensor:
    return x


def _longer(x: Tensor, dims: int) -> Tensor:
    return x * x.norm(dim=-1, keepdim=True) if dims else x * x.abs()


def _larger(x: Tensor, dims: int) -> Tensor:
    return x * x.abs()


def _centred(x: Tensor, dims: int) -> Tensor:
    return x - x.mean(-2, keepdim=True) if dims > 1 else x


CHANGES: dict[str, Change] = {
    "the identity": _itself,
    "x |x| for each row": _longer,
    "x |x| for each entry": _larger,
    "x less its mean": _centred,
}
