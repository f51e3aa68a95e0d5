"""Drawing: the diagram of the very kernel that runs."""

from pathlib import Path
from tempfile import mkdtemp

import markovsym as ms
from markovsym.groups import O

X = ms.gspace((20, 3), ms.actions.matrix(O(3)))


def network(x):
    """Anything at all."""
    return x.sin()


def frame(x):
    """Anything orthogonal."""
    return ms.groups.gram_schmidt(x[..., :3, :])[0]


if __name__ == "__main__":
    gamma = ms.recursive(ms.haar(O(3), X), ms.Deterministic(frame, X, ms.regular(O(3))))
    s = ms.sym(ms.Deterministic(network, X, X), gamma)
    folder = Path(mkdtemp())
    for suffix in ("svg", "png", "tikz"):
        ms.draw(s, folder / f"sym.{suffix}")
    print("the diagram is in", folder)
    print(s.line.source)
