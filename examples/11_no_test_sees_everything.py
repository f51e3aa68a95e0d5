"""Faults of a symmetrised sampler, the checks that see them, and those that cannot."""

from collections.abc import Callable

from markovsym.actions import regular
from markovsym.testing import (
    Effort,
    assert_equivariant_coupled,
    assert_equivariant_in_law,
    assert_in_space,
    assert_noise_invariant,
    check_gamma,
    making,
)
from markovsym.testing.faults.handmade import POINTS, PROBES, Drawn, G, Handmade, Steps
from markovsym.testing.faults.mutants import MUTANTS, mutant

SHORT = Effort(alpha=1e-4, examples=2, pairs=512)


def seen(check: Callable[[], object]) -> str:
    """Whether a check fails."""
    try:
        check()
    except AssertionError:
        return "seen"
    return "."


def row(steps: Steps, fault: str) -> list[str]:
    """What each check says of one fault."""
    faulty = mutant(steps, fault)
    kernel, gamma = Handmade(faulty), Handmade(faulty, faulty.gamma, regular(G))
    return [
        seen(lambda: assert_in_space(kernel)),
        # draw by draw, with the noise of the kernel without a fault: the law of the noise is next
        seen(lambda: assert_equivariant_coupled(faulty, POINTS, POINTS, noise=Drawn(steps))),
        seen(lambda: assert_noise_invariant(Drawn(faulty))),
        seen(lambda: check_gamma(gamma)),
        seen(lambda: assert_equivariant_in_law(kernel)),
    ]


if __name__ == "__main__":
    columns = ["in its space", "draw by draw", "noise", "gamma", "in law"]
    print(f"{'gamma is a random network':32}" + "".join(f"{name:>14}" for name in columns))
    with making(SHORT):
        for fault in list(MUTANTS)[:-1]:
            cells = row(PROBES["mixed"], fault)
            print(f"{fault:32}" + "".join(f"{cell:>14}" for cell in cells))
    print("\nA centre of mass that is kept and a masked atom that leaks are equivariant:")
    print("no test of equivariance can see them. Under Haar, R and R^T may even be exchanged.")
