"""The same sym, on S_3 by exact matrices and on O(3) by torch networks."""

from fractions import Fraction
from itertools import permutations

import torch

import markovsym as ms
from markovsym import Box, FinStoch, Functor, Ob, Ty
from markovsym.groups import O, gram_schmidt
from markovsym.syntax import GroupObject
from markovsym.syntax.procedures import Symmetry, discarding, equivariance, recursive, sym

X, Y = Ty("X"), Ty("Y")
G = GroupObject(Ob("G"))
k, f, haar = Box("k", X, Y), Box("f", X, G.type), Box("haar", Ty(), G.type)
both = Symmetry(G, frozenset([Ob("X"), Ob("Y")]))
procedure = sym(k, recursive(discarding(haar, X), f, both), both)


def exactly() -> None:
    """S_3 moves three points; k and f are arbitrary stochastic matrices of fractions."""
    S3 = list(permutations(range(3)))
    place = {g: i for i, g in enumerate(S3)}
    times = [[place[tuple(g[h[i]] for i in range(3))] for h in S3] for g in S3]
    C = FinStoch(exact=True)
    move = C.function(lambda g, x: (S3[g][x],), (6, 3), (3,))
    odd = [[Fraction(i + j + 1, 3 * i + 6) for j in range(3)] for i in range(3)]
    pick = [[Fraction(1 + (i + j) % 2, 9) for j in range(6)] for i in range(3)]
    boxes = {
        k: C.matrix(odd, (3,), (3,)),
        f: C.matrix(pick, (3,), (6,)),
        haar: C.uniform((6,)),
        G.multiply: C.function(lambda g, h: (times[g][h],), (6, 6), (6,)),
        G.inverse: C.function(lambda g: (times[g].index(place[0, 1, 2]),), (6,), (6,)),
        G.act(Ob("X")): move,
        G.act(Ob("Y")): move,
    }
    F = Functor(C, {Ob("X"): (3,), Ob("Y"): (3,), G.carrier: (6,)}, boxes)
    for name, arrow in (("k", k), ("sym(k, gamma)", procedure)):
        left, right = (F(side) for side in equivariance(arrow, both))
        print(f"on S_3, {name} is equivariant, over the rationals: {left == right}")


def in_torch() -> None:
    """O(3) moves twenty points; k and f are networks that respect nothing."""
    X = ms.gspace((20, 3), ms.actions.matrix(O(3)))
    hidden = torch.nn.Sequential(torch.nn.Flatten(-2), torch.nn.Linear(60, 9))
    net = torch.nn.Sequential(
        torch.nn.Flatten(-2),
        torch.nn.Linear(60, 60),
        torch.nn.Tanh(),
        torch.nn.Unflatten(-1, (20, 3)),
    )
    frame = ms.Deterministic(
        lambda x: gram_schmidt(hidden(x).unflatten(-1, (3, 3)))[0], X, ms.regular(O(3))
    )
    network = ms.Deterministic(net, X, X)
    s = ms.sym(network, ms.recursive(ms.haar(O(3), X), frame))
    x = torch.randn(20, 3)
    print(s.why)
    print("tested: p =", ms.testing.assert_equivariant_in_law(s, x).p)
    alone = ms.testing.equivariance_in_law(network, x)
    print("the network alone: p =", alone.p)


if __name__ == "__main__":
    exactly()
    in_torch()
