"""Stochastic matrices with one axis for each wire, in floats or in exact fractions."""

from dataclasses import dataclass
from fractions import Fraction
from math import lcm, prod
from numbers import Rational
from typing import Any, final

import numpy as np

from markovsym.categories.contraction import Table
from markovsym.errors import CompositionError, SpaceError

Sizes = tuple[int, ...]
"""How many values each wire takes."""

ROUNDING = 1e-9
"""How far a row of floats may sum from one."""
WIRES = 64
"""The most axes that an array of numpy has."""


@final
@dataclass(frozen=True, eq=False)
class Stochastic:
    """A kernel between finite sets: ``table[*x, *y]`` is the probability of y given x.

    Kernels are equal if their ends, their kind of number and their tables are.

    Args:
        dom: The sizes of the input wires.
        cod: The sizes of the output wires.
        table: Probabilities, of shape ``dom + cod``: fractions, in an array of objects, or floats.

    Raises:
        SpaceError: If the table has another shape, or a row is no probability.

    Example:
        >>> coin = Stochastic((), (2,), np.array([0.5, 0.5]))
        >>> noisy = Stochastic((2,), (2,), np.array([[0.9, 0.1], [0.2, 0.8]]))
        >>> (coin >> noisy).table
        array([0.55, 0.45])
    """

    dom: Sizes
    cod: Sizes
    table: Table

    def __post_init__(self) -> None:
        require_sizes(self.dom)
        require_sizes(self.cod)
        if self.table.shape != self.dom + self.cod:
            raise SpaceError(
                f"a kernel {self} has a table of shape {self.dom + self.cod}, "
                f"got {self.table.shape}"
            )
        _fill(self, fractions(self.table) if self.exact else np.array(self.table, dtype=float))
        _require_probabilities(self)

    @property
    def exact(self) -> bool:
        """Whether the table holds fractions."""
        return self.table.dtype == object

    def __rshift__(self, other: "Stochastic") -> "Stochastic":
        """This and then ``other``."""
        if self.cod != other.dom:
            raise CompositionError(f"the first ends in {self.cod}, the next starts in {other.dom}")
        require_one_kind(self, other)
        (f, m), (g, n) = whole(self), whole(other)
        matrix = f.reshape(self.matrix.shape) @ g.reshape(other.matrix.shape)
        return trusted(self.dom, other.cod, divided(matrix, m * n, exact=self.exact))

    def __matmul__(self, other: "Stochastic") -> "Stochastic":
        """This beside ``other``, independently."""
        require_one_kind(self, other)
        f, g = self.matrix, other.matrix
        both = f[:, None, :, None] * g[None, :, None, :]
        parts = both.reshape(self.dom + other.dom + self.cod + other.cod)
        return trusted(self.dom + other.dom, self.cod + other.cod, parts)

    @property
    def matrix(self) -> Table:
        """The table with one axis for the inputs and one for the outputs."""
        return self.table.reshape(prod(self.dom), prod(self.cod))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Stochastic):
            return NotImplemented
        ends = (self.dom, self.cod, self.exact) == (other.dom, other.cod, other.exact)
        return ends and np.array_equal(self.table, other.table)

    def __hash__(self) -> int:
        return hash((self.dom, self.cod, tuple(self.table.ravel())))

    def __str__(self) -> str:
        return f"{self.dom} -> {self.cod}"


def trusted(dom: Sizes, cod: Sizes, table: Table) -> Stochastic:
    """The kernel of a table that a theorem makes stochastic, however far its sums were rounded."""
    if len(dom) + len(cod) > WIRES:
        raise SpaceError(f"a table has at most {WIRES} wires, inputs and outputs together")
    made = object.__new__(Stochastic)
    object.__setattr__(made, "dom", dom)
    object.__setattr__(made, "cod", cod)
    _fill(made, table.reshape(dom + cod))
    return made


def require_sizes(X: Sizes) -> None:
    """Raise ``SpaceError`` unless each wire takes at least one value."""
    if any(size < 1 for size in X):
        raise SpaceError(f"each wire takes one value at least, got the sizes {X}")


def require_one_kind(*kernels: Stochastic) -> None:
    """Raise ``CompositionError`` if some tables hold floats and some fractions."""
    if len({f.exact for f in kernels}) > 1:
        raise CompositionError(
            "one kernel holds floats, another fractions; "
            "Stochastic(f.dom, f.cod, f.table.astype(float)) makes floats of fractions"
        )


def fractions(values: Any) -> Table:
    """An array of fractions. Raises ``SpaceError`` if an entry is neither that nor an integer."""
    array = np.asarray(values, dtype=object)
    return np.array([_fraction(value) for value in array.ravel()], dtype=object).reshape(
        array.shape
    )


def whole(f: Stochastic) -> tuple[Table, int]:
    """The table and 1; if it is exact, integers and their denominator: sums of those are fast."""
    if not f.exact:
        return f.table, 1
    values = f.table.ravel()
    denominator = lcm(*(value.denominator for value in values))
    integers = [value.numerator * (denominator // value.denominator) for value in values]
    return np.array(integers, dtype=object).reshape(f.table.shape), denominator


def divided(table: Table, denominator: int, *, exact: bool) -> Table:
    """Floats as they are; if they are exact, fractions from integers and their denominator."""
    if not exact:
        return table.astype(float, copy=False)
    parts = [Fraction(value, denominator) for value in table.ravel()]
    return np.array(parts, dtype=object).reshape(table.shape)


def _fraction(value: Any) -> Fraction:
    if not isinstance(value, Rational):
        kind = f"{type(value).__name__} {value}"
        raise SpaceError(f"an exact table holds fractions, got the {kind}; as in Fraction('0.1')")
    return Fraction(int(value.numerator), int(value.denominator))  # those of numpy overflow


def _fill(f: Stochastic, table: Table) -> None:
    table.setflags(write=False)
    object.__setattr__(f, "table", table)


def _require_probabilities(f: Stochastic) -> None:
    wrong = np.argwhere(~(f.table >= 0))  # a NaN is not less than 0 either
    if len(wrong):
        at = tuple(wrong[0].tolist())
        raise SpaceError(f"a probability is not negative, got {f.table[at]} at {at} of {f}")
    sums = f.matrix.sum(1)
    wrong = np.flatnonzero(abs(sums - 1) > (0 if f.exact else ROUNDING))
    if len(wrong):
        total = sums[wrong[0]]
        row = tuple(int(i) for i in np.unravel_index(wrong[0], f.dom))
        raise SpaceError(f"the row of each input sums to one, got {total} for {row} of {f}")
