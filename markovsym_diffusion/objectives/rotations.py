"""The noise that is to be expected, over all ways the molecule may be turned."""

import torch
from jaxtyping import Float
from torch import Tensor

from markovsym_diffusion.denoisers.spaces import ROTATIONS
from markovsym_diffusion.processes import State


def averaged_over_rotations(
    data: State,
    z: State,
    alpha: Float[Tensor, "molecule"],
    sigma: Float[Tensor, "molecule"],
    *,
    count: int,
    generator: torch.Generator,
) -> State:
    """The mean of the noise in ``z``, given z, when the data may be turned by any R.

    Had the molecule been turned by R before it was noised, the noise would have been
    (z - alpha R x) / sigma, and that is the likelier the shorter it is. A model that is symmetrised
    cannot tell the R apart; against the mean its loss has the same minimum and less variance.

    Args:
        data: Molecules in model units, as they were noised.
        z: The same, noised.
        alpha: What the data were multiplied by.
        sigma: Standard deviation of the noise.
        count: Draws of R from the Haar measure of O(3), beside the identity.
        generator: Source of randomness.

    Returns:
        The noise, averaged over the draws and the identity by their likelihood; features do not
        turn, so theirs is what it was.

    Source:
        Cao et al. (2025), SO(3)-averaged flow: there for the velocity, and in closed form.
    """
    R = ROTATIONS.haar(len(z.x), count, generator=generator, dtype=z.x.dtype)
    turned = torch.cat([data.x.unsqueeze(1), data.x.unsqueeze(1) @ R.mT], dim=1)
    noise = (z.x.unsqueeze(1) - alpha[:, None, None, None] * turned) / sigma[:, None, None, None]
    likely = (-0.5 * noise.square().sum((-2, -1))).softmax(1)
    x = (likely[:, :, None, None] * noise).sum(1)
    return State(x, (z.h - alpha[:, None, None] * data.h) / sigma[:, None, None], z.mask)
