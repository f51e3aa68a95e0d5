from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markovsym.syntax import Box, Diagram, Ty
from markovsym.syntax.normal import canonical
from tests.markovsym.syntax import oracle
from tests.markovsym.syntax.random_diagrams import (
    BURN,
    CONSTANT,
    DRAW,
    FREE,
    D,
    F,
    X,
    Y,
    random_diagram,
    random_type,
)

seeds = st.integers(0, 2**32 - 1)


def small(rng: Random, most: int = 5) -> Diagram:
    dom, cod = random_type(rng, 2), random_type(rng, 3)
    return random_diagram(rng, dom, cod, FREE, rng.randint(len(cod), most))


@given(seed=seeds)
def test_the_normal_form_is_equal_and_its_own(seed: int) -> None:
    normal = small(Random(seed), 12).normal
    again = normal.normal
    assert (again.nodes, again.outputs) == (normal.nodes, normal.outputs)
    assert normal == small(Random(seed), 12)


@given(seed=seeds)
def test_nodes_follow_what_they_read_and_write_the_next_wires(seed: int) -> None:
    normal = small(Random(seed), 12).normal
    free = 0
    for box, inputs, first in normal.nodes:
        assert first == free
        assert all(-len(normal.dom) <= wire < first for wire in inputs)
        free += len(box.cod)
    assert all(-len(normal.dom) <= wire < free for wire in normal.outputs)


@given(seed=seeds)
def test_every_node_is_read_and_no_deterministic_one_is_there_twice(seed: int) -> None:
    normal = small(Random(seed), 12).normal
    read = {*normal.outputs, *(wire for node in normal.nodes for wire in node.inputs)}
    for node in normal.nodes:
        assert read & set(range(node.first, node.first + len(node.box.cod)))
    uses = [(node.box, node.inputs) for node in normal.nodes if node.box.deterministic]
    assert len(set(uses)) == len(uses)


@given(seed=seeds)
def test_order_copies_and_dead_boxes_do_not_matter(seed: int) -> None:
    rng = Random(seed)
    d = small(rng, 12)
    other = oracle.shuffled(d, rng)
    assert d.normal.nodes == other.normal.nodes
    assert d.normal.outputs == other.normal.outputs
    assert hash(d) == hash(other)


# the verdicts of an isomorphism found by trying all of them


@given(seed=seeds)
def test_equality_is_isomorphism_of_what_is_live(seed: int) -> None:
    rng = Random(seed)
    d = small(rng)
    other = oracle.altered(d, rng)
    assert (d == other) == oracle.equal(d, other)
    assert oracle.equal(d, d.normal)


@given(seed=seeds)
def test_equality_of_unrelated_diagrams_is_isomorphism(seed: int) -> None:
    rng = Random(seed)
    few = (F, D, D, DRAW, CONSTANT)
    f, g = (random_diagram(rng, X, Y, few, rng.randint(1, 3)) for _ in range(2))
    assert (f == g) == oracle.equal(f, g)


def test_both_verdicts_are_common_among_altered_diagrams() -> None:
    verdicts: list[bool] = []
    for seed in range(300):
        rng = Random(seed)
        d = small(rng)
        verdicts.append(d == oracle.altered(d, rng))
    assert 60 < sum(verdicts) < 240


# values known by hand


def test_the_order_is_that_of_a_search_from_the_outputs() -> None:
    f, g = Box("f", X, Y), Box("g", Y, Y)
    nodes = [(f, (-1,), 0), (f, (-2,), 1), (g, (1,), 2)]
    kept, outputs = canonical(nodes, (2, 0))
    assert kept == [(f, (-2,), 0), (g, (0,), 1), (f, (-1,), 2)]
    assert outputs == (1, 2)


def test_what_a_node_reads_comes_before_it_in_the_order_of_its_ports() -> None:
    f, g, both = Box("f", X, X), Box("g", X, X), Box("both", X @ X, X)
    kept, outputs = canonical([(g, (-1,), 0), (f, (-1,), 1), (both, (1, 0), 2)], (2,))
    assert kept == [(f, (-1,), 0), (g, (-1,), 1), (both, (0, 1), 2)]
    assert outputs == (2,)


def test_uses_of_a_deterministic_box_are_shared_one_after_the_other() -> None:
    d, e = Box("d", X, X, deterministic=True), Box("e", X, X, deterministic=True)
    nodes = [(d, (-1,), 0), (d, (-1,), 1), (e, (0,), 2), (e, (1,), 3)]
    kept, outputs = canonical(nodes, (2, 3))
    assert kept == [(d, (-1,), 0), (e, (0,), 1)]
    assert outputs == (1, 1)


def test_a_box_without_outputs_is_dropped() -> None:
    assert canonical([(BURN, (-1,), 0), (F, (-1,), 0)], (0,)) == ([(F, (-1,), 0)], (0,))


@pytest.mark.parametrize("box", [DRAW, CONSTANT], ids=str)
def test_two_states_are_one_if_they_are_deterministic(box: Box) -> None:
    kept, outputs = canonical([(box, (), 0), (box, (), 1)], (0, 1))
    assert (len(kept), outputs) == ((1, (0, 0)) if box.deterministic else (2, (0, 1)))


# sizes: neither recursion nor growth


def test_copying_to_n_and_n_boxes_compare() -> None:
    for n in (1, 2, 16, 64):
        fan = Diagram.copy(X, n)
        rows = fan
        for i in range(n):
            rows = rows >> Diagram.id(Ty(*Y.obs * i)) @ F @ Diagram.id(Ty(*X.obs * (n - i - 1)))
        swapped = rows.permute(*reversed(range(n)))
        assert rows == swapped
        assert len(rows.normal.nodes) == n
        assert rows.marginal(0) == F.diagram


def test_a_long_chain_compares() -> None:
    step, other = Box("step", X, X), Box("other", X, X)
    chain = Diagram.id(X)
    for _ in range(2000):
        chain = chain >> step
    assert chain == chain >> Diagram.id(X)
    assert chain >> step != chain >> other
    assert chain >> step != step >> chain >> step
    assert hash(chain) == hash(Diagram.id(X) >> chain)


def test_a_diagram_whose_tree_is_huge_compares() -> None:
    pair = Box("pair", X @ X, X, deterministic=True)
    doubled = Diagram.id(X)
    for _ in range(500):
        doubled = doubled >> Diagram.copy(X) >> pair
    twice = doubled @ doubled
    assert len((Diagram.copy(X) >> twice).normal.nodes) == 500
    assert Diagram.copy(X) >> twice == doubled >> Diagram.copy(X)
