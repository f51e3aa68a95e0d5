import pytest
import torch

from markovsym_diffusion.schedules import PolynomialSchedule, Times

ANCHORS = {
    0: -11.512916,
    1: -11.330595,
    2: -10.925131,
    10: -8.468260,
    100: -3.896443,
    250: -1.982042,
    500: -0.251309,
    750: 1.440859,
    900: 3.284428,
    990: 7.808746,
    998: 10.558631,
    999: 11.176730,
    1000: 11.512516,
}


@pytest.fixture(name="times")
def _times() -> Times:
    return Times.of(PolynomialSchedule())


def test_alpha_squared_and_sigma_squared_sum_to_one(times: Times) -> None:
    torch.testing.assert_close(times.alpha**2 + times.sigma**2, torch.ones(1001))


def test_the_signal_never_grows() -> None:
    assert (PolynomialSchedule().logsnr().diff() < 0).all()


def test_two_steps_are_one(times: Times) -> None:
    r, s, t = (torch.tensor([n]) for n in (100, 400, 900))
    there = times.alpha_between(r, s) * times.alpha_between(s, t)
    torch.testing.assert_close(there, times.alpha_between(r, t))
    spread = (times.alpha_between(s, t) * times.sigma_between(r, s)) ** 2
    spread = spread + times.sigma_between(s, t) ** 2
    torch.testing.assert_close(spread, times.sigma_between(r, t) ** 2)


def test_a_step_leads_to_the_marginal(times: Times) -> None:
    s, t = torch.arange(1000), torch.arange(1, 1001)
    torch.testing.assert_close(times.alpha[s] * times.alpha_between(s, t), times.alpha[t])
    spread = (times.alpha_between(s, t) * times.sigma[s]) ** 2 + times.sigma_between(s, t) ** 2
    torch.testing.assert_close(spread, times.sigma[t] ** 2, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize(("step", "minus_logsnr"), ANCHORS.items())
def test_the_published_schedule_comes_out(step: int, minus_logsnr: float) -> None:
    assert PolynomialSchedule().logsnr()[step].item() == pytest.approx(-minus_logsnr, abs=1e-6)


def test_alpha_and_sigma_are_the_published_ones(times: Times) -> None:
    assert times.alpha[500].item() == pytest.approx(0.749999, abs=1e-6)
    assert times.sigma[500].item() == pytest.approx(0.661439, abs=1e-6)
    assert times.sigma[0].item() == pytest.approx(0.00316228, abs=1e-7)
    assert times.sigma[1000].item() == pytest.approx(0.999995, abs=1e-6)
    assert times.alpha[1000].item() == pytest.approx(0.003163, abs=1e-6)


def test_the_weights_of_the_bound_sum_to_the_published_number() -> None:
    logsnr = PolynomialSchedule().logsnr()
    weights = torch.expm1(logsnr[:-1] - logsnr[1:])
    assert weights.sum().item() == pytest.approx(24.906605, abs=1e-6)
    assert weights[0].item() == pytest.approx(0.199999, abs=1e-6)
    assert weights[-1].item() == pytest.approx(0.399039, abs=1e-6)


@pytest.mark.parametrize("precision", [0.0, 0.5, -1.0])
def test_a_precision_outside_its_range_is_refused(precision: float) -> None:
    with pytest.raises(ValueError, match=r"precision must lie in \(0, 0.5\)"):
        PolynomialSchedule(precision=precision)


def test_a_schedule_without_steps_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one step, got 0"):
        PolynomialSchedule(steps=0)
