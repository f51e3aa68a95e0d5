"""Differences are measured as by hand, and rounding grows with the group element."""

import pytest
import torch

from markovsym.groups import GL, E, O
from markovsym.testing.outcome import InconclusiveError
from markovsym.testing.pointwise.gaps import Gap, gap_between, growth


def test_a_gap_by_hand() -> None:
    there = (torch.tensor([1.0, -2.5]), torch.tensor([4]))
    moved = (torch.tensor([1.0, -2.0]), torch.tensor([4]))
    assert gap_between(there, moved, "g", torch.float32) == Gap(
        "g", torch.float32, 0.5, 0.125, 4096 * 2.0**-23
    )
    alone = gap_between(there[0], moved[0], "g", torch.float64, grown=10.0)
    assert (alone.relative, alone.tolerance) == (0.25, 40960 * 2.0**-52)
    assert gap_between(
        (there[0][:1], moved[0]), (there[0][:1], there[0]), "g", torch.float32
    ) == Gap("g", torch.float32, 0.5, 0.2, 4096 * 2.0**-23)
    assert str(alone) == (
        "by 5.0e-01, 2.5e-01 of the largest entry, in torch.float64, where rounding explains "
        "9.1e-12"
    )


def test_a_gap_from_zero_is_measured_as_it_is() -> None:
    zero = torch.zeros(2)
    assert gap_between(zero + 3, zero, "g", torch.float32).relative == 3.0
    assert gap_between(zero, zero, "g", torch.float32).passes
    assert gap_between(zero[:0], zero[:0], "g", torch.float32).absolute == 0.0


def test_complex_numbers_differ_by_their_modulus() -> None:
    there, moved = torch.tensor([3 + 4j]), torch.tensor([0j])
    assert gap_between(there, moved, "g", torch.float32).absolute == 5.0


def test_small_numbers_are_not_taken_from_large_ones_in_single_precision() -> None:
    there, moved = torch.tensor([2**24 + 1]), torch.tensor([2**24])
    assert gap_between(there, moved, "g", torch.float32).absolute == 1.0


def test_rounding_grows_with_the_condition_and_with_the_way() -> None:
    assert growth(O(2), torch.eye(2)) == 1.0
    assert growth(GL(2), torch.tensor([[4.0, 0.0], [0.0, 0.5]])) == 8.0
    assert growth(E(2), (torch.tensor([3.0, -7.0]), torch.eye(2))) == 7.0


def test_what_would_let_anything_pass_is_inconclusive() -> None:
    one = torch.ones(1)
    with pytest.raises(InconclusiveError, match=r"at far rounding explains 5e-01 .*; wanted"):
        gap_between(one, one, "far", torch.float32, grown=1000.0)
    with pytest.raises(InconclusiveError, match=r"not finite at g in torch\.float64"):
        gap_between(one / 0, one, "g", torch.float64)
