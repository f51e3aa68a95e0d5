from dataclasses import dataclass
from typing import final

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from torch import Tensor

from markovsym.errors import CompositionError, NotCompactError, NotFiniteError
from markovsym.groups import (
    GL,
    SE,
    SO,
    Aff,
    Automorphisms,
    C,
    D,
    Direct,
    E,
    Element,
    Group,
    Inversion,
    Linear,
    O,
    S,
    Scalings,
    Semidirect,
    T,
    TrivialGroup,
    U,
    require_compact,
)


@final
@dataclass(frozen=True)
class Exchange(Automorphisms):
    """C(2) exchanges the entries of pairs: the wreath product of C(n) by C(2)."""

    n: int

    @property
    def group(self) -> C:
        return C(2)

    @property
    def moved(self) -> Direct:
        return Direct(C(self.n), C(self.n))

    def __call__(self, h: Tensor, n: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        a, b = torch.broadcast_tensors(*n)
        return torch.where(h == 1, b, a), torch.where(h == 1, a, b)


@final
@dataclass(frozen=True)
class Similar(Automorphisms):
    """Turns and scalings move vectors: the similarities."""

    n: int

    @property
    def group(self) -> Direct:
        return Direct(O(self.n), Scalings())

    @property
    def moved(self) -> T:
        return T(self.n)

    def __call__(self, h: tuple[Tensor, ...], n: Tensor) -> Tensor:
        Q, scale = h
        return scale.unsqueeze(-1) * (Q @ n.unsqueeze(-1)).squeeze(-1)


GROUPS = [
    E(1),
    E(3),
    SE(2),
    SE(3),
    Aff(2),
    *(Semidirect(Inversion(n)) for n in (1, 2, 4, 5)),
    Semidirect(Exchange(3)),
    Semidirect(Similar(2), "Sim(2)"),
    Direct(S(3), E(2)),
    Direct(Direct(SE(2), S(2)), Semidirect(Inversion(3))),
    Direct(TrivialGroup(), Aff(2)),
]
every_group = pytest.mark.parametrize("G", GROUPS, ids=str)
MATRICES = [E(1), E(2), E(3), SE(2), SE(3), Aff(2), Aff(3)]
seeds = st.integers(0, 2**32 - 1)


def draw(G: Group, count: int, seed: int, *batch: int) -> list[Element]:
    generator = torch.Generator().manual_seed(seed)
    return [G.random(*batch, generator=generator, dtype=torch.float64) for _ in range(count)]


def homogeneous(g: Element) -> Tensor:
    """The matrix of one more row that maps (x, 1) to (A x + t, 1)."""
    t, A = g
    top = torch.cat([A, t.unsqueeze(-1)], dim=-1)
    last = torch.zeros_like(top[..., :1, :])
    last[..., -1] = 1.0
    return torch.cat([top, last], dim=-2)


@every_group
@given(seed=seeds)
def test_multiplication_is_associative(G: Group, seed: int) -> None:
    g, h, k = draw(G, 3, seed, 2, 3)
    left, right = G.multiply(G.multiply(g, h), k), G.multiply(g, G.multiply(h, k))
    torch.testing.assert_close(left, right)


@every_group
@given(seed=seeds)
def test_the_identity_changes_nothing_and_the_inverse_undoes(G: Group, seed: int) -> None:
    (g,) = draw(G, 1, seed, 2, 3)
    e, back = G.identity(2, 3, dtype=torch.float64), G.inverse(g)
    for product, wanted in [((e, g), g), ((g, e), g), ((g, back), e), ((back, g), e)]:
        torch.testing.assert_close(G.multiply(*product), wanted)


@every_group
@given(seed=seeds)
def test_draws_products_and_inverses_are_flat_elements(G: Group, seed: int) -> None:
    g, h = draw(G, 2, seed, 2, 3)
    for element in (g, G.multiply(g, h), G.inverse(g), G.identity(2, 3, dtype=torch.float64)):
        assert G.contains(element, tolerance=1e-9).all()
        assert G.contains(element).shape == G.space.measure(element)[0] == (2, 3)


@every_group
def test_one_element_multiplies_a_whole_batch(G: Group) -> None:
    (g,), (many,) = draw(G, 1, 0), draw(G, 1, 1, 2, 3)
    repeated = G.multiply(G.identity(2, 3, dtype=torch.float64), g)
    torch.testing.assert_close(G.multiply(g, many), G.multiply(repeated, many))
    torch.testing.assert_close(G.multiply(many, g), G.multiply(many, repeated))


@every_group
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_components_and_generators_are_elements(G: Group, dtype: torch.dtype) -> None:
    torch.testing.assert_close(G.components(dtype=dtype)[0], G.identity(dtype=dtype))
    for g in [*G.components(dtype=dtype), *G.generators(dtype=dtype)]:
        assert G.contains(g).all()
        torch.testing.assert_close(G.multiply(g, G.identity(dtype=dtype)), g)


@every_group
@given(seed=seeds)
def test_the_right_factor_moves_the_left_one_by_conjugation(G: Group, seed: int) -> None:
    left, right = G.factors
    (n,), (h,) = draw(left, 1, seed, 4), draw(right, 1, seed + 1, 4)
    e, f = (one.identity(4, dtype=torch.float64) for one in G.factors)
    inner = G.multiply(flat(e, h), G.multiply(flat(n, f), flat(e, right.inverse(h))))
    torch.testing.assert_close(inner, flat(G.twist(h, n), f))
    torch.testing.assert_close(G.multiply(flat(n, f), flat(e, h)), flat(n, h))


def flat(*entries: Element) -> Element:
    parts = sum((one if isinstance(one, tuple) else (one,) for one in entries), ())
    return parts[0] if len(parts) == 1 else parts


@pytest.mark.parametrize("G", MATRICES, ids=str)
@given(seed=seeds)
def test_products_and_inverses_are_those_of_homogeneous_matrices(G: Group, seed: int) -> None:
    g, h = draw(G, 2, seed, 5)
    torch.testing.assert_close(homogeneous(G.multiply(g, h)), homogeneous(g) @ homogeneous(h))
    torch.testing.assert_close(homogeneous(G.inverse(g)), torch.linalg.inv(homogeneous(g)))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6])
def test_inversions_make_the_dihedral_group(n: int) -> None:
    G = Semidirect(Inversion(n))
    (r, s), all_of_d = G.elements(), D(n).elements()
    assert sorted((r + n * s).tolist()) == all_of_d.tolist()
    a, b = torch.meshgrid(torch.arange(2 * n), torch.arange(2 * n), indexing="ij")
    turns, flips = G.multiply((r[a], s[a]), (r[b], s[b]))
    assert torch.equal(turns + n * flips, D(n).multiply((r + n * s)[a], (r + n * s)[b]))


def test_a_flip_turns_a_turn_round() -> None:
    G = Semidirect(Inversion(5))
    r, s = (torch.tensor(1), torch.tensor(0)), (torch.tensor(0), torch.tensor(1))
    assert G.multiply(s, G.multiply(r, s)) == G.inverse(r) == (4, 0)
    assert G.multiply(r, s) == (1, 1)
    assert G.multiply(s, r) == (4, 1)
    assert G.inverse((torch.tensor(2), torch.tensor(1))) == (2, 1)


def test_motions_by_hand() -> None:
    turn = torch.tensor([[0.0, -1.0], [1.0, 0.0]])
    g, h = (torch.tensor([5.0, 0.0]), turn), (torch.tensor([1.0, 2.0]), torch.eye(2))
    # first h, then g: x + (1, 2), turned left x + (-2, 1), moved x + (3, 1)
    torch.testing.assert_close(E(2).multiply(g, h), (torch.tensor([3.0, 1.0]), turn))
    torch.testing.assert_close(E(2).multiply(h, g), (torch.tensor([6.0, 2.0]), turn))
    torch.testing.assert_close(E(2).inverse(g), (torch.tensor([0.0, 5.0]), turn.mT))


def test_a_stretch_by_hand() -> None:
    g = (torch.tensor([1.0]), torch.tensor([[2.0]]))  # x goes to 2 x + 1
    torch.testing.assert_close(Aff(1).multiply(g, g), (torch.tensor([3.0]), torch.tensor([[4.0]])))
    torch.testing.assert_close(Aff(1).inverse(g), (torch.tensor([-0.5]), torch.tensor([[0.5]])))


def test_both_entries_have_to_belong() -> None:
    t, mirror = torch.zeros(2), torch.diag(torch.tensor([-1.0, 1.0]))
    nowhere = torch.tensor([0.0, torch.inf])
    assert E(2).contains((t, mirror))
    assert not SE(2).contains((t, mirror))
    assert not E(2).contains((t, 2 * mirror))
    assert not E(2).contains((nowhere, mirror))
    assert Aff(2).contains((t, 2 * mirror))


def test_the_wreath_product_exchanges_both_entries() -> None:
    G = Semidirect(Exchange(3))
    one, swap = torch.tensor(1), (torch.tensor(0), torch.tensor(0), torch.tensor(1))
    assert G.multiply(swap, (one, 0 * one, 0 * one)) == (0, 1, 1)
    assert G.multiply((one, 0 * one, 0 * one), swap) == (1, 0, 1)
    assert len(torch.stack(G.elements(), 1).unique(dim=0)) == 18


@pytest.mark.parametrize(
    ("G", "components", "generators"),
    [
        (E(3), 2, 6 + 3),
        (SE(3), 1, 6 + 2),
        (Aff(2), 2, 4 + 4),
        (Direct(S(3), E(2)), 4, 2 + 4 + 2),
        (Semidirect(Inversion(5)), 4, 2),
    ],
    ids=str,
)
def test_components_and_generators_are_those_of_both_factors(
    G: Group, components: int, generators: int
) -> None:
    assert len(G.components()) == components
    assert len(G.generators()) == generators


@pytest.mark.parametrize("G", [Semidirect(Inversion(4)), Semidirect(Exchange(2))], ids=str)
def test_a_finite_product_is_listed_once_and_generated(G: Group) -> None:
    rows = [tuple(row) for row in torch.stack(G.elements(), 1).tolist()]
    found, e = {rows[0]}, G.identity()
    assert rows[0] == tuple(int(part) for part in e)
    for _ in range(len(rows)):
        words = [tuple(map(torch.tensor, word)) for word in found]
        found |= {tuple(map(int, G.multiply(g, w))) for g in G.generators() for w in words}
    assert found == set(rows)
    assert len(rows) == len(found) == 8


def test_the_dihedral_group_is_drawn_uniformly(generator: torch.Generator) -> None:
    r, s = Semidirect(Inversion(5)).haar(10_000, generator=generator)
    assert stats.chisquare(torch.bincount(r + 5 * s).numpy()).pvalue > 1e-6


@pytest.mark.parametrize("G", [E(3), SE(2), Aff(2), Direct(S(3), E(2))], ids=str)
def test_there_is_no_haar_measure_where_translations_are(
    G: Group, generator: torch.Generator
) -> None:
    message = r"^T\([23]\) is not compact, so it has no Haar probability measure; read gamma off "
    with pytest.raises(NotCompactError, match=message):
        G.haar(generator=generator)
    with pytest.raises(NotCompactError, match=message):
        require_compact(G)
    with pytest.raises(NotFiniteError, match=r"is infinite or too large, so its elements cannot"):
        G.elements()


def test_random_elements_are_of_all_components(generator: torch.Generator) -> None:
    t, Q = E(3).random(200, generator=generator, dtype=torch.float64)
    assert {round(float(d)) for d in torch.linalg.det(Q)} == {1, -1}
    assert t.norm(dim=-1).mean() > 1.0
    assert t.dtype == Q.dtype == torch.float64


def test_products_have_names() -> None:
    assert [str(G) for G in (E(3), SE(2), Aff(2))] == ["E(3)", "SE(2)", "Aff(2)"]
    assert str(Semidirect(Inversion(5))) == "C(5) x| C(2)"
    assert str(Semidirect(Exchange(3))) == "(C(3) x C(3)) x| C(2)"
    assert str(Semidirect(Similar(2))) == "T(2) x| (O(2) x R+)"
    assert str(Direct(S(3), E(2))) == "S(3) x E(2)"
    assert str(Direct(Semidirect(Inversion(5)), S(3))) == "(C(5) x| C(2)) x S(3)"


def test_products_are_equal_by_content() -> None:
    assert E(3) == E(3) != SE(3)
    assert E(3).automorphisms == Linear(O(3)) != Linear(SO(3)) != Linear(GL(3))
    assert Inversion(5) == Inversion(5) != Inversion(4)
    assert len({E(2), E(2), SE(2), Aff(2), Direct(T(2), O(2))}) == 4


def test_a_name_is_no_part_of_a_group() -> None:
    assert Semidirect(Linear(O(3))) == E(3)
    assert len({Semidirect(Linear(O(3))), E(3)}) == 1


def test_complex_matrices_move_no_translations() -> None:
    with pytest.raises(CompositionError, match=r"^wanted real matrices, .*, got U\(2\)$"):
        Linear(U(2))
