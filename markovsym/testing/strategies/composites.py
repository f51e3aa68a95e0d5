"""Hypothesis strategies by functions that draw, which may be checked as they run."""

import functools
import random
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from hypothesis import strategies as st

P = ParamSpec("P")
T = TypeVar("T")

Draw = Callable[[st.SearchStrategy[Any]], Any]
"""What such a function draws with; the protocol of Hypothesis cannot be checked at run time."""


def composite(
    function: Callable[Concatenate[Draw, P], T],
) -> Callable[P, st.SearchStrategy[T]]:
    """The strategy that draws as a function does, as ``hypothesis.strategies.composite`` makes it.

    What checks types at run time, such as beartype, may take numbers from Python's own generator,
    from which no strategy of Hypothesis may; so that is put back.
    """

    @functools.wraps(function)
    def drawn(draw: Draw, *args: P.args, **kwargs: P.kwargs) -> T:
        state = random.getstate()
        try:
            return function(draw, *args, **kwargs)
        finally:
            random.setstate(state)

    return st.composite(drawn)
