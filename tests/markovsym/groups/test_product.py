from dataclasses import dataclass
from typing import final

import pytest
import torch
from torch import Tensor

from markovsym.errors import NotCompactError
from markovsym.groups import SO, Direct, Group, O, S, TrivialGroup, require_compact
from markovsym.spaces import Space, space


@final
@dataclass(frozen=True)
class Translations(Group):
    """The real line under addition, which has no Haar probability measure."""

    @property
    def space(self) -> Space:
        return space(())

    def identity(self, *batch: int, dtype: torch.dtype = torch.float32) -> Tensor:
        return torch.zeros(batch, dtype=dtype)

    def multiply(self, g: Tensor, h: Tensor) -> Tensor:
        return g + h

    def inverse(self, g: Tensor) -> Tensor:
        return -g

    def contains(self, g: Tensor, *, tolerance: float = 1e-4) -> Tensor:
        return g.isfinite()

    def components(self, *, dtype: torch.dtype = torch.float32) -> list[Tensor]:
        return [self.identity(dtype=dtype)]

    def generators(self, *, dtype: torch.dtype = torch.float32) -> list[Tensor]:
        return [torch.tensor(1.0, dtype=dtype), torch.tensor(2.0**0.5, dtype=dtype)]


def test_pairs_are_multiplied_side_by_side() -> None:
    G = Direct(S(2), Translations())
    swap = torch.tensor([1, 0])
    g, h = (swap, torch.tensor(2.0)), (swap, torch.tensor(3.0))
    torch.testing.assert_close(G.multiply(g, h), (torch.tensor([0, 1]), torch.tensor(5.0)))
    torch.testing.assert_close(G.inverse(g), (swap, torch.tensor(-2.0)))
    torch.testing.assert_close(G.identity(), (torch.tensor([0, 1]), torch.tensor(0.0)))


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


def test_a_compact_group_is_handed_back() -> None:
    for G in (O(3), S(4), TrivialGroup(), Direct(S(4), O(3))):
        assert require_compact(G) is G


def test_a_group_without_a_haar_measure_is_refused(generator: torch.Generator) -> None:
    message = r"^Translations\(\) is not compact, so it has no Haar probability measure$"
    with pytest.raises(NotCompactError, match=message):
        require_compact(Translations())
    with pytest.raises(NotCompactError, match=message):
        Direct(O(3), Translations()).haar(generator=generator)


@pytest.mark.parametrize(
    "G",
    [
        Direct(O(3), Translations()),
        Direct(Translations(), S(2)),
        Direct(S(2), Direct(Translations(), S(2))),
    ],
    ids=str,
)
def test_a_product_is_compact_only_if_both_factors_are(G: Direct) -> None:
    with pytest.raises(NotCompactError, match=r"^Translations\(\) is not compact"):
        require_compact(G)
