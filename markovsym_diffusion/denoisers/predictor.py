"""Predictors: what is believed of a noisy molecule, and readings of one kind as another."""

from dataclasses import dataclass
from typing import Protocol, final, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym_diffusion.captured import Captured
from markovsym_diffusion.processes import ContinuousProcess, GaussianProcess, State


@runtime_checkable
class Predictor(Protocol):
    """The one thing that training and sampling need of a model."""

    def __call__(
        self, z: State, t: Float[Tensor, "molecule"], *, generator: torch.Generator
    ) -> State:
        """The noise or the velocity of ``z`` at times ``t`` between 0 and 1, as was trained."""
        ...


@final
class Recorded:
    """A predictor whose calls are single launches on a GPU; elsewhere it is the predictor."""

    def __init__(self, predictor: Predictor) -> None:
        def believed(
            x: Tensor, h: Tensor, mask: Tensor, t: Tensor, *, generator: torch.Generator
        ) -> tuple[Tensor, Tensor]:
            found = predictor(State(x, h, mask), t, generator=generator)
            return found.x, found.h

        self.captured = Captured(believed)

    def __call__(
        self, z: State, t: Float[Tensor, "molecule"], *, generator: torch.Generator
    ) -> State:
        """What the predictor predicts of ``z``, and no later call overwrites."""
        x, h = self.captured(z.x, z.h, z.mask, t, generator=generator)
        assert x is not None
        assert h is not None
        return State(x.clone(), h.clone(), z.mask)


@final
@dataclass(frozen=True, eq=False)
class Seeing:
    """A network in a continuous process, which sees molecules scaled to one size."""

    network: Predictor
    process: ContinuousProcess

    def __call__(
        self, z: State, t: Float[Tensor, "molecule"], *, generator: torch.Generator
    ) -> State:
        """What the network predicts of ``z``."""
        return self.network(self.process.seen(z, t), t, generator=generator)


@final
@dataclass(frozen=True, eq=False)
class ProbabilityFlow:
    """The velocity that a predicted noise stands for.

    Source:
        Song et al. (2021), equation 13.
    """

    noise: Predictor
    process: ContinuousProcess

    def __call__(
        self, z: State, t: Float[Tensor, "molecule"], *, generator: torch.Generator
    ) -> State:
        """The velocity of ``z``."""
        return self.process.velocity(z, self.noise(z, t, generator=generator), t)


@final
@dataclass(frozen=True, eq=False)
class NoiseOfVelocity:
    """The noise that a predicted velocity stands for."""

    velocity: Predictor
    process: ContinuousProcess | GaussianProcess

    def __call__(
        self, z: State, t: Float[Tensor, "molecule"], *, generator: torch.Generator
    ) -> State:
        """The noise in ``z``."""
        return self.process.noise(z, self.velocity(z, t, generator=generator), t)


@final
@dataclass(frozen=True, eq=False)
class Held:
    """A predictor whose frames are drawn once: R0 and eta are the same at every call.

    Turn the first state and all that is drawn afterwards by g, and the trajectory turns with it if
    R0 does; R0 and g R0 have one law. So samples have an invariant law as with fresh draws, and
    the predictor is one function of its state, as solvers of high order and of many steps want it.

    Args:
        predictor: It must draw the same numbers for states of the same shape.
        seed: What the draws depend on.
    """

    predictor: Predictor
    seed: int

    def __call__(
        self, z: State, t: Float[Tensor, "molecule"], *, generator: torch.Generator
    ) -> State:
        """The prediction with the draws of the first call; ``generator`` is left alone."""
        again = torch.Generator(generator.device).manual_seed(self.seed)
        return self.predictor(z, t, generator=again)
