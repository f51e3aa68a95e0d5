"""The law suite on categories that are none: each must break the law that forbids it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, final

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from markovsym.categories import FinStoch, Stochastic
from markovsym.syntax import Box, Diagram, Node, Ob
from tests.markovsym.categories import laws
from tests.markovsym.categories.laws import Case, Law
from tests.markovsym.categories.test_laws import finite

E = FinStoch(exact=True)
Sizes = tuple[int, ...]


@final
class Broken:
    """FinStoch with some operations exchanged for others."""

    def __init__(self, **operations: Callable[..., Any]) -> None:
        vars(self).update(operations)

    def __getattr__(self, name: str) -> Any:
        return getattr(E, name)


def forgotten(f: Stochastic) -> Stochastic:
    """Uniform draws with the ends of ``f``."""
    return E.compose(E.discard(f.dom), E.uniform(f.cod))


def noisy(f: Stochastic) -> Stochastic:
    """``f``, or uniform draws, with equal probability."""
    return E.matrix((f.matrix + forgotten(f).matrix) / 2, f.dom, f.cod)


def turned(X: Sizes) -> Stochastic:
    """A copy, the last two wires of the second one exchanged where they are alike."""
    alike = len(X) > 1 and X[-2] == X[-1]
    last = E.swap(X[-2:-1], X[-1:]) if alike else E.identity(X[-2:])
    return E.compose(E.copy(X), E.tensor(E.identity(X + X[:-2]), last))


def shared(diagram: Diagram, objects: dict[Ob, Sizes], boxes: dict[Box, Stochastic]) -> Stochastic:
    """Two uses of a box on the same wires taken for one, whether or not it is deterministic."""
    functions = {box: replace(box, deterministic=True) for box in boxes}
    nodes = tuple(Node(functions[box], inputs, first) for box, inputs, first in diagram.nodes)
    merged = Diagram(diagram.dom, diagram.cod, nodes, diagram.outputs).normal
    back = {function: box for box, function in functions.items()}
    nodes = tuple(Node(back[box], inputs, first) for box, inputs, first in merged.nodes)
    return E.evaluate(Diagram(diagram.dom, diagram.cod, nodes, merged.outputs), objects, boxes)


def apart(diagram: Diagram, objects: dict[Ob, Sizes], boxes: dict[Box, Stochastic]) -> Stochastic:
    """Every output on its own, as if nothing were shared between them."""
    f = E.discard(sum((objects[ob] for ob in diagram.dom), ()))
    for port in range(len(diagram.cod)):
        one = E.evaluate(diagram.marginal(port), objects, boxes)
        f = E.compose(E.copy(f.dom), E.tensor(f, one))
    return f


BROKEN: dict[str, tuple[dict[str, Callable[..., Any]], Law]] = {
    "ends-that-do-not-add-up": ({"cod": lambda f: f.dom}, laws.ends_add_up),
    "a-composition-without-a-check": (
        {"compose": lambda f, g: f},
        laws.what_does_not_fit_is_refused,
    ),
    "a-noisy-composition": (
        {"compose": lambda f, g: noisy(E.compose(f, g))},
        laws.composition_is_associative_and_has_identities,
    ),
    "a-forgetful-tensor": (
        {"tensor": lambda f, g: E.tensor(forgotten(f), g)},
        laws.the_tensor_is_associative_and_has_a_unit,
    ),
    "a-noisy-tensor": (
        {"tensor": lambda f, g: noisy(E.tensor(f, g))},
        laws.composition_and_tensor_interchange,
    ),
    "a-noisy-swap": (
        {"swap": lambda X, Y: noisy(E.swap(X, Y))},
        laws.swap_is_its_own_inverse,
    ),
    "swaps-that-do-not": (
        {"swap": lambda X, Y: E.identity(X + Y) if X == Y else E.swap(X, Y)},
        laws.swap_is_natural,
    ),
    "swaps-of-single-wires-only": (
        {"swap": lambda X, Y: noisy(E.swap(X, Y)) if len(X) > 1 else E.swap(X, Y)},
        laws.swaps_satisfy_the_hexagon,
    ),
    "copies-that-differ": (
        {"copy": lambda X: E.tensor(E.identity(X), E.uniform(X))},
        laws.copy_is_a_commutative_comonoid,
    ),
    "copies-out-of-order": ({"copy": turned}, laws.copy_is_coherent_with_the_tensor),
    "discards-that-refuse": (
        {"discard": E.identity},
        laws.discard_is_natural,
    ),
    "copies-that-forget": (
        {"copy": lambda X: forgotten(E.copy(X))},
        laws.functions_and_wires_are_deterministic,
    ),
    "copies-that-draw-again": (
        {"copy": lambda X: forgotten(E.copy(X))},
        laws.copy_is_not_natural,
    ),
    "a-blind-eye-for-noise": (
        {"is_deterministic": lambda f: True},
        laws.determinism_means_that_copy_is_natural,
    ),
    "a-conditional-that-forgets": (
        {"conditional": lambda f, cut: forgotten(E.conditional(f, cut))},
        laws.a_joint_law_is_its_marginal_and_its_conditional,
    ),
    "an-inverse-that-forgets": (
        {"conditional": lambda f, cut: forgotten(E.conditional(f, cut))},
        laws.the_inverse_gives_the_joint_law_backwards,
    ),
    "draws-that-are-shared": ({"evaluate": shared}, laws.evaluation_is_that_of_the_literal_diagram),
    "draws-that-are-apart": ({"evaluate": apart}, laws.evaluation_is_that_of_the_literal_diagram),
}


@pytest.mark.parametrize(("operations", "law"), BROKEN.values(), ids=BROKEN)
def test_a_law_rejects(operations: dict[str, Callable[..., Any]], law: Law) -> None:
    good = finite("broken", E, (), (1,), (2,))
    case = Case(
        "broken", Broken(**operations), good.objects, good.morphism, good.function, good.coin
    )

    @settings(
        max_examples=100,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        law(case, data)

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        run()
