import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from markovsym.groups import S


@given(n=st.integers(1, 6), seed=st.integers(0, 2**32 - 1))
def test_a_product_goes_through_the_second_factor_first(n: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    g, h = S(n).haar(2, generator=generator)
    assert S(n).multiply(g, h).tolist() == [int(g[int(h[i])]) for i in range(n)]


@given(n=st.integers(1, 6), seed=st.integers(0, 2**32 - 1))
def test_the_inverse_sends_each_place_back(n: int, seed: int) -> None:
    g = S(n).haar(generator=torch.Generator().manual_seed(seed))
    back = S(n).inverse(g)
    assert [int(back[int(g[i])]) for i in range(n)] == list(range(n))


def test_products_by_hand() -> None:
    turn, swap = torch.tensor([1, 2, 0]), torch.tensor([1, 0, 2])
    assert S(3).multiply(turn, swap).tolist() == [2, 1, 0]
    assert S(3).multiply(swap, turn).tolist() == [0, 2, 1]
    assert S(3).inverse(turn).tolist() == [2, 0, 1]


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_the_generators_reach_every_permutation(n: int) -> None:
    G = S(n)
    found = {tuple(range(n))}
    for _ in range(math.factorial(n)):
        words = itertools.product(found, G.generators())
        found |= {tuple(G.multiply(g, torch.tensor(word)).tolist()) for word, g in words}
        if len(found) == math.factorial(n):
            break
    assert found == set(itertools.permutations(range(n)))


@pytest.mark.parametrize("n", [3, 4, 5])
def test_one_generator_is_no_involution(n: int) -> None:
    squares = [S(n).multiply(g, g).tolist() for g in S(n).generators()]
    assert any(square != list(range(n)) for square in squares)


@pytest.mark.parametrize("n", [2, 3])
def test_every_permutation_is_drawn_equally_often(n: int, generator: torch.Generator) -> None:
    drawn = S(n).haar(12_000, generator=generator).tolist()
    counts = [drawn.count(list(g)) for g in itertools.permutations(range(n))]
    assert stats.chisquare(counts).pvalue > 1e-6


def test_the_entries_of_a_batch_are_drawn_independently(generator: torch.Generator) -> None:
    drawn = S(2).haar(10_000, 2, generator=generator)
    alike = (drawn[:, 0] == drawn[:, 1]).all(-1).double().mean()
    assert (alike - 0.5).abs() < 5 * 0.5 / 10_000**0.5  # five standard errors


@pytest.mark.parametrize("row", [[0, 0, 1], [1, 2, 3], [-1, 0, 1], [0, 2, 2], [0, 1, 3]], ids=str)
def test_a_row_that_is_no_permutation_is_told(row: list[int]) -> None:
    batch = torch.tensor([[2, 0, 1], row])
    assert S(3).contains(batch).tolist() == [True, False]


def test_elements_are_integers_whatever_the_type(generator: torch.Generator) -> None:
    assert S(3).haar(generator=generator, dtype=torch.float64).dtype == torch.int64
    assert S(3).identity(dtype=torch.float64).dtype == torch.int64


def test_a_group_of_a_named_size_has_no_elements_yet(generator: torch.Generator) -> None:
    G = S("atom")
    assert G == S("atom") != S("node")
    message = r"^S\(atom\) has elements once atom is a number, as in S\(5\)$"
    with pytest.raises(TypeError, match=message):
        G.identity()
    with pytest.raises(TypeError, match=message):
        G.haar(generator=generator)


@pytest.mark.parametrize("n", [0, -1])
def test_permutations_of_nothing_are_refused(n: int) -> None:
    with pytest.raises(ValueError, match=rf"^S\(n\) needs n >= 1, got n = {n}$"):
        S(n)
