"""Densities that move with the group pass; Jacobians that are missing or turned round are named."""

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.distributions import Normal as Univariate

from markovsym.actions import affine, gspace, matrix, permutation, regular, scaling, trivial
from markovsym.errors import CompositionError
from markovsym.groups import GL, C, E, O, S, Scalings
from markovsym.kernels import Deterministic, Full, Gaussian, Normal
from markovsym.spaces import CentreFree
from markovsym.symmetrise import declare_equivariant, haar, sym
from markovsym.testing.density.density import assert_density_equivariant
from markovsym.testing.inputs.named import Named
from markovsym.testing.outcome import InconclusiveError, NotApplicableError

LINE = gspace((), scaling(Scalings()))
TWICE = [Named("2", torch.tensor(2.0, dtype=torch.float64))]
THRICE = [Named("3", torch.tensor(3.0, dtype=torch.float64))]
CLOUD = gspace((4, 2), scaling(Scalings()), constraint=CentreFree())


def stretched(y: Tensor, x: Tensor) -> Tensor:
    """N(x, x^2)."""
    return Univariate(x, x.abs()).log_prob(y)


@given(st.floats(0.1, 10.0))
def test_a_law_that_is_stretched_loses_the_log_of_the_stretch(c: float) -> None:
    g = Named("c", torch.tensor(c, dtype=torch.float64))
    (gap,) = assert_density_equivariant(stretched, LINE, elements=[g])
    assert gap.absolute < 1e-9
    x, y = torch.tensor([1.3, -0.4]), torch.tensor([0.2, 5.0])
    change = stretched(c * y, c * x) - stretched(y, x)
    torch.testing.assert_close(change, torch.full((2,), -math.log(c)), rtol=0, atol=1e-4)


def test_the_sign_is_that_of_the_change_of_variables() -> None:
    """log p(3y | 3x) - log p(y | x) = -log 3 for N(x, x^2)."""
    assert_density_equivariant(stretched, LINE, elements=THRICE)
    with pytest.raises(
        AssertionError,
        match=r"^the density is not equivariant under .*: at 3 log p\(g y \| g x\) is .* where "
        r"log p\(y \| x\) - log \|det g\| is .* - 1\.09861 nats; they differ by 2\.2e\+00 nats, "
        r".* of the largest, where rounding explains .*; log \|det g\| is added",
    ):
        assert_density_equivariant(
            lambda y, x: stretched(y, x) + 2 * x.abs().log(), LINE, elements=THRICE
        )


def test_a_missing_jacobian_is_named() -> None:
    with pytest.raises(AssertionError, match=r"differ by 6\.9e-01 nats.*log \|det g\| is missing"):
        assert_density_equivariant(
            lambda y, x: stretched(y, x) + x.abs().log(), LINE, elements=TWICE
        )


def test_a_cause_may_show_at_one_element_only() -> None:
    def periodic(y: Tensor, x: Tensor) -> Tensor:
        wave = (2 * math.pi * x.abs().log2()).sin()  # two scales of which one is twice the other
        return stretched(y, x) + x.abs().log() + wave

    with pytest.raises(AssertionError, match=r"at 2 .*log \|det g\| is missing"):
        assert_density_equivariant(periodic, LINE, elements=[*TWICE, *THRICE])
    with pytest.raises(AssertionError, match=r"at 3 .*it fits none of the usual mistakes"):
        assert_density_equivariant(periodic, LINE, elements=[*THRICE, *TWICE])


def cloud(factors: int) -> Callable[[Tensor, Tensor], Tensor]:
    """The normal law about x, as wide as x, with so many factors of its width."""

    def log_prob(y: Tensor, x: Tensor) -> Tensor:
        width = x.square().sum((-2, -1)).sqrt()
        apart = (y - x).square().sum((-2, -1)) / width.square()
        return -apart / 2 - factors * width.log()

    return log_prob


def test_centred_clouds_are_scaled_by_factors_for_all_points_but_one() -> None:
    assert_density_equivariant(cloud(6), CLOUD)
    with pytest.raises(AssertionError, match="that of all clouds of points, where their centre"):
        assert_density_equivariant(cloud(8), CLOUD)
    assert_density_equivariant(cloud(8), gspace((4, 2), scaling(Scalings())))


def law(x: Tensor) -> Normal:
    mask = torch.ones(x.shape[:-1], dtype=torch.bool)
    return Normal(x * x.norm(dim=-1, keepdim=True), 0.5 + x.square().sum((-2, -1)), Full(mask))


def test_a_kernel_brings_its_spaces_and_its_draws() -> None:
    X = gspace((4, 3), matrix(O(3)))
    found = assert_density_equivariant(Gaussian(law, X, X))
    assert all(gap.passes and gap.dtype == torch.float64 for gap in found)
    assert {gap.element for gap in found} >= {"the identity"}
    assert_density_equivariant(declare_equivariant(Gaussian(law, X, X), O(3)))
    with pytest.raises(AssertionError, match="the law does not move with x"):
        assert_density_equivariant(Gaussian(lambda x: law(torch.ones_like(x)), X, X))


def test_a_law_that_moves_the_other_way_is_named() -> None:
    with pytest.raises(AssertionError, match="the law moves by the inverse of g"):
        assert_density_equivariant(lambda y, x: stretched(y, 1 / x), LINE)


POINTS, VECTOR = gspace((5, 3), matrix(GL(3))), gspace((3,), matrix(GL(3)))


def about_zero(gram: Tensor, y: Tensor) -> Tensor:
    """N(0, gram)."""
    inverse = torch.linalg.inv(gram)
    square = (y.unsqueeze(-2) @ inverse @ y.unsqueeze(-1)).flatten()
    return -square / 2 - torch.linalg.slogdet(gram).logabsdet / 2


def test_an_inverse_that_is_transposed_the_wrong_way_is_seen() -> None:
    assert_density_equivariant(lambda y, x: about_zero(x.mT @ x, y), POINTS, VECTOR)
    with pytest.raises(AssertionError, match="moves by the inverse transpose of g"):
        assert_density_equivariant(
            lambda y, x: about_zero(torch.linalg.inv(x.mT @ x), y), POINTS, VECTOR
        )

    def turned(y: Tensor, x: Tensor) -> Tensor:
        frame = torch.linalg.cholesky(x.mT @ x)
        return about_zero(frame.mT @ frame, y)  # it should be frame @ frame.mT

    with pytest.raises(AssertionError, match=r"under GL\(3\): at .*it fits none of the usual"):
        assert_density_equivariant(turned, POINTS, VECTOR)


def test_values_of_several_factors_are_handed_over_as_they_are() -> None:
    G = E(2)
    X = gspace((3, 2), affine(G)) @ gspace((3,), trivial(G))
    Y = gspace((2,), affine(G)) @ gspace((), trivial(G))

    def log_prob(y: tuple[Tensor, ...], x: tuple[Tensor, ...]) -> Tensor:
        (place, weights), (point, size) = x, y
        near = (point - place.mean(-2)).square().sum(-1)
        return -near / 2 - (size - weights.sum(-1)).square() / 2

    assert_density_equivariant(log_prob, X, Y)
    with pytest.raises(AssertionError, match=r"under E\(2\)"):
        assert_density_equivariant(lambda y, x: log_prob(y, x) + y[0][:, 0], X, Y)


def test_rows_of_any_number_are_permuted() -> None:
    X = gspace(("atom", 2), permutation(S("atom")))
    assert_density_equivariant(lambda y, x: -(y - x).square().sum((-2, -1)), X)
    with pytest.raises(AssertionError, match=r"under S\(atom\): at generator 1"):
        assert_density_equivariant(lambda y, x: -(y - x)[:, :2].square().sum((-2, -1)), X)


def test_a_kernel_that_is_symmetrised_over_a_finite_group_knows_its_density() -> None:
    X = gspace((3, 3), permutation(S(3)))

    def skew(x: Tensor) -> Normal:
        width = torch.tensor([[1.0], [2.0], [0.5]], dtype=x.dtype)
        mask = torch.ones(x.shape[:-1], dtype=torch.bool)
        return Normal(x.roll(1, -2) * width, x.new_ones(x.shape[:-2]), Full(mask))

    k = Gaussian(skew, X, X)
    with pytest.raises(AssertionError, match="is not equivariant"):
        assert_density_equivariant(k)
    assert_density_equivariant(sym(k, haar(S(3), X)))


def test_an_infinite_gamma_leaves_the_density_unknown() -> None:
    X = gspace((3, 2), matrix(O(2)))
    k = Gaussian(law, X, X)
    with pytest.raises(NotApplicableError, match="the density is not known exactly"):
        assert_density_equivariant(sym(k, haar(O(2), X)))
    with pytest.raises(NotApplicableError, match="does not know its density"):
        assert_density_equivariant(Deterministic(lambda x: x, X, X))
    with pytest.raises(NotApplicableError, match="no density is known on the cosets"):
        assert_density_equivariant(lambda y, x: -((y.double() - x) ** 2), regular(C(5)))


class Flow(nn.Module):
    """A law with weights in single precision, of which the log density is a method, or all."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Linear(1, 1)

    def log_prob(self, y: Tensor, x: Tensor) -> Tensor:
        width = self.net(x.square().sum(-1, keepdim=True)).flatten().exp()
        return Univariate(0.0, width).log_prob((y - x).square().sum(-1)) - width.log()

    def forward(self, y: Tensor, x: Tensor) -> Tensor:
        return self.log_prob(y, x)


def test_modules_and_their_methods_are_made_double_in_a_copy() -> None:
    flow, X = Flow(), gspace((3,), matrix(O(3)))
    for model in (flow, flow.log_prob):
        assert max(gap.relative for gap in assert_density_equivariant(model, X)) < 1e-12
    assert flow.net.weight.dtype == torch.float32


def test_gradients_may_be_taken_inside() -> None:
    def score(y: Tensor, x: Tensor) -> Tensor:
        y = y.requires_grad_()
        energy = (y - x).square().sum()
        (slope,) = torch.autograd.grad(energy, y)
        return -slope.square().sum(-1)

    x, y = torch.randn(2, 4, 3, dtype=torch.float64)
    found = assert_density_equivariant(score, gspace((3,), matrix(O(3))), at=(x, y))
    assert all(gap.passes for gap in found)
    assert not y.requires_grad


def test_points_may_be_handed_over() -> None:
    def exponential(y: Tensor, x: Tensor) -> Tensor:
        return torch.where(y > 0, -y / x.abs() - x.abs().log(), -torch.inf)

    x, y = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 0.5])
    found = assert_density_equivariant(exponential, LINE, at=(x, y), elements=TWICE)
    assert [gap.element for gap in found] == ["2"]
    assert_density_equivariant(exponential, LINE, elements=TWICE)  # zero at every other point
    with pytest.raises(InconclusiveError, match=r"zero at all points.*as in at=\(x, y\)"):
        assert_density_equivariant(exponential, LINE, at=(x, -y), elements=TWICE)


def test_one_point_alone_may_be_handed_over() -> None:
    def law_of_a_batch(y: Tensor, x: Tensor) -> Tensor:
        assert (x.shape, y.shape) == ((1, 4, 2), (1, 4, 2))
        return cloud(6)(y, x)

    x = torch.randn(4, 2)
    x = x - x.mean(-2, keepdim=True)
    (gap,) = assert_density_equivariant(law_of_a_batch, CLOUD, at=(x, -x), elements=TWICE)
    assert gap.passes


def test_a_support_that_does_not_move_is_seen() -> None:
    def uniform(y: Tensor, x: Tensor) -> Tensor:
        inside = (y > 0) & (y < 1)
        return torch.where(inside, -x.abs().log(), -torch.inf)

    with pytest.raises(AssertionError, match="differ by inf nats"):
        assert_density_equivariant(uniform, LINE, elements=TWICE)


def test_what_says_nothing_is_inconclusive() -> None:
    with pytest.raises(InconclusiveError, match="one number at all points"):
        assert_density_equivariant(lambda y, x: 0 * y, LINE)
    with pytest.raises(InconclusiveError, match="infinite or no number"):
        assert_density_equivariant(lambda y, x: (y - y).log().neg(), LINE)
    with pytest.raises(InconclusiveError, match="infinite or no number"):
        assert_density_equivariant(lambda y, x: (-y.abs() - 1).log(), LINE)
    with pytest.raises(CompositionError, match="wanted the space in which the model starts"):
        assert_density_equivariant(stretched)


def test_rounding_explains_no_more_than_it_makes() -> None:
    X = gspace((3,), matrix(O(3)))

    def nearly(y: Tensor, x: Tensor) -> Tensor:
        return -(y - x).square().sum(-1) + 1e-10 * y[:, 0]

    with pytest.raises(AssertionError, match=r"differ by \d\.\de-1[01] nats"):
        assert_density_equivariant(nearly, X)
