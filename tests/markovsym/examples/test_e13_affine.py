"""E13 and E14: affine maps, and GL(n) by the Gram matrix."""

import numpy as np
import pytest
import torch
from torch import Tensor

from markovsym.actions import affine, gspace, matrix, restrict
from markovsym.groups import GL, Aff, Cosets, FactorInclusion, Inclusion, O, PositiveDefinite, Root
from markovsym.kernels import Deterministic
from markovsym.symmetrise import (
    composite,
    cosets_of,
    declare_equivariant,
    default_gamma,
    gammas,
    haar,
    recursive,
    sym,
)
from markovsym.testing import assert_equivariant_in_law
from tests.markovsym.examples.crooked import (
    TOLERANCE,
    apart,
    crooked,
    error,
    fresh,
    known,
    normal,
    plain,
    qr,
    turning,
)

GL3 = gspace((5, 3), matrix(GL(3)))


def lower(x: Tensor) -> Tensor:
    """Numpy's Cholesky factor of the Gram matrix."""
    x = x.numpy()
    return torch.from_numpy(np.linalg.cholesky(np.swapaxes(x, -1, -2) @ x))


def upright(x: Tensor) -> Tensor:
    """The symmetric root of the Gram matrix, by the singular values of the points."""
    _, s, W = np.linalg.svd(x.numpy(), full_matrices=False)
    return torch.from_numpy(np.swapaxes(W, -1, -2) * s[..., None, :] @ W)


ROOTS = {Root.CHOLESKY: lower, Root.SYMMETRIC: upright}


@pytest.mark.parametrize("root", Root, ids=lambda root: root.name)
def test_e14_gl3_along_o3_by_the_gram_matrix(root: Root) -> None:
    k = declare_equivariant(Deterministic(turning, GL3, GL3), Inclusion(O(3), GL(3)))
    gamma = gammas.gram(GL3, root)
    s, x = sym(k, gamma), normal(6, 5, 3)
    L = ROOTS[root](x)
    wanted = turning(x @ torch.linalg.inv(L).mT) @ L.mT
    assert apart(s.sample(x, generator=fresh()), wanted) < TOLERANCE
    assert apart(gamma.sample(x, generator=fresh()), x.mT @ x) < TOLERANCE
    assert gamma.cod.actions[0].cosets == Cosets(Inclusion(O(3), GL(3)), PositiveDefinite(3, root))
    assert error(k, x) > 0.5
    assert error(s, x) < TOLERANCE
    assert known(gamma)
    assert known(s)


@pytest.mark.parametrize("equivariant", [True, False], ids=["equivariant", "not"])
def test_e14_both_roots_agree_if_and_only_if_k_is_equivariant_under_o3(equivariant: bool) -> None:
    inner = turning if equivariant else crooked
    k = declare_equivariant(Deterministic(inner, GL3, GL3), Inclusion(O(3), GL(3)))
    x = normal(6, 5, 3)
    kernels = [sym(k, gammas.gram(GL3, root)) for root in Root]
    here, there = (s.sample(x, generator=fresh()) for s in kernels)
    assert (apart(here, there) < TOLERANCE) == equivariant
    assert all((error(s, x) < TOLERANCE) == equivariant for s in kernels)
    if not equivariant:
        assert apart(here, there) > 0.1
        assert min(error(s, x) for s in kernels) > 0.1


@pytest.mark.parametrize("learned", [False, True], ids=["haar", "recursive"])
def test_e14_gl3_by_the_gram_matrix_and_then_o3(learned: bool) -> None:
    outer = gammas.gram(GL3)
    X = restrict(GL3, cosets_of(outer).phi)
    net = gammas.MLP(X, (3, 3), hidden=(16,), noise=8).double()
    inner = haar(O(3), X)
    if learned:
        inner = recursive(inner, gammas.learned(net, X, O(3)))
    s, x, generator = sym(plain(GL3), composite(outer, inner)), normal(6, 5, 3), fresh(9)
    L = lower(x)
    white = x @ torch.linalg.inv(L).mT
    R = O(3).haar(6, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        if learned:
            eta = torch.randn(6, 8, generator=generator, dtype=torch.float64)
            R = R @ qr(net.layers(torch.cat([(white @ R).flatten(1), eta], 1)).reshape(6, 3, 3))
        wanted = crooked(white @ R) @ (L @ R).mT
        assert apart(s.sample(x, generator=fresh(9)), wanted) < TOLERANCE
        assert_equivariant_in_law(s, x[0])
    with pytest.raises(AssertionError, match="not equivariant in law"):
        assert_equivariant_in_law(plain(GL3), x[0])
    assert known(s)
    if not learned:
        same = sym(plain(GL3), default_gamma(GL3)).sample(x, generator=fresh(9))
        assert apart(same, wanted) < TOLERANCE


@pytest.mark.parametrize("n", [2, 3])
def test_e13_affine_maps_by_the_centroid_and_the_gram_matrix(n: int) -> None:
    G = Aff(n)
    X = gspace((5, n), affine(G))
    linear = restrict(X, FactorInclusion(G, "right"))
    gamma = composite(gammas.centroid(X), gammas.gram(linear))
    phi = cosets_of(gamma).phi
    assert (phi.dom, phi.cod) == (O(n), G)
    k = declare_equivariant(Deterministic(turning, X, X), phi)
    s, x = sym(k, gamma), normal(6, 5, n)
    c = x.mean(1, keepdim=True)
    L = lower(x - c)
    wanted = turning((x - c) @ torch.linalg.inv(L).mT) @ L.mT + c
    assert apart(s.sample(x, generator=fresh()), wanted) < TOLERANCE
    assert error(k, x) > 0.5
    assert error(s, x) < TOLERANCE
    assert known(s)


@pytest.mark.parametrize("n", [2, 3])
def test_e13_affine_maps_by_the_centroid_and_the_first_points(n: int) -> None:
    X = gspace((5, n), affine(Aff(n)))
    linear = restrict(X, FactorInclusion(Aff(n), "right"))
    s = sym(plain(X), composite(gammas.centroid(X), gammas.first_points(linear)))
    x = normal(6, 5, n)
    c = x.mean(1, keepdim=True)
    V = (x - c)[:, :n].mT
    wanted = crooked((x - c) @ torch.linalg.inv(V).mT) @ V.mT + c
    assert apart(s.sample(x, generator=fresh()), wanted) < TOLERANCE
    assert error(plain(X), x) > 0.5
    assert error(s, x) < TOLERANCE
    assert known(s)


@pytest.mark.parametrize("n", [2, 3])
def test_e13_affine_maps_by_the_gamma_that_needs_no_choice(n: int) -> None:
    X = gspace((5, n), affine(Aff(n)))
    s, x = sym(plain(X), default_gamma(X)), normal(6, 5, n)
    c = x.mean(1, keepdim=True)
    A = lower(x - c) @ O(n).haar(6, generator=fresh(9), dtype=torch.float64)
    wanted = crooked((x - c) @ torch.linalg.inv(A).mT) @ A.mT + c
    assert apart(s.sample(x, generator=fresh(9)), wanted) < TOLERANCE
    assert_equivariant_in_law(s, x[0])
    with pytest.raises(AssertionError, match="not equivariant in law"):
        assert_equivariant_in_law(plain(X), x[0])
    assert known(s)
