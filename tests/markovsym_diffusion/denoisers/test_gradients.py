"""What flows and solvers ask of a denoiser beside its value: its derivative, and shared times."""

import dataclasses

import pytest
import torch
from torch import Tensor, nn

from markovsym_diffusion.denoisers import EDM, GDM, Held, Model, SymDiff
from markovsym_diffusion.networks import EGNNSize, GNNSize
from markovsym_diffusion.networks.embeddings import TimeEmbedding
from markovsym_diffusion.processes import State
from tests.markovsym_diffusion.small import (
    BACKBONE,
    CHANNELS,
    FRAME,
    SMALL,
    perturbed,
    random_state,
)

MODELS: dict[str, Model] = {
    "distances bias the attention": SMALL,
    "as published": SymDiff(backbone=dataclasses.replace(BACKBONE, pair_bias=False), frame=FRAME),
    "EDM": EDM(network=EGNNSize(width=16, layers=2)),
    "GDM": GDM(network=GNNSize(width=16, layers=2)),
}


@pytest.mark.parametrize("name", MODELS)
def test_the_derivative_is_that_of_finite_differences(
    name: str, generator: torch.Generator
) -> None:
    held = Held(perturbed(MODELS[name].denoiser(CHANNELS), scale=0.1).double().eval(), seed=3)
    z = random_state([4, 3], generator)
    t = torch.tensor([0.3, 0.6], dtype=torch.float64)

    def believed(x: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        found = held(State(x, h, z.mask), t, generator=generator)
        return found.x, found.h

    inputs = (z.x.double().requires_grad_(), z.h.double().requires_grad_())
    assert torch.autograd.gradcheck(believed, inputs)


@torch.no_grad()
@pytest.mark.parametrize("name", list(MODELS)[:2])
def test_a_time_that_all_share_is_embedded_once(name: str, generator: torch.Generator) -> None:
    model = perturbed(MODELS[name].denoiser(CHANNELS)).double().eval()
    z, held = random_state([5, 3, 4], generator), Held(model, seed=1)
    rows: list[int] = []

    def counted(module: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
        rows.append(len(output))

    for module in model.modules():
        if isinstance(module, TimeEmbedding):
            module.register_forward_hook(counted)
    z, t = State(z.x.double(), z.h.double(), z.mask), torch.tensor([0.4], dtype=torch.float64)
    shared = held(z, t.expand(3), generator=generator)
    apart = held(z, t.repeat(3), generator=generator)
    torch.testing.assert_close(shared.x, apart.x)
    torch.testing.assert_close(shared.h, apart.h)
    assert rows == [1, 1, 3, 3]
