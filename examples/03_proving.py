"""Proofs: what makes a symmetrised kernel equivariant, and why sym leaves such kernels alone."""

from markovsym import Box, Ob, Theory, Ty, prove
from markovsym.syntax import Acts, Equivariant, GroupObject
from markovsym.syntax.procedures import Symmetry, discarding, equivariance, recursive, sym

X, Y, G = Ty("X"), Ty("Y"), GroupObject(Ob("G"))
k, gamma, f, haar = (
    Box("k", X, Y),
    Box("gamma", X, G.type),
    Box("f", X, G.type),
    Box("haar", Ty(), G.type),
)
both = Symmetry(G, frozenset([Ob("X"), Ob("Y")]))
actions = (Acts(G, Ob("X")), Acts(G, Ob("Y")))

STATEMENTS = {
    "sym(k, gamma) is equivariant if gamma is": (
        *equivariance(sym(k, gamma, both), both),
        Theory(*actions, Equivariant(gamma, G)),
    ),
    "... and not for any gamma": (*equivariance(sym(k, gamma, both), both), Theory(*actions)),
    "stability: sym(k, gamma) = k if k is equivariant": (
        sym(k, gamma, both),
        k,
        Theory(*actions, Equivariant(k, G)),
    ),
    "recursion from Haar, with any f": (
        *equivariance(sym(k, recursive(discarding(haar, X), f, both), both), both),
        Theory(*actions, Equivariant(haar, G)),
    ),
}

if __name__ == "__main__":
    for statement, (lhs, rhs, theory) in STATEMENTS.items():
        print(f"{statement}:\n{prove(lhs, rhs, theory)}\n")
