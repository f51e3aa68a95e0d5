"""Over what a kernel may be declared equivariant."""

import pytest
import torch

from markovsym.actions import affine, gspace, matrix, permutation, together, trivial
from markovsym.errors import CompositionError, HypothesisMissing
from markovsym.groups import (
    SE,
    SO,
    Cosets,
    Direct,
    E,
    FactorInclusion,
    FixingAxes,
    FixingPlaces,
    FromTrivial,
    Group,
    Homomorphism,
    Inclusion,
    O,
    S,
    Same,
    T,
    TrivialGroup,
)
from markovsym.kernels import Deterministic, Identity
from markovsym.symmetrise import EquivariantKernel, Tested, declare_equivariant, haar, sym
from markovsym.symmetrise.setting import along

P, TWICE = Direct(S(4), O(3)), Direct(S(4), S(4))
LEFT, RIGHT = (FactorInclusion(P, side) for side in ("left", "right"))
X = gspace((4, 3), together(permutation(S(4)), matrix(O(3))))
EDGES = gspace((4, 4), together(permutation(S(4)), permutation(S(4), (-1,))))
MOTION = gspace((4, 3), affine(E(3)))


def test_over_the_group_or_a_factor_or_along_a_homomorphism() -> None:
    for over, phi in [
        (P, None),
        (S(4), LEFT),
        (O(3), RIGHT),
        (LEFT, LEFT),
        (FixingPlaces(4, 1) >> LEFT, FixingPlaces(4, 1) >> LEFT),
    ]:
        k = declare_equivariant(Identity(X), over)
        assert (k.over, k.group) == (phi, phi.dom if phi else P)
        assert str(k.why) == f"declared: equivariant under {k.group}"


def test_over_a_factor_of_a_twisted_product() -> None:
    assert declare_equivariant(Identity(MOTION), T(3)).over == FactorInclusion(E(3), "left")
    assert declare_equivariant(Identity(MOTION), O(3)).over == FactorInclusion(E(3), "right")


def test_the_identity_homomorphism_is_the_whole_group(generator: torch.Generator) -> None:
    k = declare_equivariant(Identity(X), Same(P))
    assert (k.over, k.group) == (None, P)
    assert isinstance(k >> declare_equivariant(Identity(X), P), EquivariantKernel)


@pytest.mark.parametrize("other", [SO(3), S(5), SE(3), TrivialGroup(), Direct(O(3), S(4))], ids=str)
def test_an_unrelated_group_is_refused(other: Group) -> None:
    with pytest.raises(CompositionError) as caught:
        declare_equivariant(Identity(X), other)
    assert str(caught.value) == (
        f"wanted S(4) x O(3), one of its factors, or a homomorphism into it, got {other}"
    )


def test_a_group_that_is_no_product_has_no_factors() -> None:
    Y = gspace((4, 3), matrix(O(3)))
    with pytest.raises(CompositionError, match=r"^wanted O\(3\), one of its factors, or a homom"):
        declare_equivariant(Identity(Y), SO(3))
    assert declare_equivariant(Identity(Y), Inclusion(SO(3), O(3))).group == SO(3)


def test_a_factor_that_is_there_twice_is_not_told_apart() -> None:
    message = r"^wanted S\(4\) x S\(4\), one of its factors, or a homomorphism into it, got S\(4\)$"
    with pytest.raises(CompositionError, match=message):
        declare_equivariant(Identity(EDGES), S(4))
    for side in ("left", "right"):
        phi = FactorInclusion(TWICE, side)
        assert declare_equivariant(Identity(EDGES), phi).over == phi


@pytest.mark.parametrize(
    "phi", [FixingAxes(3, 1), FromTrivial(O(3)), FactorInclusion(TWICE, "left")], ids=str
)
def test_a_homomorphism_into_another_group_is_refused(phi: Homomorphism) -> None:
    with pytest.raises(CompositionError) as caught:
        declare_equivariant(Identity(X), phi)
    assert str(caught.value) == f"wanted a homomorphism into S(4) x O(3), got one into {phi.cod}"


def test_a_test_has_to_be_about_the_group_that_is_declared() -> None:
    k = declare_equivariant(Identity(X), LEFT, Tested(S(4), n=10, p=0.5))
    assert str(k.why) == "tested: equivariant under S(4), n = 10, p = 0.5"
    with pytest.raises(
        CompositionError, match=r"^wanted a test under S\(4\), got one under S\(4\) x"
    ):
        declare_equivariant(Identity(X), LEFT, Tested(P, n=10, p=0.5))


def test_a_kernel_that_respects_one_factor_does_not_pass_for_the_other() -> None:
    edges = FactorInclusion(TWICE, "left")
    k = Deterministic(lambda x: x.cumsum(-1), EDGES, EDGES)
    rows, columns = (declare_equivariant(k, phi) for phi in (edges, edges.other))
    along_rows = haar(Cosets(edges), EDGES)
    assert sym(rows, along_rows).group == TWICE
    with pytest.raises(
        HypothesisMissing, match=r"^along S\(4\) -> S\(4\) x S\(4\) the kernel must"
    ):
        sym(columns, along_rows)


def test_a_kernel_known_along_a_subgroup_makes_no_equivariant_row() -> None:
    Y = gspace((4, 3), trivial(P))
    half, whole = (declare_equivariant(Identity(Y), over) for over in (LEFT, P))
    assert not isinstance(half >> whole, EquivariantKernel)
    assert not isinstance(half @ half, EquivariantKernel)


def test_a_proof_takes_a_kernel_for_no_more_than_was_declared() -> None:
    axis = along(Cosets(FixingAxes(3, 1)))
    assert list(axis.over(FixingAxes(3, 1))) == [axis.phi]
    assert list(axis.over(FixingAxes(3, 2))) == []
    assert list(axis.over(None)) == [axis.parts[0].object]
    rows = along(Cosets(LEFT))
    assert list(rows.over(LEFT)) == [rows.parts[1].object]
    assert list(rows.over(FixingPlaces(4, 1) >> LEFT)) == []
    assert list(rows.over(None)) == [part.object for part in rows.parts]
