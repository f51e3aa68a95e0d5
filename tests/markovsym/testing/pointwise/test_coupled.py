"""Faults in the noise and faults in the function: each is seen by one half of the check."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import final

import pytest
import torch
from torch import Tensor, nn

from markovsym.actions import coset_space, gspace, matrix, permutation, regular, together, trivial
from markovsym.errors import ActionMismatch, CompositionError
from markovsym.groups import SO, C, Cosets, Direct, E, FactorInclusion, Group, O, S, gram_schmidt
from markovsym.kernels import Deterministic, Kernel, NoiseOutsourced, Randomness
from markovsym.spaces import UNIT, Value, space
from markovsym.symmetrise import declare_equivariant, gammas, haar, recursive, sym
from markovsym.symmetrise.gamma import HaarState
from markovsym.testing import (
    Effort,
    InconclusiveError,
    Named,
    NotApplicableError,
    Outcome,
    equivariance_in_law,
    making,
)
from markovsym.testing.outcome import heard
from markovsym.testing.pointwise.coupled import assert_equivariant_coupled, assert_noise_invariant
from markovsym.testing.pointwise.noises import (
    from_canonical_frame,
    haar_noise,
    moved_as,
    normal_noise,
)

G = O(3)
X = gspace((5, 3), matrix(G))
BRIEF, USUAL = Effort(examples=1, pairs=64), Effort()
STILL = normal_noise(gspace((3,), trivial(G))) @ normal_noise(gspace((5, 3), trivial(G)))
MIRROR = torch.diag(torch.tensor([-1.0, 1, 1], dtype=torch.float64))
CYCLE = torch.eye(3, dtype=torch.float64).roll(1, 0)
WEIGHTS = torch.randn(18, 9, generator=torch.Generator().manual_seed(3), dtype=torch.float64)


@pytest.fixture(autouse=True)
def _briefly() -> Iterator[None]:
    """Most noise here is Haar or normal, of which long looks would say no more."""
    with making(BRIEF):
        yield


@final
class Drawn(Kernel):
    """A law on O(3), of normal matrices."""

    def __init__(self, function: Callable[[Tensor], Tensor], cosets: Cosets | None = None) -> None:
        super().__init__(UNIT, coset_space(cosets) if cosets else regular(G))
        self.function = function

    def draw(self, value: Value, source: Randomness) -> Value:
        shape = (*source.batch, 3, 3)
        return self.function(torch.randn(shape, generator=source.generator, dtype=source.dtype))


def raw_qr(m: Tensor) -> Tensor:
    return torch.linalg.qr(m)[0]


def frame(m: Tensor) -> Tensor:
    return gram_schmidt(m)[0]


def turned(m: Tensor) -> Tensor:
    """Haar of SO(3)."""
    return frame(m) * torch.linalg.det(frame(m))[..., None, None]


def about_an_axis(m: Tensor) -> Tensor:
    """Rotations about the third axis only, and mirrors."""
    a, zero = m[..., 0, 0], torch.zeros_like(m[..., 0, 0])
    one = m[..., 0, 1].sign()
    rows = [a.cos(), -a.sin(), zero, a.sin(), a.cos(), zero, zero, zero, one]
    return torch.stack(rows, -1).unflatten(-1, (3, 3))


def centre(x: Tensor) -> Tensor:
    return x - x.mean(-2, keepdim=True)


def mean(x: Tensor) -> Tensor:
    M = x.new_tensor([[1.2, 0.5, -0.3], [0.1, -0.6, 0.9], [-0.8, 0.2, 0.4]])
    return centre(x @ M.mT + torch.arange(15.0).to(x).reshape(5, 3).sin())


def spread(x: Tensor, u: Tensor) -> Tensor:
    scale = x.new_tensor([0.8, 0.0, -0.8]).exp() * (0.3 * x[..., :1, :].tanh()).exp()
    return 0.3 * scale * centre(u)


FRAMES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "haar": lambda x, v: torch.eye(3).to(x).expand(*x.shape[:-2], 3, 3),
    "sharp": lambda x, v: frame(x[..., :3, :].mT),
    "mixed": lambda x, v: frame(
        (torch.cat([x.flatten(-2), v], -1) @ WEIGHTS.to(x)).tanh().unflatten(-1, (3, 3))
    ),
}


@dataclass(frozen=True)
class Steps:
    """What the kernel of SymDiff does, in steps that can be exchanged. Points are rows."""

    frame: Callable[[Tensor, Tensor], Tensor]
    compose: Callable[[Tensor, Tensor], Tensor] = lambda R0, f: R0 @ f
    pull: Callable[[Tensor, Tensor], Tensor] = lambda R, x: x @ R
    push: Callable[[Tensor, Tensor, Tensor], Tensor] = lambda R, m, n: (m + n) @ R.mT

    def __call__(self, x: Tensor, R0: Tensor, v: Tensor, u: Tensor) -> Tensor:
        R = self.compose(R0, self.frame(x @ R0, v))
        moved = self.pull(R, x)
        return self.push(R, mean(moved), spread(moved, u))


FAULTS: dict[str, dict[str, Callable[..., Tensor]]] = {
    "no inverse": {"pull": lambda R, x: x @ R.mT},
    "R and its transpose exchanged": {
        "pull": lambda R, x: x @ R.mT,
        "push": lambda R, m, n: (m + n) @ R,
    },
    "R0 forgotten": {"compose": lambda R0, f: f},
    "as released, R = f R0^T": {"compose": lambda R0, f: f @ R0.mT},
    "noise not rotated": {"push": lambda R, m, n: m @ R.mT + n},
}
LAWS: dict[str, tuple[Callable[[Tensor], Tensor], str]] = {
    "QR without the signs": (raw_qr, r"half the determinants are positive, but 2000 of 2000"),
    "SO(3) for O(3)": (
        turned,
        r"half the determinants are positive, but 2000 of 2000 are; .* p = ",
    ),
    "rotations about an axis": (about_an_axis, r"u\^T R v is uniform on \[-1, 1\] for u = \("),
    "no rotations": (lambda m: m, r"1?\d+ of 2000 draws are no elements of O\(3\)$"),
}


@pytest.mark.parametrize("probe", FRAMES)
def test_the_kernel_without_a_fault_passes(probe: str) -> None:
    gaps = assert_equivariant_coupled(Steps(FRAMES[probe]), X, noise=haar_noise(G) @ STILL)
    assert {gap.dtype for gap in gaps} == {torch.float32, torch.float64}
    assert len(gaps) > 20
    assert all(gap.passes for gap in gaps)
    assert max(gap.relative for gap in gaps if gap.dtype == torch.float64) < 1e-12


@pytest.mark.parametrize("probe", FRAMES)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_function_is_seen_draw_by_draw(fault: str, probe: str) -> None:
    model, noise = replace(Steps(FRAMES[probe]), **FAULTS[fault]), haar_noise(G) @ STILL
    with pytest.raises(AssertionError, match=r"^the model is not equivariant draw by draw under O"):
        assert_equivariant_coupled(model, X, noise=noise)


@pytest.mark.parametrize("probe", FRAMES)
@pytest.mark.parametrize("law", LAWS)
def test_a_fault_of_the_noise_is_seen_in_its_law(law: str, probe: str) -> None:
    function, message = LAWS[law]
    with pytest.raises(
        AssertionError, match=rf"^the noise is not invariant under O\(3\): .*{message}"
    ):
        assert_equivariant_coupled(Steps(FRAMES[probe]), X, noise=Drawn(function) @ STILL)


def test_the_function_alone_does_not_show_a_fault_of_the_noise() -> None:
    told: list[Outcome] = []
    turns = [Named("a turn", CYCLE)]
    # SO(3) is invariant under its own elements, but not the Haar measure of O(3)
    with heard(told.append), pytest.raises(AssertionError, match="half the determinants"):
        assert_equivariant_coupled(
            Steps(FRAMES["mixed"]), X, noise=Drawn(turned) @ STILL, elements=turns
        )
    assert [one.check for one in told] == ["invariance of the noise", "equivariance draw by draw"]


def test_r_and_its_transpose_exchanged_under_haar_is_correct_and_fails() -> None:
    """Haar does not tell R from its transpose, so the kernel is equivariant in law."""
    model = replace(Steps(FRAMES["haar"]), **FAULTS["R and its transpose exchanged"])

    def drawn(x: Tensor, generator: torch.Generator) -> Tensor:
        v, u = torch.randn(2, len(x), 5, 3, generator=generator)
        return model(x, G.haar(len(x), generator=generator), v[:, 0], u)

    assert equivariance_in_law(drawn, X=X, effort=USUAL).p > 1e-4
    with pytest.raises(AssertionError, match=r"assert_equivariant_in_law tells whether"):
        assert_equivariant_coupled(model, X, noise=haar_noise(G) @ STILL)


def test_a_kernel_equivariant_in_mean_only_is_seen() -> None:
    def model(x: Tensor, u: Tensor) -> Tensor:
        wide = torch.tensor([1.0, 1.0, 1.2]).to(x)
        return x * x.norm(dim=-1, keepdim=True).tanh() + 0.3 * wide * u

    with pytest.raises(AssertionError, match="not equivariant draw by draw"):
        assert_equivariant_coupled(model, X, noise=normal_noise(X))
    assert_equivariant_coupled(lambda x, u: x + u, X, noise=normal_noise(X))


def test_noise_that_is_declared_to_move_and_stays_is_named() -> None:
    turning = normal_noise(gspace((3,), trivial(G))) @ normal_noise(X)
    with pytest.raises(
        AssertionError, match=r"it is so if part 3 of the noise, R\(5,3\), is not moved$"
    ):
        assert_equivariant_coupled(Steps(FRAMES["mixed"]), X, noise=haar_noise(G) @ turning)
    wrong = NoiseOutsourced(lambda x, u: x * u[..., :1], X, X, X)
    right = NoiseOutsourced(lambda x, u: x * u[..., :1], space((5, 3)), X, X)
    with pytest.raises(AssertionError, match="it is so if part 1 of the noise"):
        assert_equivariant_coupled(wrong)
    assert_equivariant_coupled(right)


def test_noise_that_is_declared_to_stay_and_moves_is_seen() -> None:
    added = NoiseOutsourced(lambda x, u: x + u, space((5, 3)), X, X)
    with pytest.raises(AssertionError, match=r"differ by .* in torch\.float64, where rounding"):
        assert_equivariant_coupled(added)


def test_usual_mistakes_are_named() -> None:
    H = C(5)
    with pytest.raises(AssertionError, match="it moves by the inverse of g"):
        assert_equivariant_coupled(
            lambda n, u: (-n) % 5, regular(H), noise=normal_noise(gspace((), trivial(H)))
        )
    with pytest.raises(AssertionError, match=r"it fits none of the usual mistakes$"):
        assert_equivariant_coupled(Deterministic(torch.tanh, X, X))


LEARNED = NoiseOutsourced(
    lambda x, v: frame(x[..., :3, :].cumsum(-1).mT + v), space((3, 3)), X, regular(G)
)
CROOKED = NoiseOutsourced(lambda x, u: mean(x) + spread(x, u), space((5, 3)), X, X)
CROOKED_UNIFORM = sym(CROOKED, haar(G, X))


def test_what_the_library_symmetrises_passes() -> None:
    gaps = assert_equivariant_coupled(sym(CROOKED, recursive(haar(G, X), LEARNED)))
    assert all(gap.passes for gap in gaps)


def test_a_gamma_that_is_not_left_equivariant_is_seen() -> None:
    lying = sym(CROOKED, declare_equivariant(LEARNED, G))
    with pytest.raises(AssertionError, match="not equivariant draw by draw"):
        assert_equivariant_coupled(lying)


def test_a_kernel_that_does_not_respect_the_order_is_seen() -> None:
    both, rows = Direct(S(5), G), permutation(S(5))
    cosets = Cosets(FactorInclusion(both, "left"))
    Z = gspace((5, 3), together(rows, matrix(G)))
    noise = gspace((5, 3), together(rows, trivial(G)))
    by_row, mixing = (
        declare_equivariant(NoiseOutsourced(f, noise, Z, Z), S(5))
        for f in (lambda x, u: x.cumsum(-1) + u, lambda x, u: x.cumsum(-2) + u)
    )
    assert_equivariant_coupled(sym(by_row, haar(cosets, Z)))
    with pytest.raises(AssertionError, match="not equivariant draw by draw"):
        assert_equivariant_coupled(sym(mixing, haar(cosets, Z)))


def test_a_module_is_copied_in_each_precision() -> None:
    torch.default_generator.manual_seed(0)
    net = nn.Linear(1, 1)

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def forward(self, x: Tensor, u: Tensor) -> Tensor:
            return x * self.net(x.norm(dim=-1, keepdim=True)) + u

    gaps = assert_equivariant_coupled(Model(), X, noise=normal_noise(X))
    assert all(gap.passes for gap in gaps)
    assert net.weight.dtype == torch.float32


def test_elements_and_seeds_are_those_handed_over() -> None:
    gaps = assert_equivariant_coupled(CROOKED_UNIFORM, elements=[Named("a cycle", CYCLE), MIRROR])
    assert [gap.element for gap in gaps] == ["a cycle", "element 2"] * 2
    again, other = (
        assert_equivariant_coupled(CROOKED_UNIFORM, elements=[CYCLE], seed=seed)[0].absolute
        for seed in (0, 1)
    )
    assert gaps[0].absolute == again != other


def test_sizes_are_those_of_the_noise() -> None:
    H = S("atom")
    Y = gspace(("atom", 2), permutation(H))
    noise = normal_noise(Y, {"atom": 7})
    seen: set[int] = set()

    def model(x: Tensor, u: Tensor) -> Tensor:
        seen.add(x.shape[-2])
        return x.sum(-2, keepdim=True) * u

    assert_equivariant_coupled(model, Y, noise=noise)
    assert seen == {7}


def test_spaces_may_have_several_factors() -> None:
    Y = X @ gspace((5,), trivial(G))
    gaps = assert_equivariant_coupled(
        lambda x, a, R, s: (
            x * a.unsqueeze(-1) + s[..., None, None] * R[..., :, :1].mT,
            a + x.norm(dim=-1),
        ),
        Y,
        noise=haar_noise(G) @ normal_noise(gspace((), trivial(G))),
    )
    assert all(gap.passes for gap in gaps)


def test_what_says_nothing_is_inconclusive() -> None:
    noise = normal_noise(X)
    with pytest.raises(InconclusiveError, match=r"^the model gives one value everywhere"):
        assert_equivariant_coupled(lambda x, u: 0 * x, X, noise=noise)
    with pytest.raises(InconclusiveError, match="not finite at the identity"):
        assert_equivariant_coupled(lambda x, u: (x + u) / 0, X, noise=noise)


def test_what_cannot_be_checked_is_not_applicable() -> None:
    with pytest.raises(
        NotApplicableError, match="not known which noise the model draws; hand over"
    ):
        assert_equivariant_coupled(lambda x: x, X)
    with pytest.raises(NotApplicableError, match="one with PrincipalAxes"):
        assert_equivariant_coupled(gammas.principal_axes(X))
    with pytest.raises(
        NotApplicableError, match=r"^two calls at one point .* draws more than the noise"
    ):
        assert_equivariant_coupled(
            lambda x, u: x + u + torch.randn_like(x), X, noise=normal_noise(X)
        )


def test_spaces_must_fit() -> None:
    with pytest.raises(CompositionError, match="a kernel brings its own noise"):
        assert_equivariant_coupled(CROOKED, X, noise=normal_noise(X))
    with pytest.raises(CompositionError, match="and the space in which it starts"):
        assert_equivariant_coupled(lambda x, u: x + u, noise=normal_noise(X))
    with pytest.raises(CompositionError, match=r"^the kernel goes from .*; got the spaces"):
        assert_equivariant_coupled(CROOKED_UNIFORM, gspace((4, 3), matrix(G)))
    with pytest.raises(ActionMismatch, match="wanted one group on all factors"):
        assert_equivariant_coupled(
            lambda x, u: x + u, X, noise=normal_noise(gspace((5, 3), matrix(SO(3))))
        )


@pytest.mark.parametrize("H", [O(1), O(2), O(3), O(4), SO(2), SO(3)], ids=str)
def test_haar_noise_passes(H: Group) -> None:
    for seed in range(3):
        found = assert_noise_invariant(haar_noise(H), effort=replace(BRIEF, seed=seed))
        assert found.p > 1e-4


def test_single_draws_see_what_pairs_do_not() -> None:
    turn = [CYCLE]
    with pytest.raises(AssertionError, match="half the determinants are positive"):
        assert_noise_invariant(Drawn(turned), turn)
    flat = HaarState(SO(2), regular(O(2)))
    with pytest.raises(AssertionError, match="half the determinants are positive"):
        assert_noise_invariant(flat, [torch.eye(2, dtype=torch.float64)])
    with pytest.raises(AssertionError, match=r"no elements of SO\(2\)$"):
        assert_noise_invariant(HaarState(O(2), regular(SO(2))))


def test_a_factor_of_the_group_must_be_haar_too() -> None:
    both = Cosets(FactorInclusion(Direct(S(3), G), "left"))
    assert assert_noise_invariant(Drawn(frame, both)).p > 1e-4
    with pytest.raises(
        AssertionError, match=r"^the noise .* under S\(3\) x O\(3\): on O\(3\) it would"
    ):
        assert_noise_invariant(Drawn(turned, both))


def test_noise_that_a_factor_moves_must_be_haar_of_it() -> None:
    turn = [(torch.zeros(3, dtype=torch.float64), CYCLE)]
    for H, element in ((E(3), turn), (Direct(G, S(2)), [(CYCLE, torch.tensor([0, 1]))])):
        side = "right" if E(3) == H else "left"
        U = from_canonical_frame(regular(G), Cosets(FactorInclusion(H, side)))
        assert assert_noise_invariant(moved_as(haar_noise(G), U), element).p > 1e-4
        with pytest.raises(AssertionError, match=r"on O\(3\) it would have to be the Haar measure"):
            assert_noise_invariant(moved_as(Drawn(turned), U), element)


def test_matrices_that_nothing_moves_need_not_be_haar() -> None:
    law = Drawn(turned) >> Deterministic(lambda R: R, regular(G), gspace((3, 3), trivial(G)))
    assert assert_noise_invariant(law).log_e < 5


def test_normal_noise_is_moved_by_isometries_only() -> None:
    assert assert_noise_invariant(normal_noise(X)).p > 1e-4
    wide = NoiseOutsourced(
        lambda u: u * torch.tensor([1.0, 1.0, 2.0]).to(u), space((5, 3)), UNIT, X
    )
    with pytest.raises(AssertionError, match=r"^the noise is not invariant .*; means differ"):
        assert_noise_invariant(wide, effort=USUAL)
