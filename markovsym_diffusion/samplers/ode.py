"""Sampling by an ordinary differential equation: dz/dt = v(z, t) from time 1 to the first.

Each takes the same arguments:

    velocity: Predicts the velocity of a state at a time.
    process: Says where to start and to end.
    like: Gives the masks, and the widths of positions and features.
    generator: Source of randomness: of the first state, and of the frames.
    steps: How many steps to take, evenly spaced.

and yields states in model units, of which the last is the mean of p(x, h | z) at the first time.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym_diffusion.denoisers import NoiseOfVelocity, Predictor
from markovsym_diffusion.molecules import InputError
from markovsym_diffusion.processes import ContinuousProcess, State, blend
from markovsym_diffusion.samplers.sde import times_of

TOLERANCE = 1e-4
"""Relative and absolute error that dopri5 allows in a step, in model units."""

Times = Float[Tensor, "molecule"]
Velocity = Callable[[State, Times], State]
Rule = Callable[[Velocity, State, Times, Times], State]


def euler_ode(
    velocity: Predictor, process: ContinuousProcess, like: State, *,
    generator: torch.Generator, steps: int,
) -> Iterator[State]:  # fmt: skip
    """One call a step.

    Source:
        SymDiff (Zhang et al., 2025), equation 28.
    """
    return _trajectory(_euler, velocity, process, like, generator, steps)


def heun_ode(
    velocity: Predictor, process: ContinuousProcess, like: State, *,
    generator: torch.Generator, steps: int,
) -> Iterator[State]:  # fmt: skip
    """Two calls a step; of second order where the frames are held.

    Source:
        Heun (1900); Karras et al. (2022), algorithm 1.
    """
    return _trajectory(_heun, velocity, process, like, generator, steps)


def dopri5_ode(
    velocity: Predictor, process: ContinuousProcess, like: State, *, generator: torch.Generator
) -> Iterator[State]:
    """Steps as long as the tolerance lets them be, the same for all molecules of a batch.

    Raises:
        InputError: If ``torchdiffeq`` is not installed.

    Source:
        Dormand & Prince (1980), as in torchdiffeq (Chen, 2018).
    """
    return _trajectory(_dopri5, velocity, process, like, generator, 1)


def _trajectory(
    rule: Rule, velocity: Predictor, process: ContinuousProcess, like: State,
    generator: torch.Generator, steps: int,
) -> Iterator[State]:  # fmt: skip
    def v(z: State, t: Times) -> State:
        return velocity(z, t, generator=generator)

    times = times_of(process, like, steps)
    z = process.prior(like).sample(generator=generator)
    yield z
    for t, s in pairwise(times):
        z = rule(v, z, t, s)
        yield z
    eps = NoiseOfVelocity(velocity, process)(z, times[-1], generator=generator)
    yield process.decode(z, eps).mean


def _euler(v: Velocity, z: State, t: Times, s: Times) -> State:
    return blend((torch.ones_like(t), z), (s - t, v(z, t)))


def _heun(v: Velocity, z: State, t: Times, s: Times) -> State:
    here = v(z, t)
    there = v(blend((torch.ones_like(t), z), (s - t, here)), s)
    half = 0.5 * (s - t)
    return blend((torch.ones_like(t), z), (half, here), (half, there))


def _dopri5(v: Velocity, z: State, t: Times, s: Times) -> State:
    try:
        from torchdiffeq import odeint  # noqa: PLC0415 - an optional package
    except ImportError as error:
        raise InputError("dopri5 wants torchdiffeq: pip install 'markovsym[ode]'") from error

    def rate(time: Tensor, flat: Tensor) -> Tensor:
        x, h = flat.split([3, z.h.shape[-1]], dim=-1)
        found = v(State(x, h, z.mask), time.expand(len(z.mask)))
        return torch.cat([found.x, found.h], dim=-1)

    start = torch.cat([z.x, z.h], dim=-1)
    ends = torch.stack([t[0], s[0]])
    exactly = {"step_t": ends[1:]}  # no step may end beyond: the field ends there
    path = odeint(
        rate, start, ends, method="dopri5", rtol=TOLERANCE, atol=TOLERANCE, options=exactly
    )
    x, h = torch.as_tensor(path[-1]).split([3, z.h.shape[-1]], dim=-1)
    return State(x, h, z.mask)
