from typing import Any

import pytest

from markovsym.categories import (
    FinStoch,
    Gauss,
    HasConditionals,
    HasDensity,
    HasMean,
    MarkovCategory,
)
from markovsym.errors import CompositionError
from markovsym.syntax import Box, Diagram, Ob, Ty

X, Y = Ty("X"), Ty("Y")
F, G = Box("f", X, Y), Box("g", Y, X, deterministic=True)
C = FinStoch()
OBJECTS = {Ob("X"): (2,), Ob("Y"): (3,)}
BOXES = {F: C.function(lambda x: x, (2,), (3,)), G: C.function(lambda y: y // 2, (3,), (2,))}


@pytest.mark.parametrize(
    ("category", "capabilities"),
    [(FinStoch(), [HasConditionals]), (Gauss(), [HasConditionals, HasMean, HasDensity])],
    ids=["FinStoch", "Gauss"],
)
def test_each_category_says_what_it_can(category: Any, capabilities: list[type]) -> None:
    assert isinstance(category, MarkovCategory)
    able = [one for one in (HasConditionals, HasMean, HasDensity) if isinstance(category, one)]
    assert able == capabilities


def test_a_number_is_no_category() -> None:
    assert not isinstance(3, MarkovCategory)


def test_wires_that_stand_for_nothing_are_named() -> None:
    with pytest.raises(
        CompositionError, match=r"^wanted an object for X, Y; none was handed over$"
    ):
        C.evaluate(F.diagram, {}, BOXES)


def test_boxes_that_stand_for_nothing_are_named() -> None:
    message = r"^wanted a morphism for f : X -> Y, g : Y -> X; none was handed over$"
    with pytest.raises(CompositionError, match=message):
        C.evaluate(F >> G, OBJECTS, {})


def test_what_no_output_depends_on_need_not_stand_for_anything() -> None:
    found = C.evaluate(F >> Diagram.discard(Y), {Ob("X"): (2,)}, {})
    assert found == C.discard((2,))


@pytest.mark.parametrize(
    ("box", "ends", "message"),
    [
        (F, ((3,), (3,)), r"^f : X -> Y must start in \(2,\), got \(3,\)$"),
        (F, ((2,), (2,)), r"^f : X -> Y must end in \(3,\), got \(2,\)$"),
    ],
    ids=["start", "end"],
)
def test_boxes_that_end_elsewhere_are_refused(box: Box, ends: Any, message: str) -> None:
    with pytest.raises(CompositionError, match=message):
        C.evaluate(F >> G, OBJECTS, BOXES | {box: C.function(lambda x: 0, *ends)})


def test_a_stochastic_kernel_for_a_deterministic_box_is_refused() -> None:
    message = r"^g : Y -> X is declared deterministic, what it stands for is not$"
    coin = C.compose(C.discard((3,)), C.uniform((2,)))
    with pytest.raises(CompositionError, match=message):
        C.evaluate(F >> G, OBJECTS, BOXES | {G: coin})


@pytest.mark.parametrize("cut", [-1, 3])
def test_a_cut_beyond_the_outputs_is_refused(cut: int) -> None:
    message = rf"^wanted a cut from 0 to 2, the factors of \(2, 3\), got {cut}$"
    with pytest.raises(CompositionError, match=message):
        C.conditional(C.uniform((2, 3)), cut)


def test_a_prior_with_inputs_is_refused() -> None:
    message = r"^wanted a prior that starts in I, got \(3,\) -> \(2,\)$"
    with pytest.raises(CompositionError, match=message):
        C.inverse(BOXES[F], BOXES[G])
