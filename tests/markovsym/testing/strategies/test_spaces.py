"""What the strategies of actions and of spaces draw."""

import pytest
import torch
from hypothesis import find, given
from hypothesis import strategies as st

from markovsym.actions import (
    CosetAction,
    GSpace,
    Matrix,
    Permutation,
    Restricted,
    Shift,
    Square,
    Together,
    Translation,
    Trivial,
    affine,
    gspace,
    matrix,
    regular,
)
from markovsym.groups import GL, C, D, Direct, E, Group, Inversion, O, S, Scalings, Semidirect, T, U
from markovsym.spaces import CentreFree, Kind, parts_of
from markovsym.symmetrise import natural
from markovsym.testing.inputs.rounding import same, size
from markovsym.testing.strategies.actions import actions, known_actions
from markovsym.testing.strategies.elements import FINITE, GROUPS, elements, groups
from markovsym.testing.strategies.points import space_points
from markovsym.testing.strategies.spaces import gspaces, known_spaces


@given(st.data())
def test_actions_are_of_the_group(data: st.DataObject) -> None:
    G = data.draw(groups())
    assert data.draw(actions(G)).group == G


@given(st.data())
def test_actions_act(data: st.DataObject) -> None:
    G = data.draw(groups())
    X = data.draw(gspaces(G))
    x = data.draw(space_points(X))
    g, h = data.draw(elements(G)), data.draw(elements(G))
    slack = 1e-9 * (1 + size(G, g, h))
    assert same(X.act(G.identity(dtype=torch.float64), x), x, slack)
    assert same(X.act(G.multiply(g, h), x), X.act(g, X.act(h, x)), slack)
    for factor, part in zip(X.space.factors, parts_of(X.act(g, x)), strict=True):
        assert float(factor.constraint.violation(part.cdouble()).abs()) <= slack


@pytest.mark.parametrize("G", GROUPS, ids=str)
def test_every_action_has_a_space(G: Group) -> None:
    assert all(known_spaces(action) for action in known_actions(G))


@pytest.mark.parametrize("G", GROUPS, ids=str)
def test_the_action_on_itself_and_the_trivial_one_come_last(G: Group) -> None:
    *usual, itself, trivial = known_actions(G)
    assert (itself, trivial) == (regular(G).actions[0], Trivial(G))
    assert not any(isinstance(one, CosetAction | Trivial) for one in usual)
    assert usual or G in FINITE[:1]


@pytest.mark.parametrize("G", [O(3), U(2), GL(2), T(3), Direct(S(3), O(3)), E(3)], ids=str)
def test_shrinking_ends_at_the_natural_space(G: Group) -> None:
    wanted = natural(G)
    found = find(gspaces(G), lambda X: True)
    assert found == wanted


@pytest.mark.parametrize(
    ("G", "kind"),
    [
        (C(3), Shift),
        (C(4), Square),
        (D(4), Square),
        (D(3), Restricted),
        (S(3), Permutation),
        (E(2), Restricted),
        (Direct(O(2), O(3)), Together),
        (Direct(C(2), T(1)), Together),
        (Semidirect(Inversion(3)), Restricted),
    ],
    ids=str,
)
def test_usual_actions_are_known(G: Group, kind: type) -> None:
    assert isinstance(find(actions(G), lambda action: isinstance(action, kind)), kind)


def test_known_actions_in_full() -> None:
    G = Scalings()
    assert [str(one) for one in known_actions(G)[:2]] == [
        "Scaling(of=Scalings(), power=1.0)",
        "Scaling(of=Scalings(), power=-2.0)",
    ]
    assert known_actions(E(2))[0] == affine(E(2))
    product = Direct(C(2), T(1))
    assert Together(product, Trivial(C(2)), Translation(T(1))) in known_actions(product)
    assert Together(product, Shift(C(2)), Trivial(T(1))) in known_actions(product)
    assert known_actions(O(2))[:3] == [
        Matrix(O(2)),
        Matrix(O(2), (-2, -1)),
        Matrix(O(2), (-2,), (-1,)),
    ]


@given(st.data())
def test_spaces_are_of_the_group_and_of_three_blocks_at_most(data: st.DataObject) -> None:
    G = data.draw(groups())
    X = data.draw(gspaces(G))
    assert X.group == G
    assert 1 <= len(X.blocks) <= 3


WANTED = {
    "a centre": lambda X: any(f.constraint == CentreFree() for f in X.space.factors),
    "a mask": lambda X: any(f.kind is Kind.BOOLEAN and f.shape == (3,) for f in X.space.factors),
    "whole numbers": lambda X: any(f.kind is Kind.INTEGER for f in X.space.factors),
    "cosets": lambda X: any(isinstance(one, CosetAction) for one in X.actions),
    "three blocks": lambda X: len(X.blocks) == 3,
    "open and closed": lambda X: {len(f.shape) for f in X.space.factors} == {1, 2},
}


@pytest.mark.parametrize("name", WANTED)
def test_spaces_of_every_kind_are_drawn(name: str) -> None:
    X = find(gspaces(Direct(S(3), O(3))), WANTED[name])
    assert isinstance(X, GSpace)


def test_points_on_a_fixed_centre_are_known_for_matrices() -> None:
    centred = gspace(("point", 3), matrix(O(3)), constraint=CentreFree())
    assert centred in known_spaces(matrix(O(3)))
    assert centred not in known_spaces(matrix(O(2)))
