"""E1 to E3: compact and finite groups, by Haar, by a learned gamma, and by canonicalisation."""

import math
from itertools import permutations

import numpy as np
import pytest
import torch
from torch import Tensor

from markovsym.actions import Shift, gspace, matrix, permutation, regular, trivial
from markovsym.errors import CompositionError
from markovsym.groups import GL, SO, C, Cosets, Inclusion, O, S, U
from markovsym.kernels import NoiseOutsourced
from markovsym.spaces import Kind, space
from markovsym.symmetrise import average, gammas, haar, recursive, sym
from markovsym.testing import assert_equivariant_in_law, law_difference
from tests.markovsym.examples.crooked import (
    TOLERANCE,
    apart,
    crooked,
    elements,
    error,
    fresh,
    known,
    normal,
    plain,
    qr,
)


def test_e1_haar_of_c8_is_the_mean_over_all_shifts() -> None:
    X = gspace((3, 8), Shift(C(8)))
    s = sym(plain(X), haar(C(8), X))
    x = normal(5, 3, 8)
    turned = [crooked(x.roll(-r, -1)).roll(r, -1) for r in range(8)]
    mean = average(s)
    assert apart(mean.sample(x, generator=fresh()), torch.stack(turned).mean(0)) < TOLERANCE
    assert error(plain(X), x) > 0.5
    assert error(mean, x) < TOLERANCE
    assert known(s)
    assert known(mean)
    drawn = s.sample(x[:1].expand(400, 3, 8), generator=fresh())
    law = torch.stack([y[0] for y in turned])
    nearest = torch.cdist(drawn.flatten(1), law.flatten(1)).min(1)
    assert nearest.values.max() < 1e-6
    assert len(nearest.indices.unique()) == 8


def test_e1_haar_of_s4_is_the_mean_over_all_orders() -> None:
    X = gspace((4, 3), permutation(S(4)))
    s = sym(plain(X), haar(S(4), X))
    x, total = normal(5, 4, 3), torch.zeros(5, 4, 3, dtype=torch.float64)
    for order in permutations(range(4)):
        moved = crooked(x[:, list(order)])
        for place, source in enumerate(order):
            total[:, source] += moved[:, place] / math.factorial(4)
    assert apart(average(s).sample(x, generator=fresh()), total) < TOLERANCE
    assert error(plain(X), x) > 0.5
    assert error(average(s), x) < TOLERANCE
    assert known(s)


@pytest.mark.parametrize("G", [C(8), S(4), O(3)], ids=str)
def test_e1_haar_makes_any_function_equivariant_in_law(G: C | S | O) -> None:
    X = {
        C(8): gspace((1, 8), Shift(C(8))),
        S(4): gspace((4, 1), permutation(S(4))),
        O(3): gspace((4, 3), matrix(O(3))),
    }[G]
    x = normal(*X.space.factors[0].shape)
    assert_equivariant_in_law(sym(plain(X), haar(G, X)), x)
    with pytest.raises(AssertionError, match="not equivariant in law"):
        assert_equivariant_in_law(plain(X), x)


def test_e1_haar_of_o3_is_a_random_turn_there_and_back() -> None:
    X = gspace((4, 3), matrix(O(3)))
    x = normal(50, 4, 3)
    R = O(3).haar(50, generator=fresh(), dtype=torch.float64)
    wanted = torch.stack([crooked(x[i] @ R[i]) @ R[i].T for i in range(50)])
    assert apart(sym(plain(X), haar(O(3), X)).sample(x, generator=fresh()), wanted) < TOLERANCE


def test_e1_haar_of_u2_on_complex_vectors() -> None:
    X = gspace((3, 2), matrix(U(2)), Kind.COMPLEX)
    s, x = sym(plain(X), haar(U(2), X)), normal(50, 3, 2, dtype=torch.complex128)
    V = U(2).haar(50, generator=fresh(), dtype=torch.float64)
    # points are rows: V x is x V^T, and the inverse of V is its conjugate transpose
    wanted = torch.stack([crooked(x[i] @ V[i].conj()) @ V[i].T for i in range(50)])
    assert apart(s.sample(x, generator=fresh()), wanted) < TOLERANCE
    assert known(s)
    many, generator = x[:1].expand(4096, 3, 2), fresh(1)
    for g in elements(U(2)):
        for kernel, equivariant in ((s, True), (plain(X), False)):
            here = kernel.sample(many, generator=generator)
            there = kernel.sample(many @ g.T, generator=generator) @ g.conj()
            p = law_difference(*map(torch.view_as_real, (here, there)))
            assert (p > 1e-9) == equivariant


@pytest.mark.parametrize("G", [O(2), O(3), O(4), SO(3)], ids=str)
def test_e2_a_learned_gamma_of_a_compact_group(G: O | SO) -> None:
    X = gspace((4, G.n), matrix(G))
    net = gammas.MLP(X, (G.n, G.n), hidden=(16,), noise=5).double()
    gamma = recursive(haar(G, X), gammas.learned(net, X, G, noise=space((5,))))
    s, x = sym(plain(X), gamma), normal(20, 4, G.n)
    generator = fresh(3)
    R0 = G.haar(20, generator=generator, dtype=torch.float64)
    eta = torch.randn(20, 5, generator=generator, dtype=torch.float64)
    back = torch.stack([y @ R for y, R in zip(x, R0, strict=True)])
    inner, outer = net.layers[0], net.layers[2]
    hidden = torch.tanh(torch.cat([back.flatten(1), eta], 1) @ inner.weight.T + inner.bias)
    R1 = qr((hidden @ outer.weight.T + outer.bias).reshape(20, G.n, G.n))
    if isinstance(G, SO):
        R1[:, :, 0] *= torch.linalg.det(R1)[:, None]
    R = R0 @ R1
    assert G.contains(R, tolerance=1e-10).all()
    with torch.no_grad():
        assert apart(gamma.sample(x, generator=fresh(3)), R) < TOLERANCE
        wanted = crooked(x @ R) @ R.mT
        assert apart(s.sample(x, generator=fresh(3)), wanted) < TOLERANCE
    assert known(gamma)
    assert known(s)


def test_e2_a_learned_gamma_is_equivariant_in_law_only_by_recursion() -> None:
    X, G = gspace((4, 3), matrix(O(3))), O(3)
    learned = gammas.learned(gammas.MLP(X, (3, 3), noise=8).double(), X, G)
    x = normal(4, 3)
    s = sym(plain(X), recursive(haar(G, X), learned))
    assert_equivariant_in_law(s, x)
    with pytest.raises(AssertionError, match="not equivariant in law"):
        assert_equivariant_in_law(learned, x)


def vectors(x: Tensor) -> Tensor:
    """Combinations of the points, by factors that depend on lengths: they turn with the points."""
    size = x.norm(dim=-1)
    factors = torch.tanh(size @ normal(4, 12, seed=4) + normal(12, seed=5)).unflatten(-1, (3, 4))
    return factors @ x


def gram_schmidt(v: Tensor, *, proper: bool) -> Tensor:
    """Three vectors, one a row, made the columns of a frame; if proper, the third is u x v."""
    a, b, c = v.unbind(-2)
    u = a / a.norm(dim=-1, keepdim=True)
    b = b - (b * u).sum(-1, keepdim=True) * u
    w = b / b.norm(dim=-1, keepdim=True)
    c = c - (c * u).sum(-1, keepdim=True) * u - (c * w).sum(-1, keepdim=True) * w
    last = torch.linalg.cross(u, w) if proper else c / c.norm(dim=-1, keepdim=True)
    return torch.stack([u, w, last], dim=-1)


@pytest.mark.parametrize("G", [O(3), SO(3)], ids=str)
def test_e3_canonicalisation_by_learned_equivariant_vectors(G: O | SO) -> None:
    X, proper = gspace((4, 3), matrix(G)), isinstance(G, SO)
    gamma = gammas.canonical(lambda x: gram_schmidt(vectors(x), proper=proper), X, G)
    s, x = sym(plain(X), gamma), normal(20, 4, 3)
    h = gram_schmidt(vectors(x), proper=proper)
    wanted = torch.stack([crooked(x[i] @ h[i]) @ h[i].T for i in range(20)])
    assert apart(s.sample(x, generator=fresh()), wanted) < TOLERANCE
    assert error(plain(X), x) > 0.5
    assert error(s, x) < TOLERANCE
    assert known(s)
    assert str(s.why).endswith(f"declared: equivariant under {G}")


@pytest.mark.parametrize("n", [4, 8])
def test_e3_canonicalisation_of_rotations_by_the_phase_of_the_slowest_wave(n: int) -> None:
    X = gspace((2, 16), Shift(C(n)))
    s, x = sym(plain(X), gammas.phase(X)), normal(30, 2, 16)
    wave = np.fft.fft(x.sum(1).numpy())[:, 1]
    steps = np.round(-np.angle(wave) * n / (2 * np.pi)).astype(int) % n
    assert len(set(steps)) == n
    for y, z, g in zip(x, s.sample(x, generator=fresh()), steps, strict=True):
        by = int(g) * 16 // n
        assert apart(z, crooked(y.roll(-by, -1)).roll(by, -1)) < TOLERANCE
    assert error(plain(X), x) > 0.5
    assert error(s, x) < TOLERANCE
    assert known(s)


def test_e3_canonicalisation_by_the_best_score_of_all_rotations() -> None:
    X = gspace((2, 8), Shift(C(8)))
    weights = normal(2, 8, seed=6)

    def score(x: Tensor) -> Tensor:
        return torch.tanh(x * weights).sum((-2, -1))

    s, x = sym(plain(X), gammas.scored(score, X)), normal(30, 2, 8)
    scores = torch.stack([score(x.roll(-r, -1)) for r in range(8)], -1)
    for y, z, r in zip(x, s.sample(x, generator=fresh()), scores.argmax(-1).tolist(), strict=True):
        assert apart(z, crooked(y.roll(-r, -1)).roll(r, -1)) < TOLERANCE
    assert error(s, x) < TOLERANCE
    assert known(s)


def test_e3_a_canonicalisation_that_is_not_equivariant_makes_nothing_equivariant() -> None:
    X = gspace((4, 3), matrix(O(3)))
    gamma = gammas.canonical(lambda x: gram_schmidt(crooked(x)[..., :3, :], proper=False), X, O(3))
    assert error(sym(plain(X), gamma), normal(20, 4, 3)) > 0.5


def test_e3_deterministic_gammas_do_not_use_the_generator() -> None:
    X = gspace((4, 3), matrix(O(3)))
    gamma = gammas.canonical(lambda x: gram_schmidt(vectors(x), proper=False), X, O(3))
    generator = fresh()
    before = generator.get_state()
    sym(plain(X), gamma).sample(normal(2, 4, 3), generator=generator)
    assert torch.equal(generator.get_state(), before)
    assert gamma.cod == regular(O(3))


def test_e2_noise_in_noise_outsourced_form_may_be_symmetrised_too() -> None:
    X = gspace((4, 3), matrix(O(3)))
    k = NoiseOutsourced(lambda x, u: crooked(x + 0.3 * u), space((4, 3)), X, X)
    s, x = sym(k, haar(O(3), X)), normal(7, 4, 3)
    generator = fresh(5)
    R = O(3).haar(7, generator=generator, dtype=torch.float64)
    u = torch.randn(7, 4, 3, generator=generator, dtype=torch.float64)
    assert apart(s.sample(x, generator=fresh(5)), crooked(x @ R + 0.3 * u) @ R.mT) < TOLERANCE


def test_e2_elements_of_some_groups_only_are_learned() -> None:
    X = gspace((3, 2), matrix(U(2)), Kind.COMPLEX)
    with pytest.raises(CompositionError, match=r"^wanted O, SO, GL, T, S or the .*, got U\(2\)$"):
        gammas.learned(torch.nn.Identity(), X, U(2))
    Y = gspace((3, 3), matrix(GL(3)))
    cosets = Cosets(Inclusion(O(3), GL(3)))
    with pytest.raises(CompositionError, match=r"^wanted cosets that are elements of a group, got"):
        gammas.learned(torch.nn.Identity(), Y, cosets)


def test_e2_a_perceptron_takes_all_tensors_of_a_point() -> None:
    X = gspace((4, 3), matrix(O(3))) @ gspace((), trivial(O(3)))
    net = gammas.MLP(X, (2, 3), hidden=(5, 6), noise=2).double()
    assert [layer.weight.shape for layer in net.layers[::2]] == [(5, 15), (6, 5), (6, 6)]
    x, z, u = normal(7, 4, 3), normal(7, seed=1), normal(7, 2, seed=2)
    wanted = net.layers(torch.cat([x.flatten(1), z[:, None], u], dim=1)).reshape(7, 2, 3)
    assert torch.equal(net(x, z, u), wanted)
    assert gammas.MLP(X, ()).double()(x, z).shape == (7,)
