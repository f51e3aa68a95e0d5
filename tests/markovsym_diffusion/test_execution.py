"""How a model is computed changes what it computes by little, or nothing."""

import copy

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from markovsym_diffusion.denoisers import EDM, Denoiser
from markovsym_diffusion.execution import Execution
from markovsym_diffusion.molecules import InputError
from markovsym_diffusion.networks import EGNNSize
from tests.markovsym_diffusion.small import CHANNELS, SMALL, perturbed, random_state

HALF = Execution(bfloat16=True)


def predicted(model: Denoiser) -> Tensor:
    z = random_state([5, 3, 4], torch.Generator().manual_seed(0))
    found = model(z, torch.tensor([0.4]).expand(3), generator=torch.Generator().manual_seed(1))
    assert found.x.dtype == found.h.dtype == torch.float32
    return torch.cat([found.x, found.h], dim=-1)


def gap(found: Tensor, wanted: Tensor) -> float:
    return float((found - wanted).norm() / wanted.norm())


@pytest.fixture(name="model")
def _model() -> Denoiser:
    return perturbed(SMALL.denoiser(CHANNELS), scale=0.05)


@torch.no_grad()
def test_bfloat16_is_near_and_not_the_same(model: Denoiser) -> None:
    wanted = predicted(model)
    for change in (HALF.to_train, HALF.to_sample):
        other = copy.deepcopy(model)
        change(other)
        assert 1e-5 < gap(predicted(other), wanted) < 2e-2


def test_gradients_in_bfloat16_are_near_and_weights_stay_exact(model: Denoiser) -> None:
    def gradients(one: Denoiser) -> Tensor:
        weights = [weight for weight in one.parameters() if weight.requires_grad]
        found = torch.autograd.grad(predicted(one).square().mean(), weights)
        assert {weight.dtype for weight in weights} == {torch.float32}
        return torch.cat([gradient.flatten() for gradient in found])

    wanted = gradients(model)
    HALF.to_train(model)
    assert 1e-5 < gap(gradients(model), wanted) < 5e-2


@torch.no_grad()
def test_on_a_cpu_attention_stays_in_float32(
    model: Denoiser, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: set[torch.dtype] = set()
    attend = functional.scaled_dot_product_attention

    def spy(q: Tensor, k: Tensor, v: Tensor, attn_mask: Tensor) -> Tensor:
        seen.update({q.dtype, k.dtype, v.dtype})
        return attend(q, k, v, attn_mask=attn_mask)

    monkeypatch.setattr(functional, "scaled_dot_product_attention", spy)
    HALF.to_train(model)
    predicted(model)
    assert seen == {torch.float32}


@torch.no_grad()
def test_to_sample_weights_are_kept_in_bfloat16(model: Denoiser) -> None:
    HALF.to_sample(model)
    kept = {name for name, weight in model.named_parameters() if weight.dtype == torch.bfloat16}
    assert kept
    assert all("blocks" in name for name in kept)


@torch.no_grad()
def test_usually_nothing_changes(model: Denoiser) -> None:
    wanted = predicted(model)
    Execution().to_sample(model)
    assert torch.equal(predicted(model), wanted)


@pytest.mark.parametrize("asked", [HALF, Execution(compiled=True)], ids=str)
def test_a_model_without_a_transformer_is_refused(asked: Execution) -> None:
    edm = EDM(network=EGNNSize(width=8, layers=1)).denoiser(CHANNELS)
    with pytest.raises(InputError, match="leave --bfloat16 and --compile out"):
        asked.to_train(edm)
    Execution().to_train(edm)
