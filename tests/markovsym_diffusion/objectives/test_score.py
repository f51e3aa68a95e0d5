import pytest
import torch
from torch import Tensor

from markovsym_diffusion.objectives import ScoreMatching, TimeDraw
from markovsym_diffusion.processes import (
    ContinuousProcess,
    Path,
    State,
    VarianceExploding,
    VariancePreserving,
    blend,
)
from tests.markovsym_diffusion.exact import ExactNoise, normal_data, nothing

PATHS = [VariancePreserving(), VarianceExploding()]


@pytest.mark.parametrize("path", PATHS, ids=repr)
def test_the_loss_is_the_weighted_error_of_the_score(
    path: Path, generator: torch.Generator
) -> None:
    """Equation 25 by hand, with the score of the noised data by automatic differentiation."""
    process, data = ContinuousProcess(path, first=1e-2), normal_data(50, 4, generator)
    objective, source = ScoreMatching(process, TimeDraw()), generator.get_state()
    loss = objective(ExactNoise(process), data, generator=generator)
    generator.set_state(source)
    t = TimeDraw().between(1e-2, 1.0, 50, generator=generator)
    law = process.forward(data, t)
    z = law.sample(generator=generator)
    x, h = z.x.clone().requires_grad_(), z.h.clone().requires_grad_()
    at = State(x, h, z.mask)
    wanted_x, wanted_h = torch.autograd.grad(law.log_prob(at).sum(), (x, h))
    sigma = path.sigma(t)
    guess = ExactNoise(process)(process.seen(z, t), t, generator=generator)
    score = blend((-1 / sigma, guess))
    off = (score.x - wanted_x).square().sum((1, 2)) + (score.h - wanted_h).square().sum((1, 2))
    torch.testing.assert_close(loss, 0.5 * sigma.square() * off / 36, rtol=1e-3, atol=1e-5)


def test_the_exact_score_loses_least(generator: torch.Generator) -> None:
    process, data = (
        ContinuousProcess(VariancePreserving(), first=1e-2),
        normal_data(4000, 4, generator),
    )
    objective, exact = ScoreMatching(process, TimeDraw()), ExactNoise(process)

    def off(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        return blend((torch.full_like(t, 1.1), exact(z, t, generator=generator)))

    losses = [
        objective(model, data, generator=torch.Generator().manual_seed(1)).mean()
        for model in (exact, off, nothing)
    ]
    assert losses[0] < losses[1] < losses[2]
    assert losses[2].item() == pytest.approx(0.5 * (3 * 3 + 6 * 4) / 36, rel=0.02)


def test_validation_draws_times_evenly() -> None:
    process = ContinuousProcess(VariancePreserving(), first=1e-2)
    assert ScoreMatching(process, TimeDraw(power=2.0)).evenly().times == TimeDraw()


def test_times_lie_between_both_ends(generator: torch.Generator) -> None:
    t = TimeDraw(power=2.0).between(0.1, 0.9, 10_000, generator=generator)
    assert 0.1 <= t.min() < 0.101
    assert 0.89 < t.max() <= 0.9
    assert (t < 0.3).double().mean().item() == pytest.approx(0.5, abs=0.03)
