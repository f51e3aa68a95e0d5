from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markovsym.errors import CompositionError
from markovsym.syntax import Diagram, Ob, Ty, Wire
from tests.markovsym.syntax.random_diagrams import (
    BACK,
    DRAW,
    F,
    X,
    Y,
    chain,
)

seeds = st.integers(0, 2**32 - 1)
I = Ty()
id_, copies, discard, swap = Diagram.id, Diagram.copy, Diagram.discard, Diagram.swap


# ways to write a diagram


@given(seed=seeds)
def test_a_diagram_read_off_itself_is_itself(seed: int) -> None:
    (f,) = chain(Random(seed), 1)
    assert Diagram.from_callable(f.dom, f.cod)(f) == f


@given(seed=seeds)
def test_a_diagram_is_built_from_copies_swaps_and_boxes(seed: int) -> None:
    (f,) = chain(Random(seed), 1)
    assert layers(f) == f


def layers(f: Diagram) -> Diagram:
    """All wires so far, beside the box that reads some of them, layer after layer."""
    built = id_(f.dom)
    places = {~place: place for place in range(len(f.dom))}
    for box, inputs, first in f.nodes:
        wires = built.cod
        built = built >> copies(wires) >> id_(wires) @ chosen(wires, [places[w] for w in inputs])
        places |= {first + port: len(wires) + port for port in range(len(box.cod))}
        built = built >> id_(wires) @ box
    return built >> chosen(built.cod, [places[w] for w in f.outputs])


def chosen(X: Ty, places: list[int]) -> Diagram:
    """X to the wires at these places, by one copy of X for each and discards."""
    alone = [id_(X[place : place + 1]) for place in range(len(X))]
    found = copies(X, len(places))
    picked = id_(I)
    for place in places:
        for other, wire in enumerate(alone):
            picked = picked @ (wire if other == place else discard(wire.dom))
    return found >> picked


@given(seed=seeds)
def test_a_permutation_of_outputs_is_undone_by_its_inverse(seed: int) -> None:
    rng = Random(seed)
    (f,) = chain(rng, 1)
    order = rng.sample(range(len(f.cod)), len(f.cod))
    moved = f.permute(*order)
    assert moved.cod.obs == tuple(f.cod.obs[i] for i in order)
    assert moved.permute(*(order.index(i) for i in range(len(order)))) == f
    assert moved == f >> chosen(f.cod, order)


def test_a_permutation_says_where_each_output_comes_from() -> None:
    rows = (F @ DRAW @ id_(X)).permute(1, 2, 0)
    assert rows == F @ DRAW @ id_(X) >> swap(Y, X @ X)
    assert rows.cod == Ty("X", "X", "Y")


@given(seed=seeds)
def test_a_marginal_discards_the_other_outputs(seed: int) -> None:
    rng = Random(seed)
    (f,) = chain(rng, 1)
    ports = sorted(rng.sample(range(len(f.cod)), rng.randint(0, len(f.cod))))
    outputs = [f.cod[i : i + 1] for i in range(len(f.cod))]
    kept = id_(I)
    for port, wire in enumerate(outputs):
        kept = kept @ (id_(wire) if port in ports else discard(wire))
    assert f.marginal(*ports) == f >> kept


@given(seed=seeds)
def test_the_types_of_the_wires_are_those_of_inputs_and_nodes(seed: int) -> None:
    (f,) = chain(Random(seed), 1)
    assert f.types[: len(f.dom)] == f.dom
    written = [f.types.obs[len(f.dom) + w] if w >= 0 else f.dom.obs[~w] for w in f.outputs]
    assert tuple(written) == f.cod.obs
    assert f.size == len(f.types) - len(f.dom)


# messages


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (
            F,
            F,
            r"^at wire 0 the first ends in Y, the next wants X: \(f : X -> Y\) >> \(f : X -> Y\)$",
        ),
        (id_(X @ Y), id_(X @ X), r"^at wire 1 the first ends in Y, the next wants X: "),
        (id_(X), id_(X @ Y), r"^at wire 1 the first ends in nothing, the next wants Y: "),
        (id_(X @ Y), F, r"^at wire 1 the first ends in Y, the next wants nothing: "),
    ],
    ids=["another type", "at the second wire", "too few", "too many"],
)
def test_a_misfit_names_the_wire(first: Any, second: Any, message: str) -> None:
    with pytest.raises(CompositionError, match=message):
        _ = first >> second


def test_diagrams_show_their_types_and_boxes() -> None:
    assert str(F >> BACK) == "X -> X of [f, back]"
    assert str(DRAW) == "draw : I -> X"
    assert str(Diagram.discard(X @ Y)) == "X @ Y -> I of []"


@pytest.mark.parametrize("order", [(0,), (0, 0), (0, 2), (1, 0, 1), (-1, 0)], ids=str)
def test_what_is_no_permutation_is_refused(order: tuple[int, ...]) -> None:
    with pytest.raises(CompositionError, match=r"^wanted an order of 2 outputs, got \("):
        id_(X @ Y).permute(*order)


@pytest.mark.parametrize("ports", [(2,), (-1,), (0, 5)], ids=str)
def test_a_marginal_on_no_output_is_refused(ports: tuple[int, ...]) -> None:
    with pytest.raises(CompositionError, match=r"^wanted outputs below 2, got \("):
        id_(X @ Y).marginal(*ports)


def test_a_box_is_used_on_the_wires_of_its_type() -> None:
    with pytest.raises(CompositionError, match=r"^f : X -> Y is handed wires of Y, wanted X$"):
        F(Wire(Ob("Y")))
    with pytest.raises(CompositionError, match=r"^f : X -> Y is handed wires of I, wanted X$"):
        F()
    with pytest.raises(CompositionError, match=r"^f : X -> Y is handed int; wanted wires of X$"):
        F(3)  # type: ignore[arg-type]
