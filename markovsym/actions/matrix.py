"""Matrices that act along axes: on points, by conjugation, by congruence, on bilinear forms."""

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Num
from torch import Tensor

from markovsym.actions.action import Action
from markovsym.actions.standard import dimension, once
from markovsym.errors import SpaceError
from markovsym.groups.matrices import MatrixGroup
from markovsym.spaces import CentreFree, Factor, Free, Space


@final
@dataclass(frozen=True)
class Matrix(Action):
    """A matrix acts along some axes of tensors, and its inverse transpose along others.

    Points with their coordinates on the last axis are moved by ``Matrix(G)``; square matrices x by
    g x g^T with ``axes=(-2, -1)``, and by g x g^-1 with ``axes=(-2,), dual=(-1,)``.

    Args:
        of: The group.
        axes: Counted from the end of the event shape.
        dual: Those along which the inverse transpose acts.
    """

    of: MatrixGroup
    axes: tuple[int, ...] = (-1,)
    dual: tuple[int, ...] = ()

    @property
    def group(self) -> MatrixGroup:
        """The group that was handed over."""
        return self.of

    @property
    def affine(self) -> bool:
        """Yes."""
        return True

    def fits(self, space: Space) -> bool:
        """Whether each of the axes is there, once, and has as many entries as the matrices.

        Points whose centre is bound can be moved along the axis of their coordinates only.
        """
        match space.factors:
            case (Factor(shape, kind, Free() | CentreFree() as bound),) if kind is self.of.kind:
                axes = self.axes + self.dual
                inside = once(axes, len(shape))
                whole = inside and all(shape[axis] == self.of.n for axis in axes)
                return whole and (bound == Free() or set(axes) <= {-1})
            case _:
                return False

    def __call__(self, g: Num[Tensor, "*batch n n"], x: Tensor) -> Tensor:
        """``g`` along each of the axes."""
        if x.shape[: g.dim() - 2] != g.shape[:-2]:
            raise SpaceError(
                f"wanted matrices of the batch shape of the points, or one for all; got "
                f"{tuple(g.shape)} for points of shape {tuple(x.shape)}"
            )
        g = g.to(x.dtype)
        for axis in self.axes:
            x = _along(g, x, axis)
        for axis in self.dual:
            x = _along(self.of.inverse(g).mT, x, axis)
        return x

    def log_volume(self, g: Num[Tensor, "*batch n n"], x: Tensor, space: Space) -> Tensor:
        """For each free point along each axis, log |det g|; it is taken away for the dual ones."""
        rows = dimension(space, x) / self.of.n
        net = len(self.axes) - len(self.dual)
        return net * rows * torch.linalg.slogdet(g).logabsdet


matrix = Matrix


def _along(g: Tensor, x: Tensor, axis: int) -> Tensor:
    turned = x.movedim(axis, -1)
    rows = turned.unsqueeze(-2).flatten(g.dim() - 2, -2)
    return (rows @ g.mT).reshape(turned.shape).movedim(-1, axis)
