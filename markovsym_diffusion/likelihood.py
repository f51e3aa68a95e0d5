"""The variational bound on the likelihood of molecules."""

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from markovsym_diffusion.denoisers import PredictsNoise
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.processes import GaussianProcess, State


@final
@dataclass(frozen=True, eq=False)
class Bound:
    """Terms of a bound on -log p(x, h | N), one for each molecule, in nats; their sum bounds it."""

    prior: Float[Tensor, "molecule"]
    """How far z_T is from pure noise."""
    steps: Float[Tensor, "molecule"]
    """All reverse steps, estimated from one of them."""
    positions: Float[Tensor, "molecule"]
    """Positions given z_0, against Lebesgue measure of the centred positions in ångström."""
    features: Float[Tensor, "molecule"]
    """Features given z_0."""

    @property
    def total(self) -> Float[Tensor, "molecule"]:
        """The bound."""
        return self.prior + self.steps + self.positions + self.features


@torch.no_grad()
def negative_log_likelihood(
    model: PredictsNoise,
    process: GaussianProcess,
    features: AtomFeatures,
    data: State,
    *,
    generator: torch.Generator,
) -> Bound:
    """An unbiased estimate of the bound, from one time step and one frame for each term.

    Source:
        Kingma et al. (2021), equation 11, in discrete time; Hoogeboom et al. (2022), appendix B,
        for time 0; SymDiff (Zhang et al., 2025), equation 9, for the frame: Jensen's bound.
    """
    count, last, device = len(data.mask), process.times.last, data.mask.device
    clean = torch.zeros(count, dtype=torch.int64, device=device)
    z, guess, _ = _denoised(model, process, data, clean, generator)
    sigma = process.times.sigma[0].expand(count)
    t = torch.randint(1, last + 1, (count,), generator=generator, device=device)
    return Bound(
        prior=process.forward(data, clean + last).kl(process.prior(data)),
        steps=last * step_divergence(model, process, data, t, generator=generator),
        positions=-process.decode(z, guess).x.log_prob(data.x),
        features=-features.log_prob(data.h, z.h, data.mask, sigma),
    )


@torch.no_grad()
def step_divergence(
    model: PredictsNoise,
    process: GaussianProcess,
    data: State,
    t: Int[Tensor, "molecule"],
    *,
    generator: torch.Generator,
) -> Float[Tensor, "molecule"]:
    """Divergence of the true step from t to t - 1 from the model's, at one draw of z_t, in nats."""
    _, guess, eps = _denoised(model, process, data, t, generator)
    logsnr = process.times.logsnr
    weight = 0.5 * torch.expm1(logsnr[t - 1] - logsnr[t])
    return weight * sum(eps.squared_distance(guess))


def _denoised(
    model: PredictsNoise,
    process: GaussianProcess,
    data: State,
    t: Int[Tensor, "molecule"],
    generator: torch.Generator,
) -> tuple[State, State, State]:
    """The noisy molecule at ``t``, the noise the model sees in it, and the noise there is."""
    law = process.forward(data, t)
    eps = law.noise(generator=generator)
    z = law.at(eps)
    return z, model(z, t / process.times.last, generator=generator), eps
