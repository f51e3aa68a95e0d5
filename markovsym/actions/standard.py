"""The actions everybody uses: trivial, by permutations, by translations, by scalings."""

from dataclasses import dataclass
from math import prod
from typing import final

from jaxtyping import Float, Int
from torch import Tensor

from markovsym.actions.action import Action, VolumeKeeping
from markovsym.groups import Element, Group, Scalings, SymmetricGroup, TranslationGroup
from markovsym.spaces import CentreFree, Factor, Free, Kind, Space, Value


@final
@dataclass(frozen=True)
class Trivial(VolumeKeeping):
    """Nothing moves."""

    of: Group

    @property
    def group(self) -> Group:
        """The group that was handed over."""
        return self.of

    def fits(self, space: Space) -> bool:
        """Always."""
        return True

    def __call__(self, g: Element, x: Value) -> Value:
        """``x`` itself."""
        return x


@final
@dataclass(frozen=True)
class Permutation(VolumeKeeping):
    """A permutation moves the entries along some axes, counted from the end of the event shape."""

    of: SymmetricGroup
    axes: tuple[int, ...] = (-2,)

    @property
    def group(self) -> SymmetricGroup:
        """The group that was handed over."""
        return self.of

    def fits(self, space: Space) -> bool:
        """Whether each of the axes is there, once, and has as many entries as there are places."""
        match space.factors:
            case (factor,):
                shape = factor.shape
                inside = once(self.axes, len(shape))
                return inside and all(shape[axis] == self.of.n for axis in self.axes)
            case _:
                return False

    def __call__(self, g: Int[Tensor, "*batch n"], x: Tensor) -> Tensor:
        """Entry ``i`` goes to place ``g[i]``."""
        source = self.of.inverse(g)
        for axis in self.axes:
            shape = [*source.shape[:-1], *[1] * (x.dim() - source.dim() + 1)]
            shape[axis] = source.shape[-1]
            x = x.gather(axis, source.reshape(shape).expand(_along(x, axis, source)))
        return x


@final
@dataclass(frozen=True)
class Translation(VolumeKeeping):
    """A vector is added to every point; the coordinates are the last axis."""

    of: TranslationGroup

    @property
    def group(self) -> TranslationGroup:
        """The group that was handed over."""
        return self.of

    def fits(self, space: Space) -> bool:
        """Whether points have as many coordinates as the vectors, and may have any centre."""
        match space.factors:
            case (Factor(shape, Kind.REAL, Free()),):
                return shape[-1:] == (self.of.n,)
            case _:
                return False

    def __call__(self, g: Float[Tensor, "*batch n"], x: Tensor) -> Tensor:
        """``x + g``."""
        g = g.to(x.dtype)
        return x + g.reshape(*g.shape[:-1], *[1] * (x.dim() - g.dim()), g.shape[-1])


@final
@dataclass(frozen=True)
class Scaling(Action):
    """A positive number multiplies every entry, raised to a power."""

    of: Scalings
    power: float = 1.0

    @property
    def group(self) -> Scalings:
        """The group that was handed over."""
        return self.of

    @property
    def affine(self) -> bool:
        """Yes."""
        return True

    def fits(self, space: Space) -> bool:
        """Whether the entries are real, and multiples of values are values."""
        match space.factors:
            case (Factor(_, Kind.REAL, Free() | CentreFree()),):
                return True
            case _:
                return False

    def __call__(self, g: Float[Tensor, "*batch"], x: Tensor) -> Tensor:
        """``g ** power`` times ``x``."""
        factor = (g**self.power).to(x.dtype)
        return x * factor.reshape([*g.shape, *[1] * (x.dim() - g.dim())])

    def log_volume(self, g: Float[Tensor, "*batch"], x: Tensor, space: Space) -> Tensor:
        """The power times the dimension times log g."""
        return self.power * dimension(space, x) * g.log()


trivial = Trivial
permutation = Permutation
translation = Translation
scaling = Scaling


def dimension(space: Space, x: Tensor) -> int:
    """How many of the entries of a value of a space of one factor are free."""
    (factor,) = space.factors
    event = x.shape[x.dim() - len(factor.shape) :]
    bound = event[-1] if isinstance(factor.constraint, CentreFree) else 0
    return prod(event) - bound


def once(axes: tuple[int, ...], count: int) -> bool:
    """Whether all of the axes are among so many, counted from the end, and none stands twice."""
    return len(set(axes)) == len(axes) and all(-count <= axis < 0 for axis in axes)


def _along(x: Tensor, axis: int, source: Tensor) -> list[int]:
    return [*x.shape[: x.dim() + axis], source.shape[-1], *x.shape[x.dim() + axis + 1 :]]
