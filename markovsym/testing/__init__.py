"""Checks of groups, of their actions and of equivariance, for ours and for anybody's.

Public names are looked up on first use: importing this imports neither torch nor Hypothesis.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markovsym.testing.action_laws import check_action, check_homomorphism
    from markovsym.testing.breaking import broken
    from markovsym.testing.coupled import assert_equivariant_coupled, assert_noise_invariant
    from markovsym.testing.density import assert_density_equivariant
    from markovsym.testing.deterministic import assert_equivariant
    from markovsym.testing.effort import Effort, making
    from markovsym.testing.evidence import Evidence
    from markovsym.testing.exact import assert_equivariant_exact
    from markovsym.testing.finite_action import FiniteAction
    from markovsym.testing.gamma_laws import check_gamma
    from markovsym.testing.gaps import Gap
    from markovsym.testing.group_laws import check_group
    from markovsym.testing.in_law import (
        assert_equivariant_in_law,
        equivariance_in_law,
        equivariant_by_test,
    )
    from markovsym.testing.invariant_law import assert_invariant_law
    from markovsym.testing.masked import padded_points
    from markovsym.testing.named import Named, named_elements
    from markovsym.testing.outcome import InconclusiveError, NotApplicableError, Outcome, Verdict
    from markovsym.testing.padding import assert_padding_invariant
    from markovsym.testing.points import points
    from markovsym.testing.reporting import Report, Verified, control, report, verify
    from markovsym.testing.same_law import EResult, law_difference
    from markovsym.testing.stability import assert_stable
    from markovsym.testing.strategies import elements, groups
    from markovsym.testing.support import assert_in_space
    from markovsym.testing.translation import assert_translation_invariant
    from markovsym.testing.vacuity import assert_not_vacuous

__all__ = [
    "EResult",
    "Effort",
    "Evidence",
    "FiniteAction",
    "Gap",
    "InconclusiveError",
    "Named",
    "NotApplicableError",
    "Outcome",
    "Report",
    "Verdict",
    "Verified",
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
    "groups",
    "law_difference",
    "making",
    "named_elements",
    "padded_points",
    "points",
    "report",
    "verify",
]

_PLACES = {
    "action_laws": (
        "check_action",
        "check_homomorphism",
    ),
    "breaking": ("broken",),
    "coupled": (
        "assert_equivariant_coupled",
        "assert_noise_invariant",
    ),
    "density": ("assert_density_equivariant",),
    "deterministic": ("assert_equivariant",),
    "effort": (
        "Effort",
        "making",
    ),
    "evidence": ("Evidence",),
    "exact": ("assert_equivariant_exact",),
    "finite_action": ("FiniteAction",),
    "gamma_laws": ("check_gamma",),
    "gaps": ("Gap",),
    "group_laws": ("check_group",),
    "in_law": (
        "assert_equivariant_in_law",
        "equivariance_in_law",
        "equivariant_by_test",
    ),
    "invariant_law": ("assert_invariant_law",),
    "masked": ("padded_points",),
    "named": (
        "Named",
        "named_elements",
    ),
    "outcome": (
        "InconclusiveError",
        "NotApplicableError",
        "Outcome",
        "Verdict",
    ),
    "padding": ("assert_padding_invariant",),
    "points": ("points",),
    "reporting": (
        "Report",
        "Verified",
        "control",
        "report",
        "verify",
    ),
    "same_law": (
        "EResult",
        "law_difference",
    ),
    "stability": ("assert_stable",),
    "strategies": (
        "elements",
        "groups",
    ),
    "support": ("assert_in_space",),
    "translation": ("assert_translation_invariant",),
    "vacuity": ("assert_not_vacuous",),
}
_PLACE = {name: place for place, names in _PLACES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _PLACE:
        raise AttributeError(f"module 'markovsym.testing' has no attribute '{name}'")
    return getattr(importlib.import_module(f"markovsym.testing.{_PLACE[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACE})
