"""Spaces: shape, kind of number and constraint of their values; products of them."""

from abc import ABC, abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol, final, runtime_checkable

import torch
from torch import Tensor

from markovsym.errors import CompositionError, SpaceError

Value = Tensor | tuple[Tensor, ...]
"""A tensor where a space has one factor, a tuple of tensors otherwise; batch dimensions lead."""


class Kind(Enum):
    """What the entries of a tensor are."""

    REAL = "floating point"
    COMPLEX = "complex"
    INTEGER = "int64"
    BOOLEAN = "boolean"

    def holds(self, value: Tensor) -> bool:
        """Whether the entries of ``value`` are of this kind."""
        if self is Kind.COMPLEX:
            return value.is_complex()
        return value.is_floating_point() if self is Kind.REAL else value.dtype == self.dtype()

    def dtype(self, real: torch.dtype = torch.float32) -> torch.dtype:
        """The type of the entries, of the precision of ``real`` where they have one."""
        match self:
            case Kind.REAL:
                return real
            case Kind.COMPLEX:
                return real.to_complex()
            case Kind.INTEGER:
                return torch.int64
            case Kind.BOOLEAN:
                return torch.bool


class Constraint(ABC):
    """An equation that the values of a space satisfy. Subclasses are final and equal by content."""

    @property
    @abstractmethod
    def convex(self) -> bool:
        """Whether means of values that satisfy it do."""

    @abstractmethod
    def violation(self, value: Tensor) -> Tensor:
        """How far each value of the batch is from satisfying it, in the units of the value."""


@final
@dataclass(frozen=True)
class Free(Constraint):
    """No equation at all."""

    @property
    def convex(self) -> bool:
        """Yes."""
        return True

    def violation(self, value: Tensor) -> Tensor:
        """Zero."""
        return value.new_zeros(())


FREE = Free()
"""The one value of ``Free``."""


@final
@dataclass(frozen=True)
class CentreFree(Constraint):
    """Points, one a row, whose centre of mass lies at the origin; rows without a point are zero."""

    @property
    def convex(self) -> bool:
        """Yes."""
        return True

    def violation(self, value: Tensor) -> Tensor:
        """Length of the sum of the points."""
        return value.sum(-2).norm(dim=-1)


@final
@dataclass(frozen=True)
class Orthogonal(Constraint):
    """Square matrices whose columns are orthonormal; unitary ones if they are complex."""

    @property
    def convex(self) -> bool:
        """No."""
        return False

    def violation(self, value: Tensor) -> Tensor:
        """Frobenius distance of ``Q^T Q``, or of ``Q^* Q``, from the identity."""
        gram = value.mH @ value
        gram.diagonal(dim1=-2, dim2=-1).sub_(1.0)
        return gram.norm(dim=(-2, -1))


@final
@dataclass(frozen=True)
class Factor:
    """One tensor of a space.

    Args:
        shape: The event shape; a name stands for a size that each batch brings along.
        kind: What the entries are.
        constraint: The equation that the values satisfy.
    """

    shape: tuple[int | str, ...]
    kind: Kind = Kind.REAL
    constraint: Constraint = FREE

    def batch(self, value: Tensor, sizes: dict[str, int]) -> tuple[int, ...]:
        """The batch shape of ``value``; sizes found for the names are put into ``sizes``.

        Raises:
            SpaceError: If the event shape or the kind of ``value`` is another.
        """
        event = value.shape[value.dim() - len(self.shape) :]
        fits = value.dim() >= len(self.shape) and all(
            (sizes.setdefault(wanted, got) if isinstance(wanted, str) else wanted) == got
            for wanted, got in zip(self.shape, event, strict=True)
        )
        if not fits or not self.kind.holds(value):
            raise SpaceError(f"wanted {self}, got {value.dtype} of shape {tuple(value.shape)}")
        return tuple(value.shape[: value.dim() - len(self.shape)])

    @property
    def label(self) -> str:
        """A short name for a wire, such as R(atom,3), or O(3) for orthogonal matrices."""
        if isinstance(self.constraint, Orthogonal):
            return f"{'U' if self.kind is Kind.COMPLEX else 'O'}({self.shape[-1]})"
        letter = {Kind.REAL: "R", Kind.COMPLEX: "C", Kind.INTEGER: "Z", Kind.BOOLEAN: "B"}[
            self.kind
        ]
        return f"{letter}({','.join(map(str, self.shape))})"

    def __str__(self) -> str:
        return f"{self.kind.value} of shape ({', '.join(map(str, ('*batch', *self.shape)))})"


@runtime_checkable
class Object(Protocol):
    """What a kernel starts or ends in: a space, or a space with an action."""

    @property
    def space(self) -> "Space":
        """The space, without any action."""
        ...

    @property
    def wires(self) -> "tuple[tuple[str, Hashable], ...]":
        """For each factor, what to write on its wire and what makes wires equal."""
        ...

    @property
    def unit(self) -> "Object":
        """The unit beside it: the product with it does nothing."""
        ...

    def mismatch(self, other: "Object") -> CompositionError:
        """Why a kernel that ends here cannot be followed by one that starts in ``other``."""
        ...

    def __matmul__(self, other: Any) -> Any: ...


@final
@dataclass(frozen=True)
class Space:
    """A product of tensors; the empty product is the unit."""

    factors: tuple[Factor, ...]

    @property
    def space(self) -> "Space":
        """The space itself."""
        return self

    @property
    def unit(self) -> "Space":
        """The space with one point."""
        return UNIT

    @property
    def wires(self) -> tuple[tuple[str, Hashable], ...]:
        """The label of each factor, and the factor."""
        return tuple((factor.label, factor) for factor in self.factors)

    def __matmul__(self, other: "Space") -> "Space":
        return Space(self.factors + other.factors)

    def measure(self, value: Value) -> tuple[tuple[int, ...], dict[str, int]]:
        """The batch shape of ``value`` and the sizes behind the names of this space.

        Raises:
            SpaceError: If ``value`` does not lie in this space; constraints are not looked at.
        """
        parts = parts_of(value)
        if len(parts) != len(self.factors):
            raise SpaceError(f"wanted {len(self.factors)} tensors ({self}), got {len(parts)}")
        sizes: dict[str, int] = {}
        batches = [f.batch(p, sizes) for f, p in zip(self.factors, parts, strict=True)]
        if len(set(batches)) > 1:
            raise SpaceError(f"wanted one batch shape for all of ({self}), got {batches}")
        return (batches[0] if batches else ()), sizes

    def mismatch(self, other: Object) -> CompositionError:
        """Why a kernel that ends here cannot be followed by one that starts in ``other``."""
        return CompositionError(f"the first kernel ends in ({self}), the next starts in ({other})")

    def __str__(self) -> str:
        return " x ".join(map(str, self.factors)) or "the unit"


UNIT = Space(())
"""The space with one point."""


def space(
    shape: tuple[int | str, ...], kind: Kind = Kind.REAL, constraint: Constraint = FREE
) -> Space:
    """The space of tensors of one event shape.

    Example:
        >>> import torch
        >>> points = space(("atom", 3))
        >>> points.measure(torch.zeros(10, 5, 3))
        ((10,), {'atom': 5})
    """
    return Space((Factor(shape, kind, constraint),))


def parts_of(value: Value) -> tuple[Tensor, ...]:
    """The tensors of a value, one for each factor of its space."""
    return value if isinstance(value, tuple) else (value,)


def dtype_of(value: Value) -> torch.dtype:
    """The precision of the first tensor of a value that has one; else torch's default."""
    for part in parts_of(value):
        if part.is_floating_point():
            return part.dtype
        if part.is_complex():
            return part.real.dtype
    return torch.get_default_dtype()


def value_of(parts: tuple[Tensor, ...]) -> Value:
    """The value with these tensors: a lone tensor stands for itself."""
    return parts[0] if len(parts) == 1 else parts


def repeated(value: Value, dims: int, count: int) -> Value:
    """A value with one more batch dimension after ``dims`` others, along which it is repeated."""
    parts = (part.unsqueeze(dims) for part in parts_of(value))
    return value_of(tuple(p.expand(*p.shape[:dims], count, *p.shape[dims + 1 :]) for p in parts))


def joined(value: Value, dims: int) -> Value:
    """A value whose batch dimensions ``dims`` and ``dims + 1`` are made one."""
    return value_of(tuple(part.flatten(dims, dims + 1) for part in parts_of(value)))
