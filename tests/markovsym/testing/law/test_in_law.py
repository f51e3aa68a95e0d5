import math
from collections.abc import Callable

import pytest
import scipy.stats
import torch
from torch import Tensor, nn

from markovsym.actions import gspace, matrix, permutation, regular, trivial
from markovsym.errors import CompositionError
from markovsym.groups import GL, O, S, TrivialGroup, gram_schmidt
from markovsym.kernels import Deterministic, Discard, Identity, Kernel, NoiseOutsourced
from markovsym.spaces import Kind, space
from markovsym.symmetrise import declare_equivariant, haar, sym
from markovsym.testing import (
    Effort,
    InconclusiveError,
    Named,
    assert_equivariant_in_law,
    equivariance_in_law,
    equivariant_by_test,
    making,
)
from markovsym.testing.effort import usual

G = O(3)
X = gspace((4, 3), matrix(G))
TURN = torch.linalg.matrix_exp(torch.tensor([[0.0, -1, 0], [1, 0, 0], [0, 0, 0]]))
CYCLE = torch.eye(3).roll(1, 0)
MIRROR = torch.diag(torch.tensor([-1.0, 1, 1]))
POINT = torch.tensor([[1.0, 0, 0], [0, 2, 0], [0, 1, 3], [1, 1, -1]])
BRIEF = Effort(examples=1, pairs=64)


def kernel(function: Callable[[Tensor, Tensor], Tensor]) -> Kernel:
    return NoiseOutsourced(function, X, X, X)


def spread_out(x: Tensor, u: Tensor) -> Tensor:
    """Equivariant: the noise is alike in all directions, and grows with the length."""
    return 2 * x + 0.3 * x.norm(dim=-1, keepdim=True) * u


def shifted(x: Tensor, u: Tensor) -> Tensor:
    return x + torch.tensor([1.0, 0, 0]) + 0.3 * u


def test_equivariant_kernels_are_rarely_suspected() -> None:
    efforts = (Effort(examples=1, pairs=256, seed=seed) for seed in range(20))
    found = [equivariance_in_law(kernel(spread_out), effort=effort).p for effort in efforts]
    assert min(found) > 1e-4
    # the number of p-values below 0.05 is at most binomial
    assert sum(p < 0.05 for p in found) <= scipy.stats.binom.isf(1e-6, 20, 0.05)


@pytest.mark.parametrize(
    ("function", "element"),
    [
        (lambda x, u: x + 0.1 * torch.tensor([1.0, 0, 0]) + 0.3 * u, TURN),
        (lambda x, u: x + 0.3 * torch.tensor([1.0, 1.0, 1.4]) * u, CYCLE),
        (lambda x, u: x + 0.3 * (u + 0.3 * u.roll(1, -1)), MIRROR),  # the variances stay
        (lambda x, u: x + 0.1 * torch.linalg.cross(x, x.roll(1, -2)) + 0.3 * u, MIRROR),
    ],
    ids=["shifted", "wider along an axis", "correlated", "handed"],
)
def test_first_and_second_moments_that_differ_are_seen(
    function: Callable[[Tensor, Tensor], Tensor], element: Tensor
) -> None:
    assert equivariance_in_law(kernel(function), POINT, [element]).rejected


def test_every_entry_of_a_large_value_is_looked_at() -> None:
    Y = gspace((8, 3), matrix(G))  # 24 entries are seen through random directions
    x = torch.randn(8, 3)
    for entry in range(8):
        shift = torch.zeros(8, 3)
        shift[entry, 0] = 1.0
        k = NoiseOutsourced(lambda x, u, shift=shift: x + 0.3 * u + shift, Y, Y, Y)
        assert equivariance_in_law(k, x, [TURN]).rejected


@pytest.mark.parametrize("rows", [4, 8])
@pytest.mark.parametrize("size", [1e-3, 1.0, 1e3])
def test_small_violations_are_seen_at_any_scale(rows: int, size: float) -> None:
    Y = gspace((rows, 3), matrix(G))
    x = size * torch.randn(rows, 3)
    along = size * torch.tensor([0.02, 0, 0])
    bad, good = (Deterministic(lambda x, d=d: x + d, Y, Y) for d in (along, 0 * along))
    assert equivariance_in_law(bad, x, [TURN]).rejected
    assert equivariance_in_law(good, x, [TURN]).p > 0.9


@pytest.mark.parametrize("offset", [0.0, 1.0, 100.0])
@pytest.mark.parametrize("noise", [0.0, 1e-7, 1e-5])
def test_rounding_is_no_violation(offset: float, noise: float) -> None:
    first = Deterministic(lambda x: gram_schmidt(x[..., :3, :].mT)[0], X, regular(G))
    crooked = kernel(lambda x, u: x.cumsum(-1).tanh() + offset * x + noise * u)
    s = sym(crooked, declare_equivariant(first, G))
    assert equivariance_in_law(s, POINT, effort=Effort(examples=4)).p > 1e-4


def test_the_worst_element_is_named_and_looking_ends_there() -> None:
    k = kernel(lambda x, u: x + torch.linalg.cross(x, x.roll(1, -2)) + 0.3 * u)
    elements = [Named("a turn", TURN), Named("a mirror", MIRROR), Named("another", TURN @ TURN)]
    found = equivariance_in_law(k, POINT, elements)
    assert (found.element, found.examples) == ("a mirror", 3)
    assert 1024 < found.pairs < 2048
    assert torch.equal(found.worst.named.element, MIRROR)
    assert not equivariance_in_law(k, POINT, elements[:1]).rejected


def test_more_examples_ask_for_more_evidence() -> None:
    one, four = (Effort(alpha=0.01).threshold(n) for n in (1, 4))
    assert one == pytest.approx(math.log(100))
    assert four == pytest.approx(math.log(400))
    found = equivariance_in_law(kernel(shifted), POINT, [TURN], effort=Effort(alpha=0.01))
    assert found.p == pytest.approx(math.exp(-found.log_e))
    assert found.log_e >= one


@pytest.mark.parametrize("rubbish", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("where", ["everywhere", "after moving"])
def test_what_is_not_a_number_never_passes(rubbish: float, where: str) -> None:
    def function(x: Tensor, u: Tensor) -> Tensor:
        moved = not torch.equal(x[0], POINT)
        return torch.full_like(x, rubbish) if moved or where == "everywhere" else x + u

    with pytest.raises(InconclusiveError, match="a draw is not finite"):
        equivariance_in_law(kernel(function), POINT, [TURN])


def test_integers_and_tuples_are_compared_too() -> None:
    H = S(3)
    Y = gspace((3,), permutation(H, (-1,)), Kind.INTEGER) @ gspace((3, 2), permutation(H))
    good = Identity(Y)
    worse = [
        Deterministic(lambda n, x: (n.cumsum(-1), x), Y, Y),
        Deterministic(lambda n, x: (n, x.cumsum(-2)), Y, Y),
    ]
    point = torch.tensor([3, 1, 2]), torch.arange(6.0).reshape(3, 2)
    assert_equivariant_in_law(good, point, effort=BRIEF)
    for bad in worse:
        with pytest.raises(AssertionError, match="not equivariant in law under S"):
            assert_equivariant_in_law(bad, point)


def test_a_gamma_is_tested_like_any_kernel() -> None:
    assert_equivariant_in_law(haar(G, X), POINT, effort=Effort(examples=2))
    biased = Deterministic(lambda x: torch.eye(3).expand(*x.shape[:-2], 3, 3), X, regular(G))
    with pytest.raises(AssertionError, match=r"evidence of 10\^1"):
        assert_equivariant_in_law(biased, POINT)


def test_a_gamma_of_permutations_is_seen_as_indicators() -> None:
    H = S(3)
    Y = gspace((3, 2), permutation(H))
    assert_equivariant_in_law(haar(H, Y), effort=Effort(examples=2))
    # the even ones only: each place goes everywhere equally often
    even = torch.tensor([[0, 1, 2], [1, 2, 0], [2, 0, 1]])
    k = NoiseOutsourced(lambda x, u: even[(u.abs() * 97).long() % 3], space(()), Y, regular(H))
    swap = torch.tensor([1, 0, 2])
    assert equivariance_in_law(k, torch.zeros(3, 2), [swap]).rejected


def test_what_has_no_output_is_equivariant() -> None:
    assert not assert_equivariant_in_law(Discard(X), POINT, effort=BRIEF).rejected


def test_a_failure_says_what_a_user_needs() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_equivariant_in_law(kernel(shifted), POINT, [torch.eye(3), MIRROR])
    told = str(caught.value)
    for words in (
        "the kernel is not equivariant in law under O(3): at element 2 ",
        "where 10^9.3 rejects",
        "means differ by up to 2",
        "it fits none of the usual mistakes",
        "the simplest point found is tensor([[ 1.,  0.,  0.],",
        "with g = tensor([[-1.,",
    ):
        assert words in told


@pytest.mark.parametrize(
    ("model", "cause"),
    [
        (lambda x: (x.mT @ x).flatten(-2)[..., :3].unsqueeze(-2) * 0 + x.norm(dim=-1)[..., None],
         "it is invariant there"),
        (lambda x: torch.linalg.pinv(x).mT, "it moves by the inverse of g"),
    ],
    ids=["invariant", "inverse"],
)  # fmt: skip
def test_usual_causes_are_named(model: Callable[[Tensor], Tensor], cause: str) -> None:
    Y = gspace((4, 3), matrix(GL(3) if "inverse" in cause else G))
    symmetric = torch.tensor([[2.0, 0.5, 0], [0.5, 1, 0], [0, 0, 1]])
    g = symmetric if "inverse" in cause else CYCLE @ TURN

    def noisy(x: Tensor) -> Tensor:
        return model(x) + 0.01 * torch.randn_like(x)

    if "inverse" in cause:  # the noise would not move alike
        noisy = model
    with pytest.raises(AssertionError, match=cause):
        assert_equivariant_in_law(noisy, POINT, [g], X=Y)


def test_the_simplest_point_has_few_rows_where_the_space_lets_it() -> None:
    Y = gspace(("point", 3), matrix(G))
    with pytest.raises(
        AssertionError, match=r"the simplest point found is tensor\(\[\[[^\]]*\]\]\)"
    ):
        assert_equivariant_in_law(lambda x: x + 1, torch.randn(7, 3), X=Y)


def test_any_torch_module_is_tested_with_the_noise_of_torch() -> None:
    state = torch.get_rng_state()
    net = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Dropout(0.5), nn.Linear(8, 3))
    after = torch.get_rng_state()
    first, second = (equivariance_in_law(net, X=X) for _ in range(2))
    assert first == second
    assert first.rejected
    assert torch.equal(torch.get_rng_state(), after)
    assert not torch.equal(state, after)


def test_a_function_may_take_the_generator() -> None:
    taken: list[torch.Generator] = []

    def noisy(x: Tensor, *, generator: torch.Generator) -> Tensor:
        taken.append(generator)
        return x + torch.randn(x.shape, generator=generator)

    assert_equivariant_in_law(noisy, X=X, effort=BRIEF)
    assert taken


def test_points_take_the_precision_of_the_weights() -> None:
    for dtype in (torch.float32, torch.float64):
        net = nn.Linear(3, 3).to(dtype)
        assert equivariance_in_law(net, X=X).worst.x.dtype == dtype


def test_each_of_several_points_is_tried() -> None:
    def bad_when_large(x: Tensor) -> Tensor:
        return torch.where(x.abs().amax((-2, -1), keepdim=True) > 50, x + 1, x)

    points = torch.stack([POINT, POINT, 100 * POINT])
    found = equivariance_in_law(bad_when_large, points, [TURN], X=X)
    assert found.rejected
    assert torch.equal(found.worst.x, points[2])
    assert not equivariance_in_law(bad_when_large, points[:2], [TURN], X=X).rejected


def test_one_value_at_all_points_teaches_nothing() -> None:
    zero = nn.Linear(3, 3)
    nn.init.zeros_(zero.weight)
    nn.init.zeros_(zero.bias)
    with pytest.raises(InconclusiveError, match="one value at all points"):
        equivariance_in_law(zero, X=X)


def test_the_usual_effort_may_be_changed_for_a_while() -> None:
    with making(Effort(examples=1, pairs=64, alpha=0.5)):
        found = equivariance_in_law(kernel(spread_out), POINT, [TURN])
    assert (found.pairs, found.effort.alpha) == (64, 0.5)
    assert equivariance_in_law(kernel(spread_out), POINT, [TURN]).pairs == 1024


@pytest.mark.parametrize("wrong", [{"alpha": 0.0}, {"alpha": 1.0}, {"examples": 0}, {"pairs": 63}])
def test_an_effort_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must lie in|wanted at least 1 example and 64 pairs"):
        Effort(**wrong)


def test_no_gradients_are_kept() -> None:
    wanted: list[bool] = []

    def function(x: Tensor, u: Tensor) -> Tensor:
        wanted.append(torch.is_grad_enabled())
        return x + u

    assert_equivariant_in_law(kernel(function), POINT, effort=BRIEF)
    assert wanted
    assert not any(wanted)


def test_a_seed_fixes_the_verdict() -> None:
    once, again, other = (
        assert_equivariant_in_law(
            kernel(spread_out), POINT, [TURN], effort=Effort(pairs=128, seed=seed)
        )
        for seed in (3, 3, 4)
    )
    assert once == again
    assert once.log_e != other.log_e or once.log_e == 0


def test_a_group_of_one_element_asks_for_nothing() -> None:
    Y = gspace((2,), trivial(TrivialGroup()))
    assert not equivariance_in_law(lambda x: x + torch.randn_like(x), X=Y).rejected


def test_a_test_makes_a_kernel_equivariant() -> None:
    tested = equivariant_by_test(kernel(spread_out), POINT, [TURN])
    said, _, p = str(tested.why).rpartition(" = ")
    assert said == "tested: equivariant under O(3), n = 1024, p"
    assert 1e-3 < float(p) <= 1
    with pytest.raises(AssertionError, match="not equivariant in law"):
        equivariant_by_test(kernel(shifted), POINT)


def test_a_kernel_without_actions_cannot_be_tested() -> None:
    for test in (equivariance_in_law, assert_equivariant_in_law):
        with pytest.raises(CompositionError, match="wanted a kernel between spaces with actions"):
            test(Identity(space((3,))), torch.ones(3), [TURN])
        with pytest.raises(CompositionError, match="wanted the space in which the model starts"):
            test(lambda x: x)


def test_an_equal_effort_inside_another_takes_nothing_away() -> None:
    before = usual()
    with making(Effort(pairs=64)):
        with making(before):
            assert usual() == before
        assert usual() == Effort(pairs=64)
    assert usual() == before
