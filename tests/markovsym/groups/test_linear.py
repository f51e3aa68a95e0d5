import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym.errors import NotCompactError, NotFiniteError, SpaceError
from markovsym.groups import GL, SL

seeds = st.integers(0, 2**32 - 1)


@given(n=st.integers(1, 5), seed=seeds)
def test_draws_are_well_conditioned(n: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    for G in [GL(n), SL(max(n, 2))]:
        g = G.random(20, generator=generator, dtype=torch.float64)
        assert torch.linalg.cond(g).max() <= 9 + 1e-9
        torch.testing.assert_close(G.inverse(g) @ g, G.identity(20, dtype=torch.float64))


@pytest.mark.parametrize("n", [1, 2, 3])
def test_half_of_the_draws_of_gl_are_turned_round(n: int, generator: torch.Generator) -> None:
    signs = torch.linalg.det(GL(n).random(10_000, generator=generator)).sign()
    assert signs.mean().abs() < 5 / 10_000**0.5  # five standard errors


@pytest.mark.parametrize("n", [2, 3, 4])
def test_every_draw_of_sl_keeps_the_volume(n: int, generator: torch.Generator) -> None:
    volumes = torch.linalg.det(SL(n).random(1000, generator=generator, dtype=torch.float64))
    torch.testing.assert_close(volumes, torch.ones(1000, dtype=torch.float64))


@pytest.mark.parametrize("G", [GL(1), GL(2), GL(3), SL(2), SL(3)], ids=str)
def test_words_of_generators_leave_every_bounded_set(G: GL | SL) -> None:
    sizes = [torch.linalg.matrix_power(g.double(), 100).norm() for g in G.generators()]
    assert max(sizes) > 100


def test_the_volumes_of_words_in_gl_are_dense() -> None:
    volumes = [float(torch.linalg.det(g).abs()) for g in GL(2).generators(dtype=torch.float64)]
    words = [
        a * math.log(volumes[1]) + b * math.log(volumes[2]) for a in range(200) for b in range(200)
    ]
    assert min(abs(word - 0.5) for word in words) < 0.02
    torch.testing.assert_close(volumes[1:3], [2.0, 1 / 3])


def test_singular_matrices_are_no_elements_of_gl() -> None:
    e, nan = torch.eye(2), torch.tensor(math.nan)
    scaled = [e, -e, 1e-6 * e, torch.diag(torch.tensor([1.0, 1e-3]))]
    assert GL(2).contains(torch.stack(scaled)).all()
    others = [0 * e, torch.ones(2, 2), torch.diag(torch.tensor([1.0, 1e-5])), nan * e, math.inf * e]
    assert not GL(2).contains(torch.stack(others)).any()


def test_matrices_of_other_volumes_are_no_elements_of_sl() -> None:
    stretch = torch.diag(torch.tensor([2.0, 0.5]))
    assert SL(2).contains(torch.stack([stretch, -stretch])).all()
    mirror = torch.diag(torch.tensor([-1.0, 1.0]))
    assert (
        not SL(2).contains(torch.stack([mirror, 2 * stretch, 0 * mirror, math.nan * mirror])).any()
    )


@pytest.mark.parametrize("G", [GL(2), SL(2)], ids=str)
def test_there_is_neither_a_haar_probability_nor_a_list(
    G: GL | SL, generator: torch.Generator
) -> None:
    with pytest.raises(NotCompactError, match=r"^[GS]L\(2\) is not compact, so it has no Haar"):
        G.haar(generator=generator)
    with pytest.raises(NotFiniteError, match=r"^[GS]L\(2\) is infinite"):
        G.elements()


def test_values_of_another_shape_are_refused() -> None:
    for G in (GL(2), SL(2)):
        with pytest.raises(SpaceError, match=r"^wanted floating point of shape \(\*batch, 2, 2\)"):
            G.contains(torch.eye(3))


def test_groups_that_would_be_empty_or_compact_are_refused() -> None:
    with pytest.raises(ValueError, match=r"needs n >= 1, got n = 0$"):
        GL(0)
    with pytest.raises(
        ValueError, match=r"^SL\(n\) needs n >= 2, got n = 1; SL\(1\) is TrivialGroup"
    ):
        SL(1)
