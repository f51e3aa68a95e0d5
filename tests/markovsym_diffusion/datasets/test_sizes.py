import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym_diffusion.datasets import SIZE_HISTOGRAM, SizeDistribution
from markovsym_diffusion.molecules import InputError

counts = st.dictionaries(st.integers(1, 40), st.integers(1, 10**6), min_size=1)


@given(counts=counts)
def test_probabilities_sum_to_one(counts: dict[int, int]) -> None:
    law = SizeDistribution(counts)
    total = law.log_prob(torch.tensor(list(counts))).double().exp().sum()
    assert abs(total - 1) < 1e-5  # forty terms in single precision


@given(counts=st.dictionaries(st.integers(1, 40), st.integers(1, 20), min_size=1))
def test_counting_what_was_counted_gives_the_same_law(counts: dict[int, int]) -> None:
    sizes = torch.tensor([size for size, count in counts.items() for _ in range(count)])
    assert SizeDistribution.from_sizes(sizes) == SizeDistribution(counts)


@given(counts=counts, seed=st.integers(0, 2**32 - 1))
def test_only_sizes_that_were_seen_are_drawn(counts: dict[int, int], seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    drawn = SizeDistribution(counts).sample(50, generator=generator)
    assert drawn.shape == (50,)
    assert set(drawn.tolist()) <= counts.keys()


def test_draws_follow_the_law() -> None:
    generator = torch.Generator().manual_seed(0)
    drawn = SizeDistribution({2: 1, 5: 3}).sample(10_000, generator=generator)
    share = (drawn == 5).double().mean()
    assert abs(share - 0.75) < 5 * (0.75 * 0.25 / 10_000) ** 0.5  # five standard errors


def test_the_sizes_of_qm9_have_the_published_mean_and_entropy() -> None:
    sizes = torch.tensor(list(SIZE_HISTOGRAM))
    logs = SizeDistribution(SIZE_HISTOGRAM).log_prob(sizes).double()
    assert float((logs.exp() * sizes).sum()) == pytest.approx(18.031, abs=5e-4)
    assert float(-(logs.exp() * logs).sum()) == pytest.approx(2.4757, abs=5e-5)


def test_any_batch_shape_is_kept() -> None:
    law = SizeDistribution({2: 1, 5: 3})
    found = law.log_prob(torch.tensor([[2, 5], [5, 5]]))
    wanted = torch.tensor([[0.25, 0.75], [0.75, 0.75]]).log()
    torch.testing.assert_close(found, wanted)
    assert float(law.log_prob(torch.tensor(2))) == pytest.approx(math.log(0.25))


@pytest.mark.parametrize("size", [-1, 0, 4, 6, 10**9])
def test_a_size_that_was_not_seen_is_named(size: int) -> None:
    law = SizeDistribution({2: 1, 5: 3})
    with pytest.raises(InputError, match=rf"no molecule of {size} atoms was seen, only \[2, 5\]"):
        law.log_prob(torch.tensor([2, size, 5]))


@pytest.mark.parametrize("counts", [{}, {0: 3}, {-2: 3}, {4: 0}, {4: -1}])
def test_a_table_that_is_no_law_is_refused(counts: dict[int, int]) -> None:
    with pytest.raises(InputError, match=r"at least one size|must be positive"):
        SizeDistribution(counts)
