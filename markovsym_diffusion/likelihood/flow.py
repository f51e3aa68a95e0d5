"""The likelihood of what an ordinary differential equation makes of noise."""

from dataclasses import dataclass
from itertools import pairwise
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym_diffusion.denoisers import Held, NoiseOfVelocity, Predictor
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.likelihood.bound import Bound
from markovsym_diffusion.processes import ContinuousProcess, State, blend

Moment = tuple[Float[Tensor, "molecule"], Float[Tensor, "molecule"]]
"""A time, and by how much time moves in a tick of the clock there."""


@final
@dataclass(frozen=True, eq=False)
class Averaged:
    """The mean of several draws of a predictor at each call."""

    predictor: Predictor
    draws: int

    def __call__(
        self, z: State, t: Float[Tensor, "molecule"], *, generator: torch.Generator
    ) -> State:
        """The mean of the predictions."""
        found = [self.predictor(z, t, generator=generator) for _ in range(self.draws)]
        share = torch.full_like(t, 1 / self.draws)
        return blend(*((share, one) for one in found))


@torch.no_grad()
def flow_likelihood(  # noqa: PLR0913 - a model, its process, its data
    velocity: Predictor,
    process: ContinuousProcess,
    features: AtomFeatures,
    data: State,
    *,
    generator: torch.Generator,
    frames: int = 1,
    steps: int = 100,
) -> Bound:
    """A bound on -log p of the sampler that holds its frames, averaged over ``frames`` of them.

    With the frames held the velocity is one function, whose flow has a density by the instantaneous
    change of variables; the sampler is a mixture of such flows over the draws of the frames, and
    Jensen's inequality bounds it. Molecules are noised to the first time and read off there as in
    the variational bound, so that both are bounds on the same thing.

    Args:
        velocity: Predicts the velocity of a state at a time.
        process: The process.
        features: What the channels of atoms mean.
        data: Molecules in model units.
        generator: Source of randomness: of noise, frames, and probes of the divergence.
        frames: Draws of the frame whose velocities are averaged, the same along the trajectory.
        steps: Steps of Heun's rule by the clock of the process.

    Source:
        Chen et al. (2018), theorem 1; Grathwohl et al. (2019), equation 8, for the probes.
    """
    count, device = len(data.mask), data.mask.device
    seed = int(torch.randint(2**62, (), generator=generator, device=device))
    held = Held(Averaged(velocity, frames), seed)
    times, ticks = (
        part.to(device).unsqueeze(-1).expand(-1, count) for part in process.clock(steps)
    )
    law = process.forward(data, times[0])
    z = start = law.sample(generator=generator)
    probe, stretched = law.noise(generator=generator), torch.zeros(count, device=device)
    for ends in pairwise(zip(times, ticks, strict=True)):
        z, more = _heun(held, z, ends, probe, generator)
        stretched = stretched + more
    prior = process.prior(data)
    reached, spent = prior.log_prob(z), law.log_prob(start)
    eps = NoiseOfVelocity(held, process)(start, times[0], generator=generator)
    return Bound(
        prior=torch.zeros_like(spent),
        steps=spent - reached - stretched,
        positions=-process.decode(start, eps).x.log_prob(data.x),
        features=-features.log_prob(data.h, start.h, data.mask, process.path.sigma(times[0])),
    )


def _heun(
    velocity: Predictor, z: State, ends: tuple[Moment, Moment], probe: State,
    generator: torch.Generator,
) -> tuple[State, Float[Tensor, "molecule"]]:  # fmt: skip
    """The state at the end of a step, and the integral of the divergence over it."""
    (t, tick), (s, later) = ends
    one = torch.ones_like(t)
    here, spread = _rate(velocity, z, t, probe, generator)
    there, other = _rate(velocity, blend((one, z), (tick, here)), s, probe, generator)
    reached = blend((one, z), (0.5 * tick, here), (0.5 * later, there))
    return reached, 0.5 * (tick * spread + later * other)


def _rate(
    velocity: Predictor, z: State, t: Tensor, probe: State, generator: torch.Generator
) -> tuple[State, Float[Tensor, "molecule"]]:
    """The velocity and, seen by one probe, its divergence."""
    with torch.enable_grad():
        x, h = z.x.detach().requires_grad_(), z.h.detach().requires_grad_()
        found = velocity(State(x, h, z.mask), t, generator=generator)
        along = (found.x * probe.x).sum() + (found.h * probe.h).sum()
        turned_x, turned_h = torch.autograd.grad(along, (x, h))
    divergence = (turned_x * probe.x).sum((-2, -1)) + (turned_h * probe.h).sum((-2, -1))
    return State(found.x.detach(), found.h.detach(), z.mask), divergence
