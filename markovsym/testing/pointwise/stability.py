"""Stability: a procedure leaves kernels alone that are equivariant already."""

import copy
from collections.abc import Callable

import torch

from markovsym.actions import GSpace
from markovsym.kernels import Deterministic, Kernel
from markovsym.spaces import Value, parts_of
from markovsym.symmetrise import EquivariantKernel, declare_equivariant, sym
from markovsym.testing.inputs.points import points
from markovsym.testing.inputs.rounding import same
from markovsym.testing.outcome import InconclusiveError, check
from markovsym.testing.pointwise.changes import CHANGES, Changed
from markovsym.testing.pointwise.deterministic import measured_gap
from markovsym.testing.pointwise.functions import chosen
from markovsym.testing.pointwise.gaps import gap_between
from markovsym.testing.seeds import derived

Procedure = Callable[[EquivariantKernel], Kernel]
"""What makes kernels X -> X equivariant."""

DRAWS = 64
"""Points; one would do to see a missing inverse."""

CLOSE = 1e-8
"""Largest difference that rounding may make, as a part of the largest entry."""


@check("stability: sym(k) = k")
@torch.no_grad()
def assert_stable(procedure: Procedure | Kernel, X: GSpace, *, seed: int = 0) -> dict[str, float]:
    """Fail where a procedure changes a function that is equivariant already.

    It is handed the identity, x |x| and x less its mean, each if it is equivariant; one draw must
    be the value, whatever element gamma drew. So a missing inverse shows in one draw, and the law
    of gamma does not matter.

    Args:
        procedure: From a kernel X -> X, known to be equivariant, to another, such as
            ``lambda k: sym(k, gamma)``; or gamma itself, a kernel X -> G/H. A copy of what it makes
            is made double.
        X: A space of G.
        seed: What points and draws depend on.

    Returns:
        The largest difference for each function, as a part of the largest entry.

    Raises:
        AssertionError: With the function, and the size of the difference.
        InconclusiveError: If the group moves no point, so that every procedure passes, as where all
            entries are whole numbers, which are tried at zero; or if a draw is not finite.

    Example:
        >>> from markovsym.actions import gspace, matrix
        >>> from markovsym.groups import O
        >>> from markovsym.symmetrise import haar
        >>> X = gspace((5, 3), matrix(O(3)))
        >>> sorted(assert_stable(haar(O(3), X), X))
        ['the identity', 'x less its mean', 'x |x| for each row']

    Source:
        Theory of this project, T4; verification of this project, sections 4 and 8.
    """
    rng = derived("stability", str(X), str(seed))
    x = points(X, DRAWS, generator=rng)
    named = chosen(X, x, None, rng)
    if all(same(X.act(one.element, x), x, CLOSE) for one in named):
        raise InconclusiveError(f"{X.group} moves no point of ({X}), so any procedure is stable")
    found: dict[str, float] = {}
    for name, change in CHANGES.items():
        function = Changed(X, change)
        gaps = (measured_gap(function, X, X, x, one, torch.float64) for one in named)
        if all(gap.passes for gap in gaps):
            k = declare_equivariant(Deterministic(function, X, X), X.group)
            made = sym(k, procedure) if isinstance(procedure, Kernel) else procedure(k)
            found[name] = _error(name, copy.deepcopy(made).double(), function, x, rng)
    return found


def _error(name: str, made: Kernel, k: Changed, x: Value, rng: torch.Generator) -> float:
    """How far one draw is from the value, as a part of its largest entry."""
    drawn, wanted = made.sample(x, generator=rng), k(*parts_of(x))
    gap = gap_between(drawn, wanted, name, torch.float64)
    if gap.relative > CLOSE:
        raise AssertionError(
            f"the procedure is not stable: for the equivariant k(x) = {name} a draw of sym(k) is "
            f"off by {gap.absolute:.1e}, {gap.relative:.1e} of the largest entry; is an inverse "
            "missing, or is what gamma draws no element?"
        )
    return gap.relative
