import gc
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier
from typing import Any

import pytest

from markovsym.errors import CompositionError
from markovsym.syntax import Diagram, Ob, Ty, Wire
from tests.markovsym.syntax.random_diagrams import (
    BACK,
    DRAW,
    FREE,
    PAIR,
    SPLIT,
    D,
    F,
    X,
    Y,
    random_diagram,
)

read = Diagram.from_callable


# values known by hand


def test_nodes_come_in_the_order_in_which_they_were_written() -> None:
    @read(X, Y @ Y)
    def written(x: Any) -> Any:
        second = F(x)
        return D(x), second

    assert [node.box for node in written.nodes] == [F, D]
    assert written.outputs == (1, 0)


def test_wires_may_be_copied_swapped_and_dropped() -> None:
    crossed = read(X @ Y, Y @ X @ Y)(lambda x, y: (y, x, y))
    assert crossed == Diagram.id(X) @ Diagram.copy(Y) >> Diagram.swap(X, Y) @ Diagram.id(Y)
    assert read(X, Ty())(lambda x: ()) == Diagram.discard(X)


def test_what_no_output_depends_on_is_left_out() -> None:
    @read(X, Y)
    def lazy(x: Any) -> Any:
        F(x)
        DRAW()
        return D(x)

    assert [node.box for node in lazy.nodes] == [D]


def test_one_use_with_two_readers_stays_one_use() -> None:
    @read(X, Y @ Y)
    def shared(x: Any) -> Any:
        y = F(x)
        return y, y

    assert shared == F >> Diagram.copy(Y) != Diagram.copy(X) >> F @ F


def test_a_box_with_several_outputs_gives_a_tuple_of_wires() -> None:
    @read(X, Y @ X)
    def split(x: Any) -> Any:
        left, right = SPLIT(x)
        return PAIR(right, left)

    assert split == SPLIT >> Diagram.swap(X, Y) >> PAIR


def test_diagrams_are_used_as_boxes_are() -> None:
    inner = SPLIT >> Diagram.swap(X, Y)
    assert read(X, Y @ X)(inner) == inner
    assert read(X, Y)(lambda x: inner(x)[0]) == inner.marginal(0)


def test_a_function_may_read_another_diagram_in_its_body() -> None:
    @read(X, Y)
    def outer(x: Any) -> Any:
        inner = read(X, Y)(F)
        return inner(x)

    assert outer == F.diagram


# messages


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (lambda x: x, r"^the function returns wires of X, wanted Y$"),
        (lambda x: (), r"^the function returns wires of I, wanted Y$"),
        (lambda x: (F(x), F(x)), r"^the function returns wires of Y @ Y, wanted Y$"),
        (lambda x: None, r"^the function returns NoneType; wanted wires of Y$"),
        (lambda x: [F(x)], r"^the function returns list; wanted wires of Y$"),
    ],
    ids=["another type", "nothing", "too many", "none", "a list"],
)
def test_what_a_function_returns_is_checked(found: Any, message: str) -> None:
    with pytest.raises(CompositionError, match=message):
        read(X, Y)(found)


def test_a_wire_of_another_diagram_is_refused() -> None:
    stray = Wire(Ob("X"))
    message = r"^the function uses a wire of X of another diagram$"
    with pytest.raises(CompositionError, match=message):
        read(X, X)(lambda x: stray)
    with pytest.raises(CompositionError, match=message):
        read(X, Y)(lambda x: F(stray))
    escaped: list[Wire] = []
    read(X, Y)(lambda x: escaped.append(F(x)) or F(x))
    with pytest.raises(CompositionError, match=message):
        read(X, Y)(lambda x: escaped[0])


def test_a_draw_made_outside_is_refused() -> None:
    u = DRAW()
    message = r"^the function uses a draw of draw that was made outside of it; draw it inside$"
    with pytest.raises(CompositionError, match=message):
        read(Ty(), X)(lambda: u)
    with pytest.raises(CompositionError, match=message):
        read(X, X @ Y)(lambda x: (u, F(x)))
    assert read(Ty(), X)(DRAW) == DRAW


def test_a_body_that_raises_leaves_nothing_behind() -> None:
    def broken(x: Any) -> Any:
        F(x)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        read(X, Y)(broken)
    assert read(X, Y)(F) == F.diagram


# threads, sizes


def test_threads_that_write_at_once_do_not_meet() -> None:
    together = Barrier(4)

    def write(seed: int) -> bool:
        together.wait(timeout=60)
        wanted = [random_diagram(Random(100 * seed + i), X, Y, FREE, 30) for i in range(30)]
        return all(read(X, Y)(d) == d for d in wanted)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(write, range(4)))


def test_threads_that_interleave_write_their_own_diagrams() -> None:
    turns = Barrier(2)

    def write(box: Any) -> Diagram:
        def body(x: Any) -> Any:
            for _ in range(20):
                turns.wait(timeout=60)
                x = box(x)
            return x

        return read(X, X)(body)

    boxes = [D >> BACK, F >> BACK]
    with ThreadPoolExecutor(2) as pool:
        for box, written in zip(boxes, pool.map(write, boxes), strict=True):
            alone = Diagram.id(X)
            for _ in range(20):
                alone = alone >> box
            assert written == alone


def test_a_long_function_is_read_and_forgotten() -> None:
    @read(X, X)
    def long(x: Any) -> Any:
        for _ in range(3000):
            x = BACK(F(x))
        return x

    gc.collect()
    assert len(long.nodes) == 6000
    assert long == long.normal
