"""A rewritten kernel draws what the kernel draws, and its noise goes along with the point."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from markovsym.actions import (
    GSpace,
    Together,
    Trivial,
    affine,
    coset_space,
    gspace,
    matrix,
    permutation,
    regular,
    together,
    trivial,
)
from markovsym.errors import CompositionError
from markovsym.groups import (
    GL,
    SO,
    Cosets,
    Direct,
    E,
    Element,
    FactorInclusion,
    Inclusion,
    O,
    S,
    Same,
    T,
    gram_schmidt,
)
from markovsym.kernels import (
    Copy,
    Deterministic,
    Discard,
    Identity,
    Kernel,
    NoiseOutsourced,
    Randomness,
    Swap,
)
from markovsym.spaces import Object, Value, parts_of, space
from markovsym.symmetrise import (
    average,
    declare_equivariant,
    default_gamma,
    gammas,
    haar,
    lifted,
    recursive,
    sym,
)
from markovsym.testing import NotApplicableError, elements, named_elements
from markovsym.testing.inputs.points import points
from markovsym.testing.pointwise.outsourced import Outsourced, outsourced

ROTATIONS, ORDERS, MOTIONS = O(3), S(4), E(3)
BOTH = Direct(ORDERS, ROTATIONS)
X = gspace((4, 3), matrix(ROTATIONS))
CLOUD = gspace((4, 3), together(permutation(ORDERS), matrix(ROTATIONS)))
PLACED = gspace((4, 3), affine(MOTIONS))
PLAIN = space((4, 3))
FRAMES, PLACES = (Cosets(FactorInclusion(BOTH, side)) for side in ("left", "right"))
HANDS = Cosets(Inclusion(SO(3), ROTATIONS))


def crooked(x: Tensor, u: Tensor) -> Tensor:
    """As far from equivariant as can be."""
    return x.cumsum(-1).tanh() + x[..., :1, :] + 0.3 * u.cumsum(-2)


def by_row(x: Tensor, u: Tensor) -> Tensor:
    """Equivariant under permutations that take the noise along, and under nothing else."""
    return x.cumsum(-1).tanh() + u + (x * u).sum(-2, keepdim=True).sin()


def turning(x: Tensor, u: Tensor) -> Tensor:
    """Equivariant under rotations that turn the noise too."""
    return x * (x * u).sum(-1, keepdim=True) + u


def handed(x: Tensor) -> Tensor:
    """Equivariant under rotations; a mirror turns it round."""
    return torch.linalg.cross(x, x.roll(1, -2), dim=-1)


def noisy(function: Callable[..., Value], X: GSpace, noise: Object = PLAIN) -> Kernel:
    return NoiseOutsourced(function, noise, X, X)


LEARNED = NoiseOutsourced(
    lambda x, v: gram_schmidt(x[..., :3, :].cumsum(-1).mT + v)[0],
    space((3, 3)),
    X,
    regular(ROTATIONS),
)
ROWS = gspace((4, 3), together(permutation(ORDERS), trivial(ROTATIONS)))
POOLED = NoiseOutsourced(
    lambda x, v: gram_schmidt(x.cumsum(-1).tanh().mT @ v + x.sum(-2).diag_embed())[0],
    ROWS,
    CLOUD,
    coset_space(FRAMES),
)
TURNED = gspace((4, 3), together(trivial(ORDERS), matrix(ROTATIONS)))
TURNED_IN_PLACE = gspace((4, 3), Together(MOTIONS, trivial(T(3)), matrix(ROTATIONS)))
HANDED = Deterministic(handed, X, X)
NUMBER = gspace((), trivial(ROTATIONS))
LISTED = gspace((3, 2), permutation(S(3)))
HANDED_OUT = Deterministic(lambda x: x.cumsum(-2).tanh(), LISTED, LISTED)
UNIFORM = sym(noisy(crooked, X), haar(ROTATIONS, X))

# each: a kernel that is equivariant draw by draw, and which parts of its noise are moved
KERNELS: dict[str, tuple[Kernel, list[bool]]] = {
    "a function": (Deterministic(lambda x: x * x.norm(dim=-1, keepdim=True), X, X), []),
    "noise that is moved": (noisy(turning, X, X), [True]),
    "noise that stays": (noisy(lambda x, u: x * u.norm(dim=-1, keepdim=True), X), [False]),
    "noise of several factors": (
        noisy(
            lambda x, u, s: x * u.norm(dim=-1, keepdim=True) * s[:, None, None],
            X,
            PLAIN @ space(()),
        ),
        [False, False],
    ),
    "declared": (declare_equivariant(noisy(turning, X, X), ROTATIONS), [True]),
    "haar": (haar(ROTATIONS, X), [True]),
    "haar of a factor": (haar(FRAMES, CLOUD), [True]),
    "haar of determinants": (haar(HANDS, X), [True]),
    "symmetrised": (UNIFORM, [True, False]),
    "with noise of its own": (sym(noisy(crooked, X, X), haar(ROTATIONS, X)), [True, False]),
    "recursive": (
        sym(noisy(crooked, X), recursive(haar(ROTATIONS, X), LEARNED)),
        [True, False, False],
    ),
    "in a row": (UNIFORM >> noisy(turning, X, X), [True, False, True]),
    "derived": (haar(ROTATIONS, X) >> haar(ROTATIONS, regular(ROTATIONS)), [True, True]),
    "side by side": (UNIFORM @ noisy(turning, X, X), [True, False, True]),
    "structure": (
        Copy(X) >> noisy(turning, X, X) @ Identity(X) >> Swap(X, X) >> Discard(X) @ Identity(X),
        [True],
    ),
    "along permutations": (
        sym(
            declare_equivariant(noisy(by_row, CLOUD, ROWS), ORDERS),
            recursive(haar(FRAMES, CLOUD), declare_equivariant(POOLED, ORDERS)),
        ),
        [True, True, True],
    ),
    "along rotations": (
        sym(declare_equivariant(noisy(turning, CLOUD, TURNED), ROTATIONS), haar(PLACES, CLOUD)),
        [True, True],
    ),
    "along the whole group": (
        sym(
            declare_equivariant(noisy(turning, X, X), ROTATIONS),
            declare_equivariant(
                Deterministic(lambda x: (), X, coset_space(Cosets(Same(ROTATIONS)))), ROTATIONS
            ),
        ),
        [True],
    ),
    "motions": (sym(noisy(crooked, PLACED), default_gamma(PLACED)), [True, False]),
    "motions, by the centroid": (
        sym(
            declare_equivariant(noisy(turning, PLACED, TURNED_IN_PLACE), ROTATIONS),
            gammas.centroid(PLACED),
        ),
        [True],
    ),
    "along a subgroup, without noise": (
        sym(declare_equivariant(HANDED, Inclusion(SO(3), ROTATIONS)), haar(HANDS, X)),
        [True],
    ),
    "along a subgroup that leaves the noise": (
        sym(
            declare_equivariant(
                noisy(lambda x, u: x + u[..., None, None] * handed(x), X, NUMBER),
                Inclusion(SO(3), ROTATIONS),
            ),
            haar(HANDS, X),
        ),
        [True, False],
    ),
    "an exact mean": (average(sym(HANDED_OUT, haar(S(3), LISTED))), []),
}


def moved(kernel: Kernel) -> list[bool]:
    return [not isinstance(action, Trivial) for action in outsourced(kernel).noise_space.actions]


def drawn(kernel: Kernel, count: int, seed: int, dtype: torch.dtype = torch.float64) -> Value:
    source = Randomness(torch.Generator().manual_seed(seed), (count,), dtype)
    return kernel.draw((), source)


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_function_at_the_noise_is_what_the_kernel_draws(
    name: str, dtype: torch.dtype, generator: torch.Generator
) -> None:
    kernel, _ = KERNELS[name]
    form = outsourced(kernel)
    x = points(form.X, 8, generator=generator, dtype=dtype)
    u = drawn(form.noise, 8, seed=3, dtype=dtype)
    wanted = kernel.sample(x, generator=torch.Generator().manual_seed(3))
    found = form.function(*parts_of(x), *parts_of(u))
    for a, b in zip(parts_of(found), parts_of(wanted), strict=True):
        assert a.dtype == b.dtype
        assert torch.equal(a, b)


@pytest.mark.parametrize("name", KERNELS)
def test_the_parts_of_the_noise_move_or_stay(name: str) -> None:
    kernel, moves = KERNELS[name]
    form = outsourced(kernel)
    assert moved(kernel) == moves
    assert (kernel.dom, kernel.cod) == (form.X, form.Y)
    assert form.noise.cod == form.noise_space
    assert form.noise_space.group == form.X.group
    assert not form.noise.dom.space.factors


def off(form: Outsourced, g: Element, seed: int) -> float:
    """How far f(g x, g u) is from g f(x, u)."""
    x = points(form.X, 4, generator=torch.Generator().manual_seed(seed))
    u = drawn(form.noise, 4, seed)
    there = form.function(*parts_of(form.X.act(g, x)), *parts_of(form.noise_space.act(g, u)))
    moved = form.Y.act(g, form.function(*parts_of(x), *parts_of(u)))
    pairs = zip(parts_of(there), parts_of(moved), strict=True)
    return max((float((a - b).abs().max()) for a, b in pairs), default=0.0)


@pytest.mark.parametrize("name", KERNELS)
def test_the_noise_goes_along_with_the_point(name: str, generator: torch.Generator) -> None:
    form = outsourced(KERNELS[name][0])
    for one in named_elements(form.X.group, generator=generator):
        assert off(form, one.element, 2) < 1e-9


SYMDIFF = outsourced(KERNELS["along permutations"][0])


@given(g=elements(BOTH), seed=st.integers(0, 2**16))
def test_the_noise_of_symdiff_goes_along_with_any_element(g: Element, seed: int) -> None:
    assert off(SYMDIFF, g, seed) < 1e-9


def test_noise_is_moved_as_declared_or_not_at_all() -> None:
    assert moved(noisy(crooked, X)) == [False]
    assert moved(noisy(crooked, X, X)) == [True]
    assert moved(noisy(crooked, X, CLOUD)) == [False]  # it speaks of another group
    assert outsourced(noisy(crooked, X, X)).noise_space == X


def test_noise_in_the_canonical_frame_is_moved_by_the_factor_along_which_it_is(
    generator: torch.Generator,
) -> None:
    kernel, _ = KERNELS["along permutations"]
    *_, rows = outsourced(kernel).noise_space.blocks
    g = BOTH.random(generator=generator, dtype=torch.float64)
    u = torch.randn(4, 3, generator=generator, dtype=torch.float64)
    torch.testing.assert_close(rows.action(g, u), u[BOTH.split(g)[0].argsort(-1)])
    kernel, _ = KERNELS["along rotations"]
    *_, turned = outsourced(kernel).noise_space.blocks
    torch.testing.assert_close(turned.action(g, u), u @ BOTH.split(g)[1].mT)


def test_sizes_are_five_or_what_they_are_said_to_be() -> None:
    G = S("atom")
    Y = gspace(("atom", 2), permutation(G))
    k = sym(NoiseOutsourced(lambda x, u: x.cumsum(-2) + u, Y, Y, Y), haar(G, Y))
    for sizes, atoms in ((None, 5), ({"atom": 7}, 7)):
        form = outsourced(k, sizes)
        order, u = drawn(form.noise, 3, seed=0)
        assert (order.shape, u.shape) == ((3, atoms), (3, atoms, 2))
        x = torch.randn(3, atoms, 2, dtype=torch.float64)
        assert form.function(x, order, u).shape == x.shape


def test_normal_noise_is_normal(generator: torch.Generator) -> None:
    u = outsourced(noisy(turning, X, X)).noise.sample(generator=generator, batch=(5_000,))
    assert u.mean(0).abs().max() < 5 / 5_000**0.5
    assert (u.var(0) - 1).abs().max() < 5 * (2 / 5_000) ** 0.5


LINES = gspace((4, 3), matrix(GL(3)))
REFUSED: dict[str, tuple[Kernel, str]] = {
    "principal axes": (
        gammas.principal_axes(X),
        r"got one with PrincipalAxes, a PrincipalAxes, in",
    ),
    "hidden in another": (
        sym(noisy(crooked, X), gammas.principal_axes(X)),
        r"got one with PrincipalAxes",
    ),
    "a lifted coset": (lifted(haar(HANDS, X)), r"got one with StochasticSection"),
    "a mean of draws": (average(UNIFORM, 3), r"got one with Average"),
    "noise that the coset moves": (
        sym(
            declare_equivariant(
                noisy(lambda x, u: handed(x) + u, X, X), Inclusion(SO(3), ROTATIONS)
            ),
            haar(HANDS, X),
        ),
        r"^along Inclusion.* noise of the kernel is moved by an element of SO\(3\) that depends on",
    ),
    "noise that translations move": (
        sym(
            declare_equivariant(noisy(lambda x, u: x.cumsum(-1) - u, PLACED, PLACED), T(3)),
            haar(Cosets(FactorInclusion(MOTIONS, "left")), PLACED),
        ),
        r"is moved by an element of T\(3\) that depends on the point",
    ),
    "Haar that the coset moves": (
        sym(noisy(crooked, LINES), default_gamma(LINES)),
        r"is moved by an element of O\(3\) that depends on the point",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_rewritten_is_named(name: str) -> None:
    kernel, message = REFUSED[name]
    with pytest.raises(NotApplicableError, match=message):
        outsourced(kernel)


def test_a_kernel_between_plain_spaces_is_refused() -> None:
    with pytest.raises(CompositionError, match="wanted a kernel between spaces with actions"):
        outsourced(NoiseOutsourced(lambda x, u: x + u, PLAIN, PLAIN, PLAIN))


def test_a_kernel_may_lead_through_a_plain_space() -> None:
    through = Deterministic(lambda x: x.norm(dim=-1), X, space((4,))) >> NoiseOutsourced(
        lambda r, u: r + u, space((4,)), space((4,)), gspace((4,), trivial(ROTATIONS))
    )
    assert moved(through) == [False]
