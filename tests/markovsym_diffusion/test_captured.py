"""A captured function is the function."""

import pytest
import torch
from torch import Tensor

from markovsym_diffusion.captured import Captured
from markovsym_diffusion.denoisers import Denoiser, Recorded
from tests.markovsym_diffusion.small import random_state

DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.skipif(
    not torch.cuda.is_available(), reason="needs a GPU"))]  # fmt: skip


def noisy(x: Tensor, shared: Tensor, *, generator: torch.Generator) -> tuple[Tensor, None]:
    noise = torch.randn(x.shape, generator=generator, device=x.device)
    return x + shared.unsqueeze(-1) * noise, None


@pytest.mark.parametrize("device", DEVICES)
def test_values_and_draws_are_those_of_the_function(device: str) -> None:
    captured = Captured(noisy)
    ours = torch.Generator(device).manual_seed(3)
    theirs = torch.Generator(device).manual_seed(3)
    for rows in (4, 2, 4, 4):
        x = torch.randn(rows, 5, device=device)
        for t in (torch.rand(rows, device=device), torch.rand(1, device=device).expand(rows)):
            found, nothing = captured(x, t, generator=ours)
            wanted, _ = noisy(x, t, generator=theirs)
            assert nothing is None
            torch.testing.assert_close(found, wanted)
    assert torch.equal(ours.get_state(), theirs.get_state())


@pytest.mark.parametrize("device", DEVICES)
@torch.no_grad()
def test_a_recorded_predictor_keeps_what_it_gave(small_model: Denoiser, device: str) -> None:
    model = small_model.to(device).eval()
    recorded = Recorded(model)
    z = random_state([5, 3], torch.Generator().manual_seed(0)).to(torch.device(device))
    t = torch.tensor([0.5], device=device).expand(2)
    first = recorded(z, t, generator=torch.Generator(device).manual_seed(1))
    recorded(z, t / 2, generator=torch.Generator(device).manual_seed(2))
    again = model(z, t, generator=torch.Generator(device).manual_seed(1))
    torch.testing.assert_close(first.x, again.x)
    torch.testing.assert_close(first.h, again.h)
