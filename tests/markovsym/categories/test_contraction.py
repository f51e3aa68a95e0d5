from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markovsym.categories.contraction import Factor, contract, factor, spread


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 6))
def test_a_contraction_is_the_sum_of_products_of_einsum(seed: int, n: int) -> None:
    random, rng = Random(seed), np.random.default_rng(seed)
    sizes = {wire: random.randint(1, 3) for wire in range(5)}
    rows = [[random.randrange(5) for _ in range(random.randint(0, 3))] for _ in range(n)]
    tables = [rng.random([sizes[wire] for wire in row]) for row in rows]
    ends = random.sample(range(5), random.randint(0, 5))
    kept = [wire for wire in ends if any(wire in row for row in rows)]
    found = contract([factor(*each) for each in zip(rows, tables, strict=True)], ends)
    operands = [part for row, table in zip(rows, tables, strict=True) for part in (table, row)]
    np.testing.assert_allclose(
        spread(found, kept, sizes), np.einsum(*operands, kept).squeeze(), rtol=1e-13
    )


def test_a_ring_of_a_hundred_wires_is_the_trace_of_a_power() -> None:
    matrix = np.array([[0, 1], [1, 1]], dtype=object)
    ring = [Factor((i, (i + 1) % 100), matrix) for i in range(100)]
    found = contract(ring, ()).table.item()
    assert found == 792070839848372253127  # the hundredth number of Lucas, beyond 64 bits


def test_no_table_grows_beyond_what_the_order_needs() -> None:
    random = Random(0)
    comb = [Factor((i, 100 + i, i + 1), np.full((2, 2, 2), 0.25)) for i in range(60)]
    comb += [Factor((100 + i,), np.array([0.5, 0.5])) for i in range(60)]
    random.shuffle(comb)
    np.testing.assert_allclose(contract(comb, (0, 60)).table, np.full((2, 2), 2.0**-61))


def test_a_wire_held_twice_is_a_diagonal() -> None:
    found = factor((7, 7), np.array([[1, 2], [3, 4]]))
    assert found.wires == (7,)
    assert found.table.tolist() == [1, 4]


def test_a_wire_of_size_one_drops_out() -> None:
    found = factor((3, 7), np.array([[1], [2]]))
    assert found.wires == (3,)
    assert found.table.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("ends", "wanted"),
    [((0, 0), [[1, 0], [0, 2]]), ((0, 1), [[1, 1], [2, 2]]), ((1, 0), [[1, 2], [1, 2]])],
    ids=["twice", "beside-another", "after-another"],
)
def test_ends_are_spread_out(ends: tuple[int, ...], wanted: list[list[int]]) -> None:
    found = spread(Factor((0,), np.array([1, 2])), ends, {0: 2, 1: 2})
    assert found.tolist() == wanted
