"""The checks that a report runs, cheapest first."""

from collections.abc import Callable

from markovsym.actions import GSpace
from markovsym.kernels import Composite, Kernel
from markovsym.spaces import Value
from markovsym.symmetrise import SymmetrisedKernel
from markovsym.symmetrise.equivariant import ends
from markovsym.testing.algebra.action_laws import check_action
from markovsym.testing.algebra.gamma_laws import check_gamma
from markovsym.testing.density.density import assert_density_equivariant
from markovsym.testing.law.in_law import assert_equivariant_in_law
from markovsym.testing.law.vacuity import assert_not_vacuous
from markovsym.testing.outcome import NotApplicableError, check
from markovsym.testing.pointwise.coupled import assert_equivariant_coupled
from markovsym.testing.pointwise.deterministic import assert_equivariant
from markovsym.testing.supports.padding import assert_padding_invariant
from markovsym.testing.supports.support import assert_in_space


def battery(kernel: Kernel, x: Value | None) -> list[Callable[[], object]]:
    """Every check, to be called; those that do not apply say so.

    Args:
        kernel: A kernel between spaces of one group.
        x: A point, or several along one batch dimension; by default random ones.
    """
    X, Y = ends(kernel)
    return [
        lambda: check_laws(X, Y),
        lambda: assert_in_space(kernel, x=x),
        lambda: assert_not_vacuous(kernel, x),
        lambda: assert_equivariant(kernel, x=x),
        lambda: assert_equivariant_coupled(kernel),
        lambda: check_its_gamma(kernel),
        lambda: assert_density_equivariant(kernel),
        lambda: assert_padding_invariant(kernel, x),
        lambda: assert_equivariant_in_law(kernel, x),
    ]


@check("laws of the actions")
def check_laws(X: GSpace, Y: GSpace) -> None:
    """Check the actions on both ends."""
    for Z in dict.fromkeys((X, Y)):
        check_action(Z)


def check_its_gamma(kernel: Kernel) -> None:
    """Check the gamma that a kernel is symmetrised by, if it is."""
    match kernel:
        case SymmetrisedKernel(gamma=gamma) | Composite(second=SymmetrisedKernel(gamma=gamma)):
            check_gamma(gamma)
        case _:
            _no_gamma()


@check("gamma")
def _no_gamma() -> None:
    raise NotApplicableError("the model is not symmetrised by a gamma that is known")
