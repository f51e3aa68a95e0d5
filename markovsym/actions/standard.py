"""The actions everybody uses."""

from dataclasses import dataclass
from typing import final

from torch import Tensor

from markovsym.actions.action import Action, GSpace
from markovsym.groups import Cosets, Element, FromTrivial, Group, SymmetricGroup
from markovsym.spaces import Factor, Kind


@final
@dataclass(frozen=True)
class Trivial(Action):
    """Nothing moves."""

    of: Group

    @property
    def group(self) -> Group:
        """The group that was handed over."""
        return self.of

    def fits(self, factor: Factor) -> bool:
        """Always."""
        return True

    def __call__(self, g: Element, x: Tensor) -> Tensor:
        """``x`` itself."""
        return x


@final
@dataclass(frozen=True)
class Matrix(Action):
    """A matrix acts on points whose coordinates are the last axis; one point or many at once."""

    of: Group

    @property
    def group(self) -> Group:
        """The group that was handed over."""
        return self.of

    def fits(self, factor: Factor) -> bool:
        """Whether the last axis has as many coordinates as the matrices have columns."""
        columns = self.of.space.factors[-1].shape[-1]
        return factor.kind is Kind.REAL and factor.shape[-1:] == (columns,)

    def __call__(self, g: Tensor, x: Tensor) -> Tensor:
        """``g`` times each point."""
        rows = x.reshape(*g.shape[:-2], -1, g.shape[-1])
        return (rows @ g.mT).reshape(x.shape)


@final
@dataclass(frozen=True)
class Permutation(Action):
    """A permutation moves the entries along some axes, counted from the end of the event shape."""

    of: SymmetricGroup
    axes: tuple[int, ...] = (-2,)

    @property
    def group(self) -> SymmetricGroup:
        """The group that was handed over."""
        return self.of

    def fits(self, factor: Factor) -> bool:
        """Whether each of the axes is there and has as many entries as there are places."""
        shape = factor.shape
        return all(-len(shape) <= axis < 0 and shape[axis] == self.of.n for axis in self.axes)

    def __call__(self, g: Tensor, x: Tensor) -> Tensor:
        """Entry ``i`` goes to place ``g[i]``."""
        source = self.of.inverse(g)
        for axis in self.axes:
            shape = [*source.shape[:-1], *[1] * (x.dim() - source.dim() + 1)]
            shape[axis] = source.shape[-1]
            x = x.gather(axis, source.reshape(shape).expand(_along(x, axis, source)))
        return x


@final
@dataclass(frozen=True)
class CosetAction(Action):
    """G moves the cosets G/H; for trivial H, G moves itself from the left."""

    cosets: Cosets

    @property
    def group(self) -> Group:
        """G."""
        return self.cosets.group

    def fits(self, factor: Factor) -> bool:
        """Whether the values can be representatives of cosets."""
        wanted = [(one.shape, one.kind) for one in self.cosets.representatives.space.factors]
        return [(factor.shape, factor.kind)] == wanted

    def __call__(self, g: Element, x: Tensor) -> Tensor:
        """``g`` times the coset ``x``."""
        return self.cosets.act(g, x)


def _along(x: Tensor, axis: int, source: Tensor) -> list[int]:
    return [*x.shape[: x.dim() + axis], source.shape[-1], *x.shape[x.dim() + axis + 1 :]]


trivial = Trivial
matrix = Matrix
permutation = Permutation


def coset_space(cosets: Cosets) -> GSpace:
    """G/H with the action of G."""
    return GSpace(cosets.group, cosets.representatives.space, (CosetAction(cosets),))


def regular(group: Group) -> GSpace:
    """G with its action on itself from the left, which is G/1."""
    return coset_space(Cosets(FromTrivial(group)))
