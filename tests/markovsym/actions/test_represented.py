from collections.abc import Iterator

import pytest
import torch
from e3nn import o3
from torch import Tensor

from markovsym.actions import gspace, matrix, represented, trivial
from markovsym.errors import CompositionError
from markovsym.groups import GL, O
from markovsym.spaces import space
from markovsym.testing import check_action

IRREPS = o3.Irreps("2x0e+1o+2e")


def squares(g: Tensor) -> Tensor:
    """Of a matrix, its action on symmetric squares and more: g times g."""
    rows = torch.einsum("...ij,...kl->...ikjl", g, g)
    return rows.flatten(-4, -3).flatten(-2, -1)


@pytest.fixture(name="double")
def _double() -> Iterator[None]:
    """e3nn makes its generators in torch's own precision."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.mark.usefixtures("double")
def test_the_irreducible_representations_of_e3nn_are_actions() -> None:
    check_action(gspace((4, IRREPS.dim), represented(O(3), IRREPS.D_from_matrix, IRREPS.dim)))


def test_a_tensor_square_stretches_volume_as_it_says() -> None:
    check_action(gspace((3, 4), represented(GL(2), squares, 4)))


def test_vectors_are_moved_as_by_the_matrices_themselves() -> None:
    G, x = O(3), torch.randn(5, 4, 3, dtype=torch.float64)
    g = G.haar(5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    moved = represented(G, lambda g: g, 3)(g, x)
    torch.testing.assert_close(moved, matrix(G)(g, x))


def test_what_is_no_representation_is_seen() -> None:
    wrong = represented(O(3), lambda g: g.mT, 3)
    with pytest.raises(AssertionError, match=r"\(g h\)\.x = g\.\(h\.x\)"):
        check_action(gspace((3,), wrong))


def test_it_fits_an_axis_of_its_size_only() -> None:
    action = represented(O(3), IRREPS.D_from_matrix, IRREPS.dim)
    assert action.fits(space((7, IRREPS.dim)))
    with pytest.raises(CompositionError, match="cannot act on"):
        gspace((7, 3), action)


def test_two_are_equal_if_all_is() -> None:
    one, other = (represented(O(3), rho, 4) for rho in (squares, squares))
    assert one == other
    assert one != represented(O(3), torch.Tensor.clone, 4)
    assert one != trivial(O(3))
