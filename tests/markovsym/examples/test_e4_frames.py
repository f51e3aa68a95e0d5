"""E4 to E6: frame averaging, weighted frames, and probabilistic symmetrisation."""

import math
from itertools import permutations, product

import numpy as np
import pytest
import torch
from torch import Tensor

from markovsym.actions import Shift, affine, gspace, matrix, permutation, regular, restrict, trivial
from markovsym.errors import NotFiniteError
from markovsym.groups import SO, C, E, O, S
from markovsym.kernels import Deterministic, NoiseOutsourced
from markovsym.symmetrise import average, composite, cosets_of, declare_equivariant, gammas, sym
from markovsym.testing import assert_equivariant_in_law
from tests.markovsym.examples.crooked import (
    TOLERANCE,
    apart,
    crooked,
    error,
    fresh,
    known,
    linear,
    normal,
    plain,
    qr,
)


def axes(x: Tensor) -> Tensor:
    """The eigenvectors of the second moments of one cloud, by numpy."""
    return torch.from_numpy(np.linalg.eigh((x.T @ x).numpy()).eigenvectors)


def frames(x: Tensor, *, proper: bool = False) -> list[Tensor]:
    """The axes with all signs; if proper, those of determinant 1 only."""
    d = x.shape[-1]
    every = [axes(x) * torch.tensor(signs) for signs in product([1.0, -1.0], repeat=d)]
    return [F for F in every if torch.linalg.det(F) > 0 or not proper]


@pytest.mark.parametrize(
    ("G", "count"), [(O(2), 4), (O(3), 8), (O(4), 16), (SO(2), 2), (SO(3), 4), (SO(4), 8)], ids=str
)
def test_e4_frame_averaging_is_the_mean_over_all_signs_of_the_axes(G: O | SO, count: int) -> None:
    X = gspace((5, G.n), matrix(G))
    s, x = sym(plain(X), gammas.principal_axes(X)), normal(6, 5, G.n)
    mean = average(s)
    for cloud, y in zip(x, mean.sample(x, generator=fresh()), strict=True):
        F = frames(cloud, proper=isinstance(G, SO))
        assert len(F) == count
        assert apart(y, sum(crooked(cloud @ R) @ R.T for R in F) / count) < TOLERANCE
    assert error(plain(X), x) > 0.5
    assert error(mean, x) < TOLERANCE  # eigenvectors of near lengths lose a digit
    assert known(s)
    assert known(mean)


def test_e4_an_invariant_readout_averaged_over_frames() -> None:
    X = gspace((5, 3), matrix(O(3)))
    Y = gspace((2,), trivial(O(3)))
    k = Deterministic(lambda x: linear(x, 2), X, Y)
    s, x = average(sym(k, gammas.principal_axes(X))), normal(6, 5, 3)
    wanted = torch.stack([sum(linear(c @ R, 2) for R in frames(c)) / 8 for c in x])
    assert apart(s.sample(x, generator=fresh()), wanted) < TOLERANCE
    assert error(k, x) > 0.5
    assert error(s, x) < TOLERANCE


def test_e4_frames_of_moved_clouds_have_the_centroid_taken_away() -> None:
    X = gspace((5, 3), affine(E(3)))
    centre = gammas.centroid(X)
    gamma = composite(centre, gammas.principal_axes(restrict(X, cosets_of(centre).phi)))
    s, x = average(sym(plain(X), gamma)), normal(4, 5, 3)
    for cloud, y in zip(x, s.sample(x, generator=fresh()), strict=True):
        c = cloud.mean(0)
        moved = [crooked((cloud - c) @ R) @ R.T + c for R in frames(cloud - c)]
        assert apart(y, sum(moved) / 8) < TOLERANCE
    assert error(s, x) < TOLERANCE


def test_e4_axes_of_one_length_have_no_finite_frame_but_a_law() -> None:
    X = gspace((4, 3), matrix(O(3)))
    s = sym(plain(X), gammas.principal_axes(X))
    corners = torch.tensor([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]).double()
    with pytest.raises(NotFiniteError, match="two principal axes of one length"):
        average(s).sample(corners, generator=fresh())
    assert_equivariant_in_law(s, corners)
    with pytest.raises(AssertionError, match="not equivariant in law"):
        assert_equivariant_in_law(plain(X), corners)


@pytest.mark.parametrize("shape", [(1.0, 1.0, 2.0), (1.0, 2.0, 2.0)], ids=["flat", "long"])
@pytest.mark.parametrize("G", [O(3), SO(3)], ids=str)
def test_e4_two_axes_of_one_length_are_turned_at_random(
    G: O | SO, shape: tuple[float, ...]
) -> None:
    X = gspace((3, 3), matrix(G))
    cloud = torch.diag(torch.tensor(shape, dtype=torch.float64))
    gamma = gammas.principal_axes(X)
    assert_equivariant_in_law(sym(plain(X), gamma), cloud)
    assert_equivariant_in_law(gamma, cloud)
    drawn = gamma.sample(cloud.expand(500, 3, 3), generator=fresh())
    assert G.contains(drawn, tolerance=1e-10).all()
    assert len(drawn.round(decimals=6).unique(dim=0)) == 500
    lengths = (cloud @ drawn).norm(dim=-2)  # of the cloud along each axis, the shortest first
    assert apart(lengths, torch.tensor(shape).expand(500, 3)) < 1e-10


def test_e4_drawing_from_the_frame_hits_each_sign_equally_often() -> None:
    X = gspace((5, 3), matrix(O(3)))
    x = normal(5, 3)
    gamma = gammas.principal_axes(X)
    drawn = gamma.sample(x.expand(8000, 5, 3), generator=fresh())
    signs = (axes(x) * drawn).sum(-2).round()
    counts = ((signs > 0).long() @ torch.tensor([1, 2, 4])).bincount(minlength=8)
    assert (counts - 1000).abs().max() < 5 * (1000 * 7 / 8) ** 0.5


def shift_score(x: Tensor) -> Tensor:
    return linear(x, seed=20)


@pytest.mark.parametrize("temperature", [0.2, 0.7, 5.0])
def test_e5_weighted_frames_of_c8_are_a_softmax_over_all_shifts(temperature: float) -> None:
    X = gspace((3, 8), Shift(C(8)))
    gamma = gammas.scored(shift_score, X, temperature=temperature)
    s, x = average(sym(plain(X), gamma)), normal(6, 3, 8)
    for signal, y in zip(x, s.sample(x, generator=fresh()), strict=True):
        weights = [math.exp(float(shift_score(signal.roll(-r, -1))) / temperature)
                   for r in range(8)]  # fmt: skip
        turned = [crooked(signal.roll(-r, -1)).roll(r, -1) for r in range(8)]
        wanted = sum(w * t for w, t in zip(weights, turned, strict=True)) / sum(weights)
        assert apart(y, wanted) < TOLERANCE
    assert error(plain(X), x) > 0.5
    assert error(s, x) < TOLERANCE
    assert known(s)
    assert known(gamma)


def test_e5_weighted_frames_of_s4_are_a_softmax_over_all_orders() -> None:
    X = gspace((4, 3), permutation(S(4)))
    s = average(sym(plain(X), gammas.scored(shift_score, X, temperature=0.3)))
    x = normal(4, 3)
    top, bottom = torch.zeros(4, 3, dtype=torch.float64), 0.0
    for order in permutations(range(4)):
        sorted_ = x[list(order)]
        weight = math.exp(float(shift_score(sorted_)) / 0.3)
        moved = torch.empty_like(x)
        moved[list(order)] = crooked(sorted_)
        top, bottom = top + weight * moved, bottom + weight
    assert apart(s.sample(x, generator=fresh()), top / bottom) < TOLERANCE
    assert error(s, x) < TOLERANCE


def test_e5_without_temperature_ties_share_the_weight() -> None:
    X = gspace((1, 8), Shift(C(8)))
    wave = torch.tensor([[3.0, 1, 0, 1, 3, 1, 0, 1]]).double()  # of period 4
    found = gammas.scored(lambda x: x[..., 0, 0], X).atoms(wave)
    assert found.weights.tolist() == [0.5, 0, 0, 0, 0.5, 0, 0, 0]
    s = average(sym(plain(X), gammas.scored(lambda x: x[..., 0, 0], X)))
    both = (crooked(wave) + crooked(wave.roll(-4, -1)).roll(4, -1)) / 2
    assert apart(s.sample(wave, generator=fresh()), both) < TOLERANCE
    assert error(s, wave) < TOLERANCE


def test_e5_scores_that_differ_by_rounding_are_tied() -> None:
    X = gspace((1, 8), Shift(C(8)))
    gamma = gammas.scored(lambda x: x[..., 0, 0], X)
    wave = torch.tensor([[3.0, 1, 0, 1, 3, 1, 0, 1]]).double()
    wave[0, 4] = 3 * (1 + 1e-9)
    assert gamma.atoms(wave).weights.tolist() == [0.5, 0, 0, 0, 0.5, 0, 0, 0]
    wave[0, 4] = 3 * (1 + 1e-4)
    assert gamma.atoms(wave).weights.tolist() == [0, 0, 0, 0, 1, 0, 0, 0]


def test_e5_draws_follow_the_weights() -> None:
    X = gspace((3, 8), Shift(C(8)))
    gamma, x = gammas.scored(shift_score, X, temperature=0.5), normal(3, 8)
    weights = gamma.atoms(x).weights
    counts = gamma.sample(x.expand(8000, 3, 8), generator=fresh()).bincount(minlength=8)
    assert ((counts - 8000 * weights).abs() < 5 * (8000 * weights).sqrt()).all()
    assert weights.max() > 2 * weights.min()
    assert_equivariant_in_law(sym(plain(X), gamma), x)


def joint_frame(x: Tensor, u: Tensor) -> Tensor:
    """QR of what an equivariant net makes of the points and of noise that turns with them."""
    both = torch.cat([x, u], dim=-2)
    return qr(both.mT @ torch.tanh(both @ both.mT @ normal(8, 3, seed=8)))


def test_e6_qr_of_an_equivariant_net_of_the_input_and_noise() -> None:
    G = O(3)
    X, noise = gspace((5, 3), matrix(G)), gspace((3, 3), matrix(G))
    gamma = declare_equivariant(NoiseOutsourced(joint_frame, noise, X, regular(G)), G)
    s, x = sym(plain(X), gamma), normal(6, 5, 3)
    mean = average(s, 40)
    u = normal(40, 6, 3, 3, seed=9)
    R = joint_frame(x.expand(40, 6, 5, 3), u)
    wanted = (crooked(x @ R) @ R.mT).mean(0)
    assert apart(mean.sample(x, generator=fresh(9)), wanted) < TOLERANCE
    estimate = mean.estimate(x, generator=fresh(9))
    spread = (crooked(x @ R) @ R.mT).std(0) / 40**0.5
    assert apart(estimate.error, spread) < TOLERANCE
    assert known(s)
    assert known(mean)
    assert_equivariant_in_law(gamma, x[0])
    assert_equivariant_in_law(s, x[0])
    assert_equivariant_in_law(average(s, 4), x[0])

    def with_one_noise(x: Tensor) -> Tensor:
        return joint_frame(x, normal(3, 3).expand(*x.shape[:-2], 3, 3))

    k = Deterministic(with_one_noise, X, regular(G))
    lie = sym(plain(X), declare_equivariant(k, G))
    with pytest.raises(AssertionError, match="not equivariant in law"):
        assert_equivariant_in_law(lie, x[0])


def test_e6_argsort_of_an_equivariant_net_of_the_input_and_noise() -> None:
    G = S(4)
    X, noise = gspace((4, 3), permutation(G)), gspace((4,), permutation(G, (-1,)))

    def order(x: Tensor, u: Tensor) -> Tensor:
        return (2 * x[..., 0] + u).argsort(-1)

    gamma = declare_equivariant(NoiseOutsourced(order, noise, X, regular(G)), G)
    s, x = sym(plain(X), gamma), 0.3 * normal(4, 3)
    u = normal(40, 4, seed=9)
    wanted = []
    for one in u:
        places = sorted(range(4), key=lambda i, one=one: float(2 * x[i, 0] + one[i]))
        moved = torch.empty_like(x)
        moved[places] = crooked(x[places])
        wanted.append(moved)
    assert apart(s.sample(x.expand(40, 4, 3), generator=fresh(9)), torch.stack(wanted)) < TOLERANCE
    mean = average(s, 40).sample(x, generator=fresh(9))
    assert apart(mean, torch.stack(wanted).mean(0)) < TOLERANCE
    assert_equivariant_in_law(s, x)
    drawn = gamma.sample(x.expand(8000, 4, 3), generator=fresh()).argsort(-1)
    ahead = (drawn[:, 0] < drawn[:, 1]).double().mean()
    chance = 0.5 * math.erfc(float(x[0, 0] - x[1, 0]))  # both noises together have variance 2
    assert 0.1 < chance < 0.9
    assert abs(ahead - chance) < 5 * (chance * (1 - chance) / 8000) ** 0.5
