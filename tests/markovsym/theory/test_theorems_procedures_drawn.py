"""T1, T2 and T4 to T6 on tensors, in double precision and draw for draw."""

import pytest
import torch

from markovsym.actions import gspace, matrix, regular
from markovsym.errors import HypothesisMissing
from markovsym.groups import GL, Inclusion, O, Root
from markovsym.kernels import Deterministic, Kernel
from markovsym.symmetrise import (
    EquivariantKernel,
    composite,
    declare_equivariant,
    gammas,
    haar,
    recursive,
    sym,
)
from tests.markovsym.theory.tensors import (
    ALONG_S,
    ALONG_T,
    BOTH,
    EXACT,
    MOVED,
    ROTATED,
    at,
    bent,
    elements,
    frame,
    function,
    gap,
    known,
    learned,
    noisy,
    points,
    random,
    residual,
    rigid,
    shear,
)

LINEAR = gspace((5, 3), matrix(GL(3)))
INTO = Inclusion(O(3), GL(3))


def test_t1_a_kernel_becomes_an_equivariant_one_of_an_element_and_a_point() -> None:
    X, G = ROTATED, ROTATED.group
    both = regular(G) @ X
    sharp = Deterministic(lambda g, x: X.act(g, bent(X.act(G.inverse(g), x))), both, X)
    value = (elements(X, seed=5), points(7))
    h = elements(X, seed=6)
    assert gap(at(sharp, both.act(h, value)), X.act(h, at(sharp, value))) < EXACT
    e = G.identity(7, dtype=torch.float64)
    assert gap(at(sharp, (e, points(7))), bent(points(7))) < EXACT


def rooted(kernel: Kernel, root: Root) -> EquivariantKernel:
    return sym(kernel, gammas.gram(LINEAR, root))


def test_t2_two_square_roots_give_one_kernel_if_it_respects_rotations() -> None:
    k, x = known(shear, LINEAR, INTO), points(7, X=LINEAR)
    one, other = (rooted(k, root) for root in Root)
    assert gap(at(one, x), at(other, x)) < EXACT
    for kernel in (one, other):
        assert residual(kernel, x, elements(LINEAR)) < EXACT
    assert residual(k, x, elements(LINEAR)) > 0.1


def test_t2_two_square_roots_give_two_kernels_if_it_does_not_and_neither_is_equivariant() -> None:
    lie, x = known(bent, LINEAR, INTO), points(7, X=LINEAR)
    one, other = (rooted(lie, root) for root in Root)
    assert gap(at(one, x), at(other, x)) > 0.1
    for kernel in (one, other):
        assert residual(kernel, x, elements(LINEAR)) > 0.1


def test_t2_a_kernel_that_is_not_known_to_respect_the_subgroup_is_refused() -> None:
    with pytest.raises(HypothesisMissing, match=r"^along O\(3\) -> GL\(3\) the kernel must be"):
        sym(function(bent, LINEAR), gammas.gram(LINEAR))


def motions() -> dict[str, EquivariantKernel]:
    """Gammas of E(3) to elements and to cosets; the last one is not equivariant at all."""
    lie = Deterministic(lambda x: (x[..., 0, :].sin(), frame(x, x)), MOVED, regular(MOVED.group))
    base = haar(ALONG_T, MOVED)
    return {
        "centroid": gammas.centroid(MOVED),
        "first point": gammas.chosen_point(MOVED),
        "centroid, then Haar": composite(gammas.centroid(MOVED), haar(O(3), ROTATED)),
        "centroid, then axes": composite(
            gammas.centroid(MOVED), gammas.orthonormal_points(ROTATED)
        ),
        "Haar of O(3)": base,
        "recursive": recursive(
            base, declare_equivariant(learned(frame, MOVED, base.cod), ALONG_T.phi)
        ),
        "no gamma": declare_equivariant(lie, MOVED.group),
    }


@pytest.mark.parametrize("name", motions())
def test_t4_an_equivariant_kernel_stays_as_it_is_whatever_gamma(name: str) -> None:
    x = points(7, X=MOVED)
    assert gap(at(sym(known(rigid, MOVED), motions()[name]), x), rigid(x)) < EXACT


def test_t5_a_coset_is_drawn_then_represented_then_the_point_is_moved_back_and_forth() -> None:
    cases = [
        (known(shear, LINEAR, INTO), gammas.gram(LINEAR)),
        (declare_equivariant(random(noisy, BOTH), ALONG_S.phi), haar(ALONG_S, BOTH)),
        (random(noisy, ROTATED), recursive(haar(O(3), ROTATED), learned(frame, ROTATED, REGULAR))),
        (random(noisy, MOVED), motions()["centroid, then Haar"]),
    ]
    for k, gamma in cases:
        X = k.dom
        x, generator = points(7, X=X), torch.Generator().manual_seed(1)
        s = sym(k, gamma)
        c = gamma.sample(x, generator=generator)
        g = s.cosets.section(c)
        y = k.sample(X.act(X.group.inverse(g), x), generator=generator)
        assert gap(at(s, x), X.act(g, y)) < EXACT


REGULAR = regular(O(3))


def test_t5_a_deterministic_gamma_and_kernel_give_a_canonicalisation() -> None:
    gamma, x = gammas.orthonormal_points(ROTATED), points(7)
    s = sym(function(bent, ROTATED), gamma)
    Q = gamma.sample(x, generator=torch.Generator())
    assert gap(at(s, x), bent(x @ Q) @ Q.mT) < EXACT
    assert gap(at(s, x, seed=1), at(s, x, seed=2)) == 0.0
    assert residual(s, x, elements(ROTATED)) < EXACT


def test_t6_what_is_symmetrised_twice_is_symmetrised_once() -> None:
    x = points(7, X=MOVED)
    once = sym(function(bent, MOVED), motions()["centroid, then axes"])
    for name in ("centroid", "centroid, then axes", "Haar of O(3)"):
        again = sym(once, motions()[name])
        assert gap(at(again, x), at(once, x)) < EXACT
    assert gap(at(once, x), bent(x)) > 0.1
