"""Functions that are equivariant pass, all others are named with what is wrong about them."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from markovsym.actions import GSpace, affine, gspace, matrix, permutation, regular, trivial
from markovsym.groups import GL, SE, SO, C, Direct, E, Group, O, S, T
from markovsym.nn import Symmetrised
from markovsym.spaces import CentreFree, Kind
from markovsym.testing.deterministic import InconclusiveError, assert_equivariant
from markovsym.testing.points import Named, named_elements, points

X = gspace((6, 3), matrix(O(3)))
NUMBER, VECTOR = gspace((), trivial(O(3))), gspace((3,), matrix(O(3)))


def radial(x: Tensor) -> Tensor:
    return x * x.square().sum(-1, keepdim=True).tanh()


def cross(x: Tensor) -> Tensor:
    """Equivariant under rotations; a mirror turns it round."""
    return torch.linalg.cross(x[:, 0], x[:, 1])


def triangle(x: Tensor) -> Tensor:
    """Products of vectors of one row with another."""
    return (x[:, :3] @ x[:, 3:].mT).flatten(1).sum(-1)


GOOD: dict[str, tuple[Callable[[Tensor], Tensor], GSpace, GSpace]] = {
    "radial": (radial, X, X),
    "products": (triangle, X, NUMBER),
    "cross product, of rotations": (
        cross,
        gspace((6, 3), matrix(SO(3))),
        gspace((3,), matrix(SO(3))),
    ),
    "less the mean": (
        lambda x: x - x.mean(-2, keepdim=True) + x,
        *[gspace((4, 2), affine(E(2)))] * 2,
    ),
    "sums": (
        lambda x: x.sum(-2, keepdim=True) + x.tanh(),
        *[gspace((4, 2), permutation(S(4)))] * 2,
    ),
    "linear maps of rows": (
        lambda x: x[:, :1] + 2 * x[:, 1:3],
        gspace((5, 3), matrix(GL(3))),
        gspace((2, 3), matrix(GL(3))),
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_an_equivariant_function_passes(name: str) -> None:
    gaps = assert_equivariant(*GOOD[name])
    assert all(gap.passes for gap in gaps)
    assert {gap.dtype for gap in gaps} == {torch.float32, torch.float64}


BAD: dict[str, tuple[Callable[[Tensor], Tensor], GSpace, str]] = {
    "entry by entry": (torch.tanh, X, "it fits none of the usual mistakes"),
    "a cross product": (cross, VECTOR, r"component 1 \(of order 2\).*it has the opposite sign"),
    "invariants": (lambda x: (x @ x.mT)[:, 0, :3], VECTOR, "it is invariant there"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_equivariant_is_told_apart(name: str) -> None:
    function, Y, message = BAD[name]
    with pytest.raises(
        AssertionError, match=rf"^the function is not equivariant under O\(3\).*{message}"
    ):
        assert_equivariant(function, X, Y)


def test_a_missing_inverse_is_named() -> None:
    G = C(5)
    with pytest.raises(AssertionError, match=r"1 \(of order 5\).*it moves by the inverse"):
        assert_equivariant(lambda g: (-g) % 5, regular(G), regular(G))


@pytest.mark.parametrize("G", [O(3), SE(3), GL(3), T(3), Direct(S(6), O(3))], ids=str)
def test_a_plain_network_fails_and_its_error_is_large(G: Group) -> None:
    torch.default_generator.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 3))
    X = Symmetrised(net, G).kernel.dom
    with pytest.raises(AssertionError, match=r"torch\.float64"):
        assert_equivariant(net, X)


def test_an_averaged_network_passes() -> None:
    torch.default_generator.manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(12, 12), nn.Tanh(), nn.Unflatten(-1, (4, 3)))
    Y = gspace((4, 3), permutation(S(4)))
    assert_equivariant(Symmetrised(net, dom=Y, average=True), Y)


def test_a_small_error_is_seen_in_double_precision() -> None:
    with pytest.raises(AssertionError, match=r"differ by .*e-0[6-8].* in torch.float64"):
        assert_equivariant(lambda x: x + 1e-7 * x.abs(), X)


def test_rounding_explains_no_more_than_it_makes() -> None:
    with pytest.raises(AssertionError, match=r"differ by .*e-1[01].* in torch\.float64"):
        assert_equivariant(lambda x: x + 3e-11 * x.abs(), X)


def test_what_says_nothing_is_inconclusive() -> None:
    with pytest.raises(InconclusiveError, match=r"^the function gives one value at all points"):
        assert_equivariant(lambda x: 0 * x, X)
    with pytest.raises(InconclusiveError, match=r"^the function is not finite at the identity"):
        assert_equivariant(lambda x: (x - x.amax()).log(), X)
    line, far = gspace((2, 1), affine(E(1))), torch.tensor([1e6], dtype=torch.float64)
    shift = Named("a far place", (far, torch.eye(1, dtype=torch.float64)))
    with pytest.raises(InconclusiveError, match=r"^at a far place rounding explains .*float32"):
        assert_equivariant(lambda x: x + 0 * x, line, elements=[shift])


def test_a_far_translation_may_round_more() -> None:
    line, far = gspace((2, 1), affine(E(1))), torch.tensor([50.0], dtype=torch.float64)
    shift = Named("a place", (far, torch.eye(1, dtype=torch.float64)))
    (double, single) = assert_equivariant(lambda x: 2 * x - x, line, elements=[shift])
    assert double.tolerance < single.tolerance < 0.1


def test_points_lie_in_their_space(generator: torch.Generator) -> None:
    mask = gspace(("atom",), trivial(O(3)), Kind.BOOLEAN)
    space = gspace(("atom", 3), matrix(O(3)), constraint=CentreFree()) @ mask @ regular(O(3))
    x = points(space, 4, generator=generator)
    assert space.space.measure(x) == ((4,), {"atom": 5})
    for part, factor in zip(x, space.space.factors, strict=True):
        assert (factor.constraint.violation(part) < 1e-9).all()


def test_elements_are_named_by_kind_and_order(generator: torch.Generator) -> None:
    names = [one.name for one in named_elements(O(2), generator=generator)]
    assert names[:3] == ["the identity", "component 1 (of order 2)", "generator 1 (of order 2)"]
    assert names[3] == "generator 2"
    assert names[-1].startswith("random element 3")
