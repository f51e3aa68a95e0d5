"""Sampling by the reverse stochastic differential equation."""

from collections.abc import Iterator
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym_diffusion.denoisers import Predictor
from markovsym_diffusion.processes import ContinuousProcess, State, blend


def euler_maruyama(
    noise: Predictor,
    process: ContinuousProcess,
    like: State,
    *,
    generator: torch.Generator,
    steps: int,
) -> Iterator[State]:
    """The states of the reverse equation, and at last the molecules.

    Args:
        noise: Predicts the noise in a state at a time; the score is minus it over sigma.
        process: The process to walk back, from time 1 to its first.
        like: Gives the masks, and the widths of positions and features.
        generator: Source of randomness: of the states, and of the frames.
        steps: How many steps to take, evenly spaced.

    Yields:
        States in model units; the last one is the mean of p(x, h | z) at the first time.

    Source:
        SymDiff (Zhang et al., 2025), appendix E.1; Song et al. (2021), equation 6.
    """
    times = times_of(process, like, steps)
    z = process.prior(like).sample(generator=generator)
    yield z
    for t, s in pairwise(times):
        drift, spread = process.coefficients(t)
        eps, fresh = (
            noise(z, t, generator=generator),
            process.prior(like).noise(generator=generator),
        )
        rate = blend((drift, z), (spread.square() / process.path.sigma(t), eps))
        z = blend((torch.ones_like(t), z), (s - t, rate), (spread * (t - s).sqrt(), fresh))
        yield z
    yield process.decode(z, noise(z, times[-1], generator=generator)).mean


def times_of(
    process: ContinuousProcess, like: State, steps: int
) -> Float[Tensor, "steps_and_one molecule"]:
    """Times from 1 to the first, evenly spaced, the same for every molecule."""
    times = torch.linspace(1.0, process.first, steps + 1, device=like.mask.device)
    return times.unsqueeze(-1).expand(-1, len(like.mask))
