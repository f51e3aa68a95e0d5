"""Diffusion in discrete time, which predicts the noise: SymDiff, EDM and their relatives."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import final

import torch

from markovsym_diffusion.denoisers import Predictor
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.likelihood import Bound, Draws, negative_log_likelihood
from markovsym_diffusion.methods.method import Frames, Method, Sampler
from markovsym_diffusion.objectives import NoisePrediction, TimeDraw
from markovsym_diffusion.processes import GaussianProcess, State
from markovsym_diffusion.samplers import ancestral, ddim, dpm_solver, heun
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

    @cached_property
    def process(self) -> GaussianProcess:
        """The noising process, on the CPU."""
        return GaussianProcess(Times.of(self.schedule))

    def objective(
        self, features: AtomFeatures, times: TimeDraw, device: torch.device
    ) -> NoisePrediction:
        """The error of the noise."""
        return NoisePrediction(self.process.to(device), features, times, self.padded_width)

    @property
    def samplers(self) -> Mapping[str, Sampler]:
        """Ancestral, and three that draw nothing but the frames."""
        return {
            "ancestral": self._sampler(ancestral, "fresh"),
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
            model, process, features, data, generator=generator, draws=draws
        )

    def _sampler(self, algorithm: Callable[..., Iterator[State]], frames: Frames) -> Sampler:
        def run(
            model: Predictor, like: State, generator: torch.Generator, steps: int
        ) -> Iterator[State]:
            process = self.process.to(like.mask.device)
            return algorithm(model, process, like, generator=generator, steps=steps)

        last = self.schedule.steps
        return Sampler(run=run, steps=last, most=last, frames=frames)
