import math

import pytest
import torch

from markovsym.errors import NotCompactError
from markovsym.groups import Scalings

G = Scalings()


def test_products_by_hand() -> None:
    assert G.multiply(torch.tensor(2.0), torch.tensor(0.25)) == 0.5
    assert G.inverse(torch.tensor(4.0)) == 0.25
    assert G.identity(2).tolist() == [1.0, 1.0]


def test_only_positive_finite_numbers_are_elements() -> None:
    numbers = torch.tensor([1e-30, 1.0, 1e30, 0.0, -1.0, math.inf, math.nan])
    assert G.contains(numbers).tolist() == [True, True, True, False, False, False, False]


def test_draws_are_log_uniform_from_a_quarter_to_four(generator: torch.Generator) -> None:
    logs = G.random(10_000, generator=generator, dtype=torch.float64).log() / math.log(4)
    assert logs.abs().max() <= 1
    assert logs.mean().abs() < 5 / (3 * 10_000) ** 0.5  # five standard errors
    assert (logs.square().mean() - 1 / 3).abs() < 5 * (4 / 45 / 10_000) ** 0.5


def test_words_of_the_generators_are_dense() -> None:
    a, b = (math.log(g) for g in G.generators(dtype=torch.float64))
    words = [i * a + j * b for i in range(200) for j in range(200)]
    assert all(min(abs(word - wanted) for word in words) < 0.02 for wanted in (-1.0, 0.1, 0.5))


def test_there_is_no_haar_probability(generator: torch.Generator) -> None:
    with pytest.raises(NotCompactError, match=r"^R\+ is not compact, so it has no Haar"):
        G.haar(generator=generator)
