import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym_diffusion.datasets.splits import split_at_random, split_groups, split_in_order
from markovsym_diffusion.molecules import InputError

counts = st.integers(3, 200)
seeds = st.integers(0, 2**32 - 1)


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@given(count=counts, seed=seeds)
def test_the_splits_are_a_partition_and_none_is_empty(count: int, seed: int) -> None:
    splits = split_at_random(count, generator=seeded(seed))
    assert list(splits) == ["train", "valid", "test"]
    assert torch.cat(list(splits.values())).sort().values.tolist() == list(range(count))
    assert len(splits["valid"]) == len(splits["test"]) == max(1, count // 10)
    assert all((rows.diff() > 0).all() for rows in splits.values())


def test_every_row_is_as_likely_in_valid_and_in_test() -> None:
    generator = seeded(0)
    drawn = [split_at_random(10, generator=generator) for _ in range(3000)]
    for split in ("valid", "test"):
        shares = torch.cat([each[split] for each in drawn]).bincount(minlength=10) / 3000
        assert (shares - 0.1).abs().max() < 5 * (0.1 * 0.9 / 3000) ** 0.5  # five standard errors


def test_an_order_is_cut_as_published() -> None:
    order = torch.tensor([7, 3, 9, 1, 0, 2, 8, 4, 6, 5, 19, 13, 12, 11, 10, 18, 17, 16, 15, 14])
    splits = {split: rows.tolist() for split, rows in split_in_order(order).items()}
    assert splits["valid"] == [3, 7]
    assert splits["test"] == [1, 9]
    assert splits["train"] == [0, 2, 4, 5, 6, 8, *range(10, 20)]


def test_the_published_order_is_cut_into_the_published_numbers() -> None:
    splits = split_in_order(torch.arange(6_922_516))
    assert [len(rows) for rows in splits.values()] == [5_538_014, 692_251, 692_251]


@given(sizes=st.lists(st.integers(1, 5), min_size=3, max_size=40), seed=seeds)
def test_groups_stay_together(sizes: list[int], seed: int) -> None:
    splits = split_groups(torch.tensor(sizes), generator=seeded(seed))
    owner = torch.repeat_interleave(torch.tensor(sizes))
    assert torch.cat(list(splits.values())).sort().values.tolist() == list(range(sum(sizes)))
    groups = split_at_random(len(sizes), generator=seeded(seed))
    for split, rows in splits.items():
        assert torch.equal(owner[rows].unique(), groups[split])
        assert (rows.diff() > 0).all()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_rows_are_refused(count: int) -> None:
    with pytest.raises(InputError, match=f"at least three molecules, got {count}"):
        split_at_random(count, generator=seeded(0))
