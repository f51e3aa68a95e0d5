import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from markovsym.kernels import NoiseOutsourced, Randomness
from markovsym.spaces import UNIT, Kind, space

POINTS = space(("atom", 3))


@given(
    batch=st.lists(st.integers(1, 3), max_size=2).map(tuple),
    atoms=st.integers(1, 5),
    seed=st.integers(0, 2**32 - 1),
)
def test_named_sizes_of_the_noise_are_those_of_the_input(
    batch: tuple[int, ...], atoms: int, seed: int
) -> None:
    noise = space((2, "atom")) @ space((4,))
    k = NoiseOutsourced(lambda x, u, v: x, noise, POINTS, POINTS)
    generator = torch.Generator().manual_seed(seed)
    x = torch.zeros(*batch, atoms, 3, dtype=torch.float64)
    u, v = k.noise_at(x, Randomness(generator, batch, x.dtype))
    assert u.shape == (*batch, 2, atoms)
    assert v.shape == (*batch, 4)
    assert u.dtype == v.dtype == torch.float64


def test_the_function_is_handed_the_input_and_then_the_noise(generator: torch.Generator) -> None:
    handed: list[tuple[int, ...]] = []

    def function(x: Tensor, y: Tensor, u: Tensor, v: Tensor) -> Tensor:
        handed.extend(tuple(part.shape) for part in (x, y, u, v))
        return x

    dom, noise = space((1,)) @ space((2,)), space((3,)) @ space((4,))
    k = NoiseOutsourced(function, noise, dom, space((1,)))
    k.sample((torch.zeros(7, 1), torch.zeros(7, 2)), generator=generator)
    assert handed == [(7, 1), (7, 2), (7, 3), (7, 4)]


def test_the_noise_is_standard_normal(generator: torch.Generator) -> None:
    k = NoiseOutsourced(lambda x, u: u, POINTS, POINTS, POINTS)
    drawn = k.sample(torch.ones(20_000, 2, 3), generator=generator).flatten(1)
    error = 20_000**-0.5
    assert drawn.mean(0).abs().max() < 5 * error
    covariance = drawn.T @ drawn / 20_000
    assert (covariance - torch.eye(6)).abs().max() < 5 * 2**0.5 * error
    assert abs(drawn.pow(4).mean() - 3) < 5 * 96**0.5 * (6 * 20_000) ** -0.5


def test_a_seed_fixes_the_draw_and_the_next_one_differs() -> None:
    k = NoiseOutsourced(lambda x, u: x + u, POINTS, POINTS, POINTS)
    generator, twin = (torch.Generator().manual_seed(7) for _ in range(2))
    first, again = (k.sample(torch.zeros(5, 2, 3), generator=g) for g in (generator, twin))
    assert torch.equal(first, again)
    assert not torch.equal(first, k.sample(torch.zeros(5, 2, 3), generator=generator))


def test_the_noise_takes_the_type_of_the_first_real_tensor(generator: torch.Generator) -> None:
    dom = space((2,), Kind.INTEGER) @ space((3,))
    k = NoiseOutsourced(lambda n, x, u: u, space((3,)), dom, space((3,)))
    start = torch.zeros(4, 2, dtype=torch.int64), torch.zeros(4, 3, dtype=torch.float64)
    assert k.sample(start, generator=generator).dtype == torch.float64


def test_an_input_without_reals_gets_noise_of_the_default_type(generator: torch.Generator) -> None:
    X = space((3,))
    counted = NoiseOutsourced(lambda n, u: u, X, space((2,), Kind.INTEGER), X)
    drawn = counted.sample(torch.zeros(4, 2, dtype=torch.int64), generator=generator)
    assert (drawn.shape, drawn.dtype) == ((4, 3), torch.float32)
    assert NoiseOutsourced(lambda u: u, X, UNIT, X).sample((), generator=generator).shape == (3,)


def test_parameters_of_the_function_register() -> None:
    k = NoiseOutsourced(nn.Bilinear(3, 3, 3), POINTS, POINTS, POINTS)
    assert set(k.state_dict()) == {"function.weight", "function.bias"}


@pytest.mark.parametrize("kind", [Kind.INTEGER, Kind.BOOLEAN])
def test_noise_that_is_not_real_is_refused(kind: Kind) -> None:
    with pytest.raises(ValueError, match=r"^normal noise is real, got the space \(.* x "):
        NoiseOutsourced(lambda x, u: x, POINTS @ space((3,), kind), POINTS, POINTS)
