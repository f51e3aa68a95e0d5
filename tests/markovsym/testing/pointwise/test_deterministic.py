"""Functions that are equivariant pass, all others are named with what is wrong about them."""

import re
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from markovsym.actions import (
    GSpace,
    affine,
    gspace,
    matrix,
    permutation,
    regular,
    together,
    trivial,
)
from markovsym.errors import CompositionError
from markovsym.groups import GL, SE, SO, C, Direct, E, Group, O, S, T, U
from markovsym.kernels import Deterministic
from markovsym.nn import Symmetrised
from markovsym.spaces import CentreFree, Kind
from markovsym.symmetrise import declare_equivariant, haar, sym
from markovsym.testing.inputs.named import Named, named_elements
from markovsym.testing.inputs.points import points
from markovsym.testing.outcome import InconclusiveError, NotApplicableError
from markovsym.testing.pointwise.deterministic import assert_equivariant

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
    "a cross product": (cross, VECTOR, r"component 1 \(of order 2, .*it has the opposite sign"),
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
    assert names[:2] == ["the identity", "component 1 (of order 2, of determinant -1)"]
    assert names[2].startswith("generator 1")
    assert names[-1].startswith("random element 3")


def test_a_kernel_brings_its_spaces() -> None:
    assert_equivariant(Deterministic(radial, X, X))
    assert_equivariant(declare_equivariant(Deterministic(radial, X, X), O(3)))
    with pytest.raises(AssertionError, match=r"^the function is not equivariant under O\(3\)"):
        assert_equivariant(Deterministic(torch.tanh, X, X))
    net = nn.Linear(3, 3, bias=False)
    with pytest.raises(AssertionError, match="is not equivariant"):
        assert_equivariant(Deterministic(net, X, X))
    assert net.weight.dtype == torch.float32
    with pytest.raises(CompositionError, match="wanted the space in which the model starts"):
        assert_equivariant(net)


def test_what_draws_random_numbers_is_no_function() -> None:
    for model in (lambda x: x + torch.randn_like(x), nn.Dropout()):
        with pytest.raises(NotApplicableError, match="two calls at one point give two values"):
            assert_equivariant(model, X)
    with pytest.raises(NotApplicableError, match="assert_equivariant_in_law looks at its law"):
        assert_equivariant(sym(Deterministic(torch.tanh, X, X), haar(O(3), X)))
    assert_equivariant(nn.Dropout().eval(), X)


def test_both_precisions_are_told_of() -> None:
    with pytest.raises(
        AssertionError,
        match=r"differ by \d\.\de-01, .* of the largest entry, in torch\.float64, where rounding "
        r"explains 9\.1e-13; and by .* of the largest entry, in torch\.float32, where rounding "
        r"explains 4\.9e-04; it",
    ):
        assert_equivariant(torch.tanh, X)
    line, far = gspace((2, 1), affine(E(1))), torch.tensor([1e6], dtype=torch.float64)
    shift = Named("a far place", (far, torch.eye(1, dtype=torch.float64)))
    with pytest.raises(AssertionError, match=r"and in single precision at a far place rounding"):
        assert_equivariant(lambda x: 2 * x, line, elements=[shift])


def test_what_differs_in_single_precision_only_is_told_so() -> None:
    def rounded(x: Tensor) -> Tensor:
        return x.to(torch.bfloat16).to(x.dtype) if x.dtype == torch.float32 else x

    with pytest.raises(
        AssertionError,
        match=r"in torch\.float32, .*; and by .* in torch\.float64, where .*; it is so in single "
        r"precision only: are matrices multiplied in TF32.*; the simplest point found is",
    ):
        assert_equivariant(rounded, X)


def test_the_simplest_point_found_is_named() -> None:
    def failing(x: Tensor) -> Tensor:
        return torch.where(x[..., :1].abs() > 1.5, x.abs(), x)

    torch_point = r"tensor\(\[\[( *-?\d\., *-?\d\., *-?\d\.\],?\s*\[?)+"
    with pytest.raises(AssertionError, match=r"the simplest point found is " + torch_point):
        assert_equivariant(failing, X)
    cloud = gspace(("atom", 3), matrix(O(3)))
    with pytest.raises(AssertionError, match=r"found is tensor\(\[\[[^\[]*\]\], dtype=torch\.fl"):
        assert_equivariant(torch.tanh, cloud)  # one row will do
    with pytest.raises(AssertionError, match=r"found is tensor\(\[\[[^\[]*\],\s*\[[^\[]*\]\], dt"):
        assert_equivariant(lambda x: x + x[:, [1]].abs(), cloud)  # one row alone is refused
    with pytest.raises(AssertionError, match=r"with g = tensor\(\[\[-1\.,  0\.,  0\.\]"):
        assert_equivariant(torch.relu, cloud)


def test_a_function_that_mixes_a_batch_is_told_so() -> None:
    def mixing(x: Tensor) -> Tensor:
        return x + x.roll(1, 0).abs() if len(x) > 1 else x

    with pytest.raises(AssertionError, match="does the function mix the points of a batch"):
        assert_equivariant(mixing, X)


def test_points_may_be_handed_over_in_any_precision() -> None:
    x = torch.randn(2, 6, 3)
    gaps = assert_equivariant(radial, X, x=x)
    assert {gap.dtype for gap in gaps} == {torch.float32, torch.float64}
    cloud = gspace(("atom", 3), together(permutation(S("atom")), matrix(O(3))))
    assert_equivariant(lambda x: x + x.mean(-2, keepdim=True), cloud, x=torch.randn(2, 9, 3))
    with pytest.raises(AssertionError, match=r"under S\(atom\) x O\(3\)"):
        assert_equivariant(lambda x: x + x[:, :1], cloud, x=torch.randn(2, 9, 3))


def test_one_point_alone_may_be_looked_at() -> None:
    for shape in ((1, 6, 3), (6, 3)):
        assert_equivariant(radial, X, x=torch.randn(*shape))
        with pytest.raises(AssertionError, match="is not equivariant"):
            assert_equivariant(torch.tanh, X, x=torch.randn(*shape))


def test_elements_may_be_handed_over_without_names() -> None:
    turn = torch.tensor([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]], dtype=torch.float64)
    gaps = assert_equivariant(radial, X, elements=[turn, Named("a mirror", -turn)])
    assert [gap.element for gap in gaps] == ["element 1", "a mirror"] * 2


def test_forces_may_be_gradients() -> None:
    def force(x: Tensor) -> Tensor:
        x = x.requires_grad_()
        (slope,) = torch.autograd.grad(x.square().sum(-1).sqrt().sum(), x)
        return slope

    x = torch.randn(2, 6, 3, dtype=torch.float64)
    gaps = assert_equivariant(force, X, x=x)
    assert all(gap.passes for gap in gaps)
    assert not x.requires_grad


def test_unitary_matrices_act_on_complex_vectors() -> None:
    Y = gspace((4, 2), matrix(U(2)), Kind.COMPLEX)
    seen: set[torch.dtype] = set()

    def scaled(x: Tensor) -> Tensor:
        seen.add(x.dtype)
        return x * (x * x.conj()).sum(-1, keepdim=True)

    assert_equivariant(scaled, Y)
    assert seen == {torch.complex64, torch.complex128}
    with pytest.raises(AssertionError, match=r"under U\(2\)"):
        assert_equivariant(lambda x: x.conj(), Y)


def test_several_factors_are_all_compared() -> None:
    both = X @ gspace((6, 3), matrix(O(3)))
    assert_equivariant(lambda x, v: (x + v, x - v), both)
    with pytest.raises(AssertionError, match="is not equivariant"):
        assert_equivariant(lambda x, v: (x + v, v.abs()), both)


def test_the_same_is_found_twice() -> None:
    assert assert_equivariant(radial, X) == assert_equivariant(radial, X)
    assert assert_equivariant(radial, X) != assert_equivariant(radial, X, seed=1)


def test_constants_in_single_precision_are_inconclusive_and_no_fault() -> None:
    third = torch.tensor(1 / 3).double()  # rounded to single precision

    def rounded(x: Tensor) -> Tensor:
        return torch.stack([third * x[..., 0], x[..., 1] / 3, x[..., 2] / 3], dim=-1)

    with pytest.raises(InconclusiveError, match=r"torch\.set_default_dtype\(torch\.float64\)"):
        assert_equivariant(rounded, VECTOR)


def test_what_was_measured_fits_in_a_line() -> None:
    told = str(assert_equivariant(lambda x: 2 * x, VECTOR))
    assert re.fullmatch(
        r"at most \S+ in torch\.float64 and \S+ in torch\.float32 of the largest entry, at "
        r"\d+ elements",
        told,
    )


def steep(rate: float) -> Callable[[Tensor], Tensor]:
    """Equivariant, and so steep that the order of a sum shows."""
    return lambda x: x * (rate * x.square().sum((-2, -1), keepdim=True)).sin()


ROWS = gspace((6, 3), together(permutation(S(6)), matrix(O(3))))


def test_what_a_steep_function_makes_of_rounding_is_its_own() -> None:
    found = assert_equivariant(steep(1e3), ROWS)
    double = [gap for gap in found if gap.dtype == torch.float64]
    assert max(gap.tolerance for gap in double) > 64 * 64 * torch.finfo(torch.float64).eps
    assert all(gap.passes for gap in found)


def test_a_function_so_steep_that_rounding_explains_all_is_not_judged() -> None:
    with pytest.raises(
        InconclusiveError, match=r"so steep that rounding explains everything in torch\.float32"
    ):
        assert_equivariant(steep(1e6), ROWS)


@pytest.mark.parametrize("rate", [1.0, 1e3, 1e6])
def test_a_steep_function_that_is_wrong_is_seen_all_the_same(rate: float) -> None:
    def wrong(x: Tensor) -> Tensor:
        return steep(rate)(x) + 1e-6 * x.abs()

    with pytest.raises(AssertionError, match=r"in torch\.float64, where rounding explains"):
        assert_equivariant(wrong, ROWS)
