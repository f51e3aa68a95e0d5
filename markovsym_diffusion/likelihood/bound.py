"""The variational bound on the likelihood of molecules."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from markovsym_diffusion.denoisers import Predictor
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.processes import GaussianProcess, State


@final
@dataclass(frozen=True, eq=False)
class Bound:
    """Terms of a bound on -log p(x, h | N), one for each molecule, in nats; their sum bounds it."""

    prior: Float[Tensor, "molecule"]
    """How far z_T is from pure noise."""
    steps: Float[Tensor, "molecule"]
    """All that lies between the molecule read off and pure noise."""
    positions: Float[Tensor, "molecule"]
    """Positions given z_0, against Lebesgue measure of the centred positions in ångström."""
    features: Float[Tensor, "molecule"]
    """Features given z_0."""

    @property
    def total(self) -> Float[Tensor, "molecule"]:
        """The bound."""
        return self.prior + self.steps + self.positions + self.features


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """How closely a bound is looked at.

    Args:
        frames: K, the draws of the frame in each term. At 1 the bound is Jensen's; it falls with K
            towards the bound of the mixture over all frames.
        times: One time step is drawn in each of so many equal parts of the process. With as many
            as there are steps their sum is exact.

    Raises:
        ValueError: If one of them is less than 1.
    """

    frames: int = 1
    times: int = 1

    def __post_init__(self) -> None:
        if min(self.frames, self.times) < 1:
            raise ValueError(f"wanted at least 1 draw, got {self.frames} and {self.times}")


@torch.no_grad()
def negative_log_likelihood(
    model: Predictor,
    process: GaussianProcess,
    features: AtomFeatures,
    data: State,
    *,
    generator: torch.Generator,
    draws: Draws | None = None,
) -> Bound:
    """An unbiased estimate of the bound.

    Source:
        Kingma et al. (2021), equation 11, in discrete time; Hoogeboom et al. (2022), appendix B,
        for time 0; SymDiff (Zhang et al., 2025), equation 9, for the frame: Jensen's bound; Burda
        et al. (2016), equation 8, for K draws of it.
    """
    draws = draws or Draws()
    count, device = len(data.mask), data.mask.device
    steps = torch.zeros(count, device=device)
    edges = torch.linspace(1, process.times.last + 1, draws.times + 1).round().long().tolist()
    for low, high in pairwise(edges):
        t = torch.randint(low, high, (count,), generator=generator, device=device)
        found = step_divergence(model, process, data, t, generator=generator, frames=draws.frames)
        steps += (high - low) * found
    clean = torch.zeros(count, dtype=torch.int64, device=device)
    positions, features_cost = _decoding(model, process, features, data, generator, draws.frames)
    return Bound(
        prior=process.forward(data, clean + process.times.last).kl(process.prior(data)),
        steps=steps,
        positions=positions,
        features=features_cost,
    )


@torch.no_grad()
def step_divergence(
    model: Predictor,
    process: GaussianProcess,
    data: State,
    t: Int[Tensor, "molecule"],
    *,
    generator: torch.Generator,
    frames: int = 1,
) -> Float[Tensor, "molecule"]:
    """What the true step from t to t - 1 has and the model's lacks, at one draw of z_t, in nats.

    With one frame it is the divergence of two Gaussians. With K the model's step is the mixture of
    K Gaussians, and what it gains over their mean is taken at one draw of z_(t - 1).
    """
    law = process.forward(data, t)
    eps = law.noise(generator=generator)
    guess = _guesses(model, law.at(eps), t / process.times.last, generator, frames)
    logsnr = process.times.logsnr
    apart = torch.expm1(logsnr[t - 1] - logsnr[t]).sqrt()[:, None, None, None]
    wrong = apart * (guess - torch.cat([eps.x, eps.h], -1).unsqueeze(1))
    divergence = 0.5 * wrong.square().sum((-2, -1))
    if frames == 1:
        return divergence.squeeze(1)
    fresh = law.noise(generator=generator)
    along = (wrong * torch.cat([fresh.x, fresh.h], -1).unsqueeze(1)).sum((-2, -1))
    logs = -divergence - along
    gain = torch.logsumexp(logs, 1) - math.log(frames) - logs.mean(1)
    return divergence.mean(1) - gain


def _decoding(
    model: Predictor, process: GaussianProcess, features: AtomFeatures, data: State,
    generator: torch.Generator, frames: int,
) -> tuple[Float[Tensor, "molecule"], Float[Tensor, "molecule"]]:  # fmt: skip
    """-log p of positions and of features given z_0; the latter is read off z_0 itself."""
    clean = torch.zeros(len(data.mask), dtype=torch.int64, device=data.mask.device)
    law = process.forward(data, clean)
    z = law.at(law.noise(generator=generator))
    guess = _guesses(model, z, clean.float(), generator, frames)
    logs = [process.decode(z, _state(one, z)).x.log_prob(data.x) for one in guess.unbind(1)]
    mixture = torch.logsumexp(torch.stack(logs), 0) - math.log(frames)
    sigma = process.times.sigma[0].expand(len(data.mask))
    return -mixture, -features.log_prob(data.h, z.h, data.mask, sigma)


def _guesses(
    model: Predictor,
    z: State,
    t: Float[Tensor, "molecule"],
    generator: torch.Generator,
    frames: int,
) -> Float[Tensor, "molecule frame atom channel"]:
    """Draws of what the model predicts, positions and features side by side."""
    x, h, mask = (part.repeat_interleave(frames, 0) for part in (z.x, z.h, z.mask))
    guess = model(State(x, h, mask), t.repeat_interleave(frames), generator=generator)
    return torch.cat([guess.x, guess.h], -1).unflatten(0, (-1, frames))


def _state(values: Float[Tensor, "molecule atom channel"], like: State) -> State:
    return State(values[..., :3], values[..., 3:], like.mask)
