"""The table of which check sees which fault under which gamma; every cell is tried.

H, G, M: seen with gamma Haar, with a sharp frame, with a mixed one. What is not named must pass.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from markovsym.actions import GSpace, gspace, matrix, regular, trivial
from markovsym.kernels import Kernel
from markovsym.testing import (
    Effort,
    InconclusiveError,
    assert_equivariant_coupled,
    assert_equivariant_in_law,
    assert_in_space,
    assert_noise_invariant,
    assert_stable,
    check_gamma,
    equivariance_in_law,
)
from markovsym.testing.effort import usual
from markovsym.testing.faults.handmade import NOISE, POINTS, PROBES, Drawn, G, Handmade, Steps
from markovsym.testing.faults.mutants import MUTANTS, mutant

PROBE = {"H": "haar", "G": "sharp", "M": "mixed"}
IN_MEAN = "equivariant in mean only"
LAB = regular(G) @ gspace((3,), trivial(G)) @ gspace((5, 3), matrix(G))
"""Noise that is drawn in the laboratory, where g moves it."""


def noise_of(fault: str) -> GSpace:
    return LAB if fault == IN_MEAN else NOISE


def support(steps: Steps, fault: str) -> None:
    assert_in_space(Handmade(mutant(steps, fault)))


def stability(steps: Steps, fault: str) -> None:
    def procedure(k: Kernel) -> Kernel:
        def mean(x: Tensor) -> Tensor:
            return k.sample(x, generator=torch.Generator())

        quiet = replace(mutant(steps, fault), mean=mean, widths=torch.zeros_like)
        return Handmade(quiet)

    assert_stable(procedure, POINTS)


def pathwise(steps: Steps, fault: str) -> None:
    """With the noise of the kernel without a fault: the law of the noise is another check."""
    noise = Drawn(steps, noise_of(fault))
    assert_equivariant_coupled(mutant(steps, fault), POINTS, POINTS, noise=noise)


def law_of_the_noise(steps: Steps, fault: str) -> None:
    assert_noise_invariant(Drawn(mutant(steps, fault), noise_of(fault)))


def gamma(steps: Steps, fault: str) -> None:
    faulty = mutant(steps, fault)
    check_gamma(Handmade(faulty, faulty.gamma, regular(G)))


def sampler(steps: Steps, fault: str) -> None:
    assert_equivariant_in_law(Handmade(mutant(steps, fault)), effort=replace(usual(), examples=8))


CHECKS: dict[str, Callable[[Steps, str], None]] = {
    "support": support,
    "stability": stability,
    "pathwise": pathwise,
    "noise": law_of_the_noise,
    "gamma": gamma,
    "sampler": sampler,
}
SEEN: dict[str, dict[str, str]] = {
    "none": {},
    "QR without the signs": {"noise": "HGM", "gamma": "HGM", "sampler": "HM"},
    "SO(3) for O(3)": {"noise": "HGM", "gamma": "HGM", "sampler": "HGM"},
    "no inverse on the input": {"stability": "HGM", "pathwise": "HGM", "sampler": "HGM"},
    "R and its transpose exchanged": {"pathwise": "HGM", "sampler": "GM"},
    "R0 forgotten": {"pathwise": "HGM", "gamma": "HGM", "sampler": "HM"},
    "as released, R = f R0^T": {"pathwise": "HGM", "gamma": "GM", "sampler": "GM"},
    "centre of mass kept": {"support": "HGM"},
    "noise not rotated": {"pathwise": "HGM", "sampler": "HGM"},
    "masked atoms leak": {"support": "HGM"},
    IN_MEAN: {"pathwise": "HGM", "sampler": "HGM"},
}
NOT_APPLICABLE = {(IN_MEAN, "stability"), (IN_MEAN, "gamma")}
LOOKED_AT = {"gamma": {"base", "compose"}, "noise": {"base"}}
"""The steps that some checks look at: without a change of these they are handed the same thing."""
CELLS = [
    (fault, check, letter)
    for fault in MUTANTS
    for check in CHECKS
    for letter in PROBE
    if (fault, check) not in NOT_APPLICABLE
    and (fault == "none" or LOOKED_AT.get(check, MUTANTS[fault].keys()) & MUTANTS[fault].keys())
]


@pytest.mark.parametrize(("fault", "check", "letter"), CELLS)
def test_a_check_sees_a_fault_or_lets_it_pass(fault: str, check: str, letter: str) -> None:
    if letter not in SEEN[fault].get(check, ""):
        CHECKS[check](PROBES[PROBE[letter]], fault)
        return
    with pytest.raises(AssertionError) as caught:
        CHECKS[check](PROBES[PROBE[letter]], fault)
    assert not isinstance(caught.value, InconclusiveError)


@pytest.mark.parametrize("fault", [fault for fault in MUTANTS if fault != "none"])
@pytest.mark.parametrize("letter", PROBE)
def test_every_fault_is_seen_by_some_check_under_every_gamma(fault: str, letter: str) -> None:
    assert any(letter in probes for probes in SEEN[fault].values())


def test_the_table_speaks_of_every_fault() -> None:
    assert set(SEEN) == set(MUTANTS)


def test_elements_of_determinant_one_do_not_show_that_reflections_are_missing() -> None:
    kernel = Handmade(mutant(PROBES["mixed"], "SO(3) for O(3)"))
    turns = [torch.eye(3).roll(1, 0), torch.tensor([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])]
    assert not equivariance_in_law(kernel, elements=turns).rejected


def test_small_turns_hide_every_fault() -> None:
    kernel = Handmade(mutant(PROBES["mixed"], "no inverse on the input"))
    small = torch.linalg.matrix_exp(torch.tensor([[0.0, -0.1, 0], [0.1, 0, 0], [0, 0, 0]]))
    assert not equivariance_in_law(kernel, elements=[small], effort=Effort(pairs=512)).rejected
