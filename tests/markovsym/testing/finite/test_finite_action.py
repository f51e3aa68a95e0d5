"""Moves of finite sets are actions, and are refused where they cannot be."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markovsym.groups import C, D, Group, S
from markovsym.testing.finite.finite_action import FiniteAction


@given(st.permutations(range(3)), st.permutations(range(3)), st.integers(1, 3))
def test_words_are_moved_by_one_permutation_after_the_other(
    g: list[int], h: list[int], letters: int
) -> None:
    both = [g[i] for i in h]
    (left,) = FiniteAction.on_words([g], letters).moves
    (right,) = FiniteAction.on_words([h], letters).moves
    assert FiniteAction.on_words([both], letters).moves == (tuple(left[w] for w in right),)


@given(st.permutations(range(4)), st.tuples(*[st.integers(0, 2)] * 4))
def test_the_letter_at_a_place_goes_where_the_place_goes(
    g: list[int], word: tuple[int, ...]
) -> None:
    (moves,) = FiniteAction.on_words([g], 3).moves
    moved = np.unravel_index(moves[int(np.ravel_multi_index(word, (3,) * 4))], (3,) * 4)
    assert [int(moved[g[i]]) for i in range(4)] == list(word)


@pytest.mark.parametrize("G", [C(5), D(4), S(3)], ids=str)
def test_a_group_acts_on_its_elements(G: Group) -> None:
    every = [tuple(g.flatten().tolist()) for g in G.elements()]

    def act(g, x: int) -> int:
        return every.index(tuple(G.multiply(g, G.elements()[x]).flatten().tolist()))

    found = FiniteAction.of(G, act, len(every))
    assert len(found.moves) == len(G.generators())
    assert found.size == len(every)


def test_moves_by_hand() -> None:
    assert FiniteAction.on_words([(1, 0)], 2).moves == ((0, 2, 1, 3),)
    turn, swap = FiniteAction(((1, 2, 0),)), FiniteAction(((1, 0),))
    assert (turn @ swap).moves == ((3, 2, 5, 4, 1, 0),)
    assert FiniteAction.on_words(list(permutations(range(4))), 3).size == 81


def test_an_action_from_the_right_is_refused() -> None:
    def act(g, x: int) -> int:
        return S(3).inverse(g).tolist()[x]

    with pytest.raises(ValueError, match=r"\(g h\)\.x = g\.\(h\.x\).*generators g = 1 and h = 2"):
        FiniteAction.of(S(3), act, 3)


def test_what_is_no_permutation_is_refused() -> None:
    with pytest.raises(ValueError, match=r"below 3 once in the moves of generator 2, got \(0, 0"):
        FiniteAction(((0, 1, 2), (0, 0, 1)))
    with pytest.raises(ValueError, match=r"below 3 once in the moves of generator 2, got \(1, 0\)"):
        FiniteAction(((0, 1, 2), (1, 0)))
    with pytest.raises(ValueError, match="one generator at least"):
        FiniteAction(())
    with pytest.raises(ValueError, match="as many generators on both sets, got 1 and 2"):
        FiniteAction(((0, 1),)) @ FiniteAction(((0, 1), (1, 0)))
