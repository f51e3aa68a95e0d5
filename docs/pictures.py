"""The pictures of the concept pages, drawn from the diagrams that they are about."""

from pathlib import Path

import markovsym as ms
from markovsym import Box, Diagram, Ob, Ty
from markovsym.syntax import CosetObject, GroupObject, Hom, Section
from markovsym.syntax.procedures import Symmetry, discarding, recursive, sym
from markovsym_diffusion.recipes import recipe

X, Y, G = Ty("X"), Ty("Y"), GroupObject(Ob("G"))
f, d = Box("f", X, Y), Box("d", Y, X, deterministic=True)
k, gamma = Box("k", X, Y), Box("gamma", X, G.type)
f1, haar = Box("f", X, G.type), Box("haar", Ty(), G.type)
phi = Hom(GroupObject(Ob("H")), G)
cosets = CosetObject(phi, Ob("G/H"))
to_cosets = Box("gamma", X, Ty(cosets.carrier))
both = Symmetry(G, frozenset([Ob("X"), Ob("Y")]))


def draw_all(folder: Path) -> None:
    """Write every picture into ``folder``."""
    copying = (f >> Diagram.copy(Y)) @ (Diagram.copy(X) >> f @ f)
    symdiff = recipe("symdiff-qm9-tiny").denoiser().kernel
    for name, thing in {
        "copying": copying,
        "sym": sym(k, gamma, both),
        "recursion": sym(k, recursive(discarding(haar, X), f1, both), both),
        "along": sym(k, to_cosets, both, Section(cosets).box),
        "drawing": f >> Diagram.copy(Y) >> d @ Diagram.id(Y),
        "symdiff": symdiff,
    }.items():
        ms.draw(thing, folder / f"{name}.svg")
