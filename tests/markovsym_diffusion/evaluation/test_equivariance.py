import pytest
import torch

from markovsym.testing import Effort, InconclusiveError, Verdict, assert_not_vacuous
from markovsym_diffusion.denoisers import Denoiser
from markovsym_diffusion.evaluation.equivariance import (
    shaken,
    states,
    verify_denoiser,
    verify_in_law,
)
from tests.markovsym_diffusion.small import CHANNELS, SMALL

SHORT = Effort(examples=1, pairs=192)


@pytest.mark.slow
def test_a_symdiff_model_passes_every_check_and_its_broken_copies_fail(
    small_model: Denoiser,
) -> None:
    found = verify_denoiser(small_model, effort=SHORT, name="small")
    assert found.report.verdict is Verdict.PASS
    assert [one.name for one in found.controls] == ["its network alone", "as released, R = f R0^T"]
    assert all(one.verdict is Verdict.FAIL for one in found.controls)
    assert found.trusted
    applied = {one.check for one in found.report.outcomes if one.verdict is Verdict.PASS}
    assert {"gamma", "padding does not matter", "equivariance draw by draw"} <= applied


def test_the_test_in_law_alone_is_quick_and_has_one_control(small_model: Denoiser) -> None:
    found = verify_in_law(small_model, effort=SHORT, name="small")
    assert found.trusted
    assert [one.check for one in found.report.outcomes] == ["equivariance in law"]


def test_states_are_padded_noisy_molecules_at_times_between_0_and_1(small_model: Denoiser) -> None:
    x, _, t, mask = states(small_model)
    assert not mask.all()
    assert mask.any(-1).all()
    assert float((x * ~mask.unsqueeze(-1)).abs().max()) == 0
    assert float(x.sum(1).abs().max()) < 1e-5
    assert 0 <= float(t.min()) < 0.3 < 0.7 < float(t.max()) <= 1


def test_fresh_weights_teach_nothing_and_shaken_ones_do() -> None:
    fresh = SMALL.denoiser(CHANNELS)
    x = states(fresh)
    with pytest.raises(InconclusiveError):
        assert_not_vacuous(fresh.kernel, x, effort=SHORT)
    before = [weight.clone() for weight in fresh.parameters()]
    once, again = shaken(fresh, seed=1), shaken(SMALL.denoiser(CHANNELS), seed=1)
    for old, one, other in zip(before, once.parameters(), again.parameters(), strict=True):
        assert not torch.equal(old, one)
        assert torch.equal(one, other)
    assert_not_vacuous(once.kernel, x, effort=SHORT)
