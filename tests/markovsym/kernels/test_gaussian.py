import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.linalg import helmert
from torch import Tensor, distributions, nn

from markovsym.kernels import Centred, Full, Gaussian, Normal
from markovsym.kernels.gaussian import Support
from markovsym.spaces import space

SUPPORTS = [Full, Centred]
seeds = st.integers(0, 2**32 - 1)
sizes = st.lists(st.integers(1, 5), min_size=1, max_size=3)


def support_of(kind: type[Support], sizes: list[int], padding: int = 0) -> Support:
    return kind(torch.arange(max(sizes) + padding) < torch.tensor(sizes).unsqueeze(-1))


def random_law(support: Support, d: int, generator: torch.Generator) -> Normal:
    shape = (*support.mask.shape, d)
    mean = torch.randn(shape, generator=generator, dtype=torch.float64)
    logs = torch.randn(shape[:-2], generator=generator, dtype=torch.float64)
    return Normal(support.project(mean), (0.5 * logs).exp(), support)


def coordinates(x: Tensor, support: Support) -> list[Tensor]:
    """Each cloud without its padding, in an orthonormal basis of the support."""
    clouds = [cloud[mask] for cloud, mask in zip(x, support.mask, strict=True)]
    if isinstance(support, Full):
        return clouds
    # the rows of Helmert's matrix are orthonormal, and orthogonal to (1, ..., 1)
    return [torch.from_numpy(helmert(len(cloud))) @ cloud for cloud in clouds]


@pytest.mark.parametrize("kind", SUPPORTS)
@given(sizes=sizes, d=st.integers(1, 3), seed=seeds)
def test_the_density_is_that_of_independent_coordinates_in_an_orthonormal_basis(
    kind: type[Support], sizes: list[int], d: int, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    law = random_law(support_of(kind, sizes), d, generator)
    x = law.sample(generator=generator)
    means = coordinates(law.mean, law.support)
    wanted = [
        stats.norm.logpdf(point.numpy(), loc=mean.numpy(), scale=float(scale)).sum()
        for point, mean, scale in zip(coordinates(x, law.support), means, law.scale, strict=True)
    ]
    torch.testing.assert_close(law.log_prob(x), torch.tensor(wanted, dtype=torch.float64))


@pytest.mark.parametrize("kind", SUPPORTS)
@given(sizes=sizes, d=st.integers(1, 3), seed=seeds)
def test_the_divergence_is_that_of_the_coordinates_in_an_orthonormal_basis(
    kind: type[Support], sizes: list[int], d: int, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    support = support_of(kind, sizes)
    p, q = (random_law(support, d, generator) for _ in range(2))
    wanted = [
        distributions.kl_divergence(distributions.Normal(a, s), distributions.Normal(b, t)).sum()
        for a, s, b, t in zip(
            coordinates(p.mean, support),
            p.scale,
            coordinates(q.mean, support),
            q.scale,
            strict=True,
        )
    ]
    torch.testing.assert_close(p.kl(q), torch.stack(wanted))


@pytest.mark.parametrize("kind", SUPPORTS)
@given(sizes=sizes, d=st.integers(1, 3), seed=seeds)
def test_padding_changes_no_number(
    kind: type[Support], sizes: list[int], d: int, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    tight, wide = support_of(kind, sizes), support_of(kind, sizes, padding=2)
    p, q = (random_law(tight, d, generator) for _ in range(2))
    x = p.sample(generator=generator)
    padded_p, padded_q = (
        Normal(nn.functional.pad(law.mean, (0, 0, 0, 2)), law.scale, wide) for law in (p, q)
    )
    padded_x = nn.functional.pad(x, (0, 0, 0, 2))
    torch.testing.assert_close(padded_p.log_prob(padded_x), p.log_prob(x))
    torch.testing.assert_close(padded_p.kl(padded_q), p.kl(q))
    torch.testing.assert_close(
        wide.project(padded_x + 1), nn.functional.pad(tight.project(x + 1), (0, 0, 0, 2))
    )
    assert not padded_p.sample(generator=generator)[:, -2:].any()


@pytest.mark.parametrize("kind", SUPPORTS)
@given(sizes=sizes, d=st.integers(1, 3), seed=seeds)
def test_projection_is_the_orthogonal_one(
    kind: type[Support], sizes: list[int], d: int, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    support = support_of(kind, sizes, padding=1)
    shape = (*support.mask.shape, d)
    x, y = (torch.randn(shape, generator=generator, dtype=torch.float64) for _ in range(2))
    near = support.project(x)
    torch.testing.assert_close(support.project(near), near)
    torch.testing.assert_close((near * y).sum(), (x * support.project(y)).sum())
    assert not near[~support.mask].any()
    if isinstance(support, Centred):
        torch.testing.assert_close(near.sum(-2), torch.zeros(len(sizes), d, dtype=torch.float64))


@pytest.mark.parametrize("kind", SUPPORTS)
@given(sizes=sizes, d=st.integers(1, 3), seed=seeds)
def test_the_dimension_is_the_trace_of_the_projection(
    kind: type[Support], sizes: list[int], d: int, seed: int
) -> None:
    support = support_of(kind, sizes, padding=1)
    points = support.mask.shape[-1]
    basis = torch.eye(points * d).reshape(-1, 1, points, d).expand(-1, len(sizes), points, d)
    wide = kind(support.mask.expand(len(basis), *support.mask.shape))
    trace = (wide.project(basis) * basis).sum((0, 2, 3))
    torch.testing.assert_close(support.dimension(d), trace)


@pytest.mark.parametrize("kind", SUPPORTS)
@given(sizes=sizes, seed=seeds)
def test_a_rotated_law_has_the_same_density_at_the_rotated_point(
    kind: type[Support], sizes: list[int], seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    law = random_law(support_of(kind, sizes), 3, generator)
    Q, _ = torch.linalg.qr(torch.randn(3, 3, generator=generator, dtype=torch.float64))
    x = law.sample(generator=generator)
    rotated = law.pushforward(lambda cloud: cloud @ Q.mT)
    torch.testing.assert_close(rotated.log_prob(x @ Q.mT), law.log_prob(x))
    torch.testing.assert_close(rotated.mean, law.mean @ Q.mT)
    assert rotated.support is law.support
    assert rotated.scale is law.scale


@given(sizes=sizes, seed=seeds)
def test_the_divergence_from_itself_is_zero(sizes: list[int], seed: int) -> None:
    law = random_law(support_of(Centred, sizes), 3, torch.Generator().manual_seed(seed))
    torch.testing.assert_close(law.kl(law), torch.zeros_like(law.scale))


@pytest.mark.parametrize("kind", SUPPORTS)
def test_draws_have_the_mean_and_the_covariance_of_the_law(
    kind: type[Support], generator: torch.Generator
) -> None:
    draws, scale = 20_000, 1.5
    support = kind(torch.tensor([True, True, False, True]).expand(draws, 4))
    mean = support.project(torch.arange(8.0).reshape(4, 2).expand(draws, 4, 2))
    law = Normal(mean, torch.full((draws,), scale), support)
    noise = (law.sample(generator=generator) - mean).flatten(1)
    project = kind(support.mask[0]).project
    wanted = torch.stack([project(unit.reshape(4, 2)).flatten() for unit in torch.eye(8)])
    error = 5 * scale / draws**0.5  # five standard errors
    assert noise.mean(0).abs().max() < error
    covariance = noise.T @ noise / draws
    assert (covariance - scale**2 * wanted).abs().max() < 2**0.5 * scale * error


def test_the_density_of_two_points_on_a_line_by_hand() -> None:
    mask = torch.ones(2, dtype=torch.bool)
    x, scale = torch.tensor([[3.0], [-3.0]]), torch.tensor(2.0)
    full = Normal(torch.zeros(2, 1), scale, Full(mask)).log_prob(x)
    centred = Normal(torch.zeros(2, 1), scale, Centred(mask)).log_prob(x)
    one = math.log(2.0) + 0.5 * math.log(2 * math.pi)
    assert float(full) == pytest.approx(-18 / 8 - 2 * one)
    assert float(centred) == pytest.approx(-18 / 8 - one)


def test_a_lone_centred_point_stays_at_the_origin(generator: torch.Generator) -> None:
    support = Centred(torch.tensor([[True, False]]))
    law = Normal(torch.zeros(1, 2, 3), torch.tensor([2.0]), support)
    other = Normal(torch.zeros(1, 2, 3), torch.tensor([5.0]), support)
    x = law.sample(generator=generator)
    assert not x.any()
    assert float(law.dimension) == float(law.log_prob(x)) == float(law.kl(other)) == 0


@pytest.mark.parametrize("kind", SUPPORTS)
def test_a_cloud_without_points_has_dimension_zero(kind: type[Support]) -> None:
    support = kind(torch.zeros(1, 2, dtype=torch.bool))
    assert support.dimension(3).tolist() == [0.0]
    assert not support.project(torch.ones(1, 2, 3)).any()


@pytest.mark.parametrize("kind", SUPPORTS)
@pytest.mark.parametrize("rubbish", [1e30, math.inf, math.nan])
def test_rubbish_in_the_padding_is_not_looked_at(kind: type[Support], rubbish: float) -> None:
    clean = torch.tensor([[1.0, 2.0], [0.0, 0.0], [3.0, 8.0]])
    dirty = torch.tensor([[1.0, 2.0], [rubbish, rubbish], [3.0, 8.0]])
    support = kind(torch.tensor([True, False, True]))
    assert torch.equal(support.project(dirty), support.project(clean))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_type_of_the_mean_is_kept(dtype: torch.dtype, generator: torch.Generator) -> None:
    mean = torch.zeros(7, 4, 3, dtype=dtype)
    law = Normal(mean, torch.ones(7, dtype=dtype), Centred(torch.ones(7, 4, dtype=torch.bool)))
    x = law.sample(generator=generator)
    assert x.dtype == law.log_prob(x).dtype == law.kl(law).dtype == law.dimension.dtype == dtype


def test_gradients_reach_the_mean_and_the_scale(generator: torch.Generator) -> None:
    mean = torch.zeros(2, 4, 3, requires_grad=True)
    scale = torch.ones(2, requires_grad=True)
    support = Full(torch.ones(2, 4, dtype=torch.bool))
    law = Normal(mean, scale, support)
    noise = law.sample(generator=generator).detach()
    law.log_prob(noise).sum().backward()
    torch.testing.assert_close(mean.grad, noise)  # the score of the mean, at scale 1
    torch.testing.assert_close(scale.grad, noise.square().sum((-2, -1)) - 12)


def test_a_gaussian_kernel_draws_the_law_of_its_input(generator: torch.Generator) -> None:
    dom, cod = space((2, 3)) @ space(()), space((2, 3))

    def law(x: Tensor, scale: Tensor) -> Normal:
        return Normal(2 * x, scale, Full(torch.ones(x.shape[:-1], dtype=torch.bool)))

    x, scale = torch.ones(20_000, 2, 3), torch.full((20_000,), 0.5)
    drawn = Gaussian(law, dom, cod).sample((x, scale), generator=generator)
    assert (drawn.mean(0) - 2).abs().max() < 5 * 0.5 / 20_000**0.5  # five standard errors
    assert (drawn.std(0) - 0.5).abs().max() < 5 * 0.5 / 40_000**0.5


def test_the_network_of_a_gaussian_kernel_registers() -> None:
    X = space((2, 3))
    assert set(Gaussian(nn.Linear(3, 3), X, X).state_dict()) == {"law.weight", "law.bias"}
