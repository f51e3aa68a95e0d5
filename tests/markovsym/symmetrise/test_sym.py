from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from markovsym.actions import (
    Action,
    GSpace,
    coset_space,
    gspace,
    matrix,
    permutation,
    regular,
    together,
    trivial,
)
from markovsym.groups import (
    Cosets,
    Direct,
    FactorInclusion,
    FromTrivial,
    Group,
    O,
    S,
    gram_schmidt,
)
from markovsym.kernels import Deterministic, Identity, Kernel, NoiseOutsourced
from markovsym.symmetrise import EquivariantKernel, declare_equivariant, haar, recursive, sym
from markovsym.testing import assert_equivariant_in_law, equivariance_in_law

M = torch.tensor([[1.2, 0.5, -0.3], [0.1, -0.6, 0.9], [-0.8, 0.2, 0.4]], dtype=torch.float64)
P = Direct(S(4), O(3))


def crooked(x: Tensor, u: Tensor) -> Tensor:
    """Far from equivariant under rotations: affine, and noisier along some axes than others."""
    scale = torch.tensor([0.8, 0.0, -0.8], dtype=x.dtype).exp()
    return x @ M.mT.to(x.dtype) + scale + 0.3 * scale * x[..., :1].tanh().exp() * u


def ordered(x: Tensor, u: Tensor) -> Tensor:
    """Far from equivariant under permutations, too: no two rows are treated alike."""
    return crooked(x, u) * torch.arange(1, x.shape[-2] + 1, dtype=x.dtype).unsqueeze(-1)


def frame(x: Tensor, v: Tensor) -> Tensor:
    """An orthogonal matrix that depends on the points, not on their order, and on noise."""
    weights = (x @ M.to(x.dtype) + 0.5).tanh()
    return gram_schmidt((x.unsqueeze(-1) * weights.unsqueeze(-2)).mean(-3) + 0.3 * v[..., :3, :])[0]


def order(x: Tensor, v: Tensor) -> Tensor:
    """A permutation that depends on the rows and on noise."""
    return (x[..., 0] + x[..., 1].sin() + 0.3 * v[..., 0]).argsort(-1)


def shear(x: Tensor) -> Tensor:
    """Equivariant under rotations, reflections and permutations of the points."""
    return (x - x.mean(-2, keepdim=True)) * x.norm(dim=-1, keepdim=True)


@dataclass(frozen=True)
class Setting:
    """H -> G, a kernel that is equivariant under H only, and a learned gamma that is, too."""

    cosets: Cosets
    X: GSpace
    U: GSpace
    base: Callable[[Tensor, Tensor], Tensor]
    learned: Callable[[Tensor, Tensor], Tensor]

    @property
    def group(self) -> Group:
        return self.cosets.group

    def kernel(self) -> EquivariantKernel:
        k = NoiseOutsourced(self.base, self.U, self.X, self.X)
        return declare_equivariant(k, self.cosets.phi)

    def gamma(self) -> EquivariantKernel:
        k = NoiseOutsourced(self.learned, self.U, self.X, coset_space(self.cosets))
        return declare_equivariant(k, self.cosets.phi)

    def gammas(self) -> list[EquivariantKernel]:
        base = haar(self.cosets, self.X)
        return [base, recursive(base, self.gamma())]

    def points(self, *batch: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> Tensor:
        return torch.randn(*batch, 4, 3, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def on(action: Action) -> GSpace:
    """Four points, or noise for each of them."""
    return gspace((4, 3), action)


BOTH, ROWS = together(permutation(S(4)), matrix(O(3))), together(permutation(S(4)), trivial(O(3)))
SETTINGS = {
    "O(3)": Setting(Cosets(FromTrivial(O(3))), on(matrix(O(3))), on(trivial(O(3))), ordered, frame),
    "S(4)": Setting(
        Cosets(FromTrivial(S(4))), on(permutation(S(4))), on(trivial(S(4))), ordered, order
    ),
    "S(4) -> S(4) x O(3)": Setting(
        Cosets(FactorInclusion(P, "left")), on(BOTH), on(ROWS), crooked, frame
    ),
}
THEOREM_ONE = SETTINGS["S(4) -> S(4) x O(3)"]
everywhere = pytest.mark.parametrize("setting", SETTINGS.values(), ids=list(SETTINGS))
seeds = st.integers(0, 2**32 - 1)


def explicit(setting: Setting) -> tuple[GSpace, Kernel, EquivariantKernel, EquivariantKernel]:
    """The kernel, Haar and the learned gamma as functions of their noise, which is an input."""
    cosets, V = setting.cosets, on(trivial(setting.group))
    K = coset_space(cosets)
    Z = setting.X @ K @ setting.U @ V
    kernel = Deterministic(lambda x, c, u, v: setting.base(x, u), Z, setting.X)
    drawn = Deterministic(lambda x, c, u, v: c, Z, K)
    learned = Deterministic(lambda x, c, u, v: setting.learned(x, v), Z, K)
    return (
        Z,
        declare_equivariant(kernel, cosets.phi),
        declare_equivariant(drawn, cosets.group),
        declare_equivariant(learned, cosets.phi),
    )


@everywhere
@pytest.mark.parametrize("depth", [0, 2])
@given(seed=seeds)
def test_with_its_noise_moved_along_a_symmetrised_kernel_is_equivariant_draw_for_draw(
    setting: Setting, depth: int, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    Z, kernel, gamma, learned = explicit(setting)
    for _ in range(depth):
        gamma = recursive(gamma, learned)
    s = sym(kernel, gamma)
    g = setting.group.haar(7, generator=generator, dtype=torch.float64)
    c = setting.cosets.representatives.haar(7, generator=generator, dtype=torch.float64)
    x, u, v = torch.randn(3, 7, 4, 3, generator=generator, dtype=torch.float64)
    here = s.sample((x, c, u, v), generator=generator)
    there = s.sample(Z.act(g, (x, c, u, v)), generator=generator)
    torch.testing.assert_close(there, setting.X.act(g, here), rtol=0, atol=1e-8)


@everywhere
@given(seed=seeds)
def test_an_equivariant_kernel_is_not_changed(setting: Setting, seed: int) -> None:
    k = declare_equivariant(Deterministic(shear, setting.X, setting.X), setting.group)
    x = setting.points(7, seed=seed)
    for gamma in setting.gammas():
        drawn = sym(k, gamma).sample(x, generator=torch.Generator().manual_seed(seed))
        torch.testing.assert_close(drawn, shear(x))


@everywhere
@given(seed=seeds)
def test_an_equivariant_function_may_follow_inside_or_outside(setting: Setting, seed: int) -> None:
    after = declare_equivariant(Deterministic(shear, setting.X, setting.X), setting.group)
    inside = declare_equivariant(setting.kernel() >> after, setting.cosets.phi)
    gamma = setting.gammas()[1]
    a, b = (
        k.sample(setting.points(7), generator=torch.Generator().manual_seed(seed))
        for k in (sym(inside, gamma), sym(setting.kernel(), gamma) >> after)
    )
    torch.testing.assert_close(a, b)


@everywhere
@pytest.mark.parametrize("place", [0, 1], ids=["haar", "recursive"])
def test_a_symmetrised_kernel_is_equivariant_in_law(
    setting: Setting, place: int, generator: torch.Generator
) -> None:
    s = sym(setting.kernel(), setting.gammas()[place])
    assert_equivariant_in_law(s, setting.points())


@everywhere
def test_the_kernel_that_is_symmetrised_was_not_equivariant(
    setting: Setting, generator: torch.Generator
) -> None:
    with pytest.raises(AssertionError, match=r"^the kernel is not equivariant in law"):
        assert_equivariant_in_law(setting.kernel(), setting.points())


@everywhere
@pytest.mark.parametrize("place", [0, 1], ids=["haar", "recursive"])
def test_a_symmetrised_kernel_still_depends_on_its_input(
    setting: Setting, place: int, generator: torch.Generator
) -> None:
    s = sym(setting.kernel(), setting.gammas()[place])
    near, far = (
        s.sample(factor * setting.points().expand(512, 4, 3), generator=generator).norm(dim=(1, 2))
        for factor in (1, 10)
    )
    assert far.mean() > 3 * near.mean()


def test_theorem_one_needs_the_base_to_be_equivariant(generator: torch.Generator) -> None:
    setting = THEOREM_ONE
    lie = declare_equivariant(NoiseOutsourced(ordered, setting.X, setting.X, setting.X), S(4))
    s = sym(lie, haar(setting.cosets, setting.X))
    swap = [(S(4).generators()[0], torch.eye(3, dtype=torch.float64))]
    assert equivariance_in_law(s, setting.points(), swap).p < 1e-9


@given(seed=seeds)
def test_canonicalisation_gives_an_equivariant_function(seed: int) -> None:
    X, G = gspace((4, 3), matrix(O(3))), O(3)
    first = Deterministic(lambda x: gram_schmidt(x[..., :3, :].mT)[0], X, regular(G))
    k = Deterministic(lambda x: ordered(x, torch.zeros_like(x)), X, X)
    s = sym(k, declare_equivariant(first, G))
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(7, 4, 3, generator=generator, dtype=torch.float64)
    x[:, :3] += 3 * torch.eye(3, dtype=torch.float64)  # three points far from a common plane
    for g in (*G.components(dtype=x.dtype), *G.haar(2, generator=generator, dtype=x.dtype)):
        there = s.sample(X.act(g, x), generator=generator)
        here = X.act(g, s.sample(x, generator=generator))
        torch.testing.assert_close(there, here, rtol=0, atol=1e-10)


def test_a_quarter_turn_by_hand(generator: torch.Generator) -> None:
    X, turn = gspace((2,), matrix(O(2))), torch.tensor([[0.0, -1.0], [1.0, 0.0]])
    gamma = Deterministic(lambda x: turn.expand(*x.shape, 2), X, regular(O(2)))
    k = Deterministic(lambda x: x + torch.tensor([1.0, 0.0]), X, X)
    s = sym(k, declare_equivariant(gamma, O(2)))
    found = s.sample(torch.tensor([[5.0, 7.0]]), generator=generator)
    # turned back (7, -5), moved (8, -5), turned (5, 8)
    torch.testing.assert_close(found, torch.tensor([[5.0, 8.0]]))


def test_every_entry_of_a_batch_draws_its_own_element(generator: torch.Generator) -> None:
    X = gspace((2,), matrix(O(2)))
    k = Deterministic(lambda x: x + torch.tensor([1.0, 0.0]), X, X)
    drawn = sym(k, haar(O(2), X)).sample(torch.zeros(100, 2), generator=generator)
    assert len(drawn.unique(dim=0)) == 100


class Orthonormal(nn.Module):
    """The last layer of a network that ends in frames."""

    def forward(self, m: Tensor) -> Tensor:
        return gram_schmidt(m)[0]


def test_gradients_reach_both_networks_and_both_register(generator: torch.Generator) -> None:
    X, G = gspace((4, 3), matrix(O(3))), O(3)
    net = nn.Sequential(nn.Flatten(), nn.Linear(12, 12), nn.Unflatten(1, (4, 3)))
    eye = nn.Sequential(nn.Flatten(), nn.Linear(12, 9), nn.Unflatten(1, (3, 3)), Orthonormal())
    gamma = recursive(haar(G, X), Deterministic(eye, X, regular(G)))
    s = sym(Deterministic(net, X, X), gamma)
    assert set(s.state_dict()) == {
        f"{place}.function.1.{name}"
        for place in ("kernel", "gamma.kernel")
        for name in ("weight", "bias")
    }
    for parameter in s.parameters():
        nn.init.normal_(parameter, generator=generator)
    drawn = s.sample(torch.randn(5, 4, 3, generator=generator), generator=generator)
    drawn[:, 0, 0].sum().backward()
    assert all(p.grad is not None and p.grad.abs().max() > 0 for p in s.parameters())


def test_a_symmetrised_kernel_knows_its_type_and_why() -> None:
    setting = THEOREM_ONE
    s = sym(setting.kernel(), setting.gammas()[1])
    assert (s.dom, s.cod, s.group) == (setting.X, setting.X, P)
    assert str(s.why).splitlines() == [
        "proved: equivariant under S(4) x O(3), in 3 steps",
        "  Haar is left-invariant on O(3)",
        "  crooked is equivariant over S(4)",
        "  frame is equivariant over S(4)",
        "  the actions of S(4) and O(3) on R(4,3) are those of their product",
        "  crooked is declared: equivariant under S(4)",
        "  frame is declared: equivariant under S(4)",
    ]
    plain = sym(Identity(gspace((3,), matrix(O(3)))), haar(O(3), gspace((3,), matrix(O(3)))))
    assert str(plain.why) == "proved: equivariant under O(3), in 1 step"
