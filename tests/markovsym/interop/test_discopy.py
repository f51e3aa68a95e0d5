from collections import Counter
from collections.abc import Callable

import pytest
from discopy import markov, monoidal, python, symmetric
from hypothesis import given
from hypothesis import strategies as st

from markovsym.errors import CompositionError
from markovsym.interop import from_discopy, to_discopy
from markovsym.syntax import Box, Diagram, Ob, Ty
from tests.markovsym.interop.terms import terms, written
from tests.markovsym.syntax.strategies import diagrams

X, Y = Ty("X"), Ty("Y")
F, D, PAIR = Box("f", X, Y), Box("f", X, Y, deterministic=True), Box("pair", X @ Y, Y @ X)
PLAIN = (Ob("X"), Ob("Y"))

x, y, z = map(markov.Ty, "XYZ")
f, g = markov.Box("f", x, y), markov.Box("g", y, z)
pair, loop = markov.Box("pair", x @ y, y @ x), markov.Box("loop", x @ y, x @ y)


# Laws


@given(d=diagrams())
def test_there_and_back_is_the_same_diagram(d: Diagram) -> None:
    back = from_discopy(*to_discopy(d))
    assert back == d
    assert (back.dom, back.cod) == (d.dom, d.cod)


@given(d=diagrams())
def test_every_box_goes_along_even_if_nothing_depends_on_it(d: Diagram) -> None:
    back = from_discopy(*to_discopy(d))
    assert Counter(node.box for node in back.nodes) == Counter(node.box for node in d.nodes)


@given(d=diagrams())
def test_a_functor_of_discopy_finds_the_same_terms_on_every_wire(d: Diagram) -> None:
    diagram, boxes, obs = to_discopy(d)
    functor = markov.Functor(
        ob={markov.Ty(name): str for name in obs},
        ar={box: _symbol(ours) for box, ours in boxes.items()},
        cod=markov.Category(python.Ty, python.Function),
    )
    found = functor(diagram)(*(f"x{place}" for place in range(len(d.dom))))
    assert [*found] == terms(d) if isinstance(found, tuple) else [found] == terms(d)


@given(st.data())
def test_from_discopy_respects_composition_and_tensor(data: st.DataObject) -> None:
    f = to_discopy(data.draw(diagrams(obs=PLAIN)))
    g = to_discopy(data.draw(diagrams(dom=from_discopy(*f).cod, obs=PLAIN)))
    boxes = {**f.boxes, **g.boxes}
    first, second = from_discopy(*f), from_discopy(*g)
    assert from_discopy(f.diagram >> g.diagram, boxes) == first >> second
    assert from_discopy(g.diagram @ f.diagram, boxes) == second @ first


@given(d=diagrams())
def test_there_is_one_box_in_a_layer(d: Diagram) -> None:
    assert all(len(layer.boxes_or_types) == 3 for layer in to_discopy(d).diagram.inside)


# Values known by hand


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        pytest.param(markov.Id(x @ y), Diagram.id(X @ Y), id="identity"),
        pytest.param(markov.Id(), Diagram.id(Ty()), id="empty"),
        pytest.param(markov.Swap(x, y), Diagram.swap(X, Y), id="swap"),
        pytest.param(markov.Copy(x), Diagram.copy(X), id="copy"),
        pytest.param(markov.Copy(x, 3), Diagram.copy(X, 3), id="copy thrice"),
        pytest.param(markov.Copy(x, 1), Diagram.id(X), id="copy once"),
        pytest.param(markov.Copy(x, 0), Diagram.discard(X), id="copy never"),
        pytest.param(markov.Discard(x), Diagram.discard(X), id="discard"),
        pytest.param(markov.Diagram.copy(x @ y), Diagram.copy(X @ Y), id="copy a pair"),
        pytest.param(f, F.diagram, id="box"),
        pytest.param(pair >> markov.Swap(y, x), PAIR >> Diagram.swap(Y, X), id="swap outputs"),
        pytest.param(x @ f, Diagram.id(X) @ F, id="whisker"),
        pytest.param((f @ x @ f).foliation(), F @ Diagram.id(X) @ F, id="boxes side by side"),
        pytest.param(
            markov.Diagram.permutation([2, 0, 1], x @ y @ z),
            Diagram.id(X @ Y @ Ty("Z")).permute(2, 0, 1),
            id="permutation",
        ),
        pytest.param(
            markov.Diagram.from_callable(x @ x, y @ x)(lambda a, b: (f(b), a)),
            Diagram.swap(X, X) >> F @ Diagram.id(X),
            id="function",
        ),
    ],
)
def test_structure_of_discopy_is_ours(theirs: markov.Diagram, ours: Diagram) -> None:
    read = from_discopy(theirs)
    assert read == ours
    assert (read.dom, read.cod) == (ours.dom, ours.cod)


def test_a_copied_draw_is_not_two_draws() -> None:
    assert from_discopy(f >> markov.Copy(y)) != from_discopy(markov.Copy(x) >> f @ f)


def test_the_table_says_which_box_is_deterministic() -> None:
    once, twice = f >> markov.Copy(y), markov.Copy(x) >> f @ f
    assert from_discopy(once, {f: D}) == from_discopy(twice, {f: D})


def test_boxes_that_differ_in_their_flag_alone_stay_different() -> None:
    diagram, boxes, _ = to_discopy(F @ D)
    assert diagram.boxes[0] != diagram.boxes[1]
    assert [boxes[box] for box in diagram.boxes] == [F, D]


def test_objects_that_share_a_name_get_primes() -> None:
    here, there = Ob("X", of="here"), Ob("X", of="there")
    diagram, _, obs = to_discopy(Diagram.id(Ty(here, there, "X'", here)))
    assert [ob.name for ob in diagram.dom.inside] == ["X", "X'", "X''", "X"]
    assert obs == {"X": here, "X'": there, "X''": Ob("X'")}


def test_thirty_copies_come_back() -> None:
    many = Diagram.copy(X, 30) >> F.tensor(F) @ Diagram.id(Ty(*X.obs * 28))
    assert from_discopy(*to_discopy(many)) == many


# Messages


@pytest.mark.parametrize(
    ("theirs", "message"),
    [
        pytest.param(
            markov.Merge(x),
            "no merge, since where its inputs differ it leaves no probability, "
            "and with no inputs it is none; got X @ X -> X$",
            id="merge",
        ),
        pytest.param(markov.Discard(x).dagger(), r"no merge, since .* got Ty\(\) -> X$", id="unit"),
        pytest.param(f.dagger(), "no dagger, since .* prior; got Y -> X$", id="dagger"),
        pytest.param((f >> g)[::-1], "no dagger, since .* got Z -> Y$", id="dagger of a composite"),
        pytest.param(loop.trace(), "no trace, since .* law; got X -> X$", id="trace"),
        pytest.param(f + f, "no sum, since .* mass 2; got X -> Y$", id="sum"),
        pytest.param((f + f) >> g, "no sum, since .* got X -> Z$", id="sum in a composite"),
        pytest.param(f.bubble(), "no bubble, since .* alone; got X -> Y$", id="bubble"),
    ],
)
def test_what_a_markov_category_has_not_is_refused(theirs: monoidal.Diagram, message: str) -> None:
    with pytest.raises(CompositionError, match=f"^a Markov category has {message}"):
        from_discopy(theirs)


def test_it_is_refused_inside_a_diagram_too() -> None:
    with pytest.raises(TypeError, match=r"^a Markov category has no merge"):
        from_discopy(markov.Copy(x) >> markov.Merge(x) >> f)


@pytest.mark.parametrize(
    ("theirs", "kind"),
    [
        pytest.param(symmetric.Box("f", x, y), "Box", id="box"),
        pytest.param(symmetric.Diagram.id(x), "Diagram", id="identity"),
    ],
)
def test_a_diagram_of_another_category_is_refused(theirs: monoidal.Diagram, kind: str) -> None:
    message = rf"^wanted a diagram made with discopy\.markov, got a discopy\.symmetric\.{kind}$"
    with pytest.raises(CompositionError, match=message):
        from_discopy(theirs)


class Marked(markov.Box):
    """It compares by its class, too."""


@pytest.mark.parametrize(
    "box",
    [
        pytest.param(markov.Box("f", x, y, data=2), id="data"),
        pytest.param(Marked("f", x, y), id="class"),
    ],
)
def test_a_box_that_is_more_than_its_name_wants_an_entry_in_the_table(box: markov.Box) -> None:
    message = r"^\(f : X -> Y\) is more than its name: say in boxes what it stands for$"
    with pytest.raises(CompositionError, match=message):
        from_discopy(box)
    assert from_discopy(box, {box: D}) == D.diagram


def test_a_table_that_changes_a_type_is_refused() -> None:
    there = Box("f", Ty(Ob("X", of="there")), Y)
    message = r"^\(f : X -> Y\) is to stand for \(f : X -> Y\) of another type: say in obs what"
    with pytest.raises(CompositionError, match=message):
        from_discopy(f, {f: there})
    assert from_discopy(f, {f: there}, {"X": Ob("X", of="there")}) == there.diagram


def _symbol(box: Box) -> Callable[..., object]:
    """A function that writes down where each output comes from."""

    def use(*inputs: str) -> object:
        row = written(box, inputs)
        return row[0] if len(row) == 1 else row

    return use
