"""Stochastic matrices that are equivariant pass; one wrong entry is named."""

from fractions import Fraction
from itertools import permutations
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markovsym.categories import FinStoch, Stochastic
from markovsym.testing.finite.exact import assert_equivariant_exact
from markovsym.testing.finite.finite_action import FiniteAction
from markovsym.testing.outcome import InconclusiveError

C = FinStoch(exact=True)
S4 = [(1, 0, 2, 3), (1, 2, 3, 0)]
WORDS, PLACES = FiniteAction.on_words(S4, 3), FiniteAction(tuple(S4))
EVERY = list(permutations(range(4)))
SIZES = (3, 3, 3, 3)


def averaged(left: FiniteAction, right: FiniteAction, seed: int) -> list[list[Fraction]]:
    """The mean over a group of a random table, with rows of sum one."""
    draw = Random(seed)
    table = np.array(
        [[draw.randrange(1, 9) for _ in range(right.size)] for _ in range(left.size)], dtype=object
    )
    total = sum(table[np.ix_(x, y)] for x, y in zip(left.moves, right.moves, strict=True))
    return [[Fraction(one, sum(row)) for one in row] for row in total]


def on_words(seed: int = 0) -> list[list[Fraction]]:
    every = FiniteAction.on_words(EVERY, 3)
    return averaged(every, every, seed)


@given(st.integers(0, 100))
def test_an_average_over_the_group_passes(seed: int) -> None:
    every = FiniteAction(tuple(EVERY))
    K = C.matrix(averaged(every, every, seed), (4,), (4,))
    assert_equivariant_exact(K, PLACES)
    floats = Stochastic(K.dom, K.cod, K.table.astype(float))
    assert_equivariant_exact(floats, PLACES)


def test_generators_are_enough() -> None:
    K = C.matrix(on_words(), SIZES, SIZES)
    assert_equivariant_exact(K, WORDS)
    assert_equivariant_exact(K, FiniteAction.on_words(EVERY, 3))


def test_two_sets_may_be_moved_in_two_ways() -> None:
    words, places = FiniteAction.on_words(EVERY, 3), FiniteAction(tuple(EVERY))
    K = C.matrix(averaged(words, places, 1), SIZES, (4,))
    assert_equivariant_exact(K, WORDS, PLACES)
    with pytest.raises(
        AssertionError, match=r"x = \(0, 0, 0, 1\) to \(0, 0, 0, 1\) and y = 2 to 3"
    ):
        assert_equivariant_exact(K, WORDS, FiniteAction(((1, 0, 3, 2), (1, 2, 3, 0))))


@pytest.mark.parametrize("exact", [True, False])
def test_one_entry_in_6561_that_is_off_by_1e12_is_named(exact: bool) -> None:
    rows, little = on_words(), Fraction(1, 10**12)
    rows[5][7] += little
    rows[5][8] -= little
    K = C.matrix(rows, SIZES, SIZES)
    if not exact:
        K = Stochastic(SIZES, SIZES, K.table.astype(float))
    with pytest.raises(
        AssertionError,
        match=r"^the kernel \(3, 3, 3, 3\) -> \(3, 3, 3, 3\) is not equivariant: generator 2 takes "
        r"x = \(0, 0, 1, 2\) to \(2, 0, 0, 1\) and y = \(0, 0, 2, 1\) to \(1, 0, 0, 2\), but "
        r"K\(g y \| g x\) = .* and K\(y \| x\) = .*; 4 of 6561 entries differ; it fits none",
    ):
        assert_equivariant_exact(K, WORDS)


def test_the_numbers_in_the_message_are_those_of_the_table() -> None:
    K = C.matrix([[1, 0], [Fraction(1, 3), Fraction(2, 3)]], (2,), (2,))
    with pytest.raises(
        AssertionError, match=r"x = 0 to 1 and y = 0 to 1, but K\(g y \| g x\) = 2/3 and K.* = 1;"
    ):
        assert_equivariant_exact(K, FiniteAction(((1, 0),)))


def test_rounding_is_forgiven_in_floats_and_may_be_set() -> None:
    table = np.array([[0.5, 0.5], [0.5 + 1e-14, 0.5 - 1e-14]])
    swap = FiniteAction(((1, 0),))
    assert_equivariant_exact(Stochastic((2,), (2,), table), swap)
    with pytest.raises(AssertionError, match=r"4 of 4 entries differ"):
        assert_equivariant_exact(Stochastic((2,), (2,), table), swap, tolerance=1e-15)


def test_fractions_are_not_rounded_whatever_the_tolerance() -> None:
    little = Fraction(1, 10**30)
    half = Fraction(1, 2)
    K = C.matrix([[half, half], [half + little, half - little]], (2,), (2,))
    with pytest.raises(AssertionError, match="is not equivariant"):
        assert_equivariant_exact(K, FiniteAction(((1, 0),)), tolerance=0.1)


CUBE = {x: [x ^ 1, x ^ 2, x ^ 4] for x in range(8)}


def walk(tired: int) -> Stochastic:
    """A random walk on the corners of a cube, which rests at one of them."""

    def row(x: int) -> list[Fraction]:
        if x == tired:
            return [Fraction(int(y == x)) for y in range(8)]
        return [Fraction(int(y in CUBE[x]), 3) for y in range(8)]

    return C.matrix([row(x) for x in range(8)], (2, 2, 2), (2, 2, 2))


def test_automorphisms_of_a_graph_pass_and_others_do_not() -> None:
    turn = FiniteAction.on_words([(1, 2, 0)], 2)
    flip = FiniteAction((tuple(x ^ 1 for x in range(8)),))
    assert_equivariant_exact(walk(-1), turn)
    assert_equivariant_exact(walk(-1), flip)
    assert_equivariant_exact(walk(7), turn)
    with pytest.raises(AssertionError, match=r"generator 1 takes x = \(1, 1, 0\) to \(1, 1, 1\)"):
        assert_equivariant_exact(walk(7), flip)
    wrong = FiniteAction(((1, 0, *range(2, 8)),))
    with pytest.raises(AssertionError, match="is not equivariant"):
        assert_equivariant_exact(walk(-1), wrong)


def test_usual_mistakes_are_named() -> None:
    turn, back = FiniteAction(((1, 2, 0),)), FiniteAction(((2, 0, 1),))
    step = C.function(int, (3,), (3,))
    assert_equivariant_exact(step, turn)
    with pytest.raises(AssertionError, match="y moves by the inverse of g"):
        assert_equivariant_exact(step, turn, back)
    still = C.matrix([[Fraction(1, 2), Fraction(1, 2), 0]] * 3, (3,), (3,))
    with pytest.raises(AssertionError, match="y does not move with x"):
        assert_equivariant_exact(still, turn)


def test_a_state_is_invariant_or_not() -> None:
    point, turn = FiniteAction(((0,),)), FiniteAction(((1, 2, 0),))
    assert_equivariant_exact(C.uniform((3,)), point, turn)
    with pytest.raises(AssertionError, match=r"x = \(\) to \(\) and y = 0 to 1"):
        assert_equivariant_exact(C.dirac((3,), 0), point, turn)


def test_actions_that_do_not_fit_are_refused() -> None:
    K = C.uniform((3,))
    with pytest.raises(ValueError, match=r"1 inputs and 3 outputs of .*, got actions on 3 and 3"):
        assert_equivariant_exact(K, FiniteAction(((1, 2, 0),)))
    with pytest.raises(ValueError, match="same generators on both sides, got 1 and 2"):
        assert_equivariant_exact(K, FiniteAction(((0,),)), FiniteAction(((1, 2, 0), (1, 0, 2))))


def test_generators_that_move_nothing_say_nothing() -> None:
    with pytest.raises(InconclusiveError, match="no generator moves anything"):
        assert_equivariant_exact(C.uniform((2,)), FiniteAction(((0,),)), FiniteAction(((0, 1),)))
