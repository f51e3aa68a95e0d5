import dataclasses

import pytest
import torch
from torch import Tensor

from markovsym_diffusion.denoisers import Denoiser
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.likelihood import Draws
from markovsym_diffusion.methods import Diffusion, Flow, Method, Sampling, Score
from markovsym_diffusion.molecules import InputError, Molecules
from markovsym_diffusion.objectives import TimeDraw
from markovsym_diffusion.processes import (
    ContinuousProcess,
    State,
    VarianceExploding,
    VariancePreserving,
    blank,
    encode,
)
from markovsym_diffusion.schedules import PolynomialSchedule

METHODS: dict[str, Method] = {
    "diffusion": Diffusion(schedule=PolynomialSchedule(steps=30)),
    "score": Score(process=ContinuousProcess(VariancePreserving(), first=1e-3)),
    "exploding score": Score(process=ContinuousProcess(VarianceExploding(), first=1e-3)),
    "flow": Flow(),
}
EVERY = [(name, sampler) for name, method in METHODS.items() for sampler in method.samplers]


@pytest.mark.parametrize(("name", "sampler"), EVERY)
@torch.no_grad()
def test_every_sampler_leaves_molecules(name: str, sampler: str, small_model: Denoiser) -> None:
    if sampler == "dopri5":
        pytest.importorskip("torchdiffeq")
    method, like = METHODS[name], blank(torch.tensor([3, 5]), AtomFeatures())
    steps = None if sampler == "dopri5" else 6
    asked = Sampling(sampler=sampler, steps=steps)
    weak = damped(small_model)
    states = list(
        method.trajectory(weak, like, generator=torch.Generator().manual_seed(0), asked=asked)
    )
    assert len(states) == (3 if sampler == "dopri5" else 8)
    assert states[-1].x.isfinite().all()
    assert states[-1].x.std() > 0
    assert states[-1].x.sum(1).abs().max() < 1e-3 * states[-1].x.abs().max()
    assert states[-1].x[~like.mask].abs().sum() == 0


def damped(model: Denoiser) -> object:
    """A model that says little, so that nothing grows without bound."""

    def weak(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        said = model(State(z.x / 50, z.h / 50, z.mask), t, generator=generator)
        return State(0.01 * said.x, 0.01 * said.h, z.mask)

    return weak


@pytest.mark.parametrize("name", METHODS)
@torch.no_grad()
def test_held_frames_are_one_draw_for_a_trajectory_and_fresh_ones_are_not(name: str) -> None:
    drawn: list[float] = []

    def model(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        drawn.append(float(torch.randn((), generator=generator)))
        return State(torch.zeros_like(z.x), torch.zeros_like(z.h), z.mask)

    like = blank(torch.tensor([3]), AtomFeatures())
    numbers = {}
    for frames in ("held", "fresh"):
        drawn.clear()
        asked = Sampling(steps=4, frames=frames)
        list(METHODS[name].trajectory(model, like, generator=torch.Generator(), asked=asked))
        numbers[frames] = len(set(drawn))
    assert numbers["held"] == 1
    assert numbers["fresh"] > 4


@pytest.mark.parametrize("name", METHODS)
def test_objectives_and_bounds_are_finite(
    name: str, small_model: Denoiser, molecules: Molecules
) -> None:
    features = AtomFeatures()
    data, generator = encode(molecules.padded(), features), torch.Generator().manual_seed(0)
    objective = METHODS[name].objective(features, TimeDraw(), torch.device("cpu"))
    loss = objective(small_model, data, generator=generator)
    loss.mean().backward()
    assert loss.shape == (2,)
    assert loss.isfinite().all()
    assert all(p.grad is None or bool(p.grad.isfinite().all()) for p in small_model.parameters())
    bound = METHODS[name].bound(
        damped(small_model), features, data, generator=generator, draws=Draws()
    )
    assert bound.total.isfinite().all()
    assert not bound.total.requires_grad


def test_the_first_sampler_is_taken_with_its_steps_and_frames() -> None:
    _, steps, frames = METHODS["diffusion"].chosen(Sampling())
    assert (steps, frames) == (30, "fresh")
    _, steps, frames = METHODS["diffusion"].chosen(Sampling(sampler="ddim", steps=7))
    assert (steps, frames) == (7, "held")
    _, steps, frames = METHODS["flow"].chosen(Sampling(sampler="dopri5", frames="held"))
    assert (steps, frames) == (None, "held")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (Sampling(sampler="euler"), r"wanted a sampler among ancestral, ddim, .*, got euler"),
        (Sampling(steps=31), "wanted --steps between 1 and 30, got 31"),
        (Sampling(steps=0), "wanted --steps between 1 and 30, got 0"),
    ],
)
def test_what_cannot_be_done_is_refused(asked: Sampling, message: str) -> None:
    with pytest.raises(InputError, match=message):
        METHODS["diffusion"].chosen(asked)


@pytest.mark.parametrize(
    "asked", [Sampling(sampler="dopri5", steps=10), Sampling(sampler="dopri5", frames="fresh")]
)
def test_dopri5_takes_no_steps_and_no_fresh_frames(asked: Sampling) -> None:
    with pytest.raises(InputError, match="dopri5 chooses its steps itself, for frames that are"):
        METHODS["flow"].chosen(asked)


def test_the_released_loss_counts_the_padding(molecules: Molecules) -> None:
    """Water beside methane: five places instead of three atoms."""
    data, cpu = encode(molecules.padded(), AtomFeatures()), torch.device("cpu")
    method = Diffusion()
    ours, released = (
        each.objective(AtomFeatures(), TimeDraw(power=0.01), cpu)(
            silent, data, generator=torch.Generator().manual_seed(0)
        )
        for each in (method, dataclasses.replace(method, padded_width=True))
    )
    torch.testing.assert_close(ours / released, torch.tensor([1.0, 5 / 3]))


def silent(z: State, t: Tensor, *, generator: torch.Generator) -> State:
    return State(torch.zeros_like(z.x), torch.zeros_like(z.h), z.mask)
