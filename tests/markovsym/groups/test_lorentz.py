import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym.errors import NotCompactError, SpaceError
from markovsym.groups import LorentzGroup

sizes = st.integers(2, 5)
seeds = st.integers(0, 2**32 - 1)


def interval(x: Tensor) -> Tensor:
    """The square of the lengths in space, less that of the time, which comes first."""
    return x[..., 1:].square().sum(-1) - x[..., 0].square()


@given(n=sizes, seed=seeds)
def test_intervals_are_kept(n: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    g = LorentzGroup(n).random(10, generator=generator, dtype=torch.float64)
    x = torch.randn(10, n, generator=generator, dtype=torch.float64)
    moved = (g @ x.unsqueeze(-1)).squeeze(-1)
    torch.testing.assert_close(interval(moved), interval(x), rtol=0, atol=1e-10)


@given(n=sizes, a=st.floats(-2, 2), b=st.floats(-2, 2))
def test_rapidities_add_up(n: int, a: float, b: float) -> None:
    boost = LorentzGroup(n).boost
    first, second = torch.tensor([a, b], dtype=torch.float64)
    torch.testing.assert_close(boost(first) @ boost(second), boost(first + second))


def test_the_speed_of_a_boost_is_the_tangent_of_its_rapidity() -> None:
    rapidity = torch.tensor(0.7)
    time, place, other = LorentzGroup(3).boost(rapidity) @ torch.tensor([1.0, 0.0, 0.0])
    torch.testing.assert_close(place / time, rapidity.tanh())
    assert other == 0


@pytest.mark.parametrize("n", [2, 3, 4])
def test_four_components_are_drawn_equally_often(n: int, generator: torch.Generator) -> None:
    G = LorentzGroup(n)
    g = G.random(10_000, generator=generator)
    for marks in [g[:, 0, 0].sign(), torch.linalg.det(g).sign()]:
        assert marks.mean().abs() < 5 / 10_000**0.5  # five standard errors
    product = (g[:, 0, 0] * torch.linalg.det(g)).sign()
    assert product.mean().abs() < 5 / 10_000**0.5
    found = [(int(c[0, 0]), round(float(torch.linalg.det(c)))) for c in G.components()]
    assert found == [(1, 1), (1, -1), (-1, -1), (-1, 1)]


@pytest.mark.parametrize("n", [2, 3, 4])
def test_draws_are_well_conditioned(n: int, generator: torch.Generator) -> None:
    g = LorentzGroup(n).random(1000, generator=generator, dtype=torch.float64)
    assert torch.linalg.cond(g).max() <= torch.tensor(3.0).exp()
    assert torch.linalg.cond(g).max() > 15


@pytest.mark.parametrize("n", [2, 3, 4])
def test_words_of_generators_leave_every_bounded_set(n: int) -> None:
    assert max(torch.linalg.matrix_power(g, 10).norm() for g in LorentzGroup(n).generators()) > 1e4


def test_products_of_many_boosts_are_still_elements_in_single_precision() -> None:
    G = LorentzGroup(2)
    assert G.contains(torch.linalg.matrix_power(G.boost(torch.tensor(1.0)), 8))


def test_other_matrices_are_no_elements() -> None:
    turn = torch.tensor([[0.0, -1.0], [1.0, 0.0]])
    boost = LorentzGroup(2).boost(torch.tensor(1.0))
    others = [2 * torch.eye(2), 0 * turn, turn, boost + 0.01, 1e3 * boost]
    assert not LorentzGroup(2).contains(torch.stack(others)).any()
    with pytest.raises(SpaceError, match=r"^wanted floating point of shape \(\*batch, 3, 3\), got"):
        LorentzGroup(3).contains(turn)


def test_there_is_no_haar_probability(generator: torch.Generator) -> None:
    with pytest.raises(NotCompactError, match=r"^O\(1,3\) is not compact, so it has no Haar"):
        LorentzGroup(4).haar(generator=generator)


def test_time_alone_is_refused() -> None:
    message = r"^O\(1, n-1\) needs n >= 2, got n = 1; O\(1,0\) is O\(1\)$"
    with pytest.raises(ValueError, match=message):
        LorentzGroup(1)
