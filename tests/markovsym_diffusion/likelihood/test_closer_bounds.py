"""K draws of the frame bound closer than one, and not at all where eps is equivariant."""

import math

import pytest
import torch
from torch import Tensor

from markovsym.kernels import Deterministic
from markovsym.symmetrise import declare_equivariant, haar, recursive, sym
from markovsym_diffusion.denoisers import EDM, Denoiser
from markovsym_diffusion.denoisers.spaces import FRAMES, PERMUTATIONS, MoleculeSpaces
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.likelihood import Draws, negative_log_likelihood, step_divergence
from markovsym_diffusion.molecules import Molecules
from markovsym_diffusion.networks import EGNNSize
from markovsym_diffusion.processes import GaussianProcess, State, encode
from markovsym_diffusion.schedules import PolynomialSchedule, Times
from tests.markovsym_diffusion.exact import nothing
from tests.markovsym_diffusion.small import CHANNELS, SMALL, perturbed

TIMES = [20, 200, 700, 990]


@pytest.fixture(name="fine", scope="session")
def _fine() -> GaussianProcess:
    return GaussianProcess(Times(PolynomialSchedule().logsnr()))


@pytest.fixture(name="data")
def _data(molecules: Molecules, features: AtomFeatures) -> State:
    one = encode(molecules.padded(), features)
    x, h, mask = (part.repeat(50, *[1] * (part.dim() - 1)) for part in (one.x, one.h, one.mask))
    return State(x.double(), h.double(), mask)


def equivariant_eps() -> Denoiser:
    """sym(eps, recursive(haar, f)) for an EGNN eps, which is equivariant by itself."""
    edm = perturbed(EDM(network=EGNNSize(width=16, layers=2)).denoiser(CHANNELS), scale=0.1)
    spaces = MoleculeSpaces(channels=CHANNELS, radial=16, basis=8)
    f = SMALL.frame.kernel(spaces)
    drop = Deterministic(
        lambda x, h, t, mask, *rest: (x, h, t, mask), spaces.embedded, spaces.noisy
    )
    eps = declare_equivariant(drop >> edm.kernel, PERMUTATIONS)
    distances = SMALL.backbone.distances(CHANNELS)
    gamma = recursive(haar(FRAMES, spaces.embedded), f)
    return Denoiser(distances >> sym(eps, gamma), {"eps": edm.kernel}).double()


@torch.no_grad()
@pytest.mark.parametrize("t", TIMES)
def test_for_an_equivariant_eps_jensens_bound_is_exact(
    t: int, fine: GaussianProcess, data: State
) -> None:
    """Zhang et al. (2025), appendix D: no draw of the frame makes a difference."""
    model, times = equivariant_eps(), torch.full((len(data.mask),), t)
    found = [
        step_divergence(
            model, fine, data, times, generator=torch.Generator().manual_seed(3), frames=frames
        )
        for frames in (1, 8)
    ]
    torch.testing.assert_close(*found, rtol=1e-8, atol=1e-8)
    assert found[0].mean() > 1e-4


@torch.no_grad()
@pytest.mark.parametrize("t", TIMES)
def test_more_draws_bound_closer(t: int, fine: GaussianProcess, data: State) -> None:
    """Every K draws are at most the mean of their own divergences, and K falls with K."""
    model, times = perturbed(SMALL.denoiser(CHANNELS)).double(), torch.full((len(data.mask),), t)
    means, errors = [], []
    for frames in (1, 2, 16):
        generator = torch.Generator().manual_seed(3)
        found = step_divergence(model, fine, data, times, generator=generator, frames=frames)
        means.append(found.mean().item())
        errors.append(found.std().item() / len(found) ** 0.5)
    assert means[1] < means[0] + 4 * errors[0]
    assert means[2] < means[0]
    assert means[2] < means[1] + errors[1]


@torch.no_grad()
def test_k_draws_are_the_bound_by_hand(fine: GaussianProcess, data: State) -> None:
    """-log of the mean of K densities at a draw of the true step, plus its log density."""
    model, K, t = perturbed(SMALL.denoiser(CHANNELS)).double(), 4, 700
    count = len(data.mask)
    late, early = torch.full((count,), t), torch.full((count,), t - 1)
    found = step_divergence(
        model, fine, data, late, generator=torch.Generator().manual_seed(3), frames=K
    )

    def copied(z: State) -> State:
        return State(*(part.repeat_interleave(K, 0) for part in (z.x, z.h, z.mask)))

    generator = torch.Generator().manual_seed(3)
    law = fine.forward(data, late)
    eps = law.noise(generator=generator)
    z = law.at(eps)
    guess = model(copied(z), (late / 1000).repeat_interleave(K), generator=generator)
    drawn = fine.reverse(z, eps, early, late).at(law.noise(generator=generator))
    ends = early.repeat_interleave(K), late.repeat_interleave(K)
    true, ours = (fine.reverse(copied(z), one, *ends) for one in (copied(eps), guess))
    more = true.log_prob(copied(drawn)) - ours.log_prob(copied(drawn))
    single, exact = (one.unflatten(0, (count, K)) for one in (more, true.kl(ours)))
    by_hand = -((-single).logsumexp(1) - math.log(K))
    # the estimate has the divergences of the Gaussians in place of one draw of them
    torch.testing.assert_close(found, by_hand + (exact - single).mean(1), rtol=1e-5, atol=1e-5)
    # which have the same mean, and less spread
    off = exact.mean(1) - single.mean(1)
    assert off.mean().abs() < 4 * off.std() / count**0.5
    assert found.std() < by_hand.std()


@torch.no_grad()
def test_a_model_without_frames_has_one_bound_however_many_are_drawn(
    fine: GaussianProcess, data: State
) -> None:
    """Each of the K draws is of its own molecule at its own time."""

    def model(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        share = (0.3 + t)[:, None, None]
        return State(share * z.x, share * z.h, z.mask)

    times = torch.arange(1, 1 + len(data.mask)) * 9
    once, thrice = (
        step_divergence(
            model, fine, data, times, generator=torch.Generator().manual_seed(3), frames=frames
        )
        for frames in (1, 3)
    )
    torch.testing.assert_close(once, thrice, rtol=1e-8, atol=1e-8)
    assert once.std() > 1e-2


def test_positions_given_z0_are_a_mixture_over_the_frames(
    molecules: Molecules, features: AtomFeatures
) -> None:
    """-log of the mean of K densities, each around what one draw of the model reads off z_0."""
    coarse = GaussianProcess(Times.of(PolynomialSchedule(steps=3, precision=0.2)))
    data, calls = encode(molecules.padded(), features), []

    def model(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        turn = torch.randn(len(t), 1, 1, generator=generator)
        calls.append((z, turn))
        return State(turn * z.x, turn * z.h, z.mask)

    bound = negative_log_likelihood(
        model, coarse, features, data,
        generator=torch.Generator().manual_seed(0), draws=Draws(frames=4),
    )  # fmt: skip
    assert [len(turn) for _, turn in calls] == [8, 8]
    z, turn = calls[-1]
    assert torch.equal(z.x[0::4], z.x[3::4])
    # alpha^2 = 0.8 and sigma^2 = 0.2 at time 0: what is read off has the spread 1/2
    off = data.x.repeat_interleave(4, 0) - (z.x - 0.2**0.5 * turn * z.x) / 0.8**0.5
    square = off.square().sum((1, 2)).unflatten(0, (2, 4)) / 0.5**2
    directions = 3 * (data.mask.sum(1) - 1)
    constant = directions * (math.log(0.5) + 0.5 * math.log(2 * math.pi))
    wanted = constant - (-0.5 * square).exp().mean(1).log()
    torch.testing.assert_close(bound.positions, wanted, rtol=1e-4, atol=1e-3)


def test_all_times_are_the_exact_sum(
    process: GaussianProcess, features: AtomFeatures, molecules: Molecules
) -> None:
    """A model that sees nothing errs by the squared noise, whose mean is known at every time."""
    data = encode(molecules.padded(torch.zeros(400, dtype=torch.int64)), features)
    bound = negative_log_likelihood(
        nothing, process, features, data,
        generator=torch.Generator().manual_seed(0), draws=Draws(times=1000),
    )  # fmt: skip
    by_hand = 0.5 * 24.9066 * 42
    error = bound.steps.std().item() / 20
    assert bound.steps.mean().item() == pytest.approx(by_hand, abs=4 * error)
    once = negative_log_likelihood(
        nothing, process, features, data, generator=torch.Generator().manual_seed(0)
    )
    assert once.steps.std() > 5 * bound.steps.std()


@pytest.mark.parametrize("times", [7, 10, 333])
def test_parts_of_the_process_are_weighted_by_their_length(
    times: int, process: GaussianProcess, features: AtomFeatures, molecules: Molecules
) -> None:
    data = encode(molecules.padded(torch.zeros(3000, dtype=torch.int64)), features)
    bound = negative_log_likelihood(
        nothing, process, features, data,
        generator=torch.Generator().manual_seed(0), draws=Draws(times=times),
    )  # fmt: skip
    error = bound.steps.std().item() / 3000**0.5
    assert bound.steps.mean().item() == pytest.approx(0.5 * 24.9066 * 42, abs=4 * error)


def test_at_least_one_draw_is_wanted() -> None:
    with pytest.raises(ValueError, match="wanted at least 1 draw, got 0 and 1"):
        Draws(frames=0)
