"""Checks of groups, of their actions and of equivariance, for ours and for anybody's.

Public names are looked up on first use: importing this imports neither torch nor Hypothesis.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markovsym.testing.algebra.action_laws import check_action, check_homomorphism
    from markovsym.testing.algebra.gamma_laws import check_gamma
    from markovsym.testing.algebra.group_laws import check_group
    from markovsym.testing.density.density import assert_density_equivariant
    from markovsym.testing.effort import Effort, making
    from markovsym.testing.finite.exact import assert_equivariant_exact
    from markovsym.testing.finite.finite_action import FiniteAction
    from markovsym.testing.inputs.masked import padded_points
    from markovsym.testing.inputs.named import Named, named_elements
    from markovsym.testing.inputs.points import points
    from markovsym.testing.inputs.probes import Probe, probes
    from markovsym.testing.law.evidence import Evidence
    from markovsym.testing.law.in_law import (
        assert_equivariant_in_law,
        equivariance_in_law,
        equivariant_by_test,
    )
    from markovsym.testing.law.invariant_law import assert_invariant_law
    from markovsym.testing.law.same_law import EResult, law_difference
    from markovsym.testing.law.vacuity import assert_not_vacuous
    from markovsym.testing.outcome import InconclusiveError, NotApplicableError, Outcome, Verdict
    from markovsym.testing.pointwise.coupled import (
        assert_equivariant_coupled,
        assert_noise_invariant,
    )
    from markovsym.testing.pointwise.deterministic import assert_equivariant
    from markovsym.testing.pointwise.gaps import Gap, Gaps
    from markovsym.testing.pointwise.noises import haar_noise, normal_noise
    from markovsym.testing.pointwise.outsourced import outsourced
    from markovsym.testing.pointwise.stability import assert_stable
    from markovsym.testing.reports.control import broken
    from markovsym.testing.reports.report import Report, Verified, control, report, verify
    from markovsym.testing.strategies.actions import actions
    from markovsym.testing.strategies.elements import elements, groups
    from markovsym.testing.strategies.kernels import equivariant_kernels, gammas, kernels
    from markovsym.testing.strategies.over_examples import over_examples
    from markovsym.testing.strategies.points import space_points
    from markovsym.testing.strategies.spaces import gspaces
    from markovsym.testing.supports.padding import assert_padding_invariant
    from markovsym.testing.supports.support import assert_in_space
    from markovsym.testing.supports.translation import assert_translation_invariant

__all__ = [
    "EResult",
    "Effort",
    "Evidence",
    "FiniteAction",
    "Gap",
    "Gaps",
    "InconclusiveError",
    "Named",
    "NotApplicableError",
    "Outcome",
    "Probe",
    "Report",
    "Verdict",
    "Verified",
    "actions",
    "assert_density_equivariant",
    "assert_equivariant",
    "assert_equivariant_coupled",
    "assert_equivariant_exact",
    "assert_equivariant_in_law",
    "assert_in_space",
    "assert_invariant_law",
    "assert_noise_invariant",
    "assert_not_vacuous",
    "assert_padding_invariant",
    "assert_stable",
    "assert_translation_invariant",
    "broken",
    "check_action",
    "check_gamma",
    "check_group",
    "check_homomorphism",
    "control",
    "elements",
    "equivariance_in_law",
    "equivariant_by_test",
    "equivariant_kernels",
    "gammas",
    "groups",
    "gspaces",
    "haar_noise",
    "kernels",
    "law_difference",
    "making",
    "named_elements",
    "normal_noise",
    "outsourced",
    "over_examples",
    "padded_points",
    "points",
    "probes",
    "report",
    "space_points",
    "verify",
]

_PLACES = {
    "algebra.action_laws": (
        "check_action",
        "check_homomorphism",
    ),
    "algebra.gamma_laws": ("check_gamma",),
    "algebra.group_laws": ("check_group",),
    "density.density": ("assert_density_equivariant",),
    "effort": (
        "Effort",
        "making",
    ),
    "finite.exact": ("assert_equivariant_exact",),
    "finite.finite_action": ("FiniteAction",),
    "inputs.masked": ("padded_points",),
    "inputs.named": (
        "Named",
        "named_elements",
    ),
    "inputs.points": ("points",),
    "inputs.probes": ("Probe", "probes"),
    "law.evidence": ("Evidence",),
    "law.in_law": (
        "assert_equivariant_in_law",
        "equivariance_in_law",
        "equivariant_by_test",
    ),
    "law.invariant_law": ("assert_invariant_law",),
    "law.same_law": (
        "EResult",
        "law_difference",
    ),
    "law.vacuity": ("assert_not_vacuous",),
    "outcome": (
        "InconclusiveError",
        "NotApplicableError",
        "Outcome",
        "Probe",
        "Verdict",
    ),
    "pointwise.coupled": (
        "assert_equivariant_coupled",
        "assert_noise_invariant",
    ),
    "pointwise.deterministic": ("assert_equivariant",),
    "pointwise.gaps": (
        "Gap",
        "Gaps",
    ),
    "pointwise.noises": (
        "haar_noise",
        "normal_noise",
    ),
    "pointwise.outsourced": ("outsourced",),
    "pointwise.stability": ("assert_stable",),
    "reports.control": ("broken",),
    "reports.report": (
        "Report",
        "Verified",
        "control",
        "report",
        "verify",
    ),
    "strategies.actions": ("actions",),
    "strategies.elements": (
        "elements",
        "groups",
    ),
    "strategies.kernels": (
        "equivariant_kernels",
        "gammas",
        "kernels",
    ),
    "strategies.over_examples": ("over_examples",),
    "strategies.points": ("space_points",),
    "strategies.spaces": ("gspaces",),
    "supports.padding": ("assert_padding_invariant",),
    "supports.support": ("assert_in_space",),
    "supports.translation": ("assert_translation_invariant",),
}
_PLACE = {name: place for place, names in _PLACES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _PLACE:
        raise AttributeError(f"module 'markovsym.testing' has no attribute '{name}'")
    return getattr(importlib.import_module(f"markovsym.testing.{_PLACE[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACE})
