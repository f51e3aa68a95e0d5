"""Models about which a test of equivariance says nothing are not let pass."""

import pytest
import torch
from torch import Tensor, nn

from markovsym.actions import (
    Restricted,
    gspace,
    matrix,
    permutation,
    regular,
    together,
    trivial,
)
from markovsym.groups import SO, C, Inclusion, O, S
from markovsym.kernels import Deterministic, Identity
from markovsym.symmetrise import haar, sym
from markovsym.testing.effort import Effort
from markovsym.testing.law.in_law import assert_equivariant_in_law
from markovsym.testing.law.vacuity import assert_not_vacuous
from markovsym.testing.outcome import InconclusiveError, NotApplicableError

X = gspace((5, 3), matrix(O(3)))
NUMBER = gspace((), trivial(O(3)))
FAST = Effort(alpha=1e-6, examples=2, pairs=256)


def network() -> nn.Sequential:
    return nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 3))


def zeroed() -> nn.Sequential:
    net = network()
    nn.init.zeros_(net[2].weight)
    nn.init.zeros_(net[2].bias)
    return net


def test_a_network_with_weights_passes() -> None:
    found = assert_not_vacuous(network(), X=X, effort=FAST)
    assert found.rejected
    assert assert_not_vacuous(lambda x: x + torch.randn_like(x), X=X).rejected
    assert assert_not_vacuous(Identity(X), effort=FAST).element.startswith("random element")


def test_an_output_layer_of_zeros_is_inconclusive() -> None:
    net = zeroed()
    k = sym(Deterministic(net, X, X), haar(O(3), X))
    with pytest.raises(
        InconclusiveError, match=r"^the law of the output does not vary with x, .* no evidence in"
    ):
        assert_not_vacuous(k, effort=FAST)
    with pytest.raises(InconclusiveError, match="does not vary with x"):
        assert_not_vacuous(lambda x: net(x) + torch.randn_like(x), X=X, effort=FAST)


def test_such_a_model_would_pass_the_test_of_equivariance() -> None:
    net = zeroed()
    found = assert_equivariant_in_law(lambda x: net(x) + torch.randn_like(x), X=X, effort=FAST)
    assert not found.rejected


def test_points_that_do_not_move_are_inconclusive() -> None:
    origin = torch.zeros(3, 5, 3)
    with pytest.raises(
        InconclusiveError,
        match=r"^O\(3\) does not move k\(x\) at the points that were tried, since they do not move",
    ):
        assert_not_vacuous(lambda x: 2 * x, origin[:1], X=X, effort=FAST)
    with pytest.raises(InconclusiveError, match="does not vary with x"):
        assert_not_vacuous(lambda x: 2 * x, origin, X=X, effort=FAST)


def test_isotropic_laws_are_inconclusive() -> None:
    def isotropic(x: Tensor) -> Tensor:
        return x.square().sum((-2, -1), keepdim=True) * torch.randn_like(x)

    with pytest.raises(InconclusiveError, match=r"since their laws do not, .* choose other points"):
        assert_not_vacuous(isotropic, X=X, effort=FAST)


def test_where_the_output_does_not_move_only_its_variation_is_asked_for() -> None:
    found = assert_not_vacuous(lambda x: x.square().sum((-2, -1)), X=X, Y=NUMBER, effort=FAST)
    assert found.element == "points 1 and 2"
    with pytest.raises(InconclusiveError, match="does not vary with x"):
        assert_not_vacuous(lambda x: torch.randn(len(x)), X=X, Y=NUMBER, effort=FAST)
    still = gspace((2,), together(trivial(S(5)), trivial(O(3))))
    moved = gspace((5, 3), together(permutation(S(5)), matrix(O(3))))
    assert_not_vacuous(lambda x: x.square().sum(-2)[:, :2], X=moved, Y=still, effort=FAST)
    rows = gspace((5,), together(permutation(S(5), (-1,)), trivial(O(3))))
    with pytest.raises(InconclusiveError, match="does not move"):
        assert_not_vacuous(
            lambda x: x.square().sum((-2, -1)).unsqueeze(-1).expand(-1, 5),
            X=moved,
            Y=rows,
            effort=FAST,
        )


def test_where_no_input_moves_it_does_not_apply() -> None:
    with pytest.raises(NotApplicableError, match=r"O\(3\) leaves all of .* alone, .*_law$"):
        assert_not_vacuous(lambda t: t.expand(5, 3, -1).movedim(-1, 0), X=NUMBER, Y=X, effort=FAST)
    with pytest.raises(NotApplicableError, match="leaves all of"):
        assert_not_vacuous(Deterministic(lambda: torch.zeros(5, 3), X.unit, X), effort=FAST)


def test_actions_through_homomorphisms_are_looked_through() -> None:
    end = gspace((), Restricted(Inclusion(SO(3), O(3)), trivial(O(3))))
    start = gspace((5, 3), matrix(SO(3)))
    assert assert_not_vacuous(lambda x: x.norm(dim=(-2, -1)), X=start, Y=end, effort=FAST).rejected


def test_one_point_is_compared_with_others_of_its_size() -> None:
    cloud = gspace(("atom", 3), matrix(O(3)))
    for x in (torch.randn(7, 3), torch.randn(2, 7, 3)):
        assert assert_not_vacuous(lambda x: x, x, X=cloud, effort=FAST).rejected
    assert assert_not_vacuous(lambda x: x.double(), torch.randn(4, 3), X=cloud).rejected


def test_elements_of_finite_groups_vary_too() -> None:
    Y = regular(C(5))
    assert assert_not_vacuous(lambda g: g, X=Y, effort=FAST).rejected
    with pytest.raises(InconclusiveError, match="does not vary"):
        assert_not_vacuous(lambda g: 0 * g, X=Y, effort=FAST)


def test_the_same_is_found_twice() -> None:
    def model(x: Tensor) -> Tensor:
        return x + torch.randn_like(x)

    assert assert_not_vacuous(model, X=X) == assert_not_vacuous(model, X=X)
