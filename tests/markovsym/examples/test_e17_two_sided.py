"""E17: rotations that act on a matrix from both sides."""

import pytest
import torch
from torch import Tensor

from markovsym.actions import gspace, matrix, regular, together
from markovsym.groups import Direct, O
from markovsym.kernels import NoiseOutsourced
from markovsym.spaces import space
from markovsym.symmetrise import haar, recursive, sym
from markovsym.testing import assert_equivariant_in_law
from tests.markovsym.examples.crooked import (
    TOLERANCE,
    apart,
    crooked,
    elements,
    fresh,
    known,
    linear,
    normal,
    plain,
    qr,
)


@pytest.mark.parametrize("d", [2, 3, 4])
def test_e17_two_rotations_act_from_both_sides(d: int) -> None:
    G = Direct(O(d), O(d))
    X = gspace((d, d), together(matrix(O(d), (-2,)), matrix(O(d))))
    s, x, generator = sym(plain(X), haar(G, X)), normal(6, d, d), fresh(9)
    U, V = (O(d).haar(6, generator=generator, dtype=torch.float64) for _ in range(2))
    moved = X.act((U, V), x)
    assert apart(moved, torch.einsum("bij,bjk,blk->bil", U, x, V)) < TOLERANCE
    wanted = U @ crooked(U.mT @ x @ V) @ V.mT
    assert apart(s.sample(x, generator=fresh(9)), wanted) < TOLERANCE
    assert known(s)
    assert_equivariant_in_law(s, x[0])
    with pytest.raises(AssertionError, match="not equivariant in law"):
        assert_equivariant_in_law(plain(X), x[0])


@pytest.mark.parametrize("d", [3, 4])
def test_e17_two_heads_that_learn_a_frame_each(d: int) -> None:
    G = Direct(O(d), O(d))
    X = gspace((d, d), together(matrix(O(d), (-2,)), matrix(O(d))))

    def heads(x: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
        both = torch.cat([x, u], dim=-2)
        return qr(linear(both, d, d, seed=31)), qr(linear(both, d, d, seed=33))

    learned = NoiseOutsourced(heads, space((1, d)), X, regular(G))
    gamma = recursive(haar(G, X), learned)
    s, x, generator = sym(plain(X), gamma), normal(6, d, d), fresh(9)
    U0, V0 = (O(d).haar(6, generator=generator, dtype=torch.float64) for _ in range(2))
    u = torch.randn(6, 1, d, generator=generator, dtype=torch.float64)
    U1, V1 = heads(U0.mT @ x @ V0, u)
    U, V = U0 @ U1, V0 @ V1
    wanted = U @ crooked(U.mT @ x @ V) @ V.mT
    assert apart(s.sample(x, generator=fresh(9)), wanted) < TOLERANCE
    assert_equivariant_in_law(s, x[0])
    with pytest.raises(AssertionError, match="not equivariant in law"):
        assert_equivariant_in_law(learned, x[0])
    assert known(s)


def test_e17_elements_of_all_four_components_were_tried() -> None:
    G = Direct(O(3), O(3))
    signs = {tuple(float(torch.linalg.det(part).round()) for part in g) for g in elements(G)}
    assert len(signs) == 4
