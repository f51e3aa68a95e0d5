"""Training that begins with parts of another model, some of which stay as they are."""

import dataclasses

import pytest
import torch

from markovsym_diffusion.denoisers import EDM, DiT
from markovsym_diffusion.molecules import InputError
from markovsym_diffusion.networks import EGNNSize
from markovsym_diffusion.runs.beginning import Beginning
from tests.markovsym_diffusion.small import BACKBONE, CHANNELS, SMALL, perturbed


def test_parts_that_both_have_go_over_and_the_others_stay_fresh() -> None:
    dit = perturbed(DiT(backbone=BACKBONE).denoiser(CHANNELS))
    model = Beginning.of(dit).applied(SMALL.denoiser(CHANNELS, seed=1))
    fresh = SMALL.denoiser(CHANNELS, seed=1)
    for name in ("distances", "eps"):
        pairs = zip(dit.parts[name].parameters(), model.parts[name].parameters(), strict=True)
        assert all(torch.equal(one, other) for one, other in pairs)
    pairs = zip(fresh.parts["frame"].parameters(), model.parts["frame"].parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


def test_what_is_handed_over_is_a_copy() -> None:
    dit = perturbed(DiT(backbone=BACKBONE).denoiser(CHANNELS))
    model = Beginning.of(dit).applied(SMALL.denoiser(CHANNELS))
    with torch.no_grad():
        next(model.parts["eps"].parameters()).zero_()
    assert next(dit.parts["eps"].parameters()).abs().sum() > 0


def test_frozen_parts_have_no_gradients() -> None:
    model = Beginning(freeze=("distances", "eps")).applied(SMALL.denoiser(CHANNELS))
    moving = {name for name, weight in model.named_parameters() if weight.requires_grad}
    frame = {f"kernel.second.gamma.kernel.{name}" for name, weight
             in model.parts["frame"].named_parameters() if weight.requires_grad}  # fmt: skip
    assert moving == frame


def test_a_part_of_another_size_is_refused() -> None:
    wide = dataclasses.replace(BACKBONE, basis=9)
    with pytest.raises(InputError, match="the part distances of the trained model has another"):
        Beginning.of(DiT(backbone=wide).denoiser(CHANNELS)).applied(SMALL.denoiser(CHANNELS))


def test_a_model_that_shares_no_part_is_refused() -> None:
    parts = {"frame": SMALL.denoiser(CHANNELS).parts["frame"].state_dict()}
    edm = EDM(network=EGNNSize(width=8, layers=1)).denoiser(CHANNELS)
    with pytest.raises(InputError, match="wanted a model with a part among eps, got one of frame"):
        Beginning(parts).applied(edm)


def test_only_parts_that_are_there_can_be_frozen() -> None:
    with pytest.raises(InputError, match="among distances, eps, frame to freeze, got gamma"):
        Beginning(freeze=("gamma",)).applied(SMALL.denoiser(CHANNELS))
