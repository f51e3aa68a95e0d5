"""E18: shifts, quarter turns and reflections of images, and rotations of polar ones."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from markovsym.actions import GSpace, Shift, Square, gspace, together, trivial
from markovsym.errors import CompositionError
from markovsym.groups import C, D, Direct
from markovsym.kernels import Deterministic, Kernel
from markovsym.nn import Symmetrised
from markovsym.symmetrise import average, gammas, haar, sym
from markovsym.testing import assert_equivariant_in_law
from tests.markovsym.examples.crooked import (
    TOLERANCE,
    apart,
    crooked,
    error,
    fresh,
    known,
    linear,
    normal,
    plain,
)


def all_of(G: C | D) -> list[Tensor]:
    return list(G.elements())


@pytest.mark.parametrize(("n", "length"), [(8, 8), (5, 10), (4, 12)])
def test_e18_uniform_shifts_of_an_axis(n: int, length: int) -> None:
    X, step = gspace((2, length, 3), Shift(C(n), -2)), length // n
    s, x = average(sym(plain(X), haar(C(n), X))), normal(4, 2, length, 3)
    wanted = sum(crooked(x.roll(-r * step, -2)).roll(r * step, -2) for r in range(n)) / n
    assert apart(s.sample(x, generator=fresh()), wanted) < TOLERANCE
    assert error(plain(X), x, all_of(C(n))) > 0.5
    assert error(s, x, all_of(C(n))) < TOLERANCE
    assert known(s)


def test_e18_uniform_shifts_of_both_axes() -> None:
    G = Direct(C(4), C(6))
    X = gspace((1, 4, 6), together(Shift(C(4), -2), Shift(C(6))))
    s, x = average(sym(plain(X), haar(G, X))), normal(4, 1, 4, 6)
    moves = [(r, q) for r in range(4) for q in range(6)]
    wanted = sum(crooked(x.roll((-r, -q), (-2, -1))).roll((r, q), (-2, -1)) for r, q in moves) / 24
    assert apart(s.sample(x, generator=fresh()), wanted) < TOLERANCE
    assert error(plain(X), x) > 0.5
    assert error(s, x, [(torch.tensor(r), torch.tensor(q)) for r, q in moves]) < TOLERANCE


def turn(x: Tensor, g: int) -> Tensor:
    """What the square does: flipped upside down if g is 4 or more, then turned left by quarters."""
    return torch.rot90(x.flip(-2) if g >= 4 else x, g % 4, (-2, -1))


def turn_back(x: Tensor, g: int) -> Tensor:
    """The same undone."""
    back = torch.rot90(x, -(g % 4), (-2, -1))
    return back.flip(-2) if g >= 4 else back


@pytest.mark.parametrize("G", [C(4), D(4)], ids=str)
def test_e18_uniform_turns_of_square_images(G: C | D) -> None:
    X = gspace((2, 5, 5), Square(G))
    s, x = average(sym(plain(X), haar(G, X))), normal(4, 2, 5, 5)
    wanted = sum(turn(crooked(turn_back(x, g)), g) for g in range(G.order)) / G.order
    assert apart(s.sample(x, generator=fresh()), wanted) < TOLERANCE
    assert error(plain(X), x, all_of(G)) > 0.5
    assert error(s, x, all_of(G)) < TOLERANCE
    assert known(s)
    assert_equivariant_in_law(sym(plain(X), haar(G, X)), x[0], all_of(G))


@pytest.mark.parametrize("G", [C(4), D(4)], ids=str)
def test_e18_the_turn_of_best_score(G: C | D) -> None:
    X, Y = gspace((2, 5, 5), Square(G)), gspace((3,), trivial(G))

    def score(x: Tensor) -> Tensor:
        return linear(x, dims=3, seed=41)

    k = Deterministic(lambda x: linear(x, 3, dims=3), X, Y)
    s, x = sym(k, gammas.scored(score, X)), normal(20, 2, 5, 5)
    for image, y in zip(x, s.sample(x, generator=fresh()), strict=True):
        best = max(range(G.order), key=lambda g, image=image: float(score(turn_back(image, g))))
        assert apart(y, linear(turn_back(image, best), 3, dims=3)) < TOLERANCE
    assert error(k, x, all_of(G)) > 0.5
    assert error(s, x, all_of(G)) < TOLERANCE
    assert known(s)


def test_e18_a_symmetric_image_is_turned_at_random() -> None:
    X = gspace((1, 4, 4), Square(C(4)))
    x = normal(1, 4, 4)
    x = x + torch.rot90(x, 2, (-2, -1))
    score = gammas.scored(lambda x: linear(x, dims=3, seed=41), X)
    assert sorted(score.atoms(x).weights.tolist()) == [0, 0, 0.5, 0.5]
    s = sym(plain(X), score)
    assert_equivariant_in_law(s, x, all_of(C(4)))
    assert error(average(s), x, all_of(C(4))) < TOLERANCE


def waves(centre: float = 0.0) -> Callable[[Tensor, Tensor], Tensor]:
    """A picture in polar coordinates, turned by an angle."""

    def at(r: Tensor, angle: Tensor) -> Tensor:
        a = angle - centre
        return torch.exp(-r) * (torch.sin(a) + 0.4 * torch.cos(3 * a + r) + 0.2 * r)

    return at


def polar(picture: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """It sampled at 4 radii and 16 angles."""
    r = torch.arange(1, 5, dtype=torch.float64).unsqueeze(-1) / 2
    return picture(r, torch.arange(16, dtype=torch.float64) * math.tau / 16)


def test_e18_a_shift_of_a_polar_image_is_a_rotation() -> None:
    X = gspace((4, 16), Shift(C(8)))
    for g in range(8):
        rotated = polar(waves(g * math.tau / 8))
        assert apart(X.act(torch.tensor(g), polar(waves())), rotated) < TOLERANCE


@pytest.mark.parametrize("gamma", [None, gammas.phase], ids=["uniform", "phase"])
def test_e18_a_classifier_of_polar_images_is_made_invariant_under_c8(
    gamma: Callable[[GSpace], Kernel] | None,
) -> None:
    X, Y = gspace((4, 16), Shift(C(8))), gspace((5,), trivial(C(8)))
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 5)).double()
    equivariant = Symmetrised(net, dom=X, cod=Y, gamma=gamma, average=True)
    pictures = torch.stack([polar(waves(g * math.tau / 8)) for g in range(8)])
    with torch.no_grad():
        before, after = net(pictures), equivariant(pictures)
    assert apart(before, before[:1].expand(8, 5)) > 0.2
    assert apart(after, after[:1].expand(8, 5)) < TOLERANCE
    assert known(equivariant.kernel)


@pytest.mark.parametrize("axis", [-1, -2])
def test_e18_the_phase_of_a_pure_wave_is_the_shift_of_it(axis: int) -> None:
    X = gspace((8, 8), Shift(C(8), axis))
    wave = torch.cos(torch.arange(8, dtype=torch.float64) * math.tau / 8)
    image = wave.expand(8, 8) if axis == -1 else wave.unsqueeze(-1).expand(8, 8)
    for g in range(8):
        found = gammas.phase(X).sample(X.act(torch.tensor(g), image), generator=fresh())
        assert int(found) == g


def test_e18_the_phase_is_looked_for_where_something_is_shifted() -> None:
    G = C(4)
    still, X = gspace((3,), trivial(G)), gspace((4,), Shift(G))
    wave = torch.tensor([0.0, 1.0, 0.0, -1.0]).double()  # one step from the cosine
    found = gammas.phase(still @ X).sample((normal(3), wave), generator=fresh())
    assert int(found) == 1
    with pytest.raises(CompositionError, match=r"in which C\(4\) acts as Shift does"):
        gammas.phase(still)


@pytest.mark.parametrize("temperature", [-1.0, -1e-9])
def test_e18_a_temperature_below_zero_is_refused(temperature: float) -> None:
    with pytest.raises(ValueError, match=r"^wanted a temperature of 0 or more, got -"):
        gammas.scored(torch.sum, gspace((4,), Shift(C(4))), temperature=temperature)
