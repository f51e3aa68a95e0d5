import math
from collections.abc import Callable
from functools import reduce
from typing import Any

import pytest
import torch
from torch import Tensor

from markovsym.categories import Affine, Gauss
from markovsym.errors import CompositionError, SpaceError
from markovsym.syntax import Box, Diagram, Ob, Ty

C = Gauss()
X = Ty("X")
LINE, PLANE = {Ob("X"): (1,)}, {Ob("X"): (2,)}
NOISE, WALK, MINUS = Box("noise", Ty(), X), Box("walk", X, X), Box("minus", X @ X, X, True)


def tensor(*rows: object) -> Tensor:
    return torch.tensor(rows, dtype=torch.float64)


def line(slope: float, offset: float, variance: float) -> Affine:
    return Affine((1,), (1,), tensor([slope]), tensor(offset), tensor([variance]))


def normal(mean: float, variance: float) -> Affine:
    return C.normal(tensor(mean), tensor([variance]))


def assert_is(f: Affine, matrix: object, offset: object, covariance: object) -> None:
    wanted = [torch.tensor(part, dtype=torch.float64) for part in (matrix, offset, covariance)]
    for got, part in zip((f.matrix, f.offset, f.covariance), wanted, strict=True):
        torch.testing.assert_close(got, part.reshape(got.shape), rtol=1e-12, atol=1e-12)


def test_a_state_is_pushed_forward_by_composition() -> None:
    assert_is(normal(3, 4) >> line(2, 1, 5), [], [7], [[21]])


def test_what_stands_side_by_side_is_independent() -> None:
    both = line(2, 1, 5) @ normal(3, 4)
    assert (both.dom, both.cod) == ((1,), (1, 1))
    assert_is(both, [[2], [0]], [1, 3], [[5, 0], [0, 4]])


def test_a_draw_that_is_used_twice_is_one_draw() -> None:
    boxes = {NOISE: normal(3, 4), MINUS: C.linear(tensor([1, -1]), (1, 1), (1,))}
    copied = C.evaluate(NOISE >> Diagram.copy(X), LINE, boxes)
    assert_is(copied, [], [3, 3], [[4, 4], [4, 4]])
    once = C.evaluate(NOISE >> Diagram.copy(X) >> MINUS, LINE, boxes)
    assert_is(once, [], [0], [[0]])
    assert C.is_deterministic(once)
    assert_is(C.evaluate(NOISE @ NOISE >> MINUS, LINE, boxes), [], [0], [[8]])


def test_a_walk_of_a_thousand_steps_keeps_the_covariance_with_its_middle() -> None:
    @Diagram.from_callable(Ty(), X @ X)
    def walk() -> tuple[Any, Any]:
        middle = reduce(lambda x, _: WALK(x), range(499), NOISE())
        return middle, reduce(lambda x, _: WALK(x), range(500), middle)

    found = C.evaluate(walk, LINE, {NOISE: normal(0, 1), WALK: line(1, 0.5, 1)})
    assert_is(found, [], [249.5, 499.5], [[500, 500], [500, 1000]])


def test_inputs_may_go_straight_out_or_out_twice_or_nowhere() -> None:
    assert C.equal(C.evaluate(Diagram.copy(X), PLANE, {}), C.copy((2,)), tolerance=0.0)
    assert C.equal(C.evaluate(Diagram.discard(X), PLANE, {}), C.discard((2,)), tolerance=0.0)
    assert C.equal(C.evaluate(Diagram.id(Ty()), {}, {}), C.identity(()), tolerance=0.0)
    found = C.evaluate(Diagram.swap(X, Ty("Y")), PLANE | {Ob("Y"): (1,)}, {})
    assert_is(found, [[0, 0, 1], [1, 0, 0], [0, 1, 0]], [0, 0, 0], [[0] * 3] * 3)


def test_an_observation_pulls_the_prior_to_itself() -> None:
    posterior = C.inverse(line(1, 0, 1), normal(1, 4))
    assert_is(posterior, [[0.8]], [0.2], [[0.8]])


def test_the_conditional_of_a_copy_is_the_identity() -> None:
    copied = C.normal(tensor(3, 3), tensor([4, 4], [4, 4]), 1, 1)
    found = C.conditional(copied, 1)
    assert_is(found, [[1]], [0], [[0]])
    assert C.is_deterministic(found)


def test_a_conditional_on_a_singular_part_takes_its_support_only() -> None:
    root = tensor([1, 0], [1, 0], [1, 2])  # the first two are one
    found = C.conditional(C.normal(tensor(0, 0, 5), root @ root.mT, 1, 1, 1), 2)
    assert_is(found, [[0.5, 0.5]], [5], [[4]])


def test_a_conditional_keeps_the_inputs() -> None:
    f = Affine((1,), (1, 1), tensor([2], [3]), tensor(1, 4), tensor([1, 2], [2, 5]))
    found = C.conditional(f, 1)
    assert (found.dom, found.cod) == ((1, 1), (1,))
    assert_is(found, [[2, -1]], [2], [[1]])


@pytest.mark.parametrize("unit", [1e-9, 1e9], ids=str)
def test_other_units_change_nothing_but_the_gain(unit: float) -> None:
    U = tensor([unit, 0], [0, 1])
    covariance = U @ tensor([2, 1], [1, 1]) @ U
    assert_is(
        C.conditional(C.normal(tensor(0, 0), covariance, 1, 1), 1), [[0.5 / unit]], [0], [[0.5]]
    )


@pytest.mark.parametrize("unit", [1.0, 1e20], ids=str)
def test_what_rounding_leaves_of_a_constant_is_no_observation(unit: float) -> None:
    rest = 1e-17  # the standard deviation that 0.3 u - 0.1 u - 0.2 u may have in floats
    covariance = tensor([rest**2, rest, rest], [rest, 1, 0.5], [rest, 0.5, 1])
    f = C.normal(tensor(1, 0, 0), unit**2 * covariance, 1, 1, 1)
    assert_is(C.conditional(f, 2), [[0, 0.5]], [0], [[0.75 * unit**2]])
    both = [[unit**2, 0.5 * unit**2], [0.5 * unit**2, unit**2]]
    assert_is(C.conditional(f, 1), [[0], [0]], [0, 0], both)


def test_the_mean_has_no_noise() -> None:
    assert_is(C.mean(line(2, 1, 5)), [[2]], [1], [[0]])


def test_only_a_covariance_of_zero_is_deterministic() -> None:
    assert C.is_deterministic(line(2, 1, 0))
    assert not C.is_deterministic(line(2, 1, 1e-20))


def test_equality_is_relative_to_numbers_above_one() -> None:
    assert C.equal(line(1e9, 0, 1), line(1e9 + 0.1, 0, 1))
    assert not C.equal(line(1, 0, 1), line(1 + 1e-8, 0, 1))
    assert C.equal(line(1, 0, 1), line(1 + 1e-8, 0, 1), tolerance=1e-7)
    for other in (line(1, 1, 1), line(1, 0, 2), C.copy((1,))):
        assert not C.equal(line(1, 0, 1), other)
    assert not C.equal(C.identity((2,)), C.linear(tensor([1, 0], [0, 1]), (2,), (1, 1)))


def test_draws_have_the_mean_and_the_covariance(generator: torch.Generator) -> None:
    root = tensor([1, 0], [1, 0], [0, 2])
    f = Affine((1,), (3,), tensor([1], [2], [3]), tensor(0, 0, 1), root @ root.mT)
    draws = C.sample(f, tensor(2).expand(40_000, 1), generator=generator)
    errors = 5 * tensor(1, 1, 2) / 200  # five standard errors
    assert ((draws.mean(0) - tensor(2, 4, 7)).abs() < errors).all()
    torch.testing.assert_close(draws.T.cov(), f.covariance, rtol=0, atol=0.15)
    torch.testing.assert_close(draws[:, 1] - draws[:, 0], tensor(2).expand(40_000))


def test_the_density_is_that_of_torch() -> None:
    covariance = tensor([2, 1], [1, 3])
    f = Affine((1,), (2,), tensor([1], [2]), tensor(0, 1), covariance)
    x, y = tensor([1], [2]), tensor([0, 1], [3, 4])
    law = torch.distributions.MultivariateNormal(x @ f.matrix.mT + f.offset, covariance)
    torch.testing.assert_close(C.log_prob(f, x, y), law.log_prob(y))


def test_points_may_be_float32() -> None:
    draw = C.sample(line(2, 1, 0), torch.ones(1), generator=torch.Generator().manual_seed(0))
    assert draw.tolist() == [3]
    assert C.log_prob(line(2, 1, 0), torch.ones(1), torch.full((1,), 3.0)) == 0


def test_the_density_of_a_singular_law_is_that_on_its_support() -> None:
    f = C.normal(tensor(1, 1), tensor([4, 4], [4, 4]))  # along the diagonal, of variance 8
    points = tensor([1, 1], [3, 3], [3, 3.1])
    found = C.log_prob(f, torch.zeros(3, 0, dtype=torch.float64), points)
    top = -0.5 * math.log(math.tau * 8)
    torch.testing.assert_close(found, tensor(top, top - 0.5, -math.inf))


def test_the_density_of_a_point_is_one_there() -> None:
    found = C.log_prob(line(2, 1, 0), tensor([1], [1]), tensor([3], [3.1]))
    assert found.tolist() == [0, -math.inf]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_numbers_are_taken_over_in_float64_and_do_not_change(dtype: torch.dtype) -> None:
    matrix = torch.tensor([[2.0]], dtype=dtype)
    f = Affine((1,), (1,), matrix, torch.zeros(1), torch.zeros(1, 1))
    matrix.zero_()
    assert f.matrix.dtype == torch.float64
    assert f.matrix.item() == 2


def test_gradients_pass_through_a_diagram() -> None:
    slope = torch.tensor([[3.0]], requires_grad=True)
    step = Affine((1,), (1,), slope, torch.ones(1), torch.ones(1, 1))
    found = C.evaluate(WALK >> WALK, LINE, {WALK: step})
    (found.matrix + found.offset + found.covariance).sum().backward()
    assert slope.grad is not None
    assert slope.grad.item() == 6 + 1 + 6  # of s^2, of s + 1 and of s^2 + 1


BROKEN: dict[str, tuple[Callable[[], Affine], str]] = {
    "matrix": (
        lambda: Affine((2,), (1,), tensor([1]), tensor(0), tensor([1])),
        r"^the matrix of \(2,\) -> \(1,\) has the shape \(1, 2\), got \(1, 1\)$",
    ),
    "offset": (
        lambda: Affine((1,), (1,), tensor([1]), tensor(0, 0), tensor([1])),
        r"^the offset of \(1,\) -> \(1,\) has the shape \(1,\), got \(2,\)$",
    ),
    "covariance": (
        lambda: Affine((1,), (1,), tensor([1]), tensor(0), tensor([1, 0], [0, 1])),
        r"^the covariance of \(1,\) -> \(1,\) has the shape \(1, 1\), got \(2, 2\)$",
    ),
    "infinite": (
        lambda: line(1, math.inf, 1),
        r"^the offset of \(1,\) -> \(1,\) has entries that are not finite$",
    ),
    "asymmetric": (
        lambda: C.normal(tensor(0, 0), tensor([1, 0.5], [0.4, 1])),
        r"^a covariance is symmetric, got entries 0.1 apart; \(C \+ C.mT\) / 2 is symmetric$",
    ),
    "indefinite": (
        lambda: C.normal(tensor(0, 0), tensor([1, 2], [2, 1])),
        r"^a covariance is positive semidefinite, got the eigenvalue -1$",
    ),
    "dimension": (
        lambda: C.discard((2, -1)),
        r"^a dimension is not negative, got \(2, -1\)$",
    ),
}


@pytest.mark.parametrize(("make", "message"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_affine_kernel_is_refused(make: Callable[[], Affine], message: str) -> None:
    with pytest.raises(SpaceError, match=message):
        make()


def test_covariances_may_be_as_rough_as_float32() -> None:
    root = torch.tensor([[0.1], [0.3], [0.7]])
    rough = (root @ root.mT + 1e-8 * torch.tensor([[0, 1, 0], [0, 0, 0], [0, 0, -1.0]])).double()
    found = C.normal(torch.zeros(3), rough).covariance
    assert torch.equal(found, found.mT)


def test_kernels_that_do_not_meet_are_refused() -> None:
    message = r"^the first ends in \(1, 1\), the next starts in \(2,\)$"
    with pytest.raises(CompositionError, match=message):
        C.compose(C.copy((1,)), C.identity((2,)))
