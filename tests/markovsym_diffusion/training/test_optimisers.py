import dataclasses

import torch
from torch import Tensor

from markovsym_diffusion.denoisers import Denoiser
from markovsym_diffusion.training import TrainingSettings
from markovsym_diffusion.training.optimisers import Optimiser

MUON = TrainingSettings(learning_rate=0.0, muon_rate=0.1)
ONE, FINE, BAD = torch.ones(()), torch.zeros(()), torch.ones(())


def moved(model: Denoiser, optimiser: Optimiser, share: float, bad: Tensor) -> dict[str, Tensor]:
    """How far each weight goes in one step, by gradients that are always the same."""
    generator = torch.Generator().manual_seed(0)
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    for weight in optimiser.weights:
        weight.grad = torch.randn(weight.shape, generator=generator)
    optimiser.step(share, ONE, bad)
    return {name: weight.detach() - before[name] for name, weight in model.named_parameters()}


def test_muon_moves_the_matrices_of_blocks_and_nothing_else(small_model: Denoiser) -> None:
    steps = moved(small_model, Optimiser(small_model, MUON), 1.0, FINE)
    gone = {name for name, step in steps.items() if step.abs().sum() > 0}
    assert gone
    for name in gone:
        assert any(part in name for part in ("attention.", "mlp."))
        assert name.endswith("ward.weight")
    assert len(gone) == sum(name.endswith("ward.weight") and ".blocks." in name for name in steps)


def test_a_step_of_muon_is_nearly_orthogonal(small_model: Denoiser) -> None:
    steps = moved(small_model, Optimiser(small_model, MUON), 1.0, FINE)
    step = next(step for name, step in steps.items() if name.endswith("attention.outward.weight"))
    sizes = torch.linalg.svdvals(step / 0.1)
    assert (sizes > 0.4).all()
    assert (sizes < 1.6).all()


def test_the_step_goes_with_the_share(small_model: Denoiser) -> None:
    settings = dataclasses.replace(MUON, learning_rate=0.01)
    for share in (1.0, 0.25):
        model = small_model
        steps = moved(model, Optimiser(model, settings), share, FINE)
        largest = max(float(step.abs().max()) for name, step in steps.items() if "bias" in name)
        assert abs(largest - 0.01 * share) < 1e-5


def test_bad_gradients_move_nothing(small_model: Denoiser) -> None:
    for settings in (TrainingSettings(), MUON):
        steps = moved(small_model, Optimiser(small_model, settings), 1.0, BAD)
        assert all(step.abs().sum() == 0 for step in steps.values())


def test_moments_come_back(small_model: Denoiser) -> None:
    settings = dataclasses.replace(MUON, learning_rate=0.01)
    first, second = Optimiser(small_model, settings), Optimiser(small_model, settings)
    moved(small_model, first, 1.0, FINE)
    second.restore(first.tensors())
    ours, theirs = first.tensors(), second.tensors()
    assert ours.keys() == theirs.keys()
    assert len(ours) > 100
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_frozen_weights_stay(small_model: Denoiser) -> None:
    small_model.requires_grad_(requires_grad=False)
    free = next(w for n, w in small_model.named_parameters() if n.endswith("mlp.inward.weight"))
    free.requires_grad_()
    steps = moved(small_model, Optimiser(small_model, MUON), 1.0, FINE)
    assert sum(float(step.abs().sum()) > 0 for step in steps.values()) == 1
