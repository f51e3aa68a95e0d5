import dataclasses
from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor

from markovsym_diffusion.denoisers import Denoiser, Seeing
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.likelihood import Draws
from markovsym_diffusion.methods import Diffusion, Flow, Method, Sampling, Score
from markovsym_diffusion.molecules import InputError, Molecules
from markovsym_diffusion.objectives import EquivariantTransport, Independent, TimeDraw
from markovsym_diffusion.processes import (
    Circular,
    ContinuousProcess,
    State,
    Straight,
    VarianceExploding,
    VariancePreserving,
    blank,
    blend,
    encode,
)
from markovsym_diffusion.samplers import (
    ancestral,
    ddim,
    dpm_solver,
    euler_maruyama,
    euler_ode,
    heun,
    heun_ode,
    sde_dpm_solver,
)
from markovsym_diffusion.schedules import PolynomialSchedule
from tests.markovsym_diffusion.exact import SPREAD, ExactNoise, ExactVelocity, normal_data

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
@torch.no_grad()
def test_held_frames_are_others_for_another_source(name: str) -> None:
    drawn: set[float] = set()

    def model(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        drawn.add(float(torch.randn((), generator=generator)))
        return State(torch.zeros_like(z.x), torch.zeros_like(z.h), z.mask)

    like, asked = blank(torch.tensor([3]), AtomFeatures()), Sampling(steps=4, frames="held")
    for seed in range(3):
        generator = torch.Generator().manual_seed(seed)
        list(METHODS[name].trajectory(model, like, generator=generator, asked=asked))
    assert len(drawn) == 3


def test_samplers_have_their_steps_and_frames() -> None:
    solvers = {"heun": (50, "held"), "euler": (100, "held"), "dopri5": (None, "held")}
    wanted = {
        "diffusion": {
            "ancestral": (30, "fresh"),
            "sde-dpm-solver++": (30, "fresh"),
            "ddim": (30, "held"),
            "dpm-solver++": (30, "held"),
            "heun": (30, "held"),
        },
        "score": {"euler-maruyama": (1000, "fresh"), **solvers},
        "flow": solvers,
    }
    for name, known in wanted.items():
        found = METHODS[name].samplers
        assert {key: (one.steps, one.frames) for key, one in found.items()} == known
        assert next(iter(found)) == next(iter(known))


@pytest.mark.parametrize(
    ("name", "sampler", "algorithm"),
    [
        ("diffusion", "ancestral", ancestral),
        ("diffusion", "sde-dpm-solver++", sde_dpm_solver),
        ("diffusion", "ddim", ddim),
        ("diffusion", "dpm-solver++", dpm_solver),
        ("diffusion", "heun", heun),
        ("exploding score", "euler-maruyama", euler_maruyama),
        ("flow", "heun", heun_ode),
        ("flow", "euler", euler_ode),
    ],
)
def test_a_sampler_is_the_algorithm_of_its_name(
    name: str, sampler: str, algorithm: Callable[..., Iterator[State]]
) -> None:
    """Networks in continuous time see what comes in one size."""
    method, like = METHODS[name], blank(torch.tensor([3, 5]), AtomFeatures())

    def model(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        return blend((0.1 + t, z))

    asked = Sampling(sampler=sampler, steps=3, frames="fresh")
    ours = method.trajectory(model, like, generator=torch.Generator(), asked=asked)
    seeing = model if isinstance(method, Diffusion) else Seeing(model, method.process)
    theirs = algorithm(seeing, method.process, like, generator=torch.Generator(), steps=3)
    for one, other in zip(ours, theirs, strict=True):
        assert torch.equal(one.x, other.x)
        assert torch.equal(one.h, other.h)


@pytest.mark.parametrize(
    "method",
    [
        METHODS["score"],
        METHODS["exploding score"],
        METHODS["flow"],
        Flow(process=ContinuousProcess(Circular(), first=1e-3)),
    ],
    ids=repr,
)
def test_the_velocity_of_an_exact_network_is_the_exact_one(method: Score | Flow) -> None:
    """Of normal data: z times half the relative rate of its variance."""
    process, z = method.process, normal_data(3, 4, torch.Generator().manual_seed(0))
    network = ExactNoise(process) if isinstance(method, Score) else ExactVelocity(process)
    t = torch.tensor([0.1, 0.5, 0.9], dtype=torch.float64, requires_grad=True)
    variance = process.path.alpha(t).square() * SPREAD**2 + process.path.sigma(t).square()
    (rate,) = torch.autograd.grad(0.5 * variance.log().sum(), t)
    found = method.velocity(network)(z, t.detach().float(), generator=torch.Generator())
    wanted = blend((rate.float(), z))
    torch.testing.assert_close(found.x, wanted.x, rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(found.h, wanted.h, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", METHODS)
def test_objectives_have_the_times_that_are_asked_for(name: str) -> None:
    times = TimeDraw(power=2.0)
    assert METHODS[name].objective(AtomFeatures(), times, torch.device("cpu")).times == times


def test_flows_are_straight_and_uncoupled_unless_told_otherwise() -> None:
    assert Flow().process == ContinuousProcess(Straight(), first=1e-3)
    for coupling in (Independent(), EquivariantTransport()):
        coupled = Flow(coupling=coupling) if coupling != Independent() else Flow()
        objective = coupled.objective(AtomFeatures(), TimeDraw(), torch.device("cpu"))
        assert objective.coupling == coupling


@pytest.mark.parametrize(
    ("name", "draws", "sizes"),
    [
        ("diffusion", Draws(frames=2, times=3), [4] * (3 + 1)),
        ("score", Draws(frames=2), [2] * 2 * (2 * 100 + 1)),
        ("flow", Draws(frames=1, times=120), [2] * (2 * 120 + 1)),
    ],
)
def test_bounds_take_the_draws_that_are_asked_for(
    name: str, draws: Draws, sizes: list[int], molecules: Molecules
) -> None:
    """As many calls, each of as many molecules: two for each step of Heun's rule, one to read."""
    called: list[int] = []

    def model(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        called.append(len(t))
        return State(0.0 * z.x, 0.0 * z.h, z.mask)

    data = encode(molecules.padded(), AtomFeatures())
    METHODS[name].bound(model, AtomFeatures(), data, generator=torch.Generator(), draws=draws)
    assert called == sizes


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


def test_frames_and_steps_that_are_asked_for_are_taken() -> None:
    _, steps, frames = METHODS["diffusion"].chosen(Sampling(frames="held"))
    assert (steps, frames) == (30, "held")
    _, steps, frames = METHODS["diffusion"].chosen(Sampling(sampler="ddim", frames="fresh"))
    assert (steps, frames) == (30, "fresh")
    _, steps, frames = METHODS["diffusion"].chosen(Sampling(steps=30, frames="held"))
    assert (steps, frames) == (30, "held")
    assert METHODS["flow"].chosen(Sampling(steps=100_000))[1] == 100_000
    with pytest.raises(InputError, match="wanted --steps between 1 and 100000, got 100001"):
        METHODS["flow"].chosen(Sampling(steps=100_001))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (Sampling(sampler="euler"), r"wanted a sampler among ancestral, sde-.*, heun, got euler"),
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
