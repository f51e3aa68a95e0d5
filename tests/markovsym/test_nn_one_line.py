"""One nn.Sequential, made equivariant under many groups, in one line each."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from markovsym.actions import GSpace, Shift, gspace, restrict
from markovsym.errors import CompositionError
from markovsym.groups import (
    GL,
    SE,
    SL,
    SO,
    Aff,
    C,
    Direct,
    E,
    FactorInclusion,
    Group,
    LorentzGroup,
    O,
    S,
    T,
    U,
)
from markovsym.kernels import Kernel
from markovsym.nn import Symmetrised
from markovsym.symmetrise import composite, default_gamma, gammas, natural
from markovsym.testing import assert_equivariant_in_law
from tests.markovsym.examples.crooked import TOLERANCE, elements, error, fresh, known
from tests.markovsym.modules import normal

Make = Callable[[nn.Module], Symmetrised]


def network() -> nn.Sequential:
    """Of eight points, or of an image of 8 by 3, with full weights: no entry is like another."""
    layers = nn.Flatten(), nn.Linear(24, 16), nn.Tanh(), nn.Linear(16, 24)
    net = nn.Sequential(*layers, nn.Unflatten(1, (8, 3))).double()
    with torch.no_grad():
        for i, p in enumerate(net.parameters()):
            p.copy_(normal(*p.shape, seed=i) / p.shape[-1] ** 0.5)
    return net


def frames(X: GSpace) -> Kernel:
    """The centroid, and then the principal axes."""
    matrices = restrict(X, FactorInclusion(X.group, "right"))
    return composite(gammas.centroid(X), gammas.principal_axes(matrices))


IMAGES = gspace((8, 3), Shift(C(8), -2))
EXACT: dict[str, Make] = {
    "O(3)": lambda net: Symmetrised(net, O(3), gamma=gammas.principal_axes, average=True),
    "SO(3)": lambda net: Symmetrised(net, SO(3), gamma=gammas.principal_axes, average=True),
    "T(3)": lambda net: Symmetrised(net, T(3)),
    "E(3)": lambda net: Symmetrised(net, E(3), gamma=frames, average=True),
    "SE(3)": lambda net: Symmetrised(net, SE(3), gamma=frames, average=True),
    "GL(3)": lambda net: Symmetrised(net, GL(3), gamma=gammas.first_points),
    "SL(3)": lambda net: Symmetrised(net, SL(3)),
    "O(1,2)": lambda net: Symmetrised(net, LorentzGroup(3)),
    "C(8), mean": lambda net: Symmetrised(net, dom=IMAGES, average=True),
    "C(8), phase": lambda net: Symmetrised(net, dom=IMAGES, gamma=gammas.phase),
}
IN_LAW: dict[str, Make] = {
    "O(3)": lambda net: Symmetrised(net, O(3)),
    "SO(3)": lambda net: Symmetrised(net, SO(3)),
    "E(3)": lambda net: Symmetrised(net, E(3)),
    "SE(3)": lambda net: Symmetrised(net, SE(3)),
    "S(8)": lambda net: Symmetrised(net, S(8), dom=gspace((8, 3), natural(S(8)).actions[0])),
    "S(8) x O(3)": lambda net: Symmetrised(net, Direct(S(8), O(3))),
    "GL(3)": lambda net: Symmetrised(net, GL(3)),
    "Aff(3)": lambda net: Symmetrised(net, Aff(3)),
    "C(8)": lambda net: Symmetrised(net, dom=IMAGES),
}


@pytest.mark.parametrize("name", EXACT)
def test_one_line_makes_an_equivariant_function(name: str) -> None:
    module, x = EXACT[name](network()), normal(6, 8, 3)
    _, bare = module._kernels
    assert error(bare, x) > 0.5
    assert error(module.kernel, x) < TOLERANCE
    assert known(module.kernel)
    group = module.kernel.group
    with torch.no_grad():
        for g in elements(group):
            X, there = module.kernel.dom, module(module.kernel.dom.act(g, x))
            torch.testing.assert_close(there, X.act(g, module(x)), rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("name", IN_LAW)
@torch.no_grad()
def test_one_line_makes_a_module_equivariant_in_law(name: str) -> None:
    module, x = IN_LAW[name](network()), normal(8, 3)
    _, bare = module._kernels
    moves = elements(module.kernel.group)
    assert_equivariant_in_law(module.kernel, x, moves)
    with pytest.raises(AssertionError, match="not equivariant in law"):
        assert_equivariant_in_law(bare, x, moves)
    assert known(module.kernel)
    assert module(x).shape == (8, 3)


def test_what_the_group_is_known_to_move_first() -> None:
    groups = (O(2), T(2), E(2), S(4), Direct(S(4), SO(3)), LorentzGroup(4))
    points = [("point", 2)] * 3 + [(4, "feature"), (4, 3), ("point", 4)]
    assert [natural(G).space.factors[0].shape for G in groups] == points
    assert natural(U(2)).space.factors[0].kind is U.kind
    with pytest.raises(CompositionError, match=r"^no space is known for C\(4\) x C\(4\); hand one"):
        natural(Direct(C(4), C(4)))


@pytest.mark.parametrize("G", [T(3), GL(3), SL(3), E(3), Aff(3), LorentzGroup(3)], ids=str)
def test_a_gamma_that_needs_no_choice_ends_in_the_group(G: Group) -> None:
    gamma = default_gamma(natural(G))
    g = gamma.sample(normal(6, 8, 3), generator=fresh())
    assert G.contains(g, tolerance=1e-10).all()
    assert known(gamma)
