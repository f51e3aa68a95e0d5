"""SymDiff with Haar is data augmentation (Zhang et al., 2025, proposition 2), draw by draw."""

import pytest
import torch
from torch import Tensor

from markovsym.groups import O
from markovsym_diffusion.denoisers import Denoiser, DiT, SymDiffHaar
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.objectives import NoisePrediction, TimeDraw
from markovsym_diffusion.processes import GaussianProcess, State
from markovsym_diffusion.schedules import PolynomialSchedule, Times
from tests.markovsym_diffusion.small import BACKBONE, CHANNELS, perturbed

COUNT, ATOMS = 64, 5


@pytest.fixture(name="objective")
def _objective() -> NoisePrediction:
    process = GaussianProcess(Times(PolynomialSchedule().logsnr()))
    return NoisePrediction(process, AtomFeatures(), TimeDraw())


@pytest.fixture(name="data")
def _data(generator: torch.Generator) -> State:
    x = torch.randn(COUNT, ATOMS, 3, generator=generator, dtype=torch.float64)
    kinds = torch.randint(5, (COUNT, ATOMS), generator=generator)
    mask = torch.ones(COUNT, ATOMS, dtype=torch.bool)
    h = AtomFeatures().encode(torch.tensor([1, 6, 7, 8, 9])[kinds], mask).double()
    return State(x - x.mean(1, keepdim=True), h, mask)


def augmented(
    objective: NoisePrediction, model: Denoiser, data: State, generator: torch.Generator
) -> Tensor:
    """Molecules and their noise are turned by one R^T; the network then predicts what it sees."""
    process = objective.process
    t = objective.times.draw(COUNT, process.times.last, generator=generator)
    law = process.forward(data, t)
    eps = law.noise(generator=generator)
    R = O(3).haar(COUNT, generator=generator, dtype=torch.float64)
    turned = State(data.x @ R, data.h, data.mask)
    noise = State(eps.x @ R, eps.h, data.mask)
    z = process.forward(turned, t).at(noise)
    guess = model(z, t / process.times.last, generator=generator)
    error_x, error_h = noise.squared_distance(guess)
    clean = t == 0
    sigma = process.times.sigma[0].expand(COUNT)
    reading = -objective.features.log_prob(data.h, z.h, data.mask, sigma)
    values = (3 + CHANNELS) * ATOMS
    return 0.5 * (error_x + error_h * ~clean) / values + torch.where(clean, reading, 0.0)


def gradients(model: Denoiser, loss: Tensor) -> dict[str, Tensor]:
    model.zero_grad()
    loss.mean().backward()
    return {
        f"{part}.{name}": weight.grad.clone()
        for part in ("distances", "eps")
        for name, weight in model.parts[part].named_parameters()
        if weight.grad is not None
    }


def test_the_objective_of_symdiff_with_haar_is_that_of_augmentation(
    objective: NoisePrediction, data: State
) -> None:
    symmetrised = perturbed(SymDiffHaar(backbone=BACKBONE).denoiser(CHANNELS)).double()
    plain = DiT(backbone=BACKBONE).denoiser(CHANNELS).double()
    for name, part in symmetrised.parts.items():
        plain.parts[name].load_state_dict(part.state_dict())
    ours = objective(symmetrised, data, generator=torch.Generator().manual_seed(5))
    theirs = augmented(objective, plain, data, torch.Generator().manual_seed(5))
    assert ours.std() > 0.01
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-10)
    mine, other = gradients(symmetrised, ours), gradients(plain, theirs)
    assert mine.keys() == other.keys()
    assert max(float(one.abs().max()) for one in mine.values()) > 1e-3
    for name, one in mine.items():
        torch.testing.assert_close(one, other[name], rtol=0, atol=1e-10)


def test_a_dit_that_is_augmented_trains_on_that_objective_and_samples_as_it_is(
    objective: NoisePrediction, data: State
) -> None:
    model = perturbed(DiT(backbone=BACKBONE, augmented=True).denoiser(CHANNELS)).double()
    loss = objective(model.train(), data, generator=torch.Generator().manual_seed(5))
    model.eval()
    wanted = augmented(objective, model, data, torch.Generator().manual_seed(5))
    torch.testing.assert_close(loss, wanted, rtol=0, atol=1e-10)
    plain = objective(model, data, generator=torch.Generator().manual_seed(5))
    assert (plain - loss).abs().max() > 1e-3
