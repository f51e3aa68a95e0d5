"""Diffusion in discrete time, which predicts the noise: SymDiff, EDM and their relatives."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import final

import torch

from markovsym_diffusion.denoisers import NoiseOfVelocity, Predictor, SelfConditioned
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.likelihood import Bound, Draws, negative_log_likelihood
from markovsym_diffusion.methods.method import Frames, Method, Sampler
from markovsym_diffusion.objectives import Even, NoisePrediction, TimeDraw, Weighting
from markovsym_diffusion.processes import GaussianProcess, State
from markovsym_diffusion.samplers import ancestral, ddim, dpm_solver, heun, sde_dpm_solver
from markovsym_diffusion.schedules import PolynomialSchedule, Times


@final
@dataclass(frozen=True, kw_only=True)
class Diffusion(Method):
    """Noise prediction at T time steps.

    Source:
        Hoogeboom et al. (2022); SymDiff (Zhang et al., 2025), section 3.3.
    """

    schedule: PolynomialSchedule = field(default_factory=PolynomialSchedule)
    """The noise of each time step."""
    padded_width: bool = False
    """Whether the loss is divided by the padded width, as in the released code."""
    velocity: bool = False
    """Whether the network predicts v = alpha eps - sigma x, and not eps."""
    weighting: Weighting = field(default_factory=Even)
    """How much the error of the noise counts at each time."""
    rotations: int = 0
    """Draws of R over which the noise is averaged that is to be predicted; 0 for the noise."""

    self_conditioned: bool = False
    """Whether the network is shown what it believed before; its backbone must look at it."""

    @cached_property
    def process(self) -> GaussianProcess:
        """The noising process, on the CPU."""
        return GaussianProcess(Times.of(self.schedule))

    def objective(
        self, features: AtomFeatures, times: TimeDraw, device: torch.device
    ) -> NoisePrediction:
        """The error of the noise."""
        return NoisePrediction(
            process=self.process.to(device), features=features, times=times,
            padded_width=self.padded_width, velocity=self.velocity, weighting=self.weighting,
            rotations=self.rotations, self_conditioned=self.self_conditioned,
        )  # fmt: skip

    @property
    def samplers(self) -> Mapping[str, Sampler]:
        """Ancestral, the same of second order, and three that draw nothing but the frames."""
        return {
            "ancestral": self._sampler(ancestral, "fresh"),
            "sde-dpm-solver++": self._sampler(sde_dpm_solver, "fresh"),
            "ddim": self._sampler(ddim, "held"),
            "dpm-solver++": self._sampler(dpm_solver, "held"),
            "heun": self._sampler(heun, "held"),
        }

    def bound(
        self, model: Predictor, features: AtomFeatures, data: State, *,
        generator: torch.Generator, draws: Draws,
    ) -> Bound:  # fmt: skip
        """The variational bound."""
        process = self.process.to(data.mask.device)
        return negative_log_likelihood(
            self._noise(model), process, features, data, generator=generator, draws=draws
        )

    def _noise(self, model: Predictor) -> Predictor:
        """The noise that the network predicts, or that is read off what it predicts."""
        return NoiseOfVelocity(model, self.process) if self.velocity else model

    def _sampler(self, algorithm: Callable[..., Iterator[State]], frames: Frames) -> Sampler:
        def run(
            model: Predictor, like: State, generator: torch.Generator, steps: int
        ) -> Iterator[State]:
            process = self.process.to(like.mask.device)
            noise = self._noise(model)
            if self.self_conditioned:
                noise = SelfConditioned(noise, process)
            return algorithm(noise, process, like, generator=generator, steps=steps)

        last = self.schedule.steps
        return Sampler(run=run, steps=last, most=last, frames=frames)
