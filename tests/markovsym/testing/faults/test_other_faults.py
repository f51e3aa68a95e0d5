"""Faults beside those of the table: each dies by the checks named, and its right twin by none."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
import torch
from torch import Tensor

from markovsym.actions import GSpace, affine, gspace, matrix, trivial
from markovsym.categories import FinStoch, Stochastic
from markovsym.groups import GL, E, O, automorphisms
from markovsym.spaces import CentreFree, Kind
from markovsym.testing import (
    Effort,
    FiniteAction,
    assert_equivariant,
    assert_equivariant_exact,
    assert_equivariant_in_law,
    assert_in_space,
    assert_padding_invariant,
    assert_translation_invariant,
)
from markovsym.testing.faults.handmade import POINTS, PROBES, G
from markovsym.testing.faults.mutants import mutant

SHORT = Effort(examples=2)
LONG = Effort(examples=24)

# gamma is equivariant at early times only

TIMED = POINTS @ gspace((), trivial(G))


def timed(late: str) -> Callable[..., Tensor]:
    """The kernel, with a fault where the time is more than a half."""
    early, later = PROBES["mixed"], mutant(PROBES["mixed"], late)

    def draw(x: Tensor, t: Tensor, *, generator: torch.Generator) -> Tensor:
        R0 = G.haar(len(x), generator=generator, dtype=x.dtype)
        v, u = (torch.randn(len(x), *n, 3, generator=generator, dtype=x.dtype) for n in ((), (5,)))
        return torch.where(t[:, None, None] > 0.5, later(x, R0, v, u), early(x, R0, v, u))

    return draw


def test_a_gamma_that_fails_late_is_seen_if_late_times_are_tried() -> None:
    with pytest.raises(AssertionError, match="not equivariant in law"):
        assert_equivariant_in_law(timed("R0 forgotten"), X=TIMED, Y=POINTS, effort=LONG)
    assert_equivariant_in_law(timed("none"), X=TIMED, Y=POINTS, effort=SHORT)


def test_a_gamma_that_fails_late_is_not_seen_early() -> None:
    x = torch.randn(5, 3)
    early = x - x.mean(0), torch.tensor(0.3)
    assert_equivariant_in_law(timed("R0 forgotten"), early, X=TIMED, Y=POINTS, effort=SHORT)


# a kernel is averaged over the wrong automorphisms of a molecular graph

RING = [(0, 1), (1, 2), (2, 3), (3, 0)]


def averaged(permutations: list[list[int]]) -> Stochastic:
    """A kernel on the 16 colourings of four atoms, averaged over some permutations."""
    rng = np.random.default_rng(0)
    rows = rng.integers(1, 9, (16, 16))
    total = [[Fraction(0)] * 16 for _ in range(16)]
    for moves in permutations:
        moved = FiniteAction.on_words([moves], 2).moves[0]
        for i in range(16):
            for j in range(16):
                some = rows[moved[i]]
                total[i][j] += Fraction(int(some[moved[j]]), int(some.sum())) / len(permutations)
    return FinStoch(exact=True).matrix(total, (2, 2, 2, 2), (2, 2, 2, 2))


def test_the_wrong_automorphisms_of_a_graph_are_seen_exactly() -> None:
    symmetries = automorphisms(RING, [6] * 4)
    right: list[list[int]] = symmetries(symmetries.dom.elements()).tolist()
    turns = [one for one in right if all((one[i] + 1) % 4 == one[(i + 1) % 4] for i in range(4))]
    assert (len(right), len(turns)) == (8, 4)
    X = FiniteAction.on_words(right, 2)
    assert_equivariant_exact(averaged(right), X)
    with pytest.raises(AssertionError, match="not equivariant"):
        assert_equivariant_exact(averaged(turns), X)


# E(3) is declared, and translations are forgotten

MOVED = gspace((5, 3), affine(E(3)))


def turned_only(x: Tensor) -> Tensor:
    return x * x.norm(dim=-1, keepdim=True).tanh()


def about_the_centre(x: Tensor) -> Tensor:
    centre = x.mean(-2, keepdim=True)
    return centre + turned_only(x - centre)


def test_translations_that_are_forgotten_are_seen() -> None:
    for check in (assert_translation_invariant, assert_equivariant, assert_equivariant_in_law):
        with pytest.raises(AssertionError):
            check(turned_only, X=MOVED)
    assert_translation_invariant(about_the_centre, X=MOVED)
    assert_equivariant(about_the_centre, MOVED)
    assert_equivariant(turned_only, gspace((5, 3), matrix(O(3))))


# the transpose stands where the inverse ought to, which is no fault for O(3)


def canonicalised(x: Tensor, back: Callable[[Tensor], Tensor]) -> Tensor:
    frame = x[..., :3, :]
    y = x @ back(frame)
    return (y + 0.3 * y.roll(1, -1).tanh()) @ frame


def transposed(x: Tensor) -> Tensor:
    return canonicalised(x, lambda frame: frame.mT)


def inverted(x: Tensor) -> Tensor:
    return canonicalised(x, torch.linalg.inv)


def test_a_transpose_in_place_of_an_inverse_is_seen_under_gl_and_not_under_o() -> None:
    X = gspace((5, 3), matrix(GL(3)))
    for check in (assert_equivariant, assert_equivariant_in_law):
        with pytest.raises(AssertionError, match="not equivariant"):
            check(transposed, X=X)
    rotated = gspace((5, 3), matrix(O(3)))
    assert_equivariant(transposed, rotated)
    x = torch.eye(3, dtype=torch.float64).repeat(8, 2, 1)[:, :5]
    spread = 0.1 * torch.randn(8, 5, 3, dtype=torch.float64)
    assert_equivariant(inverted, X, x=x + spread)


# masked atoms leak through a mean over all rows

CLOUD = gspace(("atom", 3), matrix(O(3)), constraint=CentreFree())
MASKED = CLOUD @ gspace(("atom",), trivial(O(3)), Kind.BOOLEAN)


def steps(x: Tensor, mask: Tensor, rows: Tensor) -> Tensor:
    y = 2 * torch.where(mask.unsqueeze(-1), x, 0.0) + x.norm(dim=-1, keepdim=True) * x
    mean = (y * rows.unsqueeze(-1)).sum(-2, keepdim=True) / rows.sum(-1)[..., None, None]
    return torch.where(mask.unsqueeze(-1), y - mean, 0.0)


def leaking(x: Tensor, mask: Tensor) -> Tensor:
    return steps(x, mask, torch.ones_like(mask).to(x))


def tight(x: Tensor, mask: Tensor) -> Tensor:
    clean = torch.where(mask.unsqueeze(-1), x, 0.0)
    return steps(clean, mask, mask.to(x))


@pytest.mark.parametrize("check", [assert_in_space, assert_padding_invariant])
def test_masked_atoms_that_leak_are_seen(check: Callable[..., object]) -> None:
    with pytest.raises(AssertionError):
        check(leaking, X=MASKED, Y=CLOUD)
    check(tight, X=MASKED, Y=CLOUD)


def test_the_leak_is_not_seen_in_law_where_all_atoms_exist() -> None:
    everywhere = torch.ones(5, dtype=torch.bool)
    x = torch.randn(5, 3)
    point = x - x.mean(0), everywhere
    space: GSpace = MASKED
    assert_equivariant_in_law(leaking, point, X=space, Y=CLOUD, effort=SHORT)
