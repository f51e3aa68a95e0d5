"""T15: symmetrised targets are posterior means, equivariant, and make gradients less noisy."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from markovsym.actions import gspace, permutation
from markovsym.groups import O, S
from markovsym.symmetrise import symmetrised_target
from tests.markovsym.theory.tensors import EXACT, ROTATED, SQUARE, elements, gap, points, seeded

DATA = points(5, X=SQUARE) + 0.5
ALPHA, SIGMA = 0.7, 0.4
EVERY = SQUARE.group.elements()


def matrices() -> list[np.ndarray]:
    """The symmetries of a square as signed exchanges of the axes, the identity first."""
    turn, flip = np.array([[0.0, -1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
    turns = [np.linalg.matrix_power(turn, k) for k in range(4)]
    return [*turns, *(one @ flip for one in turns)]


def posterior_mean(noisy: np.ndarray, alpha: float, sigma: float) -> tuple[np.ndarray, float]:
    """E[x0 | x_t] for x0 uniform on the moved data, and 1 / sum of the squared weights."""
    total, weights, mean = 0.0, [], np.zeros((2, 2))
    for g in matrices():
        for x in DATA.numpy():
            moved = x @ g.T
            weight = math.exp(-float(((noisy - alpha * moved) ** 2).sum()) / (2 * sigma**2))
            total += weight
            weights.append(weight)
            mean = mean + weight * moved
    return mean / total, total**2 / sum(weight**2 for weight in weights)


def target(noisy: Tensor, alpha: float | Tensor = ALPHA, sigma: float | Tensor = SIGMA) -> Tensor:
    return symmetrised_target(noisy, DATA, EVERY, SQUARE, alpha=alpha, sigma=sigma).value


def test_t15_the_target_is_the_posterior_mean() -> None:
    noisy = points(20, X=SQUARE, seed=8)
    found = symmetrised_target(noisy, DATA, EVERY, SQUARE, alpha=ALPHA, sigma=SIGMA)
    wanted = [posterior_mean(one, ALPHA, SIGMA) for one in noisy.numpy()]
    means, counts = (torch.tensor(np.array(column)) for column in zip(*wanted, strict=True))
    assert gap(found.value, means) < EXACT
    assert gap(found.effective, counts) < EXACT
    assert (found.effective >= 1 - EXACT).all()
    assert (found.effective <= 40 + EXACT).all()


def test_t15_every_noisy_point_may_have_its_own_level() -> None:
    noisy = points(4, X=SQUARE, seed=8)
    alpha = torch.tensor([0.9, 0.7, 0.2, 0.05], dtype=torch.float64)
    sigma = (1 - alpha.square()).sqrt()
    wanted = [
        posterior_mean(one, float(a), float(s))[0]
        for one, a, s in zip(noisy.numpy(), alpha, sigma, strict=True)
    ]
    assert gap(target(noisy, alpha, sigma), torch.tensor(np.array(wanted))) < EXACT


def test_t15_the_target_is_equivariant_under_the_group() -> None:
    noisy = points(8, X=SQUARE, seed=8)
    moved = target(SQUARE.act(EVERY, noisy))
    assert gap(moved, SQUARE.act(EVERY, target(noisy))) < EXACT
    alone = symmetrised_target(noisy, DATA, EVERY[:1], SQUARE, alpha=ALPHA, sigma=SIGMA)
    there = symmetrised_target(
        SQUARE.act(EVERY, noisy), DATA, EVERY[:1], SQUARE, alpha=ALPHA, sigma=SIGMA
    )
    assert gap(there.value, SQUARE.act(EVERY, alone.value)) > 0.1  # the data know no symmetry


def test_t15_permutations_will_do_too() -> None:
    X = gspace((4, 2), permutation(S(4)))
    noisy, data = points(6, X=X, seed=8), points(3, X=X)
    every, g = S(4).elements(), elements(X, 6)

    def found(x: Tensor) -> Tensor:
        return symmetrised_target(x, data, every, X, alpha=0.8, sigma=0.6).value

    assert gap(found(X.act(g, noisy)), X.act(g, found(noisy))) < EXACT


def test_t15_with_drawn_elements_the_target_comes_near_the_one_of_all() -> None:
    # in law the draws are those of the group, so the target of many draws is nearly equivariant
    data, noisy = points(2), points(7, seed=8)
    g = elements(ROTATED)
    off = []
    for count in (4, 4000):
        drawn = O(3).haar(count, generator=seeded(), dtype=torch.float64)
        here, there = (
            symmetrised_target(x, data, drawn, ROTATED, alpha=0.5, sigma=1.0).value
            for x in (noisy, ROTATED.act(g, noisy))
        )
        off.append(gap(there, ROTATED.act(g, here)))
    assert off[1] < 0.2 < off[0]


def test_t15_the_data_are_moved_by_the_elements_that_are_handed_over() -> None:
    # a quarter turn alone, which is not its own inverse
    quarter, x = EVERY[1:2], DATA[:1]
    found = symmetrised_target(x, x, quarter, SQUARE, alpha=ALPHA, sigma=SIGMA)
    assert gap(found.value[0], x[0] @ torch.tensor(matrices()[1]).mT) < EXACT


def test_t15_without_noise_the_nearest_moved_datum_is_the_target() -> None:
    moved = SQUARE.act(EVERY, DATA[:1].expand(8, 2, 2))
    found = symmetrised_target(ALPHA * moved, DATA, EVERY, SQUARE, alpha=ALPHA, sigma=1e-3)
    assert gap(found.value, moved) < EXACT
    assert gap(found.effective, torch.ones(8, dtype=torch.float64)) < EXACT


def features(x: Tensor) -> Tensor:
    """Three equivariant fields; the network is their combination with three weights."""
    y = x.flip(-2)
    return torch.stack([x, y, x * x.square().sum((-2, -1), keepdim=True)], dim=1)


def gradients(noisy: Tensor, wanted: Tensor, weights: Tensor) -> Tensor:
    """The gradient of |network(noisy) - wanted|^2 in the weights, for each point."""
    fields = features(noisy)
    off = torch.einsum("bfpc,f->bpc", fields, weights) - wanted
    return 2 * torch.einsum("bfpc,bpc->bf", fields, off)


@pytest.mark.parametrize("sigma", [0.3, 1.0])
def test_t15_the_gradient_is_the_same_in_the_mean_and_varies_less(sigma: float) -> None:
    generator, count = seeded(), 40_000
    clean = DATA[torch.randint(5, (count,), generator=generator)]
    noise = torch.randn(count, 2, 2, generator=generator, dtype=torch.float64)
    noisy = ALPHA * clean + sigma * noise
    weights = torch.tensor([0.9, 0.3, -0.02], dtype=torch.float64)
    plain = gradients(noisy, clean, weights)
    smooth = gradients(noisy, target(noisy, ALPHA, sigma), weights)
    apart = plain - smooth
    assert (apart.mean(0).abs() < 5 * apart.std(0) / count**0.5).all()
    assert smooth.var(0).sum() < 0.95 * plain.var(0).sum()
    assert (smooth.var(0) < 1.01 * plain.var(0)).all()
