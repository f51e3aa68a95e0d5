"""How much an element stretches volume, against the Jacobian."""

import math

import pytest
import torch
from torch import Tensor

from markovsym.actions import (
    CosetAction,
    GSpace,
    Matrix,
    Permutation,
    Restricted,
    Scaling,
    Translation,
    affine,
    coset_space,
    gspace,
    matrix,
    regular,
    scaling,
)
from markovsym.errors import CompositionError
from markovsym.groups import (
    GL,
    SE,
    Cosets,
    E,
    FactorInclusion,
    FixingAxes,
    Inclusion,
    O,
    S,
    Scalings,
    T,
)
from markovsym.spaces import CentreFree, Kind
from tests.markovsym.actions.action_cases import CASES, Case

REAL = [
    case for case in CASES if case.kind is Kind.REAL and not isinstance(case.action, CosetAction)
]


def helmert(n: int) -> Tensor:
    """Orthonormal columns that span the points whose sum is zero."""
    basis, _ = torch.linalg.qr(torch.eye(n, dtype=torch.float64) - 1 / n, mode="reduced")
    return basis[:, : n - 1]


def log_jacobian(case: Case, seed: int) -> Tensor:
    """log |det| of the derivative of the action at a point, in free coordinates."""
    g, x = case.element(seed), case.value(seed + 1)
    if case.constraint != CentreFree():
        flat = torch.autograd.functional.jacobian(
            lambda y: case.action(g, y.reshape(case.shape)).flatten(), x.flatten()
        )
        return torch.linalg.slogdet(flat).logabsdet
    basis = helmert(case.shape[-2])
    shape = (case.shape[-2] - 1, case.shape[-1])
    free = torch.autograd.functional.jacobian(
        lambda y: (basis.mT @ case.action(g, basis @ y.reshape(shape))).flatten(),
        (basis.mT @ x).flatten(),
    )
    return torch.linalg.slogdet(free).logabsdet


@pytest.mark.parametrize("case", REAL, ids=str)
def test_the_stretch_of_volume_is_that_of_the_jacobian(case: Case) -> None:
    X = gspace(case.shape, case.action, case.kind, case.constraint)
    for seed in range(3):
        found = X.log_volume(case.element(seed), case.value(seed + 1))
        torch.testing.assert_close(found, log_jacobian(case, seed), rtol=0, atol=1e-10)


@pytest.mark.parametrize("case", REAL, ids=str)
def test_the_stretches_of_a_batch_are_those_of_its_entries(case: Case) -> None:
    X = gspace(case.shape, case.action, case.kind, case.constraint)
    g, x = case.element(0, 3), case.value(1, 3)
    found = X.log_volume(g, x)
    assert found.shape == (3,)
    for i in range(3):
        alone = tuple(part[i] for part in g) if isinstance(g, tuple) else g[i]
        torch.testing.assert_close(found[i], X.log_volume(alone, x[i]))
    one = X.log_volume(case.element(0), x)
    assert one.shape == (3,)


@pytest.mark.parametrize("case", REAL, ids=str)
def test_the_stretch_of_a_product_is_that_of_one_and_then_the_other(case: Case) -> None:
    X = gspace(case.shape, case.action, case.kind, case.constraint)
    g, h, x = case.element(0, 3), case.element(1, 3), case.value(2, 3)
    whole = X.log_volume(X.group.multiply(g, h), x)
    torch.testing.assert_close(whole, X.log_volume(h, x) + X.log_volume(g, X.act(h, x)))


def test_stretches_by_hand() -> None:
    double = torch.diag(torch.tensor([2.0, 1.0]))
    for action, shape, wanted in [
        (Matrix(GL(2)), (2,), 1),
        (Matrix(GL(2)), (5, 2), 5),
        (Matrix(GL(2), (), (-1,)), (5, 2), -5),
        (Matrix(GL(2), (-2, -1)), (2, 2), 4),
        (Matrix(GL(2), (-2,), (-1,)), (2, 2), 0),
    ]:
        found = gspace(shape, action).log_volume(double, torch.zeros(shape))
        assert found.item() == pytest.approx(wanted * math.log(2))
    free = gspace((5, 2), Matrix(GL(2)), constraint=CentreFree())
    assert free.log_volume(double, torch.zeros(5, 2)).item() == pytest.approx(4 * math.log(2))
    cubes = gspace((5, 2), scaling(Scalings(), 3.0))
    found = cubes.log_volume(torch.tensor([2.0, 1.0]), torch.zeros(2, 5, 2))
    torch.testing.assert_close(found, torch.tensor([30 * math.log(2), 0.0]))


def test_the_size_of_a_batch_of_named_points_counts() -> None:
    X = gspace(("atom", 2), matrix(GL(2)))
    double = torch.diag(torch.tensor([2.0, 1.0]))
    for n in (3, 7):
        assert X.log_volume(double, torch.zeros(n, 2)).item() == pytest.approx(n * math.log(2))


def test_blocks_add_up() -> None:
    G = Scalings()
    X = gspace((3,), scaling(G)) @ gspace((), scaling(G, -1.0)) @ gspace((2,), scaling(G, 0.0))
    value = (torch.zeros(4, 3), torch.zeros(4), torch.zeros(4, 2))
    found = X.log_volume(torch.full((4,), 2.0), value)
    torch.testing.assert_close(found, torch.full((4,), 2 * math.log(2)))
    assert X.unit.log_volume(torch.tensor(2.0), ()).item() == 0.0


def test_the_precision_is_that_of_the_value() -> None:
    for dtype in (torch.float32, torch.float64):
        for action in (Matrix(GL(3)), affine(E(3)), Translation(T(3)), Scaling(Scalings())):
            X = gspace((5, 3), action)
            g = X.group.identity(dtype=dtype)
            assert X.log_volume(g, torch.zeros(5, 3, dtype=dtype)).dtype == dtype


def test_a_restricted_action_stretches_like_the_image() -> None:
    phi = Inclusion(SE(2), E(2))
    X = gspace((5, 2), Restricted(phi, affine(E(2))))
    assert X.log_volume(SE(2).identity(), torch.zeros(5, 2)).item() == 0.0


@pytest.mark.parametrize(
    "X",
    [
        regular(O(3)),
        regular(E(3)),
        coset_space(Cosets(FixingAxes(3, 1))),
        coset_space(Cosets(FactorInclusion(E(3), "right"))),
    ],
    ids=str,
)
def test_no_density_is_known_on_cosets(X: GSpace, generator: torch.Generator) -> None:
    g = X.group.random(generator=generator)
    with pytest.raises(CompositionError) as caught:
        X.log_volume(g, X.actions[0].cosets.project(g))
    assert str(caught.value) == f"no density is known on the cosets {X.actions[0].cosets.phi}"


def test_permutations_of_labels_stretch_nothing() -> None:
    X = gspace((4,), Permutation(S(4), (-1,)), Kind.INTEGER)
    assert X.log_volume(S(4).generators()[0], torch.zeros(2, 4, dtype=torch.int64)).tolist() == [
        0,
        0,
    ]
