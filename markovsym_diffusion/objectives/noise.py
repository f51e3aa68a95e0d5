"""The objective of SymDiff: predict the noise."""

from dataclasses import dataclass, field, replace
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym_diffusion.denoisers import NoiseOfVelocity, Predictor
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.objectives.belief import half_believed
from markovsym_diffusion.objectives.rotations import averaged_over_rotations
from markovsym_diffusion.objectives.times import TimeDraw
from markovsym_diffusion.objectives.weights import Even, Weighting
from markovsym_diffusion.processes import GaussianProcess, State


@final
@dataclass(frozen=True, eq=False)
class NoisePrediction:
    """Half the squared error of the noise, divided by the number of values of each molecule.

    At time 0 only the positions count, and the features cost their log probability.

    Source:
        SymDiff (Zhang et al., 2025), equation 9 with unit weights: one draw of R for each molecule.
        Hoogeboom et al. (2022), appendix B, for time 0. Dividing by the atoms that exist, not by
        the padded width, keeps a molecule's weight independent of its batch.
    """

    process: GaussianProcess
    features: AtomFeatures
    times: TimeDraw
    padded_width: bool = False
    """Whether to divide by the padded width after all, as the released code does."""
    velocity: bool = False
    """Whether the model predicts v = alpha eps - sigma x, from which the noise is read."""
    weighting: Weighting = field(default_factory=Even)
    """How much each time counts."""
    rotations: int = 0
    """Draws of R over which the noise is averaged that is to be predicted; 0 for the noise."""
    self_conditioned: bool = False
    """Whether every other molecule comes with what the model believes of it."""

    def __call__(
        self, model: Predictor, data: State, *, generator: torch.Generator
    ) -> Float[Tensor, "molecule"]:
        """The loss of each molecule, dimensionless, with fresh times, noise and frames."""
        times = self.process.times
        t = self.times.draw(len(data.mask), times.last, generator=generator)
        law = self.process.forward(data, t)
        eps = law.noise(generator=generator)
        z = law.at(eps)
        noise = NoiseOfVelocity(model, self.process) if self.velocity else model
        seen = z
        if self.self_conditioned:
            seen = half_believed(noise, self.process, z, t / times.last, generator=generator)
        guess = noise(seen, t / times.last, generator=generator)
        if self.rotations:
            scales = (times.alpha[t], times.sigma[t])
            eps = averaged_over_rotations(
                data, z, *scales, count=self.rotations, generator=generator
            )
        weight = self.weighting(times, t)
        return self._loss(data, z, t == 0, tuple(weight * e for e in eps.squared_distance(guess)))

    def _loss(
        self, data: State, z: State, clean: Tensor, errors: tuple[Tensor, ...]
    ) -> Float[Tensor, "molecule"]:
        error_x, error_h = errors
        atoms = data.mask.shape[-1] if self.padded_width else data.mask.sum(-1)
        width = (3 + self.features.width) * atoms
        sigma = self.process.times.sigma[0].expand(len(data.mask))
        decoding = -self.features.log_prob(data.h, z.h, data.mask, sigma)
        return 0.5 * (error_x + error_h * ~clean) / width + torch.where(clean, decoding, 0.0)

    def evenly(self) -> "NoisePrediction":
        """The error of the noise itself, with times drawn evenly."""
        return replace(
            self, times=TimeDraw(), weighting=Even(), rotations=0, self_conditioned=False
        )
