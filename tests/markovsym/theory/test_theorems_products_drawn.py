"""T7 and T8 on tensors: E(3) and Aff(2) along both of their factors, and S(4) x O(3)."""

import pytest
import torch
from torch import Tensor

from markovsym.actions import GSpace
from markovsym.errors import HypothesisMissing, NotCompactError
from markovsym.groups import Cosets, FactorInclusion
from markovsym.symmetrise import (
    EquivariantKernel,
    cosets_of,
    declare_equivariant,
    gammas,
    haar,
    recursive,
    sym,
)
from markovsym.testing import assert_equivariant_in_law
from tests.markovsym.theory.tensors import (
    ALONG_O,
    ALONG_Q,
    ALONG_S,
    ALONG_T,
    BOTH,
    EXACT,
    MOVED,
    SHEARED,
    elements,
    frame,
    function,
    known,
    learned,
    noisy,
    points,
    random,
    residual,
    shear,
    sliding,
)


def crooked(x: Tensor, u: Tensor) -> Tensor:
    """Equivariant under permutations of the points only."""
    return (x + 0.3 * u) * torch.tensor([1.0, 2.0, 3.0], dtype=x.dtype) + x.square()


def centred_frame(x: Tensor, v: Tensor) -> Tensor:
    """Invariant under translations."""
    return frame(x - x.mean(-2, keepdim=True), v)


def mean_frame(x: Tensor, v: Tensor) -> Tensor:
    """Invariant under permutations, also of the noise."""
    return frame(x.mT @ x.tanh(), v.mT @ v)


CASES = {
    "T(3) -> E(3)": (MOVED, ALONG_T, sliding, centred_frame),
    "S(4) -> S(4) x O(3)": (BOTH, ALONG_S, crooked, mean_frame),
}


def case(name: str) -> tuple[GSpace, Cosets, EquivariantKernel, dict[str, EquivariantKernel]]:
    X, cosets, f, g = CASES[name]
    base = haar(cosets, X)
    inner = declare_equivariant(learned(g, X, base.cod), cosets.phi)
    found = {"Haar": base, "recursive": recursive(base, inner)}
    return X, cosets, declare_equivariant(random(f, X), cosets.phi), found


@pytest.mark.parametrize("gamma", ["Haar", "recursive"])
@pytest.mark.parametrize("name", CASES)
def test_t7_along_the_normal_factor_the_result_is_equivariant_in_law(name: str, gamma: str) -> None:
    X, _, k, found = case(name)
    x = points(X=X)
    assert_equivariant_in_law(sym(k, found[gamma]), x)


@pytest.mark.parametrize("name", CASES)
def test_t7_needs_a_kernel_that_respects_the_normal_factor(name: str) -> None:
    X, cosets, _, found = case(name)
    lie = declare_equivariant(random(noisy, X), cosets.phi)
    s = sym(lie, found["Haar"])
    with pytest.raises(AssertionError, match=r"^the kernel is not equivariant in law"):
        assert_equivariant_in_law(s, points(X=X))
    with pytest.raises(HypothesisMissing, match=r"^along .* the kernel must be equivariant under"):
        sym(random(noisy, X), found["Haar"])


def test_t7_needs_a_compact_factor_for_the_constant_gamma() -> None:
    with pytest.raises(NotCompactError, match=r"^T\(3\) is not compact"):
        haar(ALONG_Q, MOVED)


def gram_invariant(x: Tensor) -> Tensor:
    """Equivariant under GL(2), as it mixes points by what GL(2) leaves alone; not affine."""
    P = x @ torch.linalg.inv(x.mT @ x) @ x.mT
    return P.square() @ x


@pytest.mark.parametrize(
    ("X", "f"), [(MOVED, shear), (SHEARED, gram_invariant)], ids=["E(3)", "Aff(2)"]
)
def test_t8_along_the_linear_factor_by_the_centroid_the_result_is_equivariant(X: GSpace, f) -> None:
    phi, x = FactorInclusion(X.group, "right"), points(7, X=X)
    for gamma in (gammas.centroid(X), gammas.chosen_point(X, 2)):
        assert cosets_of(gamma) == Cosets(phi)
        s = sym(known(f, X, phi), gamma)
        assert residual(s, x, elements(X)) < EXACT
        assert residual(gamma, x, elements(X)) < EXACT
    assert residual(function(f, X), x, elements(X)) > 0.1


def test_t8_needs_a_kernel_that_respects_the_linear_factor() -> None:
    lie = known(lambda x: x.square(), MOVED, ALONG_Q.phi)
    s = sym(lie, gammas.centroid(MOVED))
    assert residual(s, points(7, X=MOVED), elements(MOVED)) > 0.1
    t, _ = MOVED.group.split(elements(MOVED))
    still = torch.eye(3, dtype=torch.float64).expand(7, 3, 3)
    assert residual(s, points(7, X=MOVED), (t, still)) < EXACT  # translations it does respect


def test_t8_in_a_direct_product_gamma_is_invariant_under_the_other_factor() -> None:
    # S(4) x O(3) along O(3): the order of the norms, which rotations leave alone
    def order(x: Tensor) -> Tensor:
        return x.norm(dim=-1).argsort(-1)

    def ordered(x: Tensor) -> Tensor:
        return x * torch.arange(1, 5, dtype=x.dtype).unsqueeze(-1)

    gamma = gammas.canonical(order, BOTH, ALONG_O)
    s = sym(known(ordered, BOTH, ALONG_O.phi), gamma)
    assert residual(s, points(7, X=BOTH), elements(BOTH)) < EXACT
    assert residual(function(ordered, BOTH), points(7, X=BOTH), elements(BOTH)) > 0.1
