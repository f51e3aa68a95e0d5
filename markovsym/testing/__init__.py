"""Checks of groups and of equivariance, for ours and for anybody's.

What needs Hypothesis is looked up on first use, so that the other checks do without it.
"""

import importlib
from typing import TYPE_CHECKING

from markovsym.testing.action_laws import check_action, check_homomorphism
from markovsym.testing.deterministic import Gap, InconclusiveError, assert_equivariant
from markovsym.testing.evidence import Evidence
from markovsym.testing.in_law import (
    LawTest,
    assert_equivariant_in_law,
    equivariance_in_law,
    equivariant_by_test,
    law_difference,
    probes,
)
from markovsym.testing.points import Named, named_elements, points

if TYPE_CHECKING:
    from markovsym.testing.group_laws import check_group
    from markovsym.testing.strategies import elements

__all__ = [
    "Evidence",
    "Gap",
    "InconclusiveError",
    "LawTest",
    "Named",
    "assert_equivariant",
    "assert_equivariant_in_law",
    "check_action",
    "check_group",
    "check_homomorphism",
    "elements",
    "equivariance_in_law",
    "equivariant_by_test",
    "law_difference",
    "named_elements",
    "points",
    "probes",
]

_PLACES = {"check_group": "group_laws", "elements": "strategies"}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module 'markovsym.testing' has no attribute '{name}'")
    return getattr(importlib.import_module(f"markovsym.testing.{_PLACES[name]}"), name)
