"""Finite sets and stochastic matrices: where every theorem can be checked exactly."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any, final

import numpy as np

from markovsym.categories.category import inverse, object_of, require_cut, require_interpretation
from markovsym.categories.contraction import Factor, Table, contract, factor, spread
from markovsym.categories.stochastic import (
    ROUNDING,
    Sizes,
    Stochastic,
    divided,
    fractions,
    require_sizes,
    trusted,
    whole,
)
from markovsym.errors import CompositionError, SpaceError
from markovsym.syntax import Box, Diagram, Node, Ob
from markovsym.syntax.diagram import inputs_of


@final
@dataclass(frozen=True)
class FinStoch:
    """Stochastic matrices between finite sets; an object is the row of the sizes of its wires.

    Args:
        exact: Whether probabilities are fractions and equality is that of rational numbers; floats
            are refused then. Otherwise they are floats, and fractions are refused.

    Example:
        >>> C = FinStoch(exact=True)
        >>> die = C.uniform((6,))
        >>> half = C.function(lambda i: i // 3, (6,), (2,))
        >>> print(C.compose(die, half).table)
        [Fraction(1, 2) Fraction(1, 2)]
    """

    exact: bool = False

    def matrix(self, rows: Any, dom: Sizes, cod: Sizes) -> Stochastic:
        """The kernel of a matrix with a row for each input and a column for each output.

        Args:
            rows: Numbers, nested twice; where there are several wires, the last one runs fastest.
            dom: The sizes of the input wires.
            cod: The sizes of the output wires.

        Raises:
            SpaceError: If the matrix has another shape, a row is no probability, or an exact
                matrix holds floats.
        """
        table = fractions(rows) if self.exact else np.asarray(rows, dtype=float)
        if table.shape != (prod(dom), prod(cod)):
            wanted = f"{prod(dom)} rows of {prod(cod)} numbers for {dom} -> {cod}"
            raise SpaceError(f"wanted {wanted}, got a table of shape {table.shape}")
        return Stochastic(dom, cod, table.reshape(dom + cod))

    def function(
        self, f: Callable[..., int | tuple[int, ...]], dom: Sizes, cod: Sizes
    ) -> Stochastic:
        """The deterministic kernel of a function.

        Args:
            f: A function of one number, from 0, for each input wire; it returns one number for
                each output wire, in a tuple if there is not exactly one.
            dom: The sizes of the input wires.
            cod: The sizes of the output wires.

        Raises:
            SpaceError: If the function leaves ``cod``.
        """
        require_sizes(dom)
        require_sizes(cod)
        images = [_point(f(*x), cod) for x in np.ndindex(*dom)]
        table = np.full((len(images), *cod), self._number(0))
        table[(range(len(images)), *zip(*images, strict=True))] = self._number(1)
        return trusted(dom, cod, table)

    def uniform(self, cod: Sizes) -> Stochastic:
        """The state I -> cod in which all values are equally likely."""
        require_sizes(cod)
        return trusted((), cod, np.full(cod, self._number(1) / prod(cod)))

    def dirac(self, cod: Sizes, *point: int) -> Stochastic:
        """The state I -> cod that always is ``point``. Raises ``SpaceError`` if there is none."""
        return self.function(lambda: point, (), cod)

    @property
    def unit(self) -> Sizes:
        """The set of one point: no wires."""
        return ()

    def product(self, X: Sizes, Y: Sizes) -> Sizes:
        """X @ Y."""
        return X + Y

    def dom(self, f: Stochastic) -> Sizes:
        """Where ``f`` starts."""
        return f.dom

    def cod(self, f: Stochastic) -> Sizes:
        """Where ``f`` ends."""
        return f.cod

    def identity(self, X: Sizes) -> Stochastic:
        """X -> X that does nothing."""
        return self.function(lambda *x: x, X, X)

    def compose(self, f: Stochastic, g: Stochastic) -> Stochastic:
        """First ``f``, then ``g``. Raises ``CompositionError`` if they do not fit."""
        self._require_kind(f, g)
        return f >> g

    def tensor(self, f: Stochastic, g: Stochastic) -> Stochastic:
        """``f`` beside ``g``, independently."""
        self._require_kind(f, g)
        return f @ g

    def swap(self, X: Sizes, Y: Sizes) -> Stochastic:
        """X @ Y -> Y @ X."""
        return self.function(lambda *xy: xy[len(X) :] + xy[: len(X)], X + Y, Y + X)

    def copy(self, X: Sizes) -> Stochastic:
        """X -> X @ X."""
        return self.function(lambda *x: x + x, X, X + X)

    def discard(self, X: Sizes) -> Stochastic:
        """X -> I."""
        return self.function(lambda *x: (), X, ())

    def is_deterministic(self, f: Stochastic) -> bool:
        """Whether each row has an entry that is one."""
        self._require_kind(f)
        return bool((f.matrix.max(1) >= (1 if self.exact else 1 - ROUNDING)).all())

    def equal(self, f: Stochastic, g: Stochastic, tolerance: float = ROUNDING) -> bool:
        """Whether no entry differs, by more than ``tolerance`` where they are floats."""
        self._require_kind(f, g)
        if self.exact or (f.dom, f.cod) != (g.dom, g.cod):
            return f == g
        return bool(abs(f.table - g.table).max() <= tolerance)

    def conditional(self, f: Stochastic, cut: int) -> Stochastic:
        """X @ A -> Y, for ``f``: A -> X @ Y; uniform where the X-marginal of ``f`` has no mass.

        Args:
            f: The joint law.
            cut: How many output wires of ``f`` are X.
        """
        self._require_kind(f)
        require_cut(f.cod, cut)
        X, Y = f.cod[:cut], f.cod[cut:]
        joint = f.table.reshape(prod(f.dom), prod(X), prod(Y))
        mass = joint.sum(2, keepdims=True)
        empty = mass == 0
        rows = (joint + empty) / (mass + empty * prod(Y))
        return trusted(X + f.dom, Y, rows.swapaxes(0, 1))

    def inverse(self, f: Stochastic, prior: Stochastic) -> Stochastic:
        """Y -> X by Bayes' rule, for ``f``: X -> Y; uniform where the prior makes y impossible."""
        return inverse(self, f, prior)

    def evaluate(
        self, diagram: Diagram, objects: Mapping[Ob, Sizes], boxes: Mapping[Box, Stochastic]
    ) -> Stochastic:
        """The kernel of a diagram, as one sum of products: its wires are the summation indices.

        Args:
            diagram: The diagram; equal diagrams give one kernel.
            objects: The sizes behind each wire.
            boxes: The kernel of each box.

        Raises:
            CompositionError: If a wire or a box is missing, or a box has other ends than its
                wires, or is declared deterministic and is not.
        """
        drawn = diagram.normal
        require_interpretation(self, drawn, objects, boxes)
        kinds = dict.fromkeys(node.box for node in drawn.nodes)
        self._require_kind(*(boxes[box] for box in kinds))
        tables = {box: whole(boxes[box]) for box in kinds}
        factors = [_factor(node, tables[node.box][0], objects) for node in drawn.nodes]
        ends = (*inputs_of(drawn.dom), *drawn.outputs)
        sizes = dict(zip(ends, (prod(objects[ob]) for ob in (*drawn.dom, *drawn.cod)), strict=True))
        table = spread(contract(factors, ends), ends, sizes)
        denominator = prod(tables[node.box][1] for node in drawn.nodes)
        table = divided(table, denominator, exact=self.exact)
        dom, cod = (object_of(self, X, objects) for X in (drawn.dom, drawn.cod))
        require_sizes(dom)
        return trusted(dom, cod, table)

    def _number(self, value: int) -> float | Fraction:
        return Fraction(value) if self.exact else float(value)

    def _require_kind(self, *kernels: Stochastic) -> None:
        for f in kernels:
            if f.exact != self.exact:
                wanted, got = ("fractions", "floats") if self.exact else ("floats", "fractions")
                mend = f"FinStoch(exact={f.exact}) takes them"
                raise CompositionError(f"{self} wants {wanted}, got {got} in {f}; {mend}")


def _point(value: int | tuple[int, ...], cod: Sizes) -> tuple[int, ...]:
    point = value if isinstance(value, tuple) else (value,)
    if len(point) != len(cod) or not all(0 <= i < n for i, n in zip(point, cod, strict=True)):
        raise SpaceError(f"wanted a point of the sizes {cod}, counted from 0, got {point}")
    return point


def _factor(node: Node, table: Table, objects: Mapping[Ob, Sizes]) -> Factor:
    """The table of a box on the wires that it reads and writes."""
    outputs = range(node.first, node.first + len(node.box.cod))
    sizes = [prod(objects[ob]) for ob in (*node.box.dom, *node.box.cod)]
    return factor((*node.inputs, *outputs), table.reshape(sizes))
