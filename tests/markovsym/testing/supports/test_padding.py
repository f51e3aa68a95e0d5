"""Rows that do not exist change nothing, or are found to."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from markovsym.actions import gspace, matrix, trivial
from markovsym.kernels import Centred, Gaussian, Normal
from markovsym.spaces import Kind
from markovsym.testing.outcome import InconclusiveError, NotApplicableError
from markovsym.testing.supports.padding import assert_padding_invariant
from tests.markovsym.testing.clouds import CENTRED, FREE, MASK, G, centred, mean, noisy

X = CENTRED @ MASK


def total(x: Tensor, mask: Tensor) -> Tensor:
    """The mean radius, of the rows that exist."""
    return mean(x.square().sum(-1, keepdim=True), mask).flatten()


NUMBER = gspace((), trivial(G))


@settings(max_examples=5)
@given(st.integers(0, 1000))
def test_a_sum_over_what_exists_passes(seed: int) -> None:
    found = assert_padding_invariant(total, X=X, Y=NUMBER, seed=seed)
    assert found is not None
    assert not found.rejected


def test_noise_that_is_centred_over_what_exists_passes() -> None:
    found = assert_padding_invariant(noisy, X=X, Y=CENTRED)
    assert found is not None
    assert found.pairs == 4 * 1024
    law = Gaussian(
        lambda x, mask: Normal(centred(x, mask), x.new_ones(len(x)), Centred(mask)), X, CENTRED
    )
    assert_padding_invariant(law)


def test_a_network_that_reads_the_padding_is_seen() -> None:
    with pytest.raises(
        AssertionError,
        match=r"^what stands in rows that do not exist changes the draws: 1000 there makes them "
        r"differ by .* of the largest entry, .* also in rows that exist; -7 there .*; NaN there "
        r"makes them not finite, also in rows that exist; .*is a mask left out of a sum",
    ):
        assert_padding_invariant(lambda x, mask: x.square().mean((-2, -1)), X=X, Y=NUMBER)


def test_nan_is_not_put_out_by_a_product_with_the_mask() -> None:
    def product(x: Tensor, mask: Tensor) -> Tensor:
        return (x.square().sum(-1) * mask).sum(-1)

    with pytest.raises(
        AssertionError,
        match=r"changes the draws: NaN there makes them not finite.*; infinity there .*; a product "
        r"with the mask keeps what is not finite: wanted torch\.where",
    ):
        assert_padding_invariant(product, X=X, Y=NUMBER)


def test_a_finite_value_alone_is_seen() -> None:
    def clipped(x: Tensor, mask: Tensor) -> Tensor:
        return x.nan_to_num(0.0, 0.0, 0.0).sum((-2, -1)) + x[:, 0].square().sum(-1)

    with pytest.raises(AssertionError, match=r"draws: 1000 there [^;]*; -7 there [^;]*; is a mask"):
        assert_padding_invariant(clipped, X=FREE @ MASK, Y=NUMBER)


def test_an_output_that_is_not_masked_is_told_from_one_that_is_wrong() -> None:
    with pytest.raises(AssertionError, match=r"1000 there .* in rows that do not exist only; "):
        assert_padding_invariant(lambda x, mask: 2 * x, X=FREE @ MASK, Y=FREE)


def test_whole_numbers_and_booleans_in_the_padding_count() -> None:
    numbers = gspace(("atom",), trivial(G), Kind.INTEGER)
    marks = gspace(("atom",), trivial(G), Kind.BOOLEAN)
    start = FREE @ MASK @ numbers @ marks

    def right(x: Tensor, mask: Tensor, z: Tensor, mark: Tensor) -> Tensor:
        return total(x, mask) + (z * mask).sum(-1) + (mark & mask).sum(-1)

    assert_padding_invariant(right, X=start, Y=NUMBER)
    for wrong in (
        lambda x, mask, z, mark: right(x, mask, z, mark) + z.sum(-1),
        lambda x, mask, z, mark: right(x, mask, z, mark) + mark.sum(-1),
    ):
        with pytest.raises(AssertionError, match="changes the draws: 1000 there"):
            assert_padding_invariant(wrong, X=start, Y=NUMBER)


def test_pairs_with_a_row_that_does_not_exist_are_padding() -> None:
    start = FREE @ MASK @ gspace(("atom", "atom"), trivial(G))

    def right(x: Tensor, mask: Tensor, pairs: Tensor) -> Tensor:
        both = mask[:, :, None] & mask[:, None]
        return torch.where(both, pairs, 0.0).sum((-2, -1))

    def first(x: Tensor, mask: Tensor, pairs: Tensor) -> Tensor:
        return torch.where(mask[:, :, None], pairs, 0.0).sum((-2, -1))

    def second(x: Tensor, mask: Tensor, pairs: Tensor) -> Tensor:
        return torch.where(mask[:, None], pairs, 0.0).sum((-2, -1))

    assert_padding_invariant(right, X=start, Y=NUMBER)
    for wrong in (first, second):
        with pytest.raises(AssertionError, match="changes the draws"):
            assert_padding_invariant(wrong, X=start, Y=NUMBER)


def test_a_model_that_counts_the_rows_that_do_not_exist_is_seen() -> None:
    def counting(x: Tensor, mask: Tensor) -> Tensor:
        return total(x, mask) * mask.shape[-1]

    with pytest.raises(
        AssertionError,
        match=r"^2 more rows that do not exist change the law of the draws at point 1, with "
        r"evidence of 10\^.* rejects; means differ by .*; is something divided by",
    ):
        assert_padding_invariant(counting, X=X, Y=NUMBER)


def test_noise_that_shrinks_with_more_rows_is_seen_in_law() -> None:
    def shrinking(x: Tensor, mask: Tensor) -> Tensor:
        return centred(torch.randn_like(x) / mask.shape[-1] + centred(x, mask), mask)

    with pytest.raises(AssertionError, match=r"more rows .* standard deviations by a factor of"):
        assert_padding_invariant(shrinking, X=X, Y=CENTRED)


def test_laws_of_rows_that_are_added_are_cut_to_those_there_were() -> None:
    pairs = gspace(("atom", "atom"), trivial(G))

    def model(x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        clean = torch.where(mask.unsqueeze(-1), x, 0.0)
        return noisy(x, mask), clean @ clean.mT

    assert_padding_invariant(model, X=X, Y=CENTRED @ pairs)


def test_points_and_masks_may_be_handed_over() -> None:
    x = torch.randn(3, 4, 3, dtype=torch.float64)
    mask = torch.tensor([[True, True, False, False], [True] * 4, [True, False, True, True]])
    found = assert_padding_invariant(total, (centred(x, mask), mask), X=X, Y=NUMBER)
    assert found is not None
    assert found.examples == 3
    one = (centred(x, mask)[0], mask[0])
    found = assert_padding_invariant(total, one, X=X, Y=NUMBER)
    assert found is not None
    assert found.examples == 1
    alone = {"X": CENTRED, "Y": NUMBER, "mask": mask}
    assert assert_padding_invariant(lambda x: total(x, mask), **alone) is None
    assert assert_padding_invariant(lambda x: total(x, mask), x, **alone) is None
    with pytest.raises(AssertionError, match="changes the draws"):
        assert_padding_invariant(lambda x: x.square().sum((-2, -1)), **alone)


def test_a_mask_needs_one_name() -> None:
    mask = torch.tensor([[True, False]])
    both = FREE @ gspace(("bond", 3), matrix(G))
    with pytest.raises(ValueError, match=r"one named size.*got \['atom', 'bond'\]"):
        assert_padding_invariant(lambda x, y: x, X=both, mask=mask)
    with pytest.raises(ValueError, match=r"got \[\]"):
        assert_padding_invariant(lambda x: x, X=gspace((2, 3), matrix(G)), mask=mask)


def test_without_a_mask_it_does_not_apply() -> None:
    with pytest.raises(NotApplicableError, match=r"wanted a mask, a boolean factor of one named"):
        assert_padding_invariant(lambda x: x, X=FREE)


def test_what_says_nothing_is_inconclusive() -> None:
    x, mask = torch.randn(2, 4, 3), torch.ones(2, 4, dtype=torch.bool)
    with pytest.raises(InconclusiveError, match="all rows of all points exist"):
        assert_padding_invariant(total, (x, mask), X=X, Y=NUMBER)
    with pytest.raises(InconclusiveError, match="do not depend on the rows that exist either"):
        assert_padding_invariant(lambda x, mask: 0 * mask.sum(-1).float(), X=X, Y=NUMBER)
    with pytest.raises(InconclusiveError, match="not finite, whatever the padding holds"):
        assert_padding_invariant(lambda x, mask: x.sum((-2, -1)) / 0, X=X, Y=NUMBER)
