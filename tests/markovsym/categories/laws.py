"""What makes a Markov category: laws that any ``Case`` can be held against."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Any, Generic, TypeVar

import pytest
from hypothesis import assume
from hypothesis import strategies as st

from markovsym.categories import HasConditionals, MarkovCategory
from markovsym.categories.category import inverse, object_of
from markovsym.errors import CompositionError
from markovsym.syntax import Ob
from tests.markovsym.categories.diagrams import random_diagram
from tests.markovsym.categories.literal import literal

Obj = TypeVar("Obj")
Mor = TypeVar("Mor")

seeds = st.integers(0, 2**32 - 1)


@dataclass(frozen=True)
class Case(Generic[Obj, Mor]):
    """A category, and how to draw from it.

    Args:
        name: What the test is called.
        category: The category.
        objects: Some of its objects, small ones.
        morphism: A morphism between two objects, from a seed; some seeds give deterministic ones.
        function: A deterministic morphism between two objects, from a seed.
        coin: A morphism that copying is not natural for; None where there is none.
        compare: Whether two morphisms are one; by default what the category says.
    """

    name: str
    category: MarkovCategory[Obj, Mor]
    objects: st.SearchStrategy[Obj]
    morphism: Callable[[Obj, Obj, int], Mor]
    function: Callable[[Obj, Obj, int], Mor]
    coin: Mor | None = None
    compare: Callable[[Mor, Mor], bool] | None = None

    def same(self, f: Mor, g: Mor) -> bool:
        verdict = (self.compare or self.category.equal)(f, g)
        assert verdict is not None, f"{self.name} needs a way to compare"
        return verdict

    def then(self, *row: Mor) -> Mor:
        return reduce(self.category.compose, row)

    def some(self, data: st.DataObject, n: int) -> list[Obj]:
        """Objects."""
        return [data.draw(self.objects) for _ in range(n)]

    def arrow(self, data: st.DataObject, X: Obj, Y: Obj) -> Mor:
        """A morphism X -> Y."""
        return self.morphism(X, Y, data.draw(seeds))

    def arrows(self, data: st.DataObject, n: int) -> list[Mor]:
        """Morphisms that have nothing to do with each other."""
        return [self.arrow(data, *self.some(data, 2)) for _ in range(n)]

    def path(self, data: st.DataObject, n: int) -> list[Mor]:
        """Morphisms, each of which starts where the last one ended."""
        row = self.some(data, n + 1)
        return [self.arrow(data, X, Y) for X, Y in pairwise(row)]


def ends_add_up(case: Case, data: st.DataObject) -> None:
    C = case.category
    X, Y, Z = case.some(data, 3)
    f, g = case.arrow(data, X, Y), case.arrow(data, Y, Z)
    wanted = [
        (C.compose(f, g), X, Z),
        (C.tensor(f, g), C.product(X, Y), C.product(Y, Z)),
        (C.identity(X), X, X),
        (C.swap(X, Y), C.product(X, Y), C.product(Y, X)),
        (C.copy(X), X, C.product(X, X)),
        (C.discard(X), X, C.unit),
    ]
    for h, dom, cod in wanted:
        assert (C.dom(h), C.cod(h)) == (dom, cod)


def what_does_not_fit_is_refused(case: Case, data: st.DataObject) -> None:
    f, g = case.arrows(data, 2)
    assume(case.category.cod(f) != case.category.dom(g))
    with pytest.raises(CompositionError):
        case.category.compose(f, g)


def composition_is_associative_and_has_identities(case: Case, data: st.DataObject) -> None:
    C = case.category
    f, g, h = case.path(data, 3)
    assert case.same(C.compose(C.compose(f, g), h), C.compose(f, C.compose(g, h)))
    assert case.same(C.compose(C.identity(C.dom(f)), f), f)
    assert case.same(C.compose(f, C.identity(C.cod(f))), f)


def the_tensor_is_associative_and_has_a_unit(case: Case, data: st.DataObject) -> None:
    C = case.category
    f, g, h = case.arrows(data, 3)
    assert case.same(C.tensor(C.tensor(f, g), h), C.tensor(f, C.tensor(g, h)))
    assert case.same(C.tensor(C.identity(C.unit), f), f)
    assert case.same(C.tensor(f, C.identity(C.unit)), f)
    X, Y, Z = case.some(data, 3)
    assert C.product(C.product(X, Y), Z) == C.product(X, C.product(Y, Z))
    assert C.product(X, C.unit) == X == C.product(C.unit, X)


def composition_and_tensor_interchange(case: Case, data: st.DataObject) -> None:
    C = case.category
    (f, g), (h, k) = case.path(data, 2), case.path(data, 2)
    separate = C.tensor(C.compose(f, g), C.compose(h, k))
    assert case.same(C.compose(C.tensor(f, h), C.tensor(g, k)), separate)
    X, Y = case.some(data, 2)
    assert case.same(C.tensor(C.identity(X), C.identity(Y)), C.identity(C.product(X, Y)))


def swap_is_its_own_inverse(case: Case, data: st.DataObject) -> None:
    C = case.category
    X, Y = case.some(data, 2)
    assert case.same(C.compose(C.swap(X, Y), C.swap(Y, X)), C.identity(C.product(X, Y)))


def swap_is_natural(case: Case, data: st.DataObject) -> None:
    C = case.category
    f, g = case.arrows(data, 2)
    before, after = C.swap(C.dom(f), C.dom(g)), C.swap(C.cod(f), C.cod(g))
    assert case.same(C.compose(C.tensor(f, g), after), C.compose(before, C.tensor(g, f)))


def swaps_satisfy_the_hexagon(case: Case, data: st.DataObject) -> None:
    C = case.category
    X, Y, Z = case.some(data, 3)
    first, then = C.tensor(C.identity(X), C.swap(Y, Z)), C.tensor(C.swap(X, Z), C.identity(Y))
    assert case.same(C.swap(C.product(X, Y), Z), C.compose(first, then))
    assert case.same(C.swap(X, C.unit), C.identity(X))


def copy_is_a_commutative_comonoid(case: Case, data: st.DataObject) -> None:
    C = case.category
    (X,) = case.some(data, 1)
    wire, copy, discard = C.identity(X), C.copy(X), C.discard(X)
    assert case.same(C.compose(copy, C.tensor(discard, wire)), wire)
    assert case.same(C.compose(copy, C.tensor(wire, discard)), wire)
    left, right = C.tensor(copy, wire), C.tensor(wire, copy)
    assert case.same(C.compose(copy, left), C.compose(copy, right))
    assert case.same(C.compose(copy, C.swap(X, X)), copy)


def copy_is_coherent_with_the_tensor(case: Case, data: st.DataObject) -> None:
    C = case.category
    X, Y = case.some(data, 2)
    middle = C.tensor(C.tensor(C.identity(X), C.swap(X, Y)), C.identity(Y))
    apart = C.compose(C.tensor(C.copy(X), C.copy(Y)), middle)
    assert case.same(C.copy(C.product(X, Y)), apart)
    assert case.same(C.discard(C.product(X, Y)), C.tensor(C.discard(X), C.discard(Y)))
    for trivial in (C.copy(C.unit), C.discard(C.unit)):
        assert case.same(trivial, C.identity(C.unit))


def discard_is_natural(case: Case, data: st.DataObject) -> None:
    C = case.category
    (f,) = case.arrows(data, 1)
    assert case.same(C.compose(f, C.discard(C.cod(f))), C.discard(C.dom(f)))


def copy_is_not_natural(case: Case, data: st.DataObject) -> None:
    coin = case.coin
    assert coin is not None
    assert not _copies(case, coin)
    assert case.category.is_deterministic(coin) is not True


def determinism_means_that_copy_is_natural(case: Case, data: st.DataObject) -> None:
    (f,) = case.arrows(data, 1)
    verdict = case.category.is_deterministic(f)
    assert verdict is None or verdict == _copies(case, f)


def functions_and_wires_are_deterministic(case: Case, data: st.DataObject) -> None:
    C = case.category
    X, Y, Z = case.some(data, 3)
    f, g = (case.function(*ends, data.draw(seeds)) for ends in ((X, Y), (Y, Z)))
    wires = [C.identity(X), C.swap(X, Y), C.copy(X), C.discard(X)]
    for h in (f, C.compose(f, g), C.tensor(f, g), *wires):
        assert C.is_deterministic(h) is not False
        assert _copies(case, h)


def a_joint_law_is_its_marginal_and_its_conditional(case: Case, data: st.DataObject) -> None:
    C = case.category
    assert isinstance(C, HasConditionals)
    A, X, Y = case.some(data, 3)
    f = case.arrow(data, A, C.product(X, Y))
    conditional = C.conditional(f, len(X))
    assert (C.dom(conditional), C.cod(conditional)) == (C.product(X, A), Y)
    marginal = C.compose(f, C.tensor(C.identity(X), C.discard(Y)))
    steps = case.then(
        C.copy(A),
        C.tensor(C.compose(marginal, C.copy(X)), C.identity(A)),
        C.tensor(C.identity(X), conditional),
    )
    assert case.same(steps, f)


def the_inverse_gives_the_joint_law_backwards(case: Case, data: st.DataObject) -> None:
    C = case.category
    X, Y = case.some(data, 2)
    f, prior = case.arrow(data, X, Y), case.arrow(data, C.unit, X)
    forwards = case.then(prior, C.copy(X), C.tensor(C.identity(X), f))
    back = inverse(C, f, prior)
    backwards = case.then(prior, f, C.copy(Y), C.tensor(back, C.identity(Y)))
    assert case.same(forwards, backwards)


def evaluation_is_that_of_the_literal_diagram(case: Case, data: st.DataObject) -> None:
    C, obs = case.category, [Ob("A"), Ob("B")]
    objects = dict(zip(obs, case.some(data, 2), strict=True))
    seed = data.draw(seeds)
    for drawn in (random_diagram(obs, seed + i) for i in range(2)):
        boxes = {}
        for number, box in enumerate(dict.fromkeys(node.box for node in drawn.nodes)):
            ends = (object_of(C, X, objects) for X in (box.dom, box.cod))
            make = case.function if box.deterministic else case.morphism
            boxes[box] = make(*ends, seed + number)
        found = C.evaluate(drawn, objects, boxes)
        assert case.same(found, literal(C, drawn, objects, boxes))


def _copies(case: Case, f: Any) -> bool:
    """Whether copying is natural at ``f``."""
    C = case.category
    after = C.compose(f, C.copy(C.cod(f)))
    return case.same(after, C.compose(C.copy(C.dom(f)), C.tensor(f, f)))


Law = Callable[[Case, st.DataObject], None]

EVERYWHERE: tuple[Law, ...] = (
    ends_add_up,
    what_does_not_fit_is_refused,
    composition_is_associative_and_has_identities,
    the_tensor_is_associative_and_has_a_unit,
    composition_and_tensor_interchange,
    swap_is_its_own_inverse,
    swap_is_natural,
    swaps_satisfy_the_hexagon,
    copy_is_a_commutative_comonoid,
    copy_is_coherent_with_the_tensor,
    discard_is_natural,
    determinism_means_that_copy_is_natural,
    functions_and_wires_are_deterministic,
    evaluation_is_that_of_the_literal_diagram,
)
WITH_CONDITIONALS: tuple[Law, ...] = (
    a_joint_law_is_its_marginal_and_its_conditional,
    the_inverse_gives_the_joint_law_backwards,
)


def laws_of(case: Case) -> tuple[Law, ...]:
    """The laws that a case claims."""
    stochastic = () if case.coin is None else (copy_is_not_natural,)
    conditionals = WITH_CONDITIONALS if isinstance(case.category, HasConditionals) else ()
    return EVERYWHERE + stochastic + conditionals
