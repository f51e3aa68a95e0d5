"""Generating molecules with a trained model."""

from collections import deque
from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from markovsym_diffusion.denoisers import Recorded
from markovsym_diffusion.methods import Sampling
from markovsym_diffusion.molecules import Molecules, Padded, join
from markovsym_diffusion.processes import blank, decode
from markovsym_diffusion.runs.trained import TrainedModel


@torch.no_grad()
def generate(
    model: TrainedModel,
    sizes: Int[Tensor, "molecule"],
    *,
    seed: int,
    asked: Sampling | None = None,
    batch_size: int = 250,
    tell: Callable[[float], None] = lambda share: None,
) -> Molecules:
    """One molecule for each of ``sizes``, in that order.

    Args:
        model: The trained model.
        sizes: Numbers of atoms.
        seed: Every batch draws from a generator made from it and the number of the batch.
        asked: Which sampler, in how many steps; what the method says by default.
        batch_size: Molecules at a time; those of like size go together.
        tell: Told of the share that is done.
    """
    order, predictor = sizes.argsort(stable=True), Recorded(model.denoiser)
    batches = order.split(batch_size)
    device = next(model.denoiser.parameters()).device
    made: list[Padded] = []
    for number, chosen in enumerate(batches):
        drawn = np.random.SeedSequence([seed, number]).generate_state(1, np.uint64)[0]
        generator = torch.Generator(device).manual_seed(int(drawn) >> 1)
        like = blank(sizes[chosen].to(device), model.recipe.features)
        states = model.recipe.method.trajectory(
            predictor, like, generator=generator, asked=asked or Sampling()
        )
        last = deque(states, maxlen=1).pop()
        made.append(decode(last, model.recipe.features).to(torch.device("cpu")))
        tell((number + 1) / len(batches))
    return join(made).take(order.argsort())
