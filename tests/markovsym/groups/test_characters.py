import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym.errors import CompositionError
from markovsym.groups import (
    GL,
    SL,
    SO,
    Determinant,
    FixingAxes,
    FixingPlaces,
    Group,
    LorentzGroup,
    O,
    PermutationMatrices,
    S,
    Sign,
    U,
)

seeds = st.integers(0, 2**32 - 1)


def swaps(row: list[int]) -> int:
    """The number of exchanges that sort a row."""
    count, row = 0, list(row)
    for i in range(len(row)):
        while row[i] != i:
            j = row[i]
            row[i], row[j] = row[j], row[i]
            count += 1
    return count


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_the_sign_counts_exchanges(n: int) -> None:
    rows = list(itertools.permutations(range(n)))
    wanted = [swaps(list(row)) % 2 for row in rows]
    assert Sign(n)(torch.tensor(rows)).tolist() == wanted


def test_signs_by_hand() -> None:
    assert Sign(3)(torch.tensor([1, 0, 2])) == 1
    assert Sign(3)(torch.tensor([1, 2, 0])) == 0
    assert Sign(4)(torch.tensor([1, 2, 3, 0])) == 1
    assert Sign(4)(torch.tensor([1, 0, 3, 2])) == 0
    assert Sign(4)(torch.tensor([0, 1, 2, 3])).dtype == torch.int64


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_the_determinant_of_a_permutation_matrix_is_its_sign(n: int) -> None:
    g = S(n).elements()
    both = PermutationMatrices(n) >> Determinant(O(n))
    assert torch.equal(both(g).flatten(), 1.0 - 2.0 * Sign(n)(g).double())


def test_axis_i_goes_to_axis_h_of_i() -> None:
    matrix = PermutationMatrices(3)(torch.tensor([1, 2, 0]))
    assert matrix.tolist() == [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    assert (matrix @ torch.tensor([10.0, 20.0, 30.0]).double()).tolist() == [30.0, 10.0, 20.0]


@pytest.mark.parametrize("G", [O(3), U(2), GL(3)], ids=str)
def test_the_determinant_is_numpys(G: Group, generator: torch.Generator) -> None:
    g = G.random(5, generator=generator, dtype=torch.float64)
    found = Determinant(G)(g)
    np.testing.assert_allclose(found.numpy()[:, 0, 0], np.linalg.det(g.numpy()))


def test_determinants_by_hand(generator: torch.Generator) -> None:
    assert Determinant(GL(2))(torch.tensor([[1.0, 2.0], [3.0, 4.0]])).item() == pytest.approx(-2)
    phase = torch.diag(torch.tensor([1j, 1j]))
    assert Determinant(U(2))(phase).item() == pytest.approx(-1)
    found = Determinant(O(3))(O(3).haar(200, generator=generator))
    assert set(found.flatten().tolist()) == {1.0, -1.0}  # not 0.9999999


@pytest.mark.parametrize("G", [O(1), O(3), U(2), GL(1), GL(3)], ids=str)
@given(seed=seeds)
def test_a_stretch_has_the_determinant_that_was_asked_for(G: Group, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    d = Determinant(G).cod.random(4, generator=generator, dtype=torch.float64)
    stretch = Determinant(G).stretch(d)
    assert G.contains(stretch).all()
    torch.testing.assert_close(Determinant(G)(stretch), d)
    torch.testing.assert_close(
        stretch[:, 1:, 1:], G.identity(4, dtype=d.dtype.to_real())[:, 1:, 1:]
    )


def test_the_first_axes_stay() -> None:
    turn = torch.tensor([[0.0, -1.0], [1.0, 0.0]])
    assert FixingAxes(3, 1)(turn).tolist() == [[1, 0, 0], [0, 0, -1], [0, 1, 0]]
    assert FixingAxes(4, 2)(turn)[:2].tolist() == [[1, 0, 0, 0], [0, 1, 0, 0]]
    assert FixingAxes(3, 1, proper=True)(turn).tolist() == FixingAxes(3, 1)(turn).tolist()


def test_the_first_places_stay() -> None:
    assert FixingPlaces(4, 1)(torch.tensor([2, 0, 1])).tolist() == [0, 3, 1, 2]
    assert FixingPlaces(5, 3)(torch.tensor([[1, 0], [0, 1]])).tolist() == [
        [0, 1, 2, 4, 3],
        [0, 1, 2, 3, 4],
    ]


@given(seed=seeds)
def test_fixed_places_are_fixed_axes(seed: int) -> None:
    h = S(3).haar(4, generator=torch.Generator().manual_seed(seed))
    places, axes = FixingPlaces(5, 2), FixingAxes(5, 2)
    found = (places >> PermutationMatrices(5))(h)
    assert torch.equal(found, (PermutationMatrices(3) >> axes)(h))


def test_the_type_of_a_matrix_is_kept() -> None:
    for dtype in (torch.float32, torch.float64):
        g = torch.eye(2, dtype=dtype)
        assert FixingAxes(3, 1)(g).dtype == Determinant(O(2))(g).dtype == dtype


@pytest.mark.parametrize("G", [SO(3), SL(3), LorentzGroup(3)], ids=str)
def test_only_three_families_have_a_determinant(G: Group) -> None:
    with pytest.raises(CompositionError) as caught:
        Determinant(G)
    assert str(caught.value) == f"wanted O(n), U(n) or GL(n), got {G}"


@pytest.mark.parametrize("phi", [FixingAxes, FixingPlaces])
@pytest.mark.parametrize(("n", "k"), [(3, 0), (3, 3), (3, 4), (1, 1), (3, -1)])
def test_no_axes_or_all_axes_cannot_be_fixed(
    phi: type[FixingAxes | FixingPlaces], n: int, k: int
) -> None:
    with pytest.raises(ValueError, match=rf"^wanted 0 < k < n, got n = {n} and k = {k}$"):
        phi(n, k)
