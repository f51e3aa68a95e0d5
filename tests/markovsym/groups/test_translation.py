import math

import pytest
import torch

from markovsym.errors import NotCompactError, SpaceError
from markovsym.groups import T


def test_products_by_hand() -> None:
    g, h = torch.tensor([1.0, 2.0]), torch.tensor([0.5, -1.0])
    assert T(2).multiply(g, h).tolist() == [1.5, 1.0]
    assert T(2).inverse(g).tolist() == [-1.0, -2.0]
    assert T(2).identity(1).tolist() == [[0.0, 0.0]]


def test_only_finite_vectors_are_elements() -> None:
    vectors = torch.tensor([[0.0, 1e30], [0.0, math.inf], [math.nan, 0.0]])
    assert T(2).contains(vectors).tolist() == [True, False, False]
    with pytest.raises(SpaceError, match=r"^wanted floating point of shape \(\*batch, 3\), got"):
        T(3).contains(vectors)


def test_draws_are_normal_of_standard_deviation_three(generator: torch.Generator) -> None:
    draws = T(2).random(10_000, generator=generator)
    assert draws.mean().abs() < 5 * 3 / 20_000**0.5  # five standard errors
    assert (draws.square().mean() - 9).abs() < 5 * 9 * (2 / 20_000) ** 0.5


def test_words_of_the_generators_are_dense_along_each_axis() -> None:
    a, b, c, d = T(2).generators(dtype=torch.float64)
    assert torch.equal(torch.stack([a, b]), torch.eye(2, dtype=torch.float64))
    torch.testing.assert_close(torch.stack([c, d]), -(2**0.5) * torch.stack([a, b]))


def test_there_is_no_haar_probability(generator: torch.Generator) -> None:
    with pytest.raises(NotCompactError, match=r"^T\(3\) is not compact, so it has no Haar"):
        T(3).haar(generator=generator)


def test_vectors_without_entries_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^T\(n\) needs n >= 1, got n = 0$"):
        T(0)
