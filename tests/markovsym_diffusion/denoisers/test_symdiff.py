"""The whole denoiser, with weights that are not zero."""

from typing import final

import pytest
import torch
from torch import Tensor

from markovsym import testing
from markovsym.actions import coset_space, restrict
from markovsym.errors import CompositionError
from markovsym.groups import Direct, O, S, gram_schmidt
from markovsym.kernels import Deterministic, Identity, Kernel, Randomness
from markovsym.spaces import Value, parts_of, value_of
from markovsym.symmetrise import declare_equivariant, haar, recursive, sym
from markovsym.symmetrise.sym import SymmetrisedKernel
from markovsym_diffusion.denoisers import AsReleased as Released
from markovsym_diffusion.denoisers import Denoiser, as_released, unsymmetrised
from markovsym_diffusion.denoisers import sharp_frame as built_in
from markovsym_diffusion.denoisers.spaces import FRAMES, PERMUTATIONS
from markovsym_diffusion.processes import State
from markovsym_diffusion.recipes import recipe
from tests.markovsym_diffusion.small import CHANNELS, SMALL, perturbed, random_state

ATOMS = 5
GROUP = Direct(S(ATOMS), O(3))


@pytest.fixture(name="point")
def _point(generator: torch.Generator) -> tuple[Tensor, ...]:
    z = random_state([ATOMS], generator)
    return z.x[0], z.h[0], torch.tensor(0.3), z.mask[0]


def sharp_frame(x: Tensor, *rest: Tensor) -> Tensor:
    """The frame of the moments of the cloud: without noise, and blind to the order of atoms."""
    length = x.norm(dim=-1, keepdim=True)
    moments = [(x * length**power).sum(1) for power in (1, 2, 3)]
    return gram_schmidt(torch.stack(moments, dim=-1))[0]


def with_frame(denoiser: Denoiser, frame: Kernel) -> Kernel:
    """The same eps under another gamma."""
    first, symmetrised = denoiser.kernel.first, denoiser.kernel.second
    assert isinstance(symmetrised, SymmetrisedKernel)
    gamma = recursive(haar(FRAMES, frame.dom), declare_equivariant(frame, PERMUTATIONS))
    return first >> sym(symmetrised.kernel, gamma)


@final
class AsReleased(Kernel):
    """The released code: R = f(R0^T x) R0^T, where the paper has R0 f(R0^T x)."""

    def __init__(self, symmetrised: SymmetrisedKernel, frame: Kernel) -> None:
        super().__init__(symmetrised.dom, symmetrised.cod)
        self.kernel = symmetrised.kernel
        self.frame = frame
        self.inputs = restrict(symmetrised.dom, FRAMES.inclusion)
        self.outputs = restrict(symmetrised.cod, FRAMES.inclusion)

    def draw(self, value: Value, source: Randomness) -> Value:
        R0 = O(3).haar(len(parts_of(value)[0]), generator=source.generator)
        R = self.frame.draw(self.inputs.act(R0.mT, value), source) @ R0.mT
        return self.outputs.act(R, self.kernel.draw(self.inputs.act(R.mT, value), source))


@torch.no_grad()
def test_symdiff_is_equivariant_in_law(
    small_model: Denoiser, point: tuple[Tensor, ...], generator: torch.Generator
) -> None:
    testing.assert_equivariant_in_law(small_model.kernel, point)


@torch.no_grad()
def test_symdiff_with_a_sharp_frame_is_equivariant_in_law(
    small_model: Denoiser, point: tuple[Tensor, ...], generator: torch.Generator
) -> None:
    X = small_model.kernel.second.dom
    frame = Deterministic(sharp_frame, X, coset_space(FRAMES))
    testing.assert_equivariant_in_law(with_frame(small_model, frame), point)


@torch.no_grad()
def test_the_released_composition_is_rejected(
    small_model: Denoiser, point: tuple[Tensor, ...], generator: torch.Generator
) -> None:
    symmetrised = small_model.kernel.second
    frame = Deterministic(sharp_frame, symmetrised.dom, coset_space(FRAMES))
    released = small_model.kernel.first >> AsReleased(symmetrised, frame)
    test = testing.equivariance_in_law(released, point)
    assert test.rejected


@torch.no_grad()
def test_what_stands_for_the_released_code_is_it_draw_by_draw(
    small_model: Denoiser, generator: torch.Generator
) -> None:
    """Both as a recipe and as a control with another frame, against the class above."""
    released = perturbed(Released(backbone=SMALL.backbone, frame=SMALL.frame).denoiser(CHANNELS))
    second = released.kernel.second
    frame = Deterministic(sharp_frame, second.dom, coset_space(FRAMES))
    z, t = random_state([5, 5], generator), torch.tensor([0.2, 0.7])
    for ours, by_hand in [
        (released.kernel, released.kernel.first >> AsReleased(second, released.parts["frame"])),
        (as_released(small_model), small_model.kernel.first
            >> AsReleased(small_model.kernel.second, small_model.parts["frame"])),
        (as_released(small_model, built_in(small_model)), small_model.kernel.first
            >> AsReleased(small_model.kernel.second, frame)),
    ]:  # fmt: skip
        one, other = (
            each.sample((z.x, z.h, t, z.mask), generator=torch.Generator().manual_seed(4))
            for each in (ours, by_hand)
        )
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_the_network_alone_is_rejected(
    small_model: Denoiser, point: tuple[Tensor, ...], generator: torch.Generator
) -> None:
    with pytest.raises(AssertionError, match="not equivariant in law"):
        testing.assert_equivariant_in_law(unsymmetrised(small_model), point)


@torch.no_grad()
def test_the_network_alone_respects_the_order_of_the_atoms(
    small_model: Denoiser, point: tuple[Tensor, ...], generator: torch.Generator
) -> None:
    order = [(g, torch.eye(3)) for g in S(ATOMS).generators()]
    testing.assert_equivariant_in_law(unsymmetrised(small_model), point, order)


@pytest.mark.parametrize("garbage", [1e3, -7.0, torch.nan, torch.inf])
@torch.no_grad()
def test_what_stands_in_the_padding_does_not_matter(small_model: Denoiser, garbage: float) -> None:
    z = random_state([4, 6], torch.Generator().manual_seed(5))
    gap = ~z.mask.unsqueeze(-1)
    dirty = State(z.x.masked_fill(gap, garbage), z.h.masked_fill(gap, garbage), z.mask)
    t = torch.tensor([0.2, 0.7])
    clean, other = (
        small_model(state, t, generator=torch.Generator().manual_seed(0)) for state in (z, dirty)
    )
    assert torch.equal(clean.x, other.x)
    assert torch.equal(clean.h, other.h)


@torch.no_grad()
def test_the_width_of_the_padding_does_not_matter(small_model: Denoiser) -> None:
    z = random_state([4], torch.Generator().manual_seed(5))
    wide = State(*(torch.nn.functional.pad(part, (0, 0, 0, 25)) for part in (z.x, z.h)),
                 torch.nn.functional.pad(z.mask, (0, 25)))  # fmt: skip
    t = torch.tensor([0.2])
    here = unsymmetrised(small_model).sample((z.x, z.h, t, z.mask), generator=torch.Generator())
    there = unsymmetrised(small_model).sample(
        (wide.x, wide.h, t, wide.mask), generator=torch.Generator()
    )
    for narrow, broad in zip(here, there, strict=True):
        torch.testing.assert_close(broad[:, :4], narrow, atol=1e-5, rtol=1e-5)
        assert broad[:, 4:].abs().sum() == 0


@torch.no_grad()
def test_predicted_positions_have_their_centre_of_mass_at_zero(small_model: Denoiser) -> None:
    z = random_state([3, 7], torch.Generator().manual_seed(1))
    eps = small_model(z, torch.tensor([0.1, 0.9]), generator=torch.Generator().manual_seed(2))
    assert eps.x.abs().max() > 0.1
    assert eps.x.sum(1).abs().max() < 1e-5
    assert eps.x[~z.mask].abs().sum() == 0
    assert eps.h[~z.mask].abs().sum() == 0


@torch.no_grad()
def test_a_single_atom_passes(small_model: Denoiser) -> None:
    z = random_state([1], torch.Generator().manual_seed(1))
    eps = small_model(z, torch.tensor([0.5]), generator=torch.Generator().manual_seed(2))
    assert eps.x.abs().max() == 0
    assert eps.h.isfinite().all()


def test_gradients_reach_every_weight_but_the_surplus(small_model: Denoiser) -> None:
    z = random_state([5, 6], torch.Generator().manual_seed(1))
    eps = small_model(z, torch.tensor([0.3, 0.6]), generator=torch.Generator().manual_seed(2))
    (eps.x.square().sum() + eps.h.sum()).backward()
    still = {name for name, p in small_model.named_parameters() if p.grad is None}
    assert {name.split(".")[-2] for name in still} == {"surplus"}
    moved = (p.grad for p in small_model.parameters() if p.grad is not None)
    assert all(bool(grad.abs().sum() > 0) for grad in moved)


def test_a_fresh_model_predicts_nothing() -> None:
    z = random_state([5], torch.Generator().manual_seed(1))
    eps = SMALL.denoiser(CHANNELS)(
        z, torch.tensor([0.3]), generator=torch.Generator().manual_seed(2)
    )
    assert eps.x.abs().sum() + eps.h.abs().sum() == 0


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("symdiff-star-qm9", 123_309_408),
        ("symdiff-qm9", 31_195_834),
        ("symdiff-minus-qm9", 23_538_982),
        ("symdiff-minus-minus-qm9", 13_685_380),
        ("dit-qm9", 28_965_553),
        ("edm-qm9", 5_339_920),
        ("edm-plus-qm9", 9_490_199),
        ("edm-plus-plus-qm9", 11_956_999),
        ("gdm-qm9", 3_555_859),
        ("symdiff-geom", 31_201_524),
        ("edm-geom", 2_380_565),
        ("symdiff-qm9-tiny", 1_841_746),
        ("symdiff-qm9-small", 1_843_282),
    ],
)
def test_the_recipes_have_their_sizes(name: str, count: int) -> None:
    assert sum(p.numel() for p in recipe(name).denoiser().parameters()) == count


def test_the_published_sizes_are_those_of_each_part() -> None:
    names = dict.fromkeys(["radial.", "gamma", "kernel.kernel"], 0)
    for name, p in recipe("symdiff-qm9").denoiser().named_parameters():
        names[next(part for part in names if part in name)] += p.numel()
    assert names["radial."] == 37_000 + 368
    assert names["kernel.kernel"] == 28_926_345 + 1_840
    assert names["gamma"] == 2_221_440 + 8_841


def test_only_a_symmetrised_denoiser_has_a_control(small_model: Denoiser) -> None:
    with pytest.raises(CompositionError, match=r"with a part distances, got \[\]"):
        unsymmetrised(Denoiser(Identity(small_model.kernel.dom), {}))


def test_why_it_is_equivariant_is_told(small_model: Denoiser) -> None:
    why = str(small_model.kernel.second.why)
    assert why.splitlines()[0] == "proved: equivariant under S(atom) x O(3), in 3 steps"
    assert "  Haar is left-invariant on O(3)" in why.splitlines()
    assert "  NoiseNetwork is declared: equivariant under S(atom)" in why.splitlines()
    assert "  FrameNetwork is declared: equivariant under S(atom)" in why.splitlines()


def test_values_are_those_of_their_space(small_model: Denoiser) -> None:
    value = value_of(parts_of((torch.zeros(1, 2, 3),)))
    with pytest.raises(ValueError, match="wanted 4 tensors"):
        small_model.kernel.sample(value, generator=torch.Generator())


def test_perturbing_is_repeatable() -> None:
    ours, theirs = perturbed(SMALL.denoiser(CHANNELS), 1), perturbed(SMALL.denoiser(CHANNELS), 2)
    assert ours.state_dict().keys() == theirs.state_dict().keys()
