import copy
import pickle
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markovsym.syntax import Box, Diagram, Ob, Ty
from tests.markovsym.syntax import oracle
from tests.markovsym.syntax.random_diagrams import (
    BACK,
    CONSTANT,
    DRAW,
    PAIR,
    D,
    F,
    X,
    Y,
    chain,
    loose,
    random_type,
)

seeds = st.integers(0, 2**32 - 1)
I = Ty()
id_, copies, discard, swap = Diagram.id, Diagram.copy, Diagram.discard, Diagram.swap


# category


@given(seed=seeds)
def test_composition_is_associative_and_unital(seed: int) -> None:
    f, g, h = chain(Random(seed), 3)
    assert (f >> g) >> h == f >> (g >> h)
    assert id_(f.dom) >> f == f == f >> id_(f.cod)


@given(seed=seeds)
def test_composites_have_the_types_of_their_ends(seed: int) -> None:
    f, g = chain(Random(seed), 2)
    assert ((f >> g).dom, (f >> g).cod) == (f.dom, g.cod)
    assert ((f @ g).dom, (f @ g).cod) == (f.dom @ g.dom, f.cod @ g.cod)


# symmetric monoidal category


@given(seed=seeds)
def test_the_tensor_is_associative_and_unital(seed: int) -> None:
    f, g, h = loose(Random(seed), 3)
    assert (f @ g) @ h == f @ (g @ h)
    assert id_(I) @ f == f == f @ id_(I)
    assert id_(f.dom) @ id_(g.dom) == id_(f.dom @ g.dom)


@given(seed=seeds)
def test_the_tensor_is_a_functor(seed: int) -> None:
    rng = Random(seed)
    (f, g), (h, k) = chain(rng, 2), chain(rng, 2)
    assert (f >> g) @ (h >> k) == f @ h >> g @ k


@given(seed=seeds)
def test_swaps_are_natural_and_undo_each_other(seed: int) -> None:
    f, g = loose(Random(seed), 2)
    assert f @ g >> swap(f.cod, g.cod) == swap(f.dom, g.dom) >> g @ f
    assert swap(f.dom, g.dom) >> swap(g.dom, f.dom) == id_(f.dom @ g.dom)


@given(seed=seeds)
def test_swaps_are_coherent(seed: int) -> None:
    rng = Random(seed)
    A, B, C = (random_type(rng, 3) for _ in range(3))
    assert swap(A, B @ C) == swap(A, B) @ id_(C) >> id_(B) @ swap(A, C)
    assert swap(A, I) == id_(A) == swap(I, A)


def test_a_swap_of_two_wires_is_not_the_identity() -> None:
    assert swap(X, X) != id_(X @ X)
    assert F @ F >> swap(Y, Y) != F @ F


# comonoids


@given(seed=seeds)
def test_copying_is_a_commutative_comonoid(seed: int) -> None:
    A = random_type(Random(seed), 3)
    both = copies(A)
    assert both >> both @ id_(A) == copies(A, 3) == both >> id_(A) @ both
    assert both >> discard(A) @ id_(A) == id_(A) == both >> id_(A) @ discard(A)
    assert both >> swap(A, A) == both
    assert (copies(A, 1), copies(A, 0)) == (id_(A), discard(A))


@given(seed=seeds)
def test_copying_and_discarding_are_coherent(seed: int) -> None:
    rng = Random(seed)
    A, B = random_type(rng, 2), random_type(rng, 2)
    assert copies(A @ B) == copies(A) @ copies(B) >> id_(A) @ swap(A, B) @ id_(B)
    assert discard(A @ B) == discard(A) @ discard(B)
    assert (copies(I), discard(I)) == (id_(I), id_(I))


@given(seed=seeds)
def test_discarding_is_natural(seed: int) -> None:
    f, g = chain(Random(seed), 2)
    assert f >> discard(f.cod) == discard(f.dom)
    assert f >> copies(f.cod) >> g @ discard(f.cod) == f >> g


@given(seed=seeds)
def test_copying_is_natural_for_what_draws_nothing_and_for_nothing_else(seed: int) -> None:
    (f,) = chain(Random(seed), 1)
    draws = any(not node.box.deterministic for node in f.normal.nodes)
    assert (f >> copies(f.cod) == copies(f.dom) >> f @ f) == (not draws)


@pytest.mark.parametrize("box", [D, BACK, PAIR, CONSTANT], ids=str)
def test_copying_is_natural_for_a_deterministic_box(box: Box) -> None:
    assert box >> copies(box.cod) == copies(box.dom) >> box @ box


@pytest.mark.parametrize("box", [F, DRAW], ids=str)
def test_copying_is_not_natural_for_a_stochastic_box(box: Box) -> None:
    assert box >> copies(box.cod) != copies(box.dom) >> box @ box


# equality


@given(seed=seeds)
def test_equality_is_an_equivalence_that_agrees_with_the_hash(seed: int) -> None:
    rng = Random(seed)
    (f,) = chain(rng, 1)
    g = oracle.shuffled(f, rng)
    h = oracle.shuffled(g, rng)
    assert f == f
    assert f == g == f
    assert f == h
    assert len({f, g, h}) == 1
    assert {f: "found"}[h] == "found"


@given(seed=seeds)
def test_equality_is_a_congruence(seed: int) -> None:
    rng = Random(seed)
    f, g = chain(rng, 2)
    f2, g2 = oracle.shuffled(f, rng), oracle.shuffled(g, rng)
    assert f >> g == f2 >> g2
    assert f @ g == f2 @ g2


@pytest.mark.parametrize("box", [F, D, PAIR, DRAW], ids=str)
def test_a_diagram_of_one_box_is_the_box(box: Box) -> None:
    for same in (box.diagram, box >> id_(box.cod), id_(box.dom) >> box):
        assert same == box
        assert box == same
        assert len({same, box}) == 1
    assert box.diagram != Box("other", box.dom, box.cod, box.deterministic)
    twice = Diagram.copy(box.dom) >> box @ box
    assert twice.marginal(*range(len(box.cod))) == box != twice


def test_boxes_that_end_nowhere_stay_apart() -> None:
    assert Box("burn", X, I).diagram == Box("freeze", X, I).diagram == discard(X)
    assert Box("burn", X, I).diagram != Box("burn", X, I) != Box("freeze", X, I)


def test_diagrams_of_other_types_or_kinds_differ() -> None:
    assert discard(X) != discard(Y)
    assert id_(X) != "X"
    assert F.diagram != Box("f", X, Y, deterministic=True).diagram
    assert F.diagram != Box("g", X, Y).diagram
    one, two = (Ty(Ob("X", of)) for of in ("one action", "another"))
    assert id_(one) != id_(two)


# pickles and copies


@given(seed=seeds)
def test_a_diagram_survives_pickling_and_copying(seed: int) -> None:
    (f,) = chain(Random(seed), 1)
    assert hash(f) == hash(f.normal)
    for other in (pickle.loads(pickle.dumps(f)), copy.deepcopy(f), copy.copy(f)):  # noqa: S301
        assert other == f
        assert hash(other) == hash(f)
        assert (other.nodes, other.outputs) == (f.nodes, f.outputs)


def test_a_long_chain_survives_pickling() -> None:
    long = Diagram.from_callable(X, X)(lambda x: _times(2000, x))
    assert pickle.loads(pickle.dumps(long)) == long == copy.deepcopy(long)  # noqa: S301


def _times(n: int, x: Any) -> Any:
    for _ in range(n):
        x = BACK(D(x))
    return x
