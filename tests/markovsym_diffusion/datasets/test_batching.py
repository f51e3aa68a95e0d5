import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym_diffusion.datasets import SizeSorted
from markovsym_diffusion.molecules import InputError, Molecules

sizes = st.lists(st.integers(1, 9), min_size=1, max_size=60).map(torch.tensor)
batch_sizes = st.integers(1, 12)
seeds = st.integers(0, 2**32 - 1)
epochs = st.integers(0, 1000)


@given(sizes=sizes, batch_size=batch_sizes, seed=seeds, number=epochs)
def test_every_molecule_comes_once_an_epoch(
    sizes: torch.Tensor, batch_size: int, seed: int, number: int
) -> None:
    batches = SizeSorted(sizes, batch_size).epoch(seed, number)
    assert torch.cat(batches).sort().values.tolist() == list(range(len(sizes)))


@given(sizes=sizes, batch_size=batch_sizes, seed=seeds, number=epochs)
def test_at_most_one_batch_is_short(
    sizes: torch.Tensor, batch_size: int, seed: int, number: int
) -> None:
    plan = SizeSorted(sizes, batch_size)
    lengths = [len(batch) for batch in plan.epoch(seed, number)]
    assert len(lengths) == plan.batches_per_epoch
    assert sorted(lengths)[1:] == [batch_size] * (len(lengths) - 1)


@given(sizes=sizes, batch_size=batch_sizes, seed=seeds, number=epochs)
def test_batches_do_not_overlap_in_size(
    sizes: torch.Tensor, batch_size: int, seed: int, number: int
) -> None:
    batches = SizeSorted(sizes, batch_size).epoch(seed, number)
    spans = sorted((int(sizes[batch].min()), int(sizes[batch].max())) for batch in batches)
    assert all(left[1] <= right[0] for left, right in itertools.pairwise(spans))


@given(sizes=sizes, batch_size=batch_sizes, seed=seeds, start=st.integers(0, 100))
def test_a_run_resumes_at_any_step(
    sizes: torch.Tensor, batch_size: int, seed: int, start: int
) -> None:
    plan = SizeSorted(sizes, batch_size)
    whole = list(itertools.islice(plan.batches(seed), start + 5))
    resumed = list(itertools.islice(plan.batches(seed, start), 5))
    assert all(torch.equal(a, b) for a, b in zip(whole[start:], resumed, strict=True))


@given(seed=seeds, number=epochs)
def test_an_epoch_needs_no_global_randomness(seed: int, number: int) -> None:
    plan = SizeSorted(torch.arange(1, 30), 4)
    states = torch.get_rng_state(), np.random.get_state()[1].tolist()  # noqa: NPY002 - read only
    once, again = plan.epoch(seed, number), plan.epoch(seed, number)
    assert all(torch.equal(a, b) for a, b in zip(once, again, strict=True))
    assert torch.equal(states[0], torch.get_rng_state())
    assert states[1] == np.random.get_state()[1].tolist()  # noqa: NPY002 - read only


def test_epochs_and_seeds_differ() -> None:
    plan = SizeSorted(torch.full((1000,), 7), 1000)
    orders = [tuple(plan.epoch(*key)[0].tolist()) for key in ((0, 0), (0, 1), (1, 0), (1, 1))]
    assert len(set(orders)) == 4


def test_ties_and_batches_come_in_uniform_order() -> None:
    plan = SizeSorted(torch.tensor([5, 5, 5, 9]), 1)
    first = torch.stack([plan.epoch(3, number)[0] for number in range(4000)]).flatten()
    shares = first.bincount(minlength=4) / 4000
    assert (shares - 0.25).abs().max() < 5 * (0.25 * 0.75 / 4000) ** 0.5  # five standard errors


def test_a_batch_of_real_molecules_has_hardly_any_padding(some_qm9: Molecules) -> None:
    batches = SizeSorted(some_qm9.sizes, 32).epoch(0, 0)
    places = sum(len(batch) * int(some_qm9.sizes[batch].max()) for batch in batches)
    assert places / len(some_qm9.numbers) < 1.03  # about 1.3 in random order


def test_no_molecules_are_refused() -> None:
    with pytest.raises(InputError, match="at least one molecule, got none"):
        SizeSorted(torch.tensor([], dtype=torch.int64), 4)


def test_a_batch_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="at least one molecule, got 0"):
        SizeSorted(torch.tensor([3]), 0)
