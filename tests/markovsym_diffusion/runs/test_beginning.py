"""Training that begins with parts of another model, some of which stay as they are."""

import dataclasses

import pytest
import torch
from torch import nn

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


def moving(module: nn.Module) -> set[nn.Parameter]:
    return {weight for weight in module.parameters() if weight.requires_grad}


def test_frozen_parts_have_no_gradients_and_the_others_keep_theirs() -> None:
    model = SMALL.denoiser(CHANNELS)
    before, frame = moving(model), moving(model.parts["frame"])
    Beginning(freeze=("distances", "eps")).applied(model)
    assert moving(model) == moving(model.parts["frame"]) == frame
    assert frame
    assert frame < before


def test_what_goes_over_may_be_frozen_there() -> None:
    dit, model = perturbed(DiT(backbone=BACKBONE).denoiser(CHANNELS)), SMALL.denoiser(CHANNELS)
    before, eps = moving(model), moving(model.parts["eps"])
    Beginning.of(dit, freeze=("eps",)).applied(model)
    assert moving(model) == before - eps
    assert eps


def test_a_part_of_another_size_is_refused() -> None:
    wide = dataclasses.replace(BACKBONE, basis=9)
    with pytest.raises(InputError, match="the part distances of the trained model has another"):
        Beginning.of(DiT(backbone=wide).denoiser(CHANNELS)).applied(SMALL.denoiser(CHANNELS))


@pytest.mark.parametrize("depth", [1, 3])
def test_a_part_of_another_depth_is_refused(depth: int) -> None:
    """Every layer that both have is of one size; what is missing, or too much, is not left out."""
    plain = dataclasses.replace(BACKBONE, pair_bias=False)
    transformer = dataclasses.replace(plain.transformer, depth=depth)
    other = DiT(backbone=dataclasses.replace(plain, transformer=transformer)).denoiser(CHANNELS)
    with pytest.raises(InputError, match="the part eps of the trained model has another size"):
        Beginning.of(other).applied(DiT(backbone=plain).denoiser(CHANNELS))


def test_a_model_that_shares_no_part_is_refused() -> None:
    parts = {"frame": SMALL.denoiser(CHANNELS).parts["frame"].state_dict()}
    edm = EDM(network=EGNNSize(width=8, layers=1)).denoiser(CHANNELS)
    with pytest.raises(InputError, match="wanted a model with a part among eps, got one of frame"):
        Beginning(parts).applied(edm)


def test_only_parts_that_are_there_can_be_frozen() -> None:
    with pytest.raises(InputError, match="among distances, eps, frame to freeze, got gamma"):
        Beginning(freeze=("gamma",)).applied(SMALL.denoiser(CHANNELS))
