import math
from collections.abc import Callable

import pytest
import scipy.stats
import torch
from torch import Tensor

from markovsym.actions import gspace, matrix, permutation, regular, trivial
from markovsym.errors import CompositionError
from markovsym.groups import Direct, Group, O, S, TrivialGroup, gram_schmidt
from markovsym.kernels import Deterministic, Identity, Kernel, NoiseOutsourced
from markovsym.spaces import Kind, space
from markovsym.symmetrise import declare_equivariant, haar, sym
from markovsym.testing import LawTest, assert_equivariant_in_law, equivariance_in_law, probes

G = O(3)
X = gspace((4, 3), matrix(G))
TURN = torch.linalg.matrix_exp(torch.tensor([[0.0, -1, 0], [1, 0, 0], [0, 0, 0]]))
CYCLE = torch.eye(3).roll(1, 0)
MIRROR = torch.diag(torch.tensor([-1.0, 1, 1]))
POINT = torch.tensor([[1.0, 0, 0], [0, 2, 0], [0, 1, 3], [1, 1, -1]])


def kernel(function: Callable[[Tensor, Tensor], Tensor]) -> Kernel:
    return NoiseOutsourced(function, X, X, X)


def spread_out(x: Tensor, u: Tensor) -> Tensor:
    """Equivariant: the noise is alike in all directions, and grows with the length."""
    return 2 * x + 0.3 * x.norm(dim=-1, keepdim=True) * u


def test_equivariant_kernels_are_rarely_suspected() -> None:
    found = []
    for seed in range(40):
        generator = torch.Generator().manual_seed(seed)
        x, g = torch.randn(4, 3, generator=generator), G.haar(generator=generator)
        test = equivariance_in_law(kernel(spread_out), x, [g], generator=generator, draws=512)
        found.append(test.p)
    assert min(found) > 1e-4
    # the number of p-values below 0.05 is at most binomial
    assert sum(p < 0.05 for p in found) <= scipy.stats.binom.isf(1e-6, 40, 0.05)


@pytest.mark.parametrize("n", [1, 2])
def test_p_values_are_calibrated_where_there_are_few_moments(n: int) -> None:
    Y = gspace((n,), trivial(TrivialGroup()))
    k = NoiseOutsourced(lambda x, u: u, Y, Y, Y)
    generator = torch.Generator().manual_seed(0)
    x = torch.zeros(n)
    found = [equivariance_in_law(k, x, [()], generator=generator, draws=256).p for _ in range(200)]
    count = sum(p < 0.2 for p in found)
    # at most 0.2 by the union bound, and not much less, since there are few moments
    assert scipy.stats.binom.ppf(1e-6, 200, 0.1) <= count <= scipy.stats.binom.isf(1e-6, 200, 0.2)


@pytest.mark.parametrize(
    ("function", "element"),
    [
        (lambda x, u: x + 0.1 * torch.tensor([1.0, 0, 0]) + 0.3 * u, TURN),
        (lambda x, u: x + 0.3 * torch.tensor([1.0, 1.0, 1.2]) * u, CYCLE),
        (lambda x, u: x + 0.3 * (u + 0.2 * u.roll(1, -1)), MIRROR),  # the variances stay
        (lambda x, u: x + 0.1 * torch.linalg.cross(x, x.roll(1, -2)) + 0.3 * u, MIRROR),
    ],
    ids=["shifted", "wider along an axis", "correlated", "handed"],
)
def test_first_and_second_moments_that_differ_are_seen(
    function: Callable[[Tensor, Tensor], Tensor], element: Tensor, generator: torch.Generator
) -> None:
    test = equivariance_in_law(kernel(function), POINT, [element], generator=generator)
    assert test.p < 1e-9


def test_the_p_value_is_that_of_welch_for_entries_and_squares() -> None:
    Y = gspace((1,), trivial(TrivialGroup()))
    k = NoiseOutsourced(lambda x, u: u, Y, Y, Y)
    for seed in range(10):
        generator, twin = (torch.Generator().manual_seed(seed) for _ in range(2))
        found = equivariance_in_law(k, torch.zeros(1), [()], generator=generator, draws=1000)
        z = torch.cat([torch.randn(1000, generator=twin) for _ in range(2)])
        z = (z - z.mean()) / z.std()
        moments = torch.stack([z, z.square()], dim=1).numpy()
        p = scipy.stats.ttest_ind(moments[:1000], moments[1000:], equal_var=False).pvalue
        wanted = min(1.0, 2 * p.min())
        assert found.p == pytest.approx(wanted, rel=0.1)  # a gap below the resolution is none


def test_every_entry_of_a_large_value_is_looked_at(generator: torch.Generator) -> None:
    Y = gspace((8, 3), matrix(G))  # 24 entries are seen through random directions
    x = torch.randn(8, 3, generator=generator)
    for entry in range(8):
        shift = torch.zeros(8, 3)
        shift[entry, 0] = 1.0
        k = NoiseOutsourced(lambda x, u, shift=shift: x + 0.3 * u + shift, Y, Y, Y)
        assert equivariance_in_law(k, x, [TURN], generator=generator, draws=1024).p < 1e-9


def test_what_differs_in_higher_moments_only_is_not_seen(generator: torch.Generator) -> None:
    # every coordinate is plus or minus 1: mean and covariance are those of a round law
    k = kernel(lambda x, u: torch.where(u > 0, 1.0, -1.0))
    assert equivariance_in_law(k, POINT, [TURN], generator=generator).p > 1e-4


@pytest.mark.parametrize("points", [4, 8])
@pytest.mark.parametrize("size", [1e-3, 1.0, 1e3])
def test_small_violations_are_seen_at_any_scale(
    points: int, size: float, generator: torch.Generator
) -> None:
    Y = gspace((points, 3), matrix(G))  # 24 entries are seen through random directions
    x = size * torch.randn(points, 3, generator=generator)
    along = size * torch.tensor([0.02, 0, 0])
    bad, good = (Deterministic(lambda x, d=d: x + d, Y, Y) for d in (along, 0 * along))
    assert equivariance_in_law(bad, x, [TURN], generator=generator).p < 1e-9
    assert equivariance_in_law(good, x, [TURN], generator=generator).p == 1.0


@pytest.mark.parametrize("offset", [0.0, 1.0, 100.0])
@pytest.mark.parametrize("noise", [0.0, 1e-7, 1e-5])
def test_rounding_is_no_violation(offset: float, noise: float, generator: torch.Generator) -> None:
    first = Deterministic(lambda x: gram_schmidt(x[..., :3, :].mT)[0], X, regular(G))
    crooked = kernel(lambda x, u: x.cumsum(-1).tanh() + offset * x + noise * u)
    s = sym(crooked, declare_equivariant(first, G))
    elements = [TURN, MIRROR, *G.haar(3, generator=generator)]
    assert equivariance_in_law(s, POINT, elements, generator=generator, draws=1024).p > 1e-4


def test_the_worst_element_is_named(generator: torch.Generator) -> None:
    k = kernel(lambda x, u: x + torch.linalg.cross(x, x.roll(1, -2)) + 0.3 * u)
    elements = [torch.eye(3), TURN, MIRROR, TURN @ TURN]
    test = equivariance_in_law(k, POINT, elements, generator=generator, draws=512)
    assert (test.element, test.draws) == (2, 512)
    assert equivariance_in_law(k, POINT, elements[:2], generator=generator).p > 1e-4


def test_more_elements_make_the_same_difference_less_surprising() -> None:
    k = kernel(lambda x, u: x + 0.03 * torch.tensor([1.0, 0, 0]) + 0.3 * u)
    one, four = (
        equivariance_in_law(k, POINT, [TURN, *[torch.eye(3)] * more], generator=generator).p
        for more, generator in ((n, torch.Generator().manual_seed(0)) for n in (0, 3))
    )
    assert one < 0.01
    assert four == pytest.approx(4 * one)


@pytest.mark.parametrize("rubbish", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("where", ["everywhere", "after moving"])
def test_what_is_not_a_number_never_passes(
    rubbish: float, where: str, generator: torch.Generator
) -> None:
    def function(x: Tensor, u: Tensor) -> Tensor:
        moved = not torch.equal(x[0], POINT)
        return torch.full_like(x, rubbish) if moved or where == "everywhere" else x + u

    assert equivariance_in_law(kernel(function), POINT, [TURN], generator=generator).p < 1e-9


def test_integers_and_tuples_are_compared_too(generator: torch.Generator) -> None:
    H = S(3)
    Y = gspace((3,), permutation(H, (-1,)), Kind.INTEGER) @ gspace((3, 2), permutation(H))
    good = Identity(Y)
    worse = [
        Deterministic(lambda n, x: (n.cumsum(-1), x), Y, Y),
        Deterministic(lambda n, x: (n, x.cumsum(-2)), Y, Y),
    ]
    point = torch.tensor([3, 1, 2]), torch.arange(6.0).reshape(3, 2)
    assert_equivariant_in_law(good, point, generator=generator, draws=64)
    for bad in worse:
        with pytest.raises(AssertionError, match="not equivariant in law under S"):
            assert_equivariant_in_law(bad, point, generator=generator, draws=64)


def test_a_gamma_is_tested_like_any_kernel(generator: torch.Generator) -> None:
    assert_equivariant_in_law(haar(G, X), POINT, generator=generator)
    biased = Deterministic(lambda x: torch.eye(3).expand(*x.shape[:-2], 3, 3), X, regular(G))
    with pytest.raises(AssertionError, match=r"p = 0.0e\+00 < 1e-09"):
        assert_equivariant_in_law(biased, POINT, generator=generator)


def test_a_failure_names_group_element_and_draws(generator: torch.Generator) -> None:
    k = kernel(lambda x, u: x + torch.tensor([1.0, 0, 0]) + 0.3 * u)
    message = (
        r"^the kernel is not equivariant in law under O\(3\): p = \S+ < 1e-09 at "
        r"element 1, tensor\(\[\[-1\.(.|\n)*\]\]\), with 256 draws on each side$"
    )
    elements = [torch.eye(3), MIRROR]
    with pytest.raises(AssertionError, match=message):
        assert_equivariant_in_law(k, POINT, elements, generator=generator, draws=256)


def test_the_threshold_may_be_set(generator: torch.Generator) -> None:
    k = kernel(lambda x, u: x + 0.03 * torch.tensor([1.0, 0, 0]) + 0.3 * u)
    passed = assert_equivariant_in_law(k, POINT, [TURN], generator=generator, alpha=1e-9)
    assert isinstance(passed, LawTest)
    assert 1e-9 < passed.p < 0.5
    with pytest.raises(AssertionError, match=r"< 5e-01"):
        assert_equivariant_in_law(k, POINT, [TURN], generator=generator, alpha=0.5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_elements_take_the_type_of_the_point(
    dtype: torch.dtype, generator: torch.Generator
) -> None:
    assert_equivariant_in_law(kernel(spread_out), POINT.to(dtype), generator=generator, draws=64)


@pytest.mark.parametrize("group", [O(3), S(4), Direct(S(4), O(3)), TrivialGroup()], ids=str)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_probes_hold_components_generators_and_generic_elements(
    group: Group, dtype: torch.dtype, generator: torch.Generator
) -> None:
    found = probes(group, generator=generator, dtype=dtype)
    wanted = [*group.components(dtype=dtype), *group.generators(dtype=dtype)]
    torch.testing.assert_close(found[: len(wanted)], wanted)
    assert len(found) == len(wanted) + 2
    assert all(bool(group.contains(g)) for g in found)


def test_the_generic_probes_differ(generator: torch.Generator) -> None:
    first, second = probes(O(3), generator=generator)[-2:]
    assert not torch.allclose(first, second)


def test_no_gradients_are_kept(generator: torch.Generator) -> None:
    wanted: list[bool] = []

    def function(x: Tensor, u: Tensor) -> Tensor:
        wanted.append(torch.is_grad_enabled())
        return x + u

    assert_equivariant_in_law(kernel(function), POINT, generator=generator, draws=64)
    assert wanted
    assert not any(wanted)


def test_a_seed_fixes_the_verdict() -> None:
    once, again = (
        assert_equivariant_in_law(
            kernel(spread_out), POINT, generator=torch.Generator().manual_seed(3), draws=64
        )
        for _ in range(2)
    )
    assert once == again


def test_a_kernel_without_actions_cannot_be_tested(generator: torch.Generator) -> None:
    message = r"^wanted a kernel between spaces with actions"
    for test in (equivariance_in_law, assert_equivariant_in_law):
        with pytest.raises(CompositionError, match=message):
            test(Identity(space((3,))), torch.ones(3), [TURN], generator=generator)
