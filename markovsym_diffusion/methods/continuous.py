"""Score matching and flow matching: molecules in continuous time."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import final

import torch

from markovsym_diffusion.denoisers import Predictor, ProbabilityFlow, Seeing
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.likelihood import Bound, Draws, flow_likelihood
from markovsym_diffusion.methods.method import Method, Sampler
from markovsym_diffusion.objectives import (
    Coupling,
    FlowMatching,
    Independent,
    ScoreMatching,
    TimeDraw,
)
from markovsym_diffusion.processes import ContinuousProcess, State, Straight
from markovsym_diffusion.samplers import dopri5_ode, euler_maruyama, euler_ode, heun_ode


@final
@dataclass(frozen=True, kw_only=True)
class Score(Method):
    """Score matching: the reverse stochastic equation, or its probability flow.

    Source:
        SymDiff (Zhang et al., 2025), appendix E.1; Song et al. (2021).
    """

    process: ContinuousProcess
    """How molecules are noised."""

    def objective(
        self, features: AtomFeatures, times: TimeDraw, device: torch.device
    ) -> ScoreMatching:
        """The error of the score."""
        return ScoreMatching(self.process, times)

    @property
    def samplers(self) -> Mapping[str, Sampler]:
        """Euler-Maruyama, and the solvers of the probability flow."""

        def reverse(
            model: Predictor, like: State, generator: torch.Generator, steps: int
        ) -> Iterator[State]:
            noise = Seeing(model, self.process)
            return euler_maruyama(noise, self.process, like, generator=generator, steps=steps)

        return {"euler-maruyama": Sampler(run=reverse, steps=1000), **_solvers(self)}

    def velocity(self, model: Predictor) -> Predictor:
        """The velocity of the probability flow."""
        return ProbabilityFlow(Seeing(model, self.process), self.process)

    def bound(
        self, model: Predictor, features: AtomFeatures, data: State, *,
        generator: torch.Generator, draws: Draws,
    ) -> Bound:  # fmt: skip
        """The bound of the probability flow."""
        return _bound(self, model, features, data, generator, draws)


@final
@dataclass(frozen=True, kw_only=True)
class Flow(Method):
    """Flow matching: a velocity from noise to data.

    Source:
        SymDiff (Zhang et al., 2025), appendix E.2; Lipman et al. (2023).
    """

    process: ContinuousProcess = field(
        default_factory=lambda: ContinuousProcess(Straight(), first=1e-3)
    )
    """How data and noise are joined."""
    coupling: Coupling = field(default_factory=Independent)
    """Which noise goes with which molecule."""

    def objective(
        self, features: AtomFeatures, times: TimeDraw, device: torch.device
    ) -> FlowMatching:
        """The error of the velocity."""
        return FlowMatching(self.process, times, self.coupling)

    @property
    def samplers(self) -> Mapping[str, Sampler]:
        """The solvers of the flow."""
        return _solvers(self)

    def velocity(self, model: Predictor) -> Predictor:
        """What the network predicts."""
        return Seeing(model, self.process)

    def bound(
        self, model: Predictor, features: AtomFeatures, data: State, *,
        generator: torch.Generator, draws: Draws,
    ) -> Bound:  # fmt: skip
        """The bound of the flow."""
        return _bound(self, model, features, data, generator, draws)


def _solvers(method: Score | Flow) -> Mapping[str, Sampler]:
    def dopri5(
        model: Predictor, like: State, generator: torch.Generator, steps: int
    ) -> Iterator[State]:
        return dopri5_ode(method.velocity(model), method.process, like, generator=generator)

    return {
        "heun": _solver(method, heun_ode, 50),
        "euler": _solver(method, euler_ode, 100),
        "dopri5": Sampler(run=dopri5, steps=None, frames="held"),
    }


def _solver(method: Score | Flow, algorithm: Callable[..., Iterator[State]], usual: int) -> Sampler:
    def run(
        model: Predictor, like: State, generator: torch.Generator, steps: int
    ) -> Iterator[State]:
        velocity = method.velocity(model)
        return algorithm(velocity, method.process, like, generator=generator, steps=steps)

    return Sampler(run=run, steps=usual, frames="held")


def _bound(
    method: Score | Flow, model: Predictor, features: AtomFeatures, data: State,
    generator: torch.Generator, draws: Draws,
) -> Bound:  # fmt: skip
    velocity = method.velocity(model)
    return flow_likelihood(
        velocity, method.process, features, data, generator=generator, frames=draws.frames,
        steps=max(draws.times, FEWEST),
    )  # fmt: skip


FEWEST = 100
"""Steps of the likelihood of a flow, unless more are asked for."""
