"""T12 and T14: averages of what is drawn, exact and from draws, and losses of both."""

import pytest
import torch
from torch import Tensor, nn

from markovsym.actions import gspace, matrix, permutation, trivial
from markovsym.errors import CompositionError, NotFiniteError
from markovsym.groups import SO, D, O, S
from markovsym.kernels import Deterministic
from markovsym.spaces import Kind, Orthogonal
from markovsym.symmetrise import atoms, average, composite, declare_equivariant, gammas, haar, sym
from markovsym.testing import assert_equivariant_in_law
from tests.markovsym.theory.tensors import (
    ALONG_T,
    EXACT,
    MOVED,
    ROTATED,
    SQUARE,
    alike,
    at,
    bent,
    by_elements,
    elements,
    function,
    gap,
    many,
    noisy,
    points,
    random,
    residual,
    seeded,
    sliding,
)

SYM = sym(function(bent, SQUARE), haar(D(4), SQUARE))
TURNED, ORDERED = gspace((4, 3), matrix(SO(3))), gspace((4, 2), permutation(S(4)))
FINITE = {
    "D(4)": SYM,
    "S(4)": sym(function(bent, ORDERED), haar(S(4), ORDERED)),
    "axes, O(3)": sym(function(bent, ROTATED), gammas.principal_axes(ROTATED)),
    "axes, SO(3)": sym(function(bent, TURNED), gammas.principal_axes(TURNED)),
    "centred axes, E(3)": sym(
        function(bent, MOVED),
        composite(gammas.centroid(MOVED), gammas.principal_axes(ROTATED)),
    ),
}


@pytest.mark.parametrize("name", FINITE)
def test_t12_an_exact_average_is_an_equivariant_function(name: str) -> None:
    kernel = average(FINITE[name])
    x = points(7, X=kernel.dom)
    assert kernel.deterministic
    assert residual(kernel, x, elements(kernel.dom)) < EXACT
    assert residual(function(bent, kernel.dom), x, elements(kernel.dom)) > 0.1
    assert gap(kernel.estimate(x, generator=seeded()).error, torch.zeros(1)) == 0.0


def test_t12_an_exact_average_over_a_group_is_the_mean_over_its_elements() -> None:
    x = points(7, X=SQUARE)
    assert gap(at(average(SYM), x), by_elements(bent, x).mean(0)) < EXACT


def test_t12_an_exact_average_over_axes_is_the_mean_over_their_signs() -> None:
    x = points(7)
    _, axes = torch.linalg.eigh(x.mT @ x)
    signs = torch.cartesian_prod(*[torch.tensor([1.0, -1.0], dtype=torch.float64)] * 3)
    frames = [axes * sign for sign in signs]
    wanted = torch.stack([bent(x @ Q) @ Q.mT for Q in frames]).mean(0)
    assert gap(at(average(FINITE["axes, O(3)"]), x), wanted) < EXACT


@pytest.mark.parametrize("draws", [2, 8])
def test_t12_a_mean_of_draws_is_equivariant_in_law_and_not_at_each_point(draws: int) -> None:
    kernel, x = average(sym(random(noisy, ROTATED), haar(O(3), ROTATED)), draws), points()
    assert_equivariant_in_law(kernel, x)
    g = elements(ROTATED)
    here, there = at(kernel, points(7), 1), at(kernel, ROTATED.act(g, points(7)), 2)
    assert gap(there, ROTATED.act(g, here)) > 0.05
    assert not alike(many(kernel, x), many(average(kernel.kernel, 64), x, 2))


def test_t12_the_average_of_a_kernel_of_a_subgroup_is_known_for_it_only() -> None:
    along = declare_equivariant(random(sliding, MOVED), ALONG_T.phi)
    assert average(along, 2).over == ALONG_T.phi
    assert average(declare_equivariant(along, MOVED.group), 2).over is None


def test_t12_the_mean_is_that_of_all_draws() -> None:
    x = points(7, X=SQUARE)
    found = average(SYM, 3).estimate(x, generator=seeded(1))
    drawn = at(SYM, x.expand(3, 7, 2, 2), seed=1)
    assert gap(found.value, drawn.mean(0)) < EXACT
    assert gap(found.error, drawn.std(0) / 3**0.5) < EXACT


def test_t12_the_average_of_a_state_is_one_of_draws_too() -> None:
    Y = gspace((3,), matrix(O(3)))
    one = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
    s = sym(Deterministic(lambda: one, Y.unit, Y), haar(O(3), Y.unit))
    found = average(s, 400).estimate(generator=seeded(), batch=(500,))
    assert found.value.shape == found.error.shape == (500, 3)
    z = found.value / found.error  # the mean is zero
    assert (z.std(0) - 1).abs().max() < 6 / (2 * 500) ** 0.5
    drawn = average(s, 400).sample(generator=seeded(), batch=(500,))
    assert gap(drawn, found.value) == 0.0


def test_t12_the_standard_error_is_right() -> None:
    x = points(X=SQUARE)
    exact = at(average(SYM), x)
    found = average(SYM, 400).estimate(x.expand(2000, 2, 2), generator=seeded())
    z = (found.value - exact) / found.error
    assert found.error.shape == found.value.shape
    assert z.mean(0).abs().max() < 6 / 2000**0.5
    assert (z.std(0) - 1).abs().max() < 6 / (2 * 2000) ** 0.5


def test_t12_means_that_are_none_are_refused() -> None:
    with pytest.raises(CompositionError, match=r"is not affine: it moves means of values"):
        average(haar(O(3), ROTATED))
    whole = gspace((4,), permutation(S(4), (-1,)), Kind.INTEGER)
    with pytest.raises(CompositionError, match=r"^means of values are none in int64 of shape"):
        average(sym(Deterministic(lambda x: x, whole, whole), haar(S(4), whole)))
    frames = gspace((3, 3), trivial(O(3)), constraint=Orthogonal())
    k = Deterministic(lambda x: x[..., :3, :], ROTATED, frames)
    with pytest.raises(CompositionError, match=r"^means of values are none in floating point"):
        average(sym(k, haar(O(3), ROTATED)))


@pytest.mark.parametrize("draws", [1, 0, -3])
def test_t12_one_draw_tells_nothing_of_its_spread(draws: int) -> None:
    with pytest.raises(ValueError, match=rf"^wanted at least 2 draws, .*, got {draws}$"):
        average(SYM, draws)


def test_t12_infinitely_many_outcomes_have_no_exact_mean() -> None:
    kernel = average(sym(function(bent, ROTATED), haar(O(3), ROTATED)))
    with pytest.raises(NotFiniteError, match=r"^O\(3\) is infinite"):
        at(kernel, points(7))
    drawn = average(sym(random(noisy, SQUARE), haar(D(4), SQUARE)))
    with pytest.raises(NotFiniteError, match=r"^noisy is not known to have finitely many outcomes"):
        at(drawn, points(7, X=SQUARE))


def squared(y: Tensor, z: Tensor) -> Tensor:
    return (y - z).square().sum((-2, -1))


def absolute(y: Tensor, z: Tensor) -> Tensor:
    return (y - z).abs().sum((-2, -1))


def largest(y: Tensor, z: Tensor) -> Tensor:
    return (y - z).abs().amax((-2, -1))


@pytest.mark.parametrize("loss", [squared, absolute, largest])
def test_t14_the_loss_of_the_average_is_at_most_the_average_loss(loss) -> None:
    x, y = points(200, X=SQUARE), points(200, X=SQUARE, seed=8)
    found = atoms(SYM, x)
    mean = (found.weights * loss(y.unsqueeze(1), found.values)).sum(-1)
    at_mean = loss(y, at(average(SYM), x))
    assert (at_mean <= mean + EXACT).all()
    assert (mean - at_mean).mean() > 0.1
    by_hand = loss(y, by_elements(bent, x)).mean(0)
    assert gap(mean, by_hand) < EXACT


def test_t14_a_loss_that_is_not_convex_knows_no_such_bound() -> None:
    x, y = points(200, X=SQUARE), points(200, X=SQUARE, seed=8)
    found = atoms(SYM, x)
    mean = (found.weights * largest(y.unsqueeze(1), found.values).sqrt()).sum(-1)
    assert (largest(y, at(average(SYM), x)).sqrt() > mean).any()


def test_t14_with_haar_the_loss_of_a_draw_is_that_of_data_augmentation() -> None:
    # one draw of g for each datum, on both sides; losses and gradients are the same numbers
    net = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 3)).double()
    x, y = points(50), points(50, seed=8)
    s = sym(Deterministic(net, ROTATED, ROTATED), haar(O(3), ROTATED))
    g = O(3).haar(50, generator=seeded(), dtype=torch.float64)
    symmetrised = squared(y, at(s, x, seed=0))
    augmented = squared(y @ g, net(x @ g))  # points are rows: x @ g is g^-1 x
    assert gap(symmetrised, augmented) < EXACT
    assert gap(symmetrised, squared(y, net(x))) > 0.01
    parameters = list(net.parameters())
    both = (torch.autograd.grad(one.mean(), parameters) for one in (symmetrised, augmented))
    assert all(gap(a, b) < EXACT for a, b in zip(*both, strict=True))


def test_t14_with_a_learned_gamma_it_is_a_learned_augmentation() -> None:
    gamma = gammas.orthonormal_points(ROTATED)
    x, y = points(50), points(50, seed=8)
    Q = at(gamma, x)
    symmetrised = squared(y, at(sym(function(bent, ROTATED), gamma), x))
    assert gap(symmetrised, squared(y @ Q, bent(x @ Q))) < EXACT
