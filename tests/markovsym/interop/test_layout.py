from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markovsym.interop.layout import Cell, Copies, Crossing, Stage, stages
from markovsym.syntax import Box, Diagram, GroupObject, Ob, Ty
from markovsym.syntax.procedures import Symmetry, curried, discarding, recursive, sym
from tests.markovsym.syntax.strategies import diagrams

G, X, Y = Ob("G"), Ob("X"), Ob("Y")
MOVES = Symmetry(GroupObject(G), frozenset({X, Y}))
K, LEARNED = Box("k", Ty(X), Ty(Y)), Box("learned", Ty(X), Ty(G))
HAAR = discarding(Box("haar", Ty(), Ty(G)), Ty(X))
F, STATE, EFFECT = Box("f", Ty(X), Ty(X)), Box("state", Ty(), Ty(X)), Box("effect", Ty(X), Ty())


def above(stage: Stage) -> Ty:
    return Ty(*(ob for cell in stage for ob in ((cell,) if isinstance(cell, Ob) else cell.dom)))


def below(stage: Stage) -> Ty:
    return Ty(*(ob for cell in stage for ob in ((cell,) if isinstance(cell, Ob) else cell.cod)))


def cells(d: Diagram) -> list[Cell]:
    return [cell for stage in stages(d) for cell in stage if not isinstance(cell, Ob)]


# Laws


@given(d=diagrams())
def test_stages_lead_from_the_inputs_to_the_outputs(d: Diagram) -> None:
    rows = [d.dom, *(below(stage) for stage in stages(d))]
    assert rows[-1] == d.cod
    assert rows[:-1] == [above(stage) for stage in stages(d)]


@given(d=diagrams())
def test_every_box_happens_once(d: Diagram) -> None:
    found = Counter(cell for cell in cells(d) if isinstance(cell, Box))
    assert found == Counter(node.box for node in d.nodes)


@given(d=diagrams())
def test_a_wire_is_copied_or_discarded_in_one_place(d: Diagram) -> None:
    wires = [wire for node in d.nodes for wire in node.inputs] + [*d.outputs]
    uses = Counter(wires)
    every = [~place for place in range(len(d.dom))] + list(range(d.size))
    wanted = Counter(uses[wire] for wire in every if uses[wire] != 1)
    assert Counter(cell.n for cell in cells(d) if isinstance(cell, Copies)) == wanted


@given(d=diagrams())
def test_in_no_stage_does_everything_just_pass(d: Diagram) -> None:
    assert all(any(not isinstance(cell, Ob) for cell in stage) for stage in stages(d))


@given(order=st.permutations(range(6)))
def test_a_permutation_swaps_each_pair_that_it_turns_around_once(order: list[int]) -> None:
    turned = sum(first > second for first, second in combinations(order, 2))
    d = Diagram.id(Ty(*"ABCDEF")).permute(*order)
    assert sum(isinstance(cell, Crossing) for cell in cells(d)) == turned


# Values known by hand


@pytest.mark.parametrize(
    "d",
    [
        pytest.param(sym(K, LEARNED, MOVES), id="sym"),
        pytest.param(recursive(HAAR, LEARNED, MOVES), id="recursive gamma"),
        pytest.param(sym(K, recursive(HAAR, LEARNED, MOVES), MOVES), id="sym along it"),
        pytest.param(curried(K, MOVES), id="curried"),
        pytest.param(Diagram.copy(Ty(X)) >> Diagram.swap(Ty(X), Ty(X)), id="copies that swap"),
    ],
)
def test_in_a_procedure_no_wires_cross(d: Diagram) -> None:
    assert not any(isinstance(cell, Crossing) for cell in cells(d))


def test_sym_is_laid_out_as_on_the_board() -> None:
    act = MOVES.group.act
    assert stages(sym(K, LEARNED, MOVES)) == [
        (Copies(X, 2),),
        (LEARNED, X),
        (Copies(G, 2), X),
        (G, MOVES.group.inverse, X),
        (G, act(X)),
        (G, K),
        (act(Y),),
    ]


def test_boxes_of_one_level_stand_side_by_side() -> None:
    assert stages(F @ F) == [(F, F)]
    assert stages(F @ (F >> F)) == [(X, F), (F, F)]


def test_a_state_waits_for_its_reader_and_an_effect_for_nobody() -> None:
    late = STATE @ (F >> F) >> Box("join", Ty(X, X), Ty(X))
    assert [stage.index(STATE) for stage in stages(late) if STATE in stage] == [0]
    assert stages(late)[1] == (STATE, F)
    early = (F >> F) @ EFFECT
    assert stages(early) == [(F, EFFECT), (F,)]


def test_many_swaps_happen_at_once() -> None:
    d = Diagram.id(Ty(*"ABCD")).permute(1, 0, 3, 2)
    assert stages(d) == [(Crossing(Ob("A"), Ob("B")), Crossing(Ob("C"), Ob("D")))]


def test_the_fewest_strands_cross_where_a_box_gathers_its_inputs() -> None:
    join = Box("join", Ty(X, X, X), Ty(X))
    gathered = join @ Diagram.id(Ty(Y)) >> Diagram.swap(Ty(X), Ty(Y))
    assert stages(gathered) == [(join, Y), (Crossing(X, Y),)]


def test_a_state_stands_where_its_outputs_go() -> None:
    assert stages(Diagram.id(Ty(X, X)) @ STATE) == [(X, X, STATE)]
    assert stages(STATE @ Diagram.id(Ty(X, X))) == [(STATE, X, X)]
