"""Equal normal forms are equal stochastic matrices, in random finite models of random theories."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import final

import numpy as np
import pytest

from markovsym.syntax import Box, Diagram, Theory, Ty
from markovsym.syntax.events import Form
from markovsym.syntax.rewrite import normal_form
from tests.markovsym.syntax.evaluate import TooLarge, matrix, meaning
from tests.markovsym.syntax.models import Matrix, Model, random_model
from tests.markovsym.syntax.random_diagrams import random_diagram
from tests.markovsym.syntax.stated import Statement
from tests.markovsym.syntax.statements import missed, provable, unprovable
from tests.markovsym.syntax.variants import lawful, lawless
from tests.markovsym.syntax.worlds import World, worlds

WORLDS = list(worlds())
PER_MODEL = 30
"""Diagrams that one model is asked about; variants come on top."""
TOLERANCE = 1e-9
"""Probabilities are sums of at most 40,000 products in float64, so rounding stays below 1e-11."""


@final
@dataclass
class Tally:
    """What was compared."""

    forms: set[tuple[Ty, Ty, Form]] = field(default_factory=set[tuple[Ty, Ty, Form]])
    diagrams: int = 0
    pairs: int = 0
    """Diagrams that had the form of an earlier one, in the same model."""
    told_apart: int = 0
    """Variants by a wrong rule that do mean something else, and have another form."""
    laws: int = 0
    laws_found: int = 0
    """Variants by a law that have the same form: a measure of what the rules find."""


@pytest.mark.parametrize("world", WORLDS, ids=str)
def test_equal_normal_forms_are_equal_matrices(world: World) -> None:
    tally = compared(world, seed=0, models=9)
    assert tally.diagrams >= 600
    assert len(tally.forms) >= 150
    assert tally.pairs >= 250
    assert tally.laws_found >= 0.95 * tally.laws
    assert tally.told_apart >= 10


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS, ids=str)
def test_equal_normal_forms_are_equal_matrices_in_many_models(world: World) -> None:
    tally = compared(world, seed=1, models=30)
    assert len(tally.forms) >= 450
    assert tally.pairs >= 1000


def compared(world: World, seed: int, models: int) -> Tally:
    """Random diagrams and variants of each, compared with what their normal forms mean."""
    rng, tally = Random(seed), Tally()
    for number in range(models):
        model = random_model(world.theory, world.boxes, 1000 * seed + number)
        seen: dict[tuple[Ty, Ty, Form], Matrix] = {}
        for _ in range(PER_MODEL):
            dom, arrows = rng.choice(world.doms), world.some(rng)
            diagram = random_diagram(rng, dom, rng.randint(1, 3), arrows, rng.randint(2, 5))
            _compare(diagram, rng, model, seen, tally)
    return tally


def _compare(
    diagram: Diagram,
    rng: Random,
    model: Model,
    seen: dict[tuple[Ty, Ty, Form], Matrix],
    tally: Tally,
) -> None:
    same, other = lawful(diagram, model.theory, rng), lawless(diagram, model.theory, rng)
    try:
        plain, equal, unequal = (_meant(one, model, seen, tally) for one in (diagram, same, other))
    except TooLarge:
        return
    assert near(plain[1], equal[1]), "a law of the test is none"
    tally.laws += 1
    tally.laws_found += plain[0] == equal[0]
    tally.told_apart += not near(plain[1], unequal[1])


def _meant(
    diagram: Diagram, model: Model, seen: dict[tuple[Ty, Ty, Form], Matrix], tally: Tally
) -> tuple[Form, Matrix]:
    """The normal form of a diagram and its matrix, once both are seen to agree."""
    found = matrix(diagram, model)
    form = normal_form(diagram, model.theory, [])
    key = (diagram.dom, diagram.cod, form)
    assert near(found, seen.get(key, found)), f"two diagrams have the form {form}"
    assert near(found, meaning(form, diagram.dom, diagram.cod, model)), f"the form is {form}"
    tally.diagrams += 1
    tally.pairs += key in seen
    tally.forms.add(key)
    seen[key] = found
    return form, found


def near(a: Matrix, b: Matrix) -> bool:
    """Equal up to rounding."""
    return bool(np.abs(a - b).max() < TOLERANCE)


# the table of statements, in models


@pytest.mark.parametrize("statement", [*provable(), *missed()], ids=str)
def test_a_true_statement_holds_in_random_models(statement: Statement) -> None:
    assert all(gap < TOLERANCE for gap in gaps(statement, statement.theory, 4))


@pytest.mark.parametrize("statement", unprovable(), ids=str)
def test_a_false_statement_fails_in_some_model(statement: Statement) -> None:
    assert any(gap > 1e-3 for gap in gaps(statement, statement.theory, 60))


@pytest.mark.parametrize("statement", [s for s in [*provable(), *missed()] if s.uses], ids=str)
def test_each_hypothesis_is_needed_in_some_model(statement: Statement) -> None:
    for hypothesis in statement.uses:
        fewer = statement.theory.without(hypothesis)
        assert any(gap > 1e-3 for gap in gaps(statement, fewer, 60)), str(hypothesis)


def gaps(statement: Statement, theory: Theory, models: int) -> Iterator[float]:
    """How far both sides are apart, one random model after the other."""
    sides = (statement.lhs.diagram, statement.rhs.diagram)
    boxes: list[Box] = [node.box for side in sides for node in side.nodes]
    for seed in range(models):
        model = random_model(theory, boxes, seed)
        try:
            lhs, rhs = (matrix(side, model) for side in sides)
        except TooLarge:
            continue
        yield float(np.abs(lhs - rhs).max())
