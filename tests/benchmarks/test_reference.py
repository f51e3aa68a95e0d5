"""The fast path computes what the plain one computes: values and gradients."""

import pytest
import torch
from torch import Tensor

from benchmarks.reference import Reference
from markovsym_diffusion.denoisers import Backbone, Denoiser, FrameSize, SymDiff
from markovsym_diffusion.networks import TransformerSize
from markovsym_diffusion.processes import State
from tests.markovsym_diffusion.small import CHANNELS, perturbed, random_state

BACKBONE = Backbone(transformer=TransformerSize(width=48, depth=3, heads=3), radial=24, basis=20)
FRAME = FrameSize(transformer=TransformerSize(width=16, depth=2, heads=2), hidden=8)
TOLERANCES = {torch.float64: 1e-10, torch.float32: 1e-5}
SIZES = [[29, 1, 18, 18, 9], [1], [17, 17, 17]]


def predicted(model: Denoiser | Reference, z: State, t: Tensor) -> Tensor:
    """Positions and features side by side, at draws that are always the same."""
    found = model(z, t, generator=torch.Generator().manual_seed(5))
    return torch.cat([found.x, found.h], dim=-1)


def gradients(model: Denoiser | Reference, z: State, t: Tensor) -> dict[str, Tensor]:
    """Of the squared prediction, by the place of each weight in memory."""
    model.zero_grad()
    predicted(model, z, t).square().sum().backward()
    return {
        str(weight.data_ptr()): weight.grad.clone()
        for weight in model.parameters()
        if weight.grad is not None
    }


def gap(found: Tensor, wanted: Tensor) -> float:
    """Relative, of the whole."""
    return float((found - wanted).detach().norm() / wanted.detach().norm())


@pytest.mark.parametrize("dtype", TOLERANCES, ids=str)
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_values_and_gradients_are_those_of_the_plain_way(
    sizes: list[int], dtype: torch.dtype, generator: torch.Generator
) -> None:
    model = SymDiff(backbone=BACKBONE, frame=FRAME).denoiser(CHANNELS)
    model = perturbed(model, scale=0.02).to(dtype)
    plain, z = Reference(model), random_state(sizes, generator)
    z = State(z.x.to(dtype), z.h.to(dtype), z.mask)
    t = torch.rand(len(sizes), generator=generator, dtype=dtype)
    tolerance = TOLERANCES[dtype]
    assert gap(predicted(model, z, t), predicted(plain, z, t)) < tolerance
    ours, theirs = gradients(model, z, t), gradients(plain, z, t)
    assert set(ours) == set(theirs)
    assert len(ours) > 50
    total = torch.cat([theirs[name].flatten() for name in ours])
    assert gap(torch.cat([one.flatten() for one in ours.values()]), total) < tolerance
