"""What went wrong elsewhere, traps 7 to 10: names, samplers, precision, conventions."""

import pytest
import torch
from torch import Tensor, nn

from markovsym.actions import gspace, matrix, regular, restrict, trivial
from markovsym.groups import D, O, gram_schmidt
from markovsym.kernels import Deterministic
from markovsym.symmetrise import (
    average,
    declare_equivariant,
    gammas,
    haar,
    recursive,
    sym,
)
from markovsym.testing import assert_equivariant_in_law, equivariance_in_law
from tests.markovsym.theory.tensors import (
    ALPHA,
    EXACT,
    MOVED,
    POLYGON,
    ROTATED,
    at,
    bent,
    elements,
    frame,
    function,
    gap,
    learned,
    noisy,
    points,
    random,
    residual,
    seeded,
)


def net(seed: int) -> nn.Module:
    made = nn.Linear(3, 3, bias=False).double()
    nn.init.normal_(made.weight, generator=seeded(seed))
    return made


class Framed(nn.Module):
    """A frame of the first three points, moved by a layer."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.layer = net(seed)

    def forward(self, x: Tensor, v: Tensor) -> Tensor:
        return frame(self.layer(x), v)


def test_trap_7_two_networks_of_one_name_keep_their_own_parameters() -> None:
    end = regular(O(3))
    gamma = haar(O(3), ROTATED)
    for seed in (1, 2):
        gamma = recursive(gamma, learned(Framed(seed), ROTATED, end))
    k = Deterministic(net(3), ROTATED, ROTATED) >> Deterministic(net(4), ROTATED, ROTATED)
    s = sym(k, gamma)
    weights = [value for name, value in s.state_dict().items() if name.endswith("weight")]
    assert len(weights) == 4
    assert len(torch.stack(weights).unique(dim=0)) == 4
    names = sorted(node.box.name for node in s.diagram.nodes if node.box.name[0] in "FL")
    assert names == ["Framed", "Framed_1", "Linear", "Linear_1"]
    x, generator = points(7), seeded(1)
    g = O(3).haar(7, generator=generator, dtype=torch.float64)
    for seed in (1, 2):
        v = torch.randn(7, 4, 3, generator=generator, dtype=torch.float64)
        g = g @ Framed(seed)(x @ g, v)
    wanted = net(4)(net(3)(x @ g)) @ g.mT  # points are rows: x @ g is g^-1 x
    assert gap(at(s, x), wanted) < EXACT


def test_trap_7_one_network_used_twice_is_one_set_of_parameters() -> None:
    shared = Deterministic(net(3), ROTATED, ROTATED)
    s = sym(shared >> shared, haar(O(3), ROTATED))
    assert len(list(s.parameters())) == 1
    assert [node.box.name for node in s.diagram.nodes].count("Linear") == 2


def test_trap_8_a_sampler_is_compared_in_law_and_not_draw_by_draw() -> None:
    s, x = sym(random(noisy, ROTATED), haar(O(3), ROTATED)), points()
    g = elements(ROTATED, 64)
    many = x.expand(64, 4, 3)
    off = at(s, ROTATED.act(g, many), 1) - ROTATED.act(g, at(s, many, 1))
    assert off.abs().amax((1, 2)).min() > 0.05  # no draw agrees
    assert_equivariant_in_law(s, x)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_trap_9_what_comes_in_single_precision_leaves_in_it_and_loses_no_more(dtype) -> None:
    x = points(50).to(dtype)
    plane = restrict(gspace((4, 2), matrix(O(2))), POLYGON)
    kernels = [
        (sym(function(bent, ROTATED), gammas.orthonormal_points(ROTATED)), x),
        (average(sym(function(bent, ROTATED), gammas.principal_axes(ROTATED))), x),
        (average(sym(function(bent, plane), haar(D(4), plane))), x[..., :2]),
    ]
    exact = dtype == torch.float64
    for kernel, value in kernels:
        assert at(kernel, value).dtype == dtype
        g = kernel.dom.group.random(50, generator=seeded(2), dtype=dtype)
        # the frames of single precision are off by rounding, times the condition of the points
        assert residual(kernel, value, g) < (1e-11 if exact else 2e-2)
        double = at(kernel, value.double())
        assert gap(at(kernel, value).double(), double) < (EXACT if exact else 2e-2)
    assert at(sym(random(noisy, ROTATED), haar(O(3), ROTATED)), x).dtype == dtype


def conventions(x: Tensor, u: Tensor, how: str) -> Tensor:
    """Ways to use a random rotation; one of them is right."""
    g = gram_schmidt(torch.stack([u[..., 0, :], u[..., 1, :], u[..., 2, :]], dim=-1))[0]
    match how:
        case "back and forth":
            return bent(x @ g) @ g.mT
        case "not back":
            return bent(x) @ g.mT
        case "not forth":
            return bent(x @ g)
        case "the inverse forth":
            return bent(x @ g) @ g
        case _:
            return bent(x @ g.mT) @ g.mT


@pytest.mark.parametrize(
    "how", ["back and forth", "not back", "not forth", "the inverse forth", "the inverse back"]
)
def test_trap_10_a_wrong_convention_is_seen(how: str) -> None:
    kernel = random(lambda x, u: conventions(x, u, how), ROTATED)
    found = equivariance_in_law(kernel, points(), [*elements(ROTATED, 4)])
    assert (found.p > ALPHA) == (how == "back and forth")


def test_trap_10_the_inverse_of_a_gamma_is_no_gamma() -> None:
    right = gammas.orthonormal_points(ROTATED)
    wrong = Deterministic(lambda x: at(right, x).mT, ROTATED, regular(O(3)))
    x, k = points(7), function(bent, ROTATED)
    assert residual(sym(k, right), x, elements(ROTATED)) < EXACT
    assert residual(sym(k, declare_equivariant(wrong, O(3))), x, elements(ROTATED)) > 0.1


def test_trap_10_an_input_left_unrotated_is_seen() -> None:
    # positions and forces: whoever forgets one of them has another space, and another kernel
    both, one = (ROTATED @ gspace((4, 3), act(O(3))) for act in (matrix, trivial))

    def mixed(x: Tensor, f: Tensor) -> Tensor:
        return bent(x + f.cumsum(-1))

    x, g = (points(7), points(7, seed=8)), elements(ROTATED)
    for X, right in ((both, True), (one, False)):
        frames = Deterministic(lambda x, f: at(gammas.orthonormal_points(ROTATED), x), X, END)
        s = sym(Deterministic(mixed, X, ROTATED), declare_equivariant(frames, O(3)))
        off = gap(at(s, both.act(g, x)), ROTATED.act(g, at(s, x)))
        assert (off < EXACT) == right
        assert right or off > 0.1


END = regular(O(3))


@pytest.mark.parametrize("X", [ROTATED, MOVED], ids=lambda X: str(X.group))
def test_trap_10_elements_act_from_the_left(X) -> None:
    g, h, x = elements(X, seed=5), elements(X, seed=6), points(7)
    right, wrong = X.group.multiply(g, h), X.group.multiply(h, g)
    assert gap(X.act(right, x), X.act(g, X.act(h, x))) < EXACT
    assert gap(X.act(wrong, x), X.act(g, X.act(h, x))) > 0.1
    assert gap(X.act(X.group.inverse(g), X.act(g, x)), x) < EXACT
