"""The other models of the tables: what each respects, and what it does not."""

import copy
from dataclasses import replace

import pytest
import torch

from markovsym.testing import Effort, assert_equivariant_in_law, equivariance_in_law, making
from markovsym_diffusion.denoisers import (
    EDM,
    GDM,
    AsReleased,
    Backbone,
    Denoiser,
    DiT,
    Held,
    Model,
    SymDiff,
    SymDiffHaar,
    symmetrised,
)
from markovsym_diffusion.evaluation.equivariance import states
from markovsym_diffusion.networks import EGNNSize, GNNSize
from markovsym_diffusion.processes import State
from tests.markovsym_diffusion.small import (
    BACKBONE,
    CHANNELS,
    FRAME,
    SMALL,
    perturbed,
    random_state,
)

HAAR = SymDiffHaar(backbone=BACKBONE)
EQUIVARIANT: dict[str, Model] = {
    "SymDiff-H": HAAR,
    "EDM": EDM(network=EGNNSize(width=16, layers=2)),
}
NOT_EQUIVARIANT: dict[str, Model] = {
    "DiT": DiT(backbone=BACKBONE),
    "DiT-Aug": DiT(backbone=BACKBONE, augmented=True),
    "GDM": GDM(network=GNNSize(width=16, layers=2)),
}
RELEASED = AsReleased(backbone=BACKBONE, frame=FRAME)
SHORT = Effort(examples=1, pairs=512)


def shaken(model: Model) -> Denoiser:
    scale = 0.1 if isinstance(model, EDM | GDM) else 0.3
    return perturbed(model.denoiser(CHANNELS), scale=scale).eval()


@pytest.mark.parametrize("name", EQUIVARIANT)
@torch.no_grad()
def test_what_is_to_be_equivariant_is(name: str) -> None:
    model = shaken(EQUIVARIANT[name])
    with making(SHORT):
        assert_equivariant_in_law(model.kernel, states(model))


@pytest.mark.parametrize("name", NOT_EQUIVARIANT)
@torch.no_grad()
def test_what_is_not_equivariant_is_rejected(name: str) -> None:
    model = shaken(NOT_EQUIVARIANT[name])
    with making(SHORT):
        assert equivariance_in_law(model.kernel, states(model)).rejected


def test_only_what_is_symmetrised_is_said_to_be() -> None:
    found = {name: symmetrised(shaken(model)) for name, model in EQUIVARIANT.items()}
    assert found == {"SymDiff-H": True, "EDM": False}
    assert symmetrised(shaken(RELEASED))
    assert not symmetrised(shaken(NOT_EQUIVARIANT["DiT"]))


@torch.no_grad()
def test_the_padding_shows_in_what_was_released_and_nowhere_else() -> None:
    z = random_state([4], torch.Generator().manual_seed(5))
    wide = State(*(torch.nn.functional.pad(part, (0, 0, 0, 3)) for part in (z.x, z.h)),
                 torch.nn.functional.pad(z.mask, (0, 3)))  # fmt: skip
    t = torch.tensor([0.2])
    models = {**EQUIVARIANT, **NOT_EQUIVARIANT, "as released": RELEASED}
    for name, made in models.items():
        model = shaken(made)
        network = model.parts["eps"] if "distances" not in model.parts else (
            model.parts["distances"] >> model.parts["eps"]
        )  # fmt: skip
        here, there = (
            network.sample((one.x, one.h, t, one.mask), generator=torch.Generator())[0][:, :4]
            for one in (z, wide)
        )
        gap = float((here - there).abs().max() / here.abs().max())
        assert (gap > 1e-2) == (name == "as released"), name


@torch.no_grad()
def test_the_released_embedding_is_ours_without_padding() -> None:
    ours, released = shaken(SMALL), shaken(RELEASED)
    z = random_state([5], torch.Generator().manual_seed(1))
    value = (z.x, z.h, torch.tensor([0.5]), z.mask)
    ours.parts["distances"].load_state_dict(
        {
            name.replace("radial.embedding", "radial"): one
            for name, one in released.parts["distances"].state_dict().items()
        }
    )
    pairs = zip(*(model.parts["distances"].sample(value, generator=torch.Generator())
                  for model in (ours, released)), strict=True)  # fmt: skip
    for one, other in pairs:
        torch.testing.assert_close(one, other)


EVERY = {**EQUIVARIANT, **NOT_EQUIVARIANT, "SymDiff": SMALL, "as released": RELEASED}


@pytest.mark.parametrize("name", EVERY)
def test_the_parts_are_those_of_the_model(name: str) -> None:
    """What --init and --freeze know by name are the very weights that are trained."""
    model = EVERY[name].denoiser(CHANNELS)
    parts = [weight for part in model.parts.values() for weight in part.parameters()]
    assert parts
    assert set(parts) == set(model.parameters())


@pytest.mark.parametrize("backbone", [BACKBONE, replace(BACKBONE, reach=6.0)])
def test_distances_start_as_evenly_as_is_asked_for(backbone: Backbone) -> None:
    for made in (DiT(backbone=backbone), AsReleased(backbone=backbone, frame=FRAME)):
        weights = dict(made.denoiser(CHANNELS).parts["distances"].named_parameters())
        (centres,) = (one for name, one in weights.items() if name.endswith("centres"))
        even = torch.linspace(0, 6, backbone.basis)
        assert torch.allclose(centres, even) == (backbone.reach is not None)


PLAIN = {"DiT": DiT(backbone=BACKBONE), "GDM": GDM(network=GNNSize(width=16, layers=2))}


@pytest.mark.parametrize("augmented", [False, True])
@pytest.mark.parametrize("name", PLAIN)
@torch.no_grad()
def test_only_an_augmented_model_turns_and_only_while_it_trains(name: str, augmented: bool) -> None:
    made = replace(PLAIN[name], augmented=True) if augmented else PLAIN[name]
    model, z, t = shaken(made), random_state([5], torch.Generator()), torch.tensor([0.5])
    for training in (False, True):
        model.train(training)
        one, other = (model(z, t, generator=torch.Generator().manual_seed(seed)) for seed in (0, 1))
        assert torch.allclose(one.x, other.x) == (not (training and augmented))


def test_an_augmented_model_has_the_weights_of_a_plain_one() -> None:
    plain, augmented = (
        DiT(backbone=BACKBONE, augmented=a).denoiser(CHANNELS) for a in (False, True)
    )
    assert plain.state_dict().keys() == augmented.state_dict().keys()
    for one, other in zip(plain.parameters(), augmented.parameters(), strict=True):
        assert torch.equal(one, other)
    assert len(list(augmented.parameters())) == len(set(map(id, augmented.parameters())))


@torch.no_grad()
def test_an_augmented_copy_trains_on_its_own_weights() -> None:
    """A deep copy, as of the averaged weights, leaves the original alone."""
    model = shaken(NOT_EQUIVARIANT["DiT-Aug"]).train()
    other = copy.deepcopy(model)
    for weight in model.parameters():
        weight.zero_()
    z = random_state([5], torch.Generator().manual_seed(1))
    said = other(z, torch.tensor([0.5]), generator=torch.Generator())
    assert said.x.abs().max() > 0


def test_a_seed_decides_the_weights_and_nothing_else_does() -> None:
    before = torch.default_generator.get_state()
    one, same, other = (SMALL.denoiser(CHANNELS, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(before, torch.default_generator.get_state())
    pairs = list(zip(one.parameters(), same.parameters(), other.parameters(), strict=True))
    assert all(torch.equal(a, b) for a, b, _ in pairs)
    assert not all(torch.equal(a, c) for a, _, c in pairs)


def test_models_are_equal_by_their_sizes() -> None:
    assert SymDiff(backbone=BACKBONE, frame=FRAME) == SMALL
    assert replace(SMALL, backbone=replace(BACKBONE, basis=9)) != SMALL


@torch.no_grad()
def test_a_held_model_draws_one_frame(small_model: Denoiser) -> None:
    z, t = random_state([5], torch.Generator().manual_seed(1)), torch.tensor([0.5])
    generator = torch.Generator().manual_seed(0)
    held = Held(small_model, seed=4)
    before = generator.get_state()
    first, second = (held(z, t, generator=generator) for _ in range(2))
    assert torch.equal(first.x, second.x)
    assert torch.equal(before, generator.get_state())
    other = Held(small_model, seed=5)(z, t, generator=generator)
    assert not torch.allclose(first.x, other.x)
