"""Predictors: what is believed of a noisy molecule, and readings of one kind as another."""

from dataclasses import dataclass, replace
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
        def predicted(
            x: Tensor, h: Tensor, mask: Tensor, t: Tensor, *belief: Tensor,
            generator: torch.Generator,
        ) -> tuple[Tensor, Tensor]:  # fmt: skip
            believed = State(belief[0], belief[1], mask) if belief else None
            found = predictor(State(x, h, mask, believed), t, generator=generator)
            return found.x, found.h

        self.captured = Captured(predicted)

    def __call__(
        self, z: State, t: Float[Tensor, "molecule"], *, generator: torch.Generator
    ) -> State:
        """What the predictor predicts of ``z``, and no later call overwrites."""
        belief = (z.belief.x, z.belief.h) if z.belief else ()
        x, h = self.captured(z.x, z.h, z.mask, t, *belief, generator=generator)
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
class SelfConditioned:
    """A predictor of noise that is shown what it believed at its last call; one for a trajectory.

    The belief turns with the molecule, so each call is as equivariant as the predictor.

    Args:
        noise: Predicts the noise.
        process: Says how much of a state is noise.

    Source:
        Chen et al. (2023), analog bits, section 3.2; there the molecule itself is shown, here
        alpha times it, which does not grow where there is little of it in the state.
    """

    def __init__(self, noise: Predictor, process: GaussianProcess) -> None:
        self.noise = noise
        self.process = process
        self.belief: State | None = None

    def __call__(
        self, z: State, t: Float[Tensor, "molecule"], *, generator: torch.Generator
    ) -> State:
        """The noise in ``z``; at the first call nothing is believed, which zeros say."""
        nothing = State(torch.zeros_like(z.x), torch.zeros_like(z.h), z.mask)
        eps = self.noise(replace(z, belief=self.belief or nothing), t, generator=generator)
        self.belief = self.process.signal(z, eps, t)
        return eps


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
