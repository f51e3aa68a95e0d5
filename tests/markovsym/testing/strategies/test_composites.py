"""Composite strategies leave Python's own random numbers alone."""

import random

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from markovsym.testing.strategies.composites import Draw, composite


@composite
def pairs(draw: Draw, below: int, *, sign: int = 1) -> tuple[int, float]:
    """A whole number, and a number as a type checker may take one."""
    return sign * draw(st.integers(0, below)), random.random()


@given(x=pairs(3), y=pairs(3, sign=-1))
def test_arguments_are_handed_on(x: tuple[int, float], y: tuple[int, float]) -> None:
    assert 0 <= x[0] <= 3
    assert -3 <= y[0] <= 0


def test_random_numbers_of_python_are_given_back() -> None:
    random.seed(0)
    state = random.getstate()
    assert find(pairs(3), lambda pair: pair[0] > 1)[0] == 2
    assert random.getstate() == state


def test_they_are_given_back_after_an_error() -> None:
    states: list[object] = []

    @composite
    def broken(draw: Draw) -> int:
        states.append(random.getstate())
        if draw(st.just(random.random())) >= 0:
            raise ValueError("broken")
        return 0

    @given(st.data())
    def use(data: st.DataObject) -> None:
        with pytest.raises(ValueError, match="broken"):
            data.draw(broken())
        states.append(random.getstate())

    use()
    assert states[0] == states[1]


def test_the_strategy_keeps_the_name() -> None:
    assert pairs.__name__ == "pairs"
    assert repr(pairs(2)) == "pairs(2)"
