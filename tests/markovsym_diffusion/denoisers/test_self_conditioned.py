"""Networks that see what they believed before."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from markovsym import testing
from markovsym.errors import CompositionError
from markovsym_diffusion.denoisers import Denoiser, Recorded, SelfConditioned, unsymmetrised
from markovsym_diffusion.evaluation.equivariance import states
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.methods import Diffusion, Sampling
from markovsym_diffusion.objectives import TimeDraw
from markovsym_diffusion.objectives.belief import half_believed
from markovsym_diffusion.processes import GaussianProcess, State
from tests.markovsym_diffusion.small import BACKBONE, CHANNELS, SMALL, perturbed, random_state

MODEL = replace(SMALL, backbone=replace(BACKBONE, self_conditioned=True))


@pytest.fixture(name="model", scope="module")
def _model() -> Denoiser:
    return perturbed(MODEL.denoiser(CHANNELS)).eval().requires_grad_(requires_grad=False)


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(7)


def test_it_is_equivariant_where_the_belief_turns_along(model: Denoiser) -> None:
    testing.assert_equivariant_in_law(
        model.kernel, states(model), effort=testing.Effort(examples=4)
    )


def test_it_is_not_where_the_belief_stays(model: Denoiser) -> None:
    """The control: the network alone, to which no one turns anything."""
    effort = testing.Effort(examples=4)
    with pytest.raises(AssertionError, match="not equivariant in law"):
        testing.assert_equivariant_in_law(unsymmetrised(model), states(model), effort=effort)


def test_no_belief_is_zeros_and_any_other_is_seen(
    model: Denoiser, generator: torch.Generator
) -> None:
    z, t = random_state([4, 6], generator), torch.tensor([0.2, 0.7])
    nothing = State(torch.zeros_like(z.x), torch.zeros_like(z.h), z.mask)
    alone = model(z, t, generator=seeded())
    told = model(replace(z, belief=nothing), t, generator=seeded())
    assert torch.equal(alone.x, told.x)
    assert torch.equal(alone.h, told.h)
    for part in ("x", "h"):
        belief = replace(nothing, **{part: getattr(random_state([4, 6], generator), part)})
        other = model(replace(z, belief=belief), t, generator=seeded())
        assert not torch.allclose(other.x, alone.x, atol=1e-3)


def test_a_network_that_cannot_see_it_says_so(
    small_model: Denoiser, generator: torch.Generator
) -> None:
    z = random_state([3], generator)
    with pytest.raises(CompositionError, match="wanted a self_conditioned backbone"):
        small_model(replace(z, belief=z), torch.tensor([0.5]), generator=generator)


def test_every_other_molecule_comes_with_a_belief(
    process: GaussianProcess, generator: torch.Generator
) -> None:
    z, t = random_state([3, 4, 5], generator), torch.tensor([0.0, 0.4, 1.0])
    weight = torch.ones((), requires_grad=True)

    def half(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        return State(weight * 0.5 * z.x, weight * 0.5 * z.h, z.mask)

    seen = half_believed(half, process, z, t, generator=generator)
    assert seen.belief is not None
    left = 1 - 0.5 * process.times.sigma[[0, 1000]][:, None, None]
    torch.testing.assert_close(seen.belief.x[::2], left * z.x[::2])
    torch.testing.assert_close(seen.belief.h[::2], left * z.h[::2])
    assert not seen.belief.x[1].any()
    assert not seen.belief.h[1].any()
    assert not seen.belief.x.requires_grad


def test_half_of_a_batch_learns_with_a_belief(
    features: AtomFeatures, generator: torch.Generator
) -> None:
    objective = Diffusion(self_conditioned=True).objective(features, TimeDraw(), generator.device)
    calls: list[State] = []

    def spy(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        calls.append(z)
        return State(z.x, z.h, z.mask)

    data = random_state([5, 5, 5, 5], generator)
    objective(spy, data, generator=generator)
    first, second = calls
    assert (len(first.mask), len(second.mask)) == (2, 4)
    assert second.belief is not None
    assert [bool(x.any()) for x in second.belief.x] == [True, False, True, False]
    calls.clear()
    objective.evenly()(spy, data, generator=generator)
    assert [z.belief for z in calls] == [None]


def test_a_sampler_shows_it_what_it_believed_last(
    process: GaussianProcess, generator: torch.Generator
) -> None:
    calls: list[State] = []

    def third(z: State, t: Tensor, *, generator: torch.Generator) -> State:
        calls.append(z)
        return State(z.x / 3, z.h / 3, z.mask)

    method = Diffusion(self_conditioned=True)
    like = random_state([4, 4], generator)
    for sampler, steps, frames in (("ancestral", 3, "fresh"), ("ddim", 3, "held")):
        calls.clear()
        asked = Sampling(sampler=sampler, steps=steps, frames=frames)
        list(method.trajectory(third, like, generator=generator, asked=asked))
        beliefs = [z.belief for z in calls]
        assert all(belief is not None for belief in beliefs)
        assert not beliefs[0].x.any()
        for z, belief, t in zip(calls, beliefs[1:], process.grid(steps), strict=False):
            left = 1 - process.times.sigma[t] / 3
            torch.testing.assert_close(belief.x, left * z.x)
            torch.testing.assert_close(belief.h, left * z.h)


def test_the_belief_reaches_a_recorded_model(
    model: Denoiser, process: GaussianProcess, generator: torch.Generator
) -> None:
    z, t = random_state([4, 6], generator), torch.tensor([0.5, 0.5])
    plain, recorded = SelfConditioned(model, process), SelfConditioned(Recorded(model), process)
    for _ in range(2):
        wanted, found = (one(z, t, generator=seeded()) for one in (plain, recorded))
        assert torch.equal(wanted.x, found.x)
    first = SelfConditioned(model, process)(z, t, generator=seeded())
    assert not torch.equal(first.x, found.x)
