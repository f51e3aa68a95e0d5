import pytest
from hypothesis import given
from hypothesis import strategies as st

from markovsym_diffusion.training import Budget, TrainingSettings


@given(step=st.integers(0, 10_000), progress=st.floats(0, 1))
def test_the_rate_never_exceeds_its_peak(step: int, progress: float) -> None:
    settings = TrainingSettings(warm_up=100, cool_down=0.3)
    assert 0 <= settings.share(step, progress) <= 1


def test_the_rate_rises_stays_and_falls() -> None:
    settings = TrainingSettings(warm_up=10, cool_down=0.5)
    assert settings.share(0, 0.0) == pytest.approx(0.1)
    assert settings.share(100, 0.5) == 1.0
    assert settings.share(100, 0.75) == pytest.approx(0.5)
    assert settings.share(100, 1.0) == 0.0


def test_the_published_rate_is_constant() -> None:
    settings = TrainingSettings()
    assert settings.learning_rate == 2e-4
    assert {settings.share(step, step / 1e6) for step in (0, 10, 999_999)} == {1.0}


def test_a_budget_ends_with_whichever_comes_first() -> None:
    budget = Budget(steps=100, minutes=1.0)
    assert budget.progress(50, 6.0) == pytest.approx(0.5)
    assert budget.progress(5, 54.0) == pytest.approx(0.9)


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="must be positive"):
        TrainingSettings(batch_size=0)
    with pytest.raises(ValueError, match=r"cool_down is a share between 0 and 1, got 2"):
        TrainingSettings(cool_down=2.0)
    with pytest.raises(ValueError, match="a budget needs steps or minutes"):
        Budget()
