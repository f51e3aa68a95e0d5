import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym_diffusion.evaluation.estimate import Estimate, Spread, proportion, spread

shares = st.lists(st.floats(0, 1), min_size=2, max_size=9)


@given(values=shares)
def test_a_spread_is_that_of_an_unbiased_variance(values: list[float]) -> None:
    found = spread([Estimate(value, 0.5) for value in values])
    exact = torch.tensor(values, dtype=torch.float64)
    assert found.mean == pytest.approx(float(exact.mean()))
    assert found.deviation == pytest.approx(float(exact.std(correction=1)), abs=1e-9)


@given(count=st.integers(0, 50), more=st.integers(1, 50))
def test_a_proportion_has_the_error_of_its_complement(count: int, more: int) -> None:
    n = count + more
    ours, theirs = proportion(count, n), proportion(n - count, n)
    assert ours.value + theirs.value == pytest.approx(1.0)
    assert ours.error == pytest.approx(theirs.error)


def test_numbers_are_written_in_percent() -> None:
    assert str(proportion(2, 8)) == "25.00±15.31"
    assert str(Estimate(0.5)) == "50.00"
    assert str(spread([Estimate(0.90), Estimate(0.96)])) == "93.00±4.24"
    assert str(Spread(0.5, 0.0)) == "50.00±0.00"
