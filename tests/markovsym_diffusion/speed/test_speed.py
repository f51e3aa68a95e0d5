"""What is counted and compared; nothing here depends on how fast the machine is."""

import time
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.reference import Reference
from markovsym_diffusion.execution import Execution
from markovsym_diffusion.molecules import InputError
from markovsym_diffusion.recipes import recipe
from markovsym_diffusion.speed import (
    Clock,
    Rounds,
    SamplingSteps,
    TrainingSteps,
    agreement,
    interleaved,
    launches,
    like_sizes,
    matrix_rate,
    mixed_sizes,
    useful_work,
    widened,
)
from tests.markovsym_diffusion.small import CHANNELS, SMALL, perturbed, random_state

CPU = torch.device("cpu")
TINY = recipe("symdiff-qm9-tiny")


def test_the_work_of_the_published_model_is_that_of_the_roofline() -> None:
    """Performance is measured against 0.718 GFLOP for a molecule of 18 atoms."""
    work = useful_work(recipe("symdiff-qm9").denoiser(), CHANNELS, torch.tensor([18]))
    assert work == pytest.approx(0.718e9, rel=0.02)


def test_work_adds_up() -> None:
    model = SMALL.denoiser(CHANNELS)
    each = [useful_work(model, CHANNELS, torch.tensor([n])) for n in (3, 5, 5)]
    assert useful_work(model, CHANNELS, torch.tensor([5, 3, 5])) == sum(each)
    assert each[0] < each[1]


@given(
    sizes=st.lists(st.integers(1, 29), min_size=40, max_size=90),
    batch_size=st.integers(1, 9),
    count=st.integers(1, 4),
)
def test_batches_are_of_like_size_or_mixed(sizes: list[int], batch_size: int, count: int) -> None:
    every = torch.tensor(sizes)
    like, mixed = like_sizes(every, batch_size, count), mixed_sizes(every, batch_size, count)
    assert [len(rows) for rows in (*like, *mixed)] == [batch_size] * (2 * count)
    ordered = every.sort().values
    for rows in like:
        low, high = every[rows].min(), every[rows].max()
        assert ((ordered > low) & (ordered < high)).sum() <= batch_size
    assert torch.cat(mixed).unique().numel() == batch_size * count
    assert abs(every[torch.cat(mixed)].float().mean() - every.float().mean()) < 29 / batch_size


def test_contestants_take_turns() -> None:
    order: list[str] = []
    runs: dict[str, Callable[[], object]] = {
        name: lambda name=name: order.append(name) for name in "ab"
    }
    found = interleaved(runs, Clock(CPU), 3)
    assert order == ["a", "b"] * 4
    assert {name: len(rounds.seconds) for name, rounds in found.items()} == {"a": 3, "b": 3}


def test_ratios_are_taken_round_by_round() -> None:
    ratio = Rounds((1.0, 2.0, 4.0)).against(Rounds((3.0, 4.0, 4.0)))
    assert ratio.seconds == (3.0, 2.0, 1.0)
    assert ratio.facts() == {"median": 2.0, "spread": 1.0, "rounds": [3.0, 2.0, 1.0]}


def test_a_clock_of_one_thread_leaves_waiting_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for threads in (1, 2):
        monkeypatch.setattr(torch, "get_num_threads", lambda threads=threads: threads)
        clock = Clock(CPU)
        assert clock.by_processor == (threads == 1)
        assert (clock.seconds(lambda: time.sleep(0.05)) < 0.04) == (threads == 1)


def test_looks_at_values_are_counted() -> None:
    x = torch.ones(3)
    assert launches(lambda: x + x, CPU).waits == 0
    assert launches(lambda: [float(x.sum()), bool((x > 0).all())], CPU).waits == 2
    assert launches(lambda: x + x + x, CPU).kernels == 2


def test_steps_train_and_sample_without_looking(generator: torch.Generator) -> None:
    z = random_state([4, 4], generator)
    before = TINY.denoiser().state_dict()
    training = TrainingSteps(TINY, TINY.denoiser(), Execution())
    training.run([z, z])
    assert training.state.step == 2
    after = training.model.state_dict()
    assert any(not torch.equal(after[name], before[name]) for name in before)
    assert launches(lambda: training.step(z), CPU).waits == 0
    sampling = SamplingSteps(TINY, TINY.denoiser(), Execution())
    assert launches(lambda: sampling.step(z), CPU).waits == 0


def test_only_diffusion_has_an_ancestral_step_to_time() -> None:
    made = recipe("flow-symdiff-qm9-tiny")
    with pytest.raises(InputError, match="wanted a recipe of diffusion to time its sampler, got f"):
        SamplingSteps(made, made.denoiser(), Execution())


def test_agreement_is_that_of_values_and_of_gradients(generator: torch.Generator) -> None:
    z = random_state([5, 3], generator)
    ours, theirs = (perturbed(TINY.denoiser(), scale=0.02).double() for _ in range(2))
    z = type(z)(z.x.double(), z.h.double(), z.mask)
    near = agreement(ours.train(), Reference(theirs).train(), z)
    assert max(near.values()) < 1e-9
    far = agreement(ours, Reference(perturbed(theirs, seed=1, scale=0.02)), z)
    assert min(far.values()) > 1e-3
    assert set(agreement(ours.eval(), theirs.eval(), z)) == {"values"}


def test_widened_molecules_are_the_same(generator: torch.Generator) -> None:
    z = random_state([5, 3], generator)
    wide = widened(z, 9)
    assert torch.equal(wide.x[:, :5], z.x)
    assert torch.equal(wide.mask[:, :5], z.mask)
    assert [wide.x[:, 5:].abs().sum(), wide.h[:, 5:].abs().sum(), wide.mask[:, 5:].sum()] == [0] * 3


def test_products_of_matrices_have_a_rate() -> None:
    assert matrix_rate(CPU, torch.float32) > 1e8
