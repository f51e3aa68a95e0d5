import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.molecules import Molecules
from markovsym_diffusion.processes import GaussianProcess, State, blank, decode, encode
from markovsym_diffusion.schedules import PolynomialSchedule, Times


def doubled(process: GaussianProcess, state: State) -> tuple[GaussianProcess, State]:
    times = Times(process.times.logsnr.double())
    return GaussianProcess(times), State(state.x.double(), state.h.double(), state.mask)


@given(s=st.integers(0, 998), gap=st.integers(1, 999), seed=st.integers(0, 1000))
def test_the_reverse_step_with_the_true_noise_is_the_posterior(s: int, gap: int, seed: int) -> None:
    t = min(s + gap, 1000)
    generator = torch.Generator().manual_seed(seed)
    mask = torch.ones(1, 4, dtype=torch.bool)
    x = torch.randn(1, 4, 3, generator=generator, dtype=torch.float64)
    data = State(
        x - x.mean(1, keepdim=True), torch.randn(1, 4, 2, generator=generator).double(), mask
    )
    process = GaussianProcess(Times(PolynomialSchedule().logsnr()))
    early, late = torch.tensor([s]), torch.tensor([t])
    law = process.forward(data, late)
    eps = law.noise(generator=generator)
    step = process.reverse(law.at(eps), eps, early, late)
    times = process.times
    # Bayes' rule for z_s given z_t and the data, with the precision of each Gaussian
    link, spread = times.alpha_between(early, late), times.sigma_between(early, late) ** 2
    variance = 1 / (1 / times.sigma[s] ** 2 + link**2 / spread)
    z = law.at(eps)
    mean = variance * (times.alpha[s] * data.x / times.sigma[s] ** 2 + link * z.x / spread)
    torch.testing.assert_close(step.x.mean, mean, rtol=1e-7, atol=1e-7)
    torch.testing.assert_close(step.x.scale**2, variance, rtol=1e-7, atol=1e-12)


def test_noise_has_its_centre_of_mass_at_zero(
    process: GaussianProcess, molecules: Molecules, features: AtomFeatures
) -> None:
    data = encode(molecules.padded(), features)
    z = process.forward(data, torch.tensor([10, 900])).sample(
        generator=torch.Generator().manual_seed(0)
    )
    assert z.x.sum(1).abs().max() < 1e-5
    assert z.x[~z.mask].abs().sum() == 0
    assert z.h[~z.mask].abs().sum() == 0


def test_at_the_end_only_noise_is_left(process: GaussianProcess) -> None:
    mask = torch.ones(4000, 5, dtype=torch.bool)
    data = State(torch.zeros(4000, 5, 3), torch.full((4000, 5, 6), 0.25), mask)
    last = torch.full((4000,), 1000)
    z = process.forward(data, last).sample(generator=torch.Generator().manual_seed(1))
    assert z.x.var() == pytest.approx(4 / 5, rel=5 * (2 / 48_000) ** 0.5)
    assert z.h.var() == pytest.approx(1.0, rel=5 * (2 / 120_000) ** 0.5)
    assert process.forward(data, last).kl(process.prior(data)).max() < 1e-3


def test_encoding_and_decoding_are_inverse(molecules: Molecules, features: AtomFeatures) -> None:
    padded = molecules.padded()
    again = decode(encode(padded, features), features)
    assert torch.equal(again.numbers, padded.numbers)
    assert torch.equal(again.positions, padded.positions)


def test_a_blank_state_has_the_sizes_asked_for(features: AtomFeatures) -> None:
    state = blank(torch.tensor([2, 5]), features)
    assert state.mask.sum(1).tolist() == [2, 5]
    assert state.x.shape == (2, 5, 3)
    assert state.h.shape == (2, 5, 6)
