"""Checks of equivariance, for our kernels and for anybody's."""

from markovsym.testing.in_law import (
    LawTest,
    assert_equivariant_in_law,
    equivariance_in_law,
    equivariant_by_test,
    law_difference,
    probes,
)

__all__ = [
    "LawTest",
    "assert_equivariant_in_law",
    "equivariance_in_law",
    "equivariant_by_test",
    "law_difference",
    "probes",
]
