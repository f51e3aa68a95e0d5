"""Groups, homomorphisms and cosets as objects."""

import torch

import markovsym as ms
from markovsym.actions import affine, matrix, restrict
from markovsym.groups import (
    GL,
    SO,
    Aff,
    Cosets,
    D,
    E,
    FactorInclusion,
    FixingAxes,
    Inclusion,
    O,
    S,
    automorphisms,
    closure,
    subgroup,
)

rng = torch.Generator().manual_seed(0)


def elements() -> None:
    """Elements are tensors, or tuples of tensors; batch dimensions lead."""
    for G in (O(3), GL(2), S(4), D(4), E(3)):
        shapes = [factor.shape for factor in G.space.factors]
        print(f"{G!s:5} has elements of shape {shapes}, and {len(G.generators())} generators")
    x, y, z = torch.eye(3)
    quarters = [torch.stack(rows, dim=1) for rows in ([y, -x, z], [x, z, -y])]
    turns = subgroup(SO(3), closure(SO(3), quarters))
    print("quarter turns of a cube generate", turns.dom.order, "rotations")
    ms.testing.check_group(turns.dom)  # Hypothesis looks for a law that fails
    methane = automorphisms([(0, i) for i in range(1, 5)], "CHHHH")
    print("methane has", methane.dom.order, "automorphisms")


def cosets() -> None:
    """Cosets are written as what they are known as."""
    for name, phi in {
        "R^3": FactorInclusion(E(3), "right"),
        "the sphere": FixingAxes(3, 1),
        "the positive definite matrices": Inclusion(O(2), GL(2)),
        "pairs of those and of R^2": Inclusion(O(2), GL(2)) >> FactorInclusion(Aff(2), "right"),
    }.items():
        G_H = Cosets(phi)
        c = G_H.project(phi.cod.random(generator=rng))
        torch.testing.assert_close(G_H.project(G_H.section(c)), c)
        print(f"{phi.cod}/{phi.dom} is {name}: {[f.shape for f in G_H.space.factors]}")


def restriction() -> None:
    """Along O(3) -> E(3), points that move rigidly are points that turn."""
    X = ms.gspace((5, 3), affine(E(3)))
    turned = restrict(X, FactorInclusion(E(3), "right"))
    print(
        "restricted to O(3) it is",
        "the" if turned == ms.gspace((5, 3), matrix(O(3))) else "no",
        "space of points that turn",
    )


if __name__ == "__main__":
    elements()
    cosets()
    restriction()
