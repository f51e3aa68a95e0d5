"""What went wrong elsewhere: section 6 of the theory of this project, traps 1 to 6."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from markovsym.actions import gspace, matrix
from markovsym.groups import SO, E, O, gram_schmidt, orthonormalise
from markovsym.kernels import Deterministic
from markovsym.nn import Symmetrised
from markovsym.symmetrise import (
    average,
    composite,
    gammas,
    sym,
)
from markovsym.testing import assert_equivariant_in_law
from tests.markovsym.theory.tensors import (
    EXACT,
    MOVED,
    ROTATED,
    SQUARE,
    at,
    bent,
    elements,
    function,
    gap,
    points,
    residual,
    seeded,
)

TURNED = gspace((4, 3), matrix(SO(3)))
TETRAHEDRON = torch.tensor(
    [[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], dtype=torch.float64
)
COLLINEAR = torch.tensor([[1.0, 2, 3]], dtype=torch.float64) * torch.tensor([[1.0], [-1], [2], [0]])
SINGLE = torch.tensor([[0.0, 0, 0]] * 3 + [[3.0, -1, 2]], dtype=torch.float64)
ORIGIN = torch.zeros(4, 3, dtype=torch.float64)
SHAPES = {
    "tetrahedron": TETRAHEDRON,
    "a line": COLLINEAR,
    "a point": SINGLE,
    "the origin": ORIGIN,
    "any": points(),
}


@pytest.mark.parametrize("n", [2, 3, 4])
def test_trap_1_haar_has_the_signs_that_a_qr_routine_lacks(n: int) -> None:
    count = 20_000
    Q = O(n).haar(count, generator=seeded(), dtype=torch.float64)
    assert Q.mean(0).abs().max() < 5 / (n * count) ** 0.5
    assert torch.linalg.det(Q).mean().abs() < 5 / count**0.5
    second = (Q.square() - 1 / n).mean(0).abs().max()
    assert second < 5 * ((3 / (n * (n + 2)) - 1 / n**2) / count) ** 0.5
    raw, _ = torch.linalg.qr(torch.randn(count, n, n, generator=seeded(), dtype=torch.float64))
    assert raw.mean(0).abs().max() > 0.3
    if n == 2:
        assert raw[:, 0, 0].mean().abs() > 0.6
        assert torch.linalg.det(raw).mean().abs() > 0.9  # always a reflection


def test_trap_1_left_multiplication_does_not_change_haar() -> None:
    for G in (O(2), O(3), SO(3)):
        Q = G.haar(20_000, generator=seeded(), dtype=torch.float64)
        g = G.random(generator=seeded(5), dtype=torch.float64)
        moved = (g @ Q).flatten(1)
        other = G.haar(20_000, generator=seeded(6), dtype=torch.float64).flatten(1)
        off = (moved.mean(0) - other.mean(0)).abs() / (2 / 3 / 20_000) ** 0.5
        assert off.max() < 6


@pytest.mark.parametrize("column", [0, 1, 2])
def test_trap_2_a_column_of_zeros_does_not_zero_the_frame(column: int) -> None:
    m = points(3, X=gspace((3, 3), matrix(O(3))))
    m[:, :, column] = 0.0
    eye = torch.eye(3, dtype=torch.float64).expand(3, 3, 3)
    for Q in (orthonormalise(m), gram_schmidt(m)[0]):
        assert gap(Q.mT @ Q, eye) < EXACT
    assert gram_schmidt(m)[1].all()
    assert (orthonormalise(torch.zeros(2, 2)).det().abs() - 1).abs() < 1e-6


def test_trap_3_the_closed_form_is_the_qr_decomposition_with_positive_diagonal() -> None:
    m = torch.randn(2000, 3, 3, generator=seeded(), dtype=torch.float64)
    Q, R = torch.linalg.qr(m)
    wanted = Q * R.diagonal(dim1=-2, dim2=-1).sign().unsqueeze(-2)
    found, degenerate = gram_schmidt(m)
    assert not degenerate.any()
    steep = torch.linalg.cond(m) < 1e3
    assert steep.sum() > 1900
    assert gap(found[steep], wanted[steep]) < EXACT
    assert gap(orthonormalise(m), wanted) < EXACT
    for scale in (1e-120, 1e120):
        assert gap(gram_schmidt(scale * m)[0][steep], wanted[steep]) < EXACT
    g = elements(ROTATED, 2000)
    assert gap(gram_schmidt(g @ m)[0][steep], (g @ found)[steep]) < 10 * EXACT


DEGENERATE = {
    "zeros": torch.zeros(3, 3),
    "one column": torch.eye(3) * torch.tensor([1.0, 0.0, 0.0]),
    "twice the same": torch.tensor([[1.0, 1, 0], [2, 2, 1], [3, 3, 5]]),
    "in a plane": torch.tensor([[1.0, 0, 1], [0, 1, 1], [0, 0, 0]]),
    "not a number": torch.full((3, 3), torch.nan),
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_trap_4_the_gradient_of_a_degenerate_frame_is_finite(name: str) -> None:
    m = torch.stack([DEGENERATE[name], torch.eye(3) + 0.1]).double().requires_grad_()
    Q, degenerate = gram_schmidt(m)
    assert degenerate.tolist() == [True, False]
    (Q * torch.arange(18.0).reshape(2, 3, 3)).sum().backward()
    assert m.grad is not None
    assert m.grad.isfinite().all()
    assert m.grad[0].abs().max() == 0.0
    assert m.grad[1].abs().max() > 0.1


@pytest.mark.parametrize("name", SHAPES)
def test_trap_4_no_gradient_flows_through_eigenvectors(name: str) -> None:
    x = SHAPES[name].clone().requires_grad_()
    net = nn.Linear(3, 3).double()
    s = sym(Deterministic(net, ROTATED, ROTATED), gammas.principal_axes(ROTATED))
    at(s, x[None]).square().sum().backward()
    assert x.grad is not None
    assert x.grad.isfinite().all()


def test_trap_4_the_gradient_of_eigenvectors_is_infinite_at_ties() -> None:
    x = TETRAHEDRON.clone().requires_grad_()
    vectors = torch.linalg.eigh(x.mT @ x).eigenvectors
    (gradient,) = torch.autograd.grad((vectors * points()[:3]).sum(), x)
    assert not gradient.isfinite().all()


@pytest.mark.parametrize("X", [ROTATED, TURNED], ids=lambda X: str(X.group))
@pytest.mark.parametrize("name", SHAPES)
def test_trap_5_principal_axes_are_equivariant_in_law_at_every_shape(X, name: str) -> None:
    x, gamma = SHAPES[name], gammas.principal_axes(X)
    assert_equivariant_in_law(gamma, x)
    assert_equivariant_in_law(sym(function(bent, X), gamma), x)
    Q = at(gamma, x.expand(500, 4, 3))
    assert X.group.contains(Q, tolerance=1e-10).all()
    moments = Q.mT @ (x.mT @ x) @ Q
    assert gap(moments, torch.diag_embed(moments.diagonal(dim1=-2, dim2=-1))) < EXACT
    if X is ROTATED:
        assert torch.linalg.det(Q).mean().abs() < 0.25  # both hands


@pytest.mark.parametrize("X", [ROTATED, TURNED], ids=lambda X: str(X.group))
def test_trap_5_no_turn_changes_the_canonical_form_of_a_handed_cloud(X) -> None:
    x = points(200)
    av = average(sym(function(bent, X), gammas.principal_axes(X)))
    assert residual(av, x, elements(X, 200)) < 1e-10
    mirror = torch.diag(torch.tensor([-1.0, 1, 1], dtype=torch.float64)).expand(200, 3, 3)
    assert (residual_of_matrix(av, x, mirror) > 0.05) == (X is TURNED)


def residual_of_matrix(kernel, x: Tensor, g: Tensor) -> float:
    return gap(at(kernel, x @ g.mT), at(kernel, x) @ g.mT)


def test_trap_6_every_entry_of_a_batch_has_a_frame_of_its_own() -> None:
    for X, count in ((ROTATED, 64), (MOVED, 64), (SQUARE, 8)):
        x = points(X=X)
        drawn = Symmetrised(bent, dom=X)(x.expand(64, *x.shape), generator=seeded())
        apart = (drawn.unsqueeze(0) - drawn.unsqueeze(1)).abs().amax((-2, -1)) > 1e-6
        assert len(apart.unique(dim=0)) == count


@pytest.mark.slow
def test_trap_6_a_compiled_module_draws_afresh_each_time_and_for_each_entry() -> None:
    command = [sys.executable, "-m", "tests.markovsym.theory.compiled_draws"]
    root = Path(__file__).parents[3]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("average_of", [False, True])
def test_trap_6_frames_of_motions_are_centred_again(average_of: bool) -> None:
    # equivariant under translations, not only invariant
    axes = composite(gammas.centroid(MOVED), gammas.principal_axes(ROTATED))
    module = Symmetrised(bent, E(3), dom=MOVED, gamma=axes, average=average_of)
    x, t = points(7), torch.tensor([5.0, -3.0, 2.0], dtype=torch.float64)
    here, there = (module(one, generator=seeded()) for one in (x, x + t))
    assert gap(there, here + t) < EXACT
    if average_of:
        g = elements(MOVED)
        assert gap(module(MOVED.act(g, x)), MOVED.act(g, module(x))) < 10 * EXACT
