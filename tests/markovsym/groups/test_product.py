import pytest
import torch

from markovsym.errors import NotCompactError, NotFiniteError
from markovsym.groups import (
    SO,
    C,
    Direct,
    E,
    Group,
    O,
    S,
    Scalings,
    T,
    TrivialGroup,
    require_compact,
)
from markovsym.spaces import Kind, space


def test_pairs_are_multiplied_side_by_side() -> None:
    G = Direct(S(2), T(1))
    swap = torch.tensor([1, 0])
    g, h = (swap, torch.tensor([2.0])), (swap, torch.tensor([3.0]))
    torch.testing.assert_close(G.multiply(g, h), (torch.tensor([0, 1]), torch.tensor([5.0])))
    torch.testing.assert_close(G.inverse(g), (swap, torch.tensor([-2.0])))
    torch.testing.assert_close(G.identity(), (torch.tensor([0, 1]), torch.tensor([0.0])))


def test_elements_of_nested_products_are_flat() -> None:
    swap, one, two = torch.tensor([1, 0]), torch.tensor(1.0), torch.tensor(2.0)
    for G, g in [
        (Direct(Direct(S(2), Scalings()), C(3)), (swap, one, torch.tensor(2))),
        (Direct(S(2), Direct(Scalings(), C(3))), (swap, one, torch.tensor(2))),
        (Direct(Direct(S(2), TrivialGroup()), Scalings()), (swap, two)),
    ]:
        assert len(G.space.factors) == len(g)
        assert G.contains(g)
        torch.testing.assert_close(G.multiply(g, G.identity()), g)
    assert Direct(Direct(S(2), Scalings()), C(3)).split((swap, one, two)) == ((swap, one), two)
    assert Direct(S(2), Direct(Scalings(), C(3))).split((swap, one, two)) == (swap, (one, two))


def test_a_lone_tensor_is_an_element_where_the_other_factor_has_none() -> None:
    g = torch.tensor([1, 0])
    for G in (Direct(S(2), TrivialGroup()), Direct(TrivialGroup(), S(2))):
        assert G.space == S(2).space
        assert G.identity().tolist() == G.multiply(g, g).tolist() == [0, 1]
        assert G.elements().tolist() == [[0, 1], [1, 0]]


def test_all_pairs_are_listed_once_the_identity_first() -> None:
    left, right = Direct(C(2), S(3)).elements()
    assert left.tolist() == [0] * 6 + [1] * 6
    assert right.tolist() == S(3).elements().tolist() * 2
    nested = Direct(Direct(C(2), C(3)), C(2)).elements()
    assert torch.stack(nested, 1).unique(dim=0).tolist() == torch.stack(nested, 1).tolist()
    assert len(nested[0]) == 12
    assert Direct(C(2), C(2)).space == space((), Kind.INTEGER) @ space((), Kind.INTEGER)


def test_a_pair_belongs_if_both_entries_do() -> None:
    G = Direct(O(2), SO(2))
    turn, mirror, none = torch.eye(2), torch.diag(torch.tensor([1.0, -1.0])), 2 * torch.eye(2)
    left = torch.stack([turn, mirror, none, turn])
    right = torch.stack([turn, turn, turn, mirror])
    assert G.contains((left, right)).tolist() == [True, True, False, False]


def test_the_tolerance_reaches_both_entries() -> None:
    G, near = Direct(O(2), O(2)), 1.01 * torch.eye(2)
    for pair in [(near, torch.eye(2)), (torch.eye(2), near)]:
        assert not G.contains(pair)
        assert G.contains(pair, tolerance=0.1)


def test_components_are_pairs_of_components() -> None:
    signs = {
        (float(torch.linalg.det(g)), float(torch.linalg.det(h)))
        for g, h in Direct(O(2), O(3)).components()
    }
    assert signs == {(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)}


def test_each_generator_moves_in_one_factor() -> None:
    G = Direct(S(3), O(2))
    left, right = S(3).generators(), O(2).generators()
    wanted = [(g, torch.eye(2)) for g in left] + [(torch.arange(3), h) for h in right]
    torch.testing.assert_close(G.generators(), wanted)


def test_both_factors_are_drawn_independently(generator: torch.Generator) -> None:
    g, h = Direct(O(2), O(2)).haar(10_000, generator=generator)
    products = torch.linalg.det(g) * torch.linalg.det(h)
    assert products.mean().abs() < 5 / 10_000**0.5  # five standard errors
    assert (g[:, 0, 0] * h[:, 0, 0]).mean().abs() < 5 * 0.5 / 10_000**0.5


def test_the_type_of_a_draw_reaches_both_factors(generator: torch.Generator) -> None:
    for dtype in (torch.float32, torch.float64):
        g, h = Direct(O(2), SO(3)).haar(generator=generator, dtype=dtype)
        assert g.dtype == h.dtype == dtype


def test_compact_groups_are_let_through() -> None:
    for G in (O(3), S(4), C(5), TrivialGroup(), Direct(S(4), O(3))):
        require_compact(G)


@pytest.mark.parametrize(
    ("G", "culprit"),
    [
        (T(3), r"T\(3\)"),
        (Direct(O(3), T(3)), r"T\(3\)"),
        (Direct(Scalings(), S(2)), r"R\+"),
        (Direct(S(2), Direct(T(1), S(2))), r"T\(1\)"),
        (Direct(S(2), E(3)), r"T\(3\)"),
    ],
    ids=str,
)
def test_a_group_without_a_haar_measure_is_refused(
    G: Group, culprit: str, generator: torch.Generator
) -> None:
    message = (
        rf"^{culprit} is not compact, so it has no Haar probability measure; read gamma off the "
        r"input"
    )
    with pytest.raises(NotCompactError, match=message):
        require_compact(G)
    with pytest.raises(NotCompactError, match=message):
        G.haar(generator=generator)


def test_a_product_with_infinitely_many_elements_is_not_listed() -> None:
    for G in (Direct(S(2), O(2)), Direct(O(2), S(2))):
        with pytest.raises(NotFiniteError, match=r"^O\(2\) is infinite or too large"):
            G.elements()


def test_products_are_written_with_brackets_where_needed() -> None:
    assert str(Direct(S(4), O(3))) == "S(4) x O(3)"
    assert str(Direct(Direct(S(2), SO(2)), C(3))) == "(S(2) x SO(2)) x C(3)"
    assert str(Direct(C(3), Direct(S(2), E(2)))) == "C(3) x (S(2) x E(2))"


def test_only_products_that_move_nothing_are_direct() -> None:
    assert Direct(S(2), O(2)).direct
    assert not E(2).direct
    assert (Direct(S(2), O(2)).factors, E(2).factors) == ((S(2), O(2)), (T(2), O(2)))
