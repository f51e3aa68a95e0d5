"""The stochastic matrix that a diagram, or a normal form, means in a finite model.

Both run forward on a table of all that can happen: a row for each input and each draw so far, with
its probability. Neither knows a rule of the rewriter; a diagram is read as it was built.
"""

from typing import final

import numpy as np

from markovsym.syntax import Box, Diagram, Ty
from markovsym.syntax.events import Form
from markovsym.syntax.words import (
    Acted,
    Atom,
    Chosen,
    Corrected,
    Drawn,
    Given,
    Mapped,
    Origin,
    Turned,
    Value,
    Word,
    carrier,
    cosets_of,
)
from tests.markovsym.syntax.finite import Table
from tests.markovsym.syntax.models import Matrix, Model

LIMIT = 40_000
"""Most rows of the table."""


class TooLarge(Exception):  # noqa: N818 - it is caught: another diagram will do
    """More rows than the limit."""


@final
class Run:
    """The table: where a row started, its probability, and what its columns carry."""

    def __init__(self, model: Model, dom: Ty) -> None:
        self.model = model
        self.rows = model.points(dom)
        self.start = np.arange(self.rows)
        self.weight = np.ones(self.rows)
        self.inputs = self._apart(self.start, dom)
        self.columns: dict[tuple[int, int], Table] = {}

    def use(self, number: int, box: Box, inputs: list[Table]) -> None:
        """Use the box; its outputs are columns (number, port)."""
        at = self._joined(inputs, box.dom)
        if box in self.model.functions:
            out = self.model.functions[box][at]
        else:
            kernel = self.model.kernels[box]
            out = np.tile(np.arange(kernel.shape[1]), len(at))
            self._branch(kernel.shape[1])
            self.weight = self.weight * kernel[at].ravel()
        for port, column in enumerate(self._apart(out, box.cod)):
            self.columns[number, port] = column

    def matrix(self, outputs: list[Table], cod: Ty) -> Matrix:
        """The probability of each output at each input."""
        points = self.model.points(cod)
        cell = self.start * points + self._joined(outputs, cod)
        mass = np.bincount(cell, self.weight, self.rows * points).astype(np.float64)
        return mass.reshape(self.rows, points)

    def _branch(self, times: int) -> None:
        if len(self.start) * times > LIMIT:
            raise TooLarge
        self.start, self.weight = self.start.repeat(times), self.weight.repeat(times)
        self.inputs = [column.repeat(times) for column in self.inputs]
        self.columns = {key: column.repeat(times) for key, column in self.columns.items()}

    def _joined(self, columns: list[Table], X: Ty) -> Table:
        joined = np.zeros(len(self.start), dtype=np.int64)
        for column, ob in zip(columns, X, strict=True):
            joined = joined * self.model.size[ob] + column
        return joined

    def _apart(self, joined: Table, X: Ty) -> list[Table]:
        columns: list[Table] = []
        for ob in reversed(X.obs):
            joined, column = np.divmod(joined, self.model.size[ob])
            columns.append(column)
        return columns[::-1]


def matrix(diagram: Diagram, model: Model) -> Matrix:
    """What a diagram means, box by box as it was built, dead boxes too."""
    run = Run(model, diagram.dom)
    ports: dict[int, tuple[int, int]] = {}

    def read(wires: tuple[int, ...]) -> list[Table]:
        return [run.inputs[~w] if w < 0 else run.columns[ports[w]] for w in wires]

    for number, (box, inputs, first) in enumerate(diagram.nodes):
        run.use(number, box, read(inputs))
        ports |= {first + port: (number, port) for port in range(len(box.cod))}
    return run.matrix(read(diagram.outputs), diagram.cod)


def meaning(form: Form, dom: Ty, cod: Ty, model: Model) -> Matrix:
    """What a normal form means, from the definitions of its letters."""
    reader = Reader(Run(model, dom))
    for number, event in enumerate(form.events):
        inputs = [reader.value(v) for v in event.inputs]
        reader.run.use(number, event.box, inputs)
    return reader.run.matrix([reader.value(value) for value in form.outputs], cod)


@final
class Reader:
    """What words mean in the rows of a run."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.model = run.model

    def value(self, value: Value) -> Table:
        """An element of a group, or a point."""
        return self.point(value) if isinstance(value, Acted) else self.word(value)

    def point(self, value: Acted) -> Table:
        """A base, moved by the letters from right to left."""
        x = self.atom(value.base)
        for atom, sign in reversed(value.word):
            act = self.model.acts[carrier(atom), value.base.ob]
            x = act[self._letter(atom, sign), x]
        return x

    def word(self, word: Word) -> Table:
        """A product of letters, all of one group."""
        product = np.zeros(len(self.run.start), dtype=np.int64)
        assert len({carrier(atom) for atom, _ in word}) <= 1
        for atom, sign in word:
            product = self.model.groups[carrier(atom)].table[product, self._letter(atom, sign)]
        return product

    def _letter(self, atom: Atom, sign: int) -> Table:
        found = self.atom(atom)
        return found if sign == 1 else self.model.groups[carrier(atom)].inverse[found]

    def atom(self, atom: Atom) -> Table:
        """An atom, by its definition."""
        match atom:
            case Given(place):
                return self.run.inputs[place]
            case Drawn(event, port):
                return self.run.columns[event, port]
            case Origin(ob):
                q = self.model.project[self.model.theory.cosets[ob]]
                return np.full(len(self.run.start), q[0])
            case Mapped(phi, inner):
                return self.model.homs[phi][self.atom(inner)]
            case Chosen(cosets, coset):
                return self.model.sections[cosets][self.point(coset)]
            case Corrected():
                return self._corrected(atom)
            case Turned(product, by, inner):
                return self.model.rho[product][self.word(by), self.atom(inner)]

    def _corrected(self, eta: Corrected) -> Table:
        """s0(c)^-1 w^-1 s(w.c), which lies in the image of phi."""
        cosets = cosets_of(eta.section)
        G, q = self.model.groups[cosets.group.carrier], self.model.project[cosets]
        w, c = self.word(eta.word), self.point(eta.coset)
        moved = self.model.acts[cosets.group.carrier, cosets.carrier][w, c]
        reference = self.model.sections[cosets][c]
        found = G.table[G.inverse[G.table[w, reference]], self.model.sections[eta.section][moved]]
        assert (q[found] == q[0]).all()
        return found
