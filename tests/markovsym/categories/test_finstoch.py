import pickle
from fractions import Fraction
from math import inf, nan

import numpy as np
import pytest

from markovsym.categories import FinStoch, Stochastic
from markovsym.errors import CompositionError, SpaceError
from markovsym.syntax import Box, Diagram, Ob, Ty

C, E = FinStoch(), FinStoch(exact=True)
half, third = Fraction(1, 2), Fraction(1, 3)
X, Y = Ty("X"), Ty("Y")
BITS = {Ob("X"): (2,), Ob("Y"): (2,)}
COIN, FLIP = Box("coin", Ty(), X), Box("flip", X @ X, X, deterministic=True)
XOR = E.function(lambda x, y: x ^ y, (2, 2), (2,))


def test_a_kernel_is_run_after_another() -> None:
    rain = E.matrix([[1 - third, third]], (), (2,))
    wet = E.matrix([[1, 0], [half, half]], (2,), (2,))
    assert (rain >> wet).table.tolist() == [Fraction(5, 6), Fraction(1, 6)]


def test_kernels_side_by_side_are_independent() -> None:
    both = E.uniform((2,)) @ E.matrix([[third, 1 - third]], (), (2,))
    assert both.table.tolist() == [[third / 2, third], [third / 2, third]]


def test_a_copied_coin_is_not_two_coins() -> None:
    copied = E.compose(E.uniform((2,)), E.copy((2,)))
    assert copied.table.tolist() == [[half, 0], [0, half]]
    assert E.tensor(E.uniform((2,)), E.uniform((2,))).table.tolist() == [[half**2] * 2] * 2


def test_a_function_has_one_value() -> None:
    total = E.function(lambda x, y: (x + y, x), (2, 3), (4, 2))
    assert total.table[1, 2].tolist() == [[0, 0], [0, 0], [0, 0], [0, 1]]
    assert E.is_deterministic(total)
    assert E.dirac((2, 3), 1, 2).table.tolist() == [[0, 0, 0], [0, 0, 1]]


def test_uniform_draws_are_equally_likely_on_all_wires_together() -> None:
    assert E.uniform((2, 3)).table.tolist() == [[third / 2] * 3] * 2
    assert C.uniform((2, 2)).table.tolist() == [[0.25, 0.25]] * 2


def test_rows_are_inputs_and_the_last_wire_runs_fastest() -> None:
    f = C.matrix(np.eye(6)[[3, 0]], (2,), (2, 3))
    assert f.table[0].tolist() == [[0, 0, 0], [1, 0, 0]]


def test_the_inverse_is_bayes_rule() -> None:
    ill = E.matrix([[Fraction(99, 100), Fraction(1, 100)]], (), (2,))
    finding = E.matrix(
        [[Fraction(95, 100), Fraction(5, 100)], [Fraction(1, 100), Fraction(99, 100)]], (2,), (2,)
    )
    assert E.inverse(finding, ill).table[1].tolist() == [Fraction(5, 6), Fraction(1, 6)]


@pytest.mark.parametrize("category", [C, E], ids=["floats", "fractions"])
def test_a_conditional_is_uniform_where_there_is_no_mass(category: FinStoch) -> None:
    found = category.conditional(category.dirac((3, 2), 0, 1), 1)
    assert found == category.matrix([[0, 1], [half, half], [half, half]], (3,), (2,))
    assert all(
        isinstance(value, type(category.uniform((2,)).table[0])) for value in found.table.flat
    )


def test_a_kernel_with_rows_of_one_is_deterministic() -> None:
    assert not E.is_deterministic(E.matrix([[1, 0], [half, half]], (2,), (2,)))
    assert not C.is_deterministic(C.matrix([[1, 0], [1e-6, 1 - 1e-6]], (2,), (2,)))
    assert C.is_deterministic(C.matrix([[1, 0], [1e-12, 1 - 1e-12]], (2,), (2,)))


def test_floats_are_equal_up_to_a_tolerance_and_fractions_are_equal_or_not() -> None:
    near = 0.5 + 1e-7
    f, g = C.uniform((2,)), C.matrix([[near, 1 - near]], (), (2,))
    assert not C.equal(f, g)
    assert C.equal(f, g, tolerance=1e-6)
    exact = Fraction(1, 2) + Fraction(1, 10**30)
    assert not E.equal(E.uniform((2,)), E.matrix([[exact, 1 - exact]], (), (2,)), tolerance=1.0)


def test_kernels_with_other_ends_are_not_equal() -> None:
    assert not C.equal(C.identity((4,)), C.matrix(np.eye(4), (2, 2), (4,)))
    assert not E.equal(E.discard((2,)), E.identity((2,)))


def test_equality_is_that_of_the_content() -> None:
    f, g = E.uniform((2,)), E.matrix([[half, half]], (), (2,))
    assert f == g
    assert hash(f) == hash(g)
    assert pickle.loads(pickle.dumps(f)) == f  # noqa: S301
    assert f != C.uniform((2,))
    assert f != E.dirac((2,), 0)
    assert f != "f"


def test_a_kernel_does_not_change() -> None:
    table = np.array([0.5, 0.5])
    f = Stochastic((), (2,), table)
    table[:] = 0
    assert f.table.tolist() == [0.5, 0.5]
    with pytest.raises(ValueError, match="read-only"):
        f.table[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        (f @ f).table[0] = 1


def test_a_wire_may_go_straight_out_or_out_twice_or_nowhere() -> None:
    swap = Diagram.swap(X, Y)
    sizes = {Ob("X"): (2, 1), Ob("Y"): (3,)}
    assert E.evaluate(Diagram.id(X @ Y), sizes, {}) == E.identity((2, 1, 3))
    assert E.evaluate(swap, sizes, {}) == E.swap((2, 1), (3,))
    assert E.evaluate(Diagram.copy(X), sizes, {}) == E.copy((2, 1))
    assert E.evaluate(Diagram.discard(X), sizes, {}) == E.discard((2, 1))
    assert E.evaluate(Diagram.id(Ty()), {}, {}) == E.identity(())
    assert C.evaluate(Diagram.id(Ty()), {}, {}) == C.identity(())


def test_a_draw_that_is_used_twice_is_one_draw() -> None:
    boxes = {COIN: E.uniform((2,)), FLIP: XOR}
    once = COIN >> Diagram.copy(X) >> FLIP
    assert E.evaluate(once, BITS, boxes) == E.dirac((2,), 0)
    assert E.evaluate(COIN @ COIN >> FLIP, BITS, boxes) == E.uniform((2,))


def test_a_hundred_coins_have_the_parity_that_the_formula_says() -> None:
    biased = E.matrix([[1 - third, third]], (), (2,))
    parity = COIN.diagram
    for _ in range(99):
        parity = parity @ COIN >> FLIP
    found = E.evaluate(parity, BITS, {COIN: biased, FLIP: XOR})
    even = (1 + (1 - 2 * third) ** 100) / 2
    assert found.table.tolist() == [even, 1 - even]


def test_a_table_has_at_most_sixty_four_wires() -> None:
    wide = Ty(*X.obs * 33)
    point = {Ob("X"): (1,)}
    assert E.evaluate(Diagram.id(wide[1:]), point, {}).table.ndim == 64
    with pytest.raises(SpaceError, match=r"^a table has at most 64 wires, inputs and outputs"):
        E.evaluate(Diagram.id(wide), point, {})


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[1.0, 0.0]], r"^wanted 2 rows of 2 numbers for \(2,\) -> \(2,\), got .* \(1, 2\)$"),
        ([[1.5, -0.5], [1, 0]], r"^a probability is not negative, got -0.5 at \(0, 1\) of \(2,\)"),
        ([[1, 0], [nan, 1]], r"^a probability is not negative, got nan at \(1, 0\) of \(2,\) ->"),
        ([[1, 0], [0.5, 0.4]], r"^the row of each input sums to one, got 0.9 for \(1,\) of \(2,\)"),
        ([[1, 0], [inf, 1]], r"^the row of each input sums to one, got inf for \(1,\) of \(2,\)"),
    ],
    ids=["shape", "negative", "nan", "sum", "infinite"],
)
def test_what_is_no_stochastic_matrix_is_refused(rows: list[list[float]], message: str) -> None:
    with pytest.raises(SpaceError, match=message):
        C.matrix(rows, (2,), (2,))


def test_fractions_sum_to_one_exactly() -> None:
    off = Fraction(1, 10**30)
    with pytest.raises(SpaceError, match=r"^the row of each input sums to one, got 10+1/10+ for"):
        E.matrix([[half, half + off]], (), (2,))
    assert C.matrix([[0.5, 0.5 + 1e-12]], (), (2,)).cod == (2,)
    with pytest.raises(SpaceError, match="sums to one"):
        C.matrix([[0.5, 0.5 + 1e-8]], (), (2,))


def test_an_exact_matrix_of_floats_is_refused() -> None:
    message = r"^an exact table holds fractions, got the float 0.5; as in Fraction\('0.1'\)$"
    with pytest.raises(SpaceError, match=message):
        E.matrix([[0.5, 0.5]], (), (2,))


def test_integers_of_numpy_become_fractions_that_do_not_overflow() -> None:
    f = E.matrix([[np.int64(1), np.int64(0)]], (), (2,))
    assert type(f.table[0].numerator) is int  # those of numpy overflow


@pytest.mark.parametrize(
    ("category", "other", "message"),
    [
        (
            E,
            C,
            r"^FinStoch\(exact=True\) wants fractions, got floats in \(\) -> \(2,\); "
            r"FinStoch\(exact=False\) takes them$",
        ),
        (
            C,
            E,
            r"^FinStoch\(exact=False\) wants floats, got fractions in \(\) -> \(2,\); "
            r"FinStoch\(exact=True\) takes them$",
        ),
    ],
    ids=["floats", "fractions"],
)
def test_the_other_kind_of_number_is_refused(
    category: FinStoch, other: FinStoch, message: str
) -> None:
    coin = other.uniform((2,))
    uses = [
        lambda: category.compose(coin, other.discard((2,))),
        lambda: category.tensor(category.uniform((2,)), coin),
        lambda: category.is_deterministic(coin),
        lambda: category.equal(category.uniform((2,)), coin),
        lambda: category.conditional(coin, 1),
        lambda: category.evaluate(COIN.diagram, BITS, {COIN: coin}),
    ]
    for use in uses:
        with pytest.raises(CompositionError, match=message):
            use()


def test_floats_and_fractions_do_not_mix() -> None:
    message = r"^one kernel holds floats, another fractions; Stochastic\(f.dom, f.cod, f.table"
    for use in (
        lambda: C.uniform((2,)) @ E.uniform((2,)),
        lambda: C.uniform((2,)) >> E.discard((2,)),
    ):
        with pytest.raises(CompositionError, match=message):
            use()


def test_kernels_that_do_not_meet_are_refused() -> None:
    message = r"^the first ends in \(2, 2\), the next starts in \(4,\)$"
    with pytest.raises(CompositionError, match=message):
        C.compose(C.uniform((2, 2)), C.identity((4,)))


@pytest.mark.parametrize(
    "value", [3, -1, (1, 1), ()], ids=["large", "negative", "two-wires", "no-wire"]
)
def test_a_function_that_leaves_its_end_is_refused(value: int | tuple[int, ...]) -> None:
    with pytest.raises(
        SpaceError, match=r"^wanted a point of the sizes \(3,\), counted from 0, got"
    ):
        C.function(lambda x: value, (2,), (3,))


def test_a_wire_without_values_is_refused() -> None:
    message = r"^each wire takes one value at least, got the sizes \(2, 0\)$"
    for use in (
        lambda: C.uniform((2, 0)),
        lambda: C.identity((2, 0)),
        lambda: C.evaluate(Diagram.id(X @ Y), {Ob("X"): (2,), Ob("Y"): (0,)}, {}),
        lambda: Stochastic((), (2, 0), np.zeros((2, 0))),
    ):
        with pytest.raises(SpaceError, match=message):
            use()


def test_a_table_of_another_shape_is_refused() -> None:
    message = r"^a kernel \(2,\) -> \(2,\) has a table of shape \(2, 2\), got \(4,\)$"
    with pytest.raises(SpaceError, match=message):
        Stochastic((2,), (2,), np.ones(4))
