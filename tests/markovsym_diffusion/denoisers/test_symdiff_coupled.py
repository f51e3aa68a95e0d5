"""SymDiff draw by draw: it is a function of a molecule and of noise that goes along with it."""

from dataclasses import replace

import pytest
import torch

from markovsym.actions import Trivial
from markovsym.kernels import Composite, Deterministic
from markovsym.spaces import parts_of
from markovsym.symmetrise import SymmetrisedKernel, declare_equivariant, sym
from markovsym.testing import Effort, InconclusiveError, making
from markovsym.testing.algebra.gamma_laws import check_gamma
from markovsym.testing.inputs.points import points
from markovsym.testing.pointwise.coupled import assert_equivariant_coupled
from markovsym.testing.pointwise.outsourced import outsourced
from markovsym.testing.pointwise.stability import assert_stable
from markovsym_diffusion.denoisers import Denoiser, unsymmetrised
from tests.markovsym_diffusion.small import CHANNELS, SMALL

BRIEF = Effort(examples=1, pairs=64)


def parts(model: Denoiser) -> tuple[Deterministic, SymmetrisedKernel]:
    match model.kernel:
        case Composite(first=Deterministic() as first, second=SymmetrisedKernel() as second):
            return first, second
        case other:
            raise AssertionError(f"symdiff is built otherwise, as {other.label}")


def test_symdiff_is_equivariant_draw_by_draw(small_model: Denoiser) -> None:
    with making(Effort(examples=2, pairs=256)):
        gaps = assert_equivariant_coupled(small_model.kernel)
    assert all(gap.passes for gap in gaps)
    assert max(gap.relative for gap in gaps if gap.dtype == torch.float64) < 1e-12
    assert {weight.dtype for weight in small_model.parameters()} == {torch.float32}


def test_symdiff_draws_what_it_is_rewritten_to_draw(small_model: Denoiser) -> None:
    form = outsourced(small_model.kernel)
    z = points(form.X, 4, generator=torch.Generator(), dtype=torch.float32)
    u = form.noise.sample(generator=torch.Generator().manual_seed(1), batch=(4,))
    drawn = small_model.kernel.sample(z, generator=torch.Generator().manual_seed(1))
    for a, b in zip(form.function(*parts_of(z), *parts_of(u)), parts_of(drawn), strict=True):
        assert torch.equal(a, b)
    moves = [not isinstance(action, Trivial) for action in form.noise_space.actions]
    assert moves == [True, True]  # R0 by rotations, eta by the order of the atoms


def test_the_network_alone_is_not_equivariant(small_model: Denoiser) -> None:
    with making(BRIEF), pytest.raises(AssertionError, match="not equivariant draw by draw"):
        assert_equivariant_coupled(unsymmetrised(small_model))
    assert {weight.dtype for weight in small_model.parameters()} == {torch.float32}


def test_a_frame_network_that_is_not_symmetrised_is_no_gamma(small_model: Denoiser) -> None:
    first, second = parts(small_model)
    gamma = second.gamma
    assert isinstance(gamma, SymmetrisedKernel)
    frame = declare_equivariant(gamma.kernel, second.dom.group)
    with making(BRIEF), pytest.raises(AssertionError, match="not equivariant draw by draw"):
        assert_equivariant_coupled(first >> sym(second.kernel, frame))
    with pytest.raises(AssertionError, match="gamma is not equivariant in law"):
        check_gamma(frame)


def test_gamma_of_symdiff_is_one_and_leaves_equivariant_denoisers_alone(
    small_model: Denoiser,
) -> None:
    _, second = parts(small_model)
    assert check_gamma(second.gamma, effort=replace(BRIEF, pairs=256)).p > 1e-4
    errors = assert_stable(second.gamma, second.dom)
    assert set(errors) == {"the identity", "x |x| for each row", "x less its mean"}


def test_a_fresh_model_predicts_nothing_and_so_says_nothing() -> None:
    with making(BRIEF), pytest.raises(InconclusiveError, match="gives one value everywhere"):
        assert_equivariant_coupled(SMALL.denoiser(CHANNELS).kernel)
