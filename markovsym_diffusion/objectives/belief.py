"""Training of a self-conditioned network: for half of the molecules it is called twice."""

from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym_diffusion.denoisers import Predictor
from markovsym_diffusion.processes import GaussianProcess, State


@torch.no_grad()
def half_believed(
    noise: Predictor,
    process: GaussianProcess,
    z: State,
    t: Float[Tensor, "molecule"],
    *,
    generator: torch.Generator,
) -> State:
    """The same molecules, of which every other comes with what is believed of it at first sight.

    The rest come with zeros, which stand for no belief. Through the first call no gradient flows.

    Source:
        Chen et al. (2023), analog bits, algorithm 1; there a coin says for the whole batch.
    """
    first = State(z.x[::2], z.h[::2], z.mask[::2])
    eps = noise(first, t[::2], generator=generator)
    found = process.signal(first, eps, t[::2])
    belief = State(torch.zeros_like(z.x), torch.zeros_like(z.h), z.mask)
    belief.x[::2], belief.h[::2] = found.x, found.h
    return replace(z, belief=belief)
