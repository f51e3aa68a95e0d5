import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym_diffusion.training import Averaging, Exponential, Power


def average(averaging: Averaging, values: list[float]) -> float:
    kept = 0.0
    for step, value in enumerate(values, start=1):
        share = averaging.kept(step)
        kept = share * kept + (1 - share) * value
    return kept


@given(values=st.lists(st.floats(-5, 5), min_size=1, max_size=50), power=st.floats(0.5, 30))
def test_an_average_lies_among_what_it_averages(values: list[float], power: float) -> None:
    found = average(Power(power), values)
    assert min(values) - 1e-9 <= found <= max(values) + 1e-9


def test_step_t_has_the_weight_of_a_power_of_t() -> None:
    """For power 1 the recursion (1 - 1/t)^2 weighs t with 2 t - 1, over t^2 in all."""
    assert average(Power(1.0), [1.0, 0, 0, 0]) == pytest.approx(1 / 16)
    assert average(Power(1.0), [0.0, 0, 1, 0]) == pytest.approx(5 / 16)


def test_the_width_is_a_share_of_the_run() -> None:
    """The mean of the time that is looked back to is T / (power + 2), for long runs."""
    for steps in (2000, 8000):
        times = torch.arange(1, steps + 1).tolist()
        assert 1 - average(Power(8.0), times) / steps == pytest.approx(1 / 10, rel=0.01)


def test_an_exponential_average_forgets_evenly() -> None:
    assert average(Exponential(0.9), [1.0, 0, 0]) == pytest.approx(0.1 * 0.81)


def test_impossible_averages_are_refused() -> None:
    with pytest.raises(ValueError, match="decay is a share below 1, got 1"):
        Exponential(1.0)
    with pytest.raises(ValueError, match="power must be positive, got 0"):
        Power(0.0)
