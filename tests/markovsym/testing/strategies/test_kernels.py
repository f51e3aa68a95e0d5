"""Kernels that are drawn are asymmetric, or equivariant, as they were asked to be."""

from collections.abc import Callable
from typing import final

import pytest
import torch
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from torch import Tensor

from markovsym.actions import (
    GSpace,
    coset_space,
    gspace,
    matrix,
    permutation,
    regular,
    together,
    translation,
    trivial,
)
from markovsym.actions.action import VolumeKeeping
from markovsym.errors import CompositionError, NoGammaError, NotCompactError, SpaceError
from markovsym.groups import (
    GL,
    SL,
    SO,
    C,
    Cosets,
    Direct,
    E,
    FixingAxes,
    O,
    S,
    T,
    U,
)
from markovsym.groups.enumeration import pick
from markovsym.kernels import Kernel
from markovsym.spaces import CentreFree, Kind, Orthogonal, Space, Value, parts_of
from markovsym.symmetrise import EquivariantKernel, SymmetrisedKernel, natural, sym
from markovsym.testing import Effort, equivariance_in_law
from markovsym.testing.inputs.asymmetric import Asymmetric
from markovsym.testing.inputs.probes import known_gammas, known_kernels
from markovsym.testing.inputs.rounding import same, size
from markovsym.testing.inputs.scaled import scaled
from markovsym.testing.strategies.elements import elements, groups
from markovsym.testing.strategies.kernels import (
    equivariant_kernels,
    gammas,
    kernels,
)
from markovsym.testing.strategies.points import space_points
from markovsym.testing.strategies.spaces import gspaces

FEW = Effort(pairs=320)
GROUPS = (O(2), SO(3), U(2), S(3), T(2), GL(2), E(2), Direct(S(3), O(3)))
NATURAL = [natural(G) for G in GROUPS] + [regular(C(4)), regular(O(2))]
STILL = trivial(O(3))
CLOUD = gspace(("point", 3), matrix(O(3)))
CENTRED = gspace(("point", 3), matrix(O(3)), constraint=CentreFree())
MASK = gspace(("point",), STILL, Kind.BOOLEAN)
NUMBERS = gspace((2,), STILL, Kind.COMPLEX) @ gspace((3,), STILL, Kind.INTEGER)


def p(kernel: Kernel, X: GSpace) -> float:
    """Chance of what a test in law finds at a few elements."""
    G = X.group
    drawn = G.random(2, generator=torch.Generator().manual_seed(1))
    return equivariance_in_law(
        kernel, None, [pick(drawn, 0), pick(drawn, 1), *G.components()[1:2]], effort=FEW
    ).p


def some(kernels: st.SearchStrategy[Kernel], wanted: Callable[[Kernel], bool]) -> Kernel:
    """A kernel as it is drawn first: to shrink it takes seconds."""
    drawn = settings(phases=[Phase.generate], database=None, deadline=None)
    return find(kernels, wanted, settings=drawn)


def draw(x: Value, X: GSpace, Y: GSpace, seed: int = 0) -> list[Value]:
    """Of each of the kernels."""
    return [k.sample(x, generator=torch.Generator().manual_seed(seed)) for k in known_kernels(X, Y)]


@pytest.mark.parametrize("X", NATURAL, ids=str)
def test_kernels_are_not_equivariant(X: GSpace) -> None:
    affine, noisy, bent = known_kernels(X)
    for k in (affine, noisy, bent):
        assert p(k, X) < 1e-6


def test_kernels_come_from_simple_to_bent() -> None:
    every = known_kernels(CLOUD)
    assert [(k.deterministic, k.function.bend > 0) for k in every] == [
        (True, False),
        (False, False),
        (False, True),
    ]


@given(st.data())
def test_kernels_go_where_they_were_asked_to(data: st.DataObject) -> None:
    G = data.draw(groups())
    dtype = data.draw(st.sampled_from([torch.float32, torch.float64]))
    X, Y = data.draw(gspaces(G)), data.draw(gspaces(G))
    x = data.draw(space_points(X @ Y, dtype=dtype))
    k = data.draw(kernels(X @ Y, Y))
    y = k.sample(x, generator=torch.Generator())
    assert [p.dtype for p in parts_of(y)] == [f.kind.dtype(dtype) for f in Y.space.factors]
    for factor, part in zip(Y.space.factors, parts_of(y), strict=True):
        assert float(factor.constraint.violation(part.cdouble()).abs().max()) < 1e-4
    for block, part in Y.parts(y):
        if block.action == regular(G).actions[0]:
            assert G.contains(part).all()


@given(x=space_points(CENTRED @ MASK @ NUMBERS, dtype=torch.float64))
def test_masks_are_handed_on_and_missing_rows_stay_zero(x: tuple[Tensor, ...]) -> None:
    X = CENTRED @ MASK @ NUMBERS
    for cloud, mask, *_ in draw(x, X, CENTRED @ MASK):
        assert torch.equal(mask, x[1])
        assert not cloud[~mask].any()
        assert float(cloud.sum(0).abs().max()) < 1e-12


def test_noise_does_not_spread_alike_everywhere() -> None:
    x = torch.randn(2, 4, 3, generator=torch.Generator().manual_seed(0)).expand(4096, 2, 4, 3)
    _, noisy, _ = draw(x, CLOUD, CLOUD)
    spread = noisy.std(0)
    assert float(spread[0].max() / spread[0].min()) > 2
    assert not torch.allclose(spread[0], spread[1], rtol=0.1)


def test_affine_kernels_are_affine_and_neither_odd_nor_even() -> None:
    f = Asymmetric(CLOUD, CLOUD)
    x = torch.randn(4, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    zero = f(torch.zeros_like(x))
    torch.testing.assert_close(f(2 * x) - zero, 2 * (f(x) - zero))
    assert float(zero.abs().max()) > 0.1
    bent = Asymmetric(CLOUD, CLOUD, 16)
    gap = bent(2 * x) - 2 * bent(x) + bent(torch.zeros_like(x))
    assert float(gap.abs().max()) > 0.1


def test_every_entry_depends_on_every_other() -> None:
    x = torch.zeros(2, 3, dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(Asymmetric(CLOUD, CLOUD), x).reshape(6, 6)
    assert float(jacobian.abs().min()) > 1e-4
    assert float(jacobian[:2].norm() / jacobian[-2:].norm()) > 2  # entries are of different sizes
    assert not torch.allclose(jacobian @ jacobian.mT, jacobian.mT @ jacobian, atol=0.1)


def test_a_batch_is_drawn_point_by_point() -> None:
    x = torch.randn(5, 2, 4, 3, generator=torch.Generator().manual_seed(0))
    f = Asymmetric(CLOUD, CLOUD @ regular(O(3)))
    for whole, one in zip(f(x), f(x[3, 1]), strict=True):
        torch.testing.assert_close(whole[3, 1], one)


def test_cosets_are_projections_of_elements() -> None:
    sphere = coset_space(Cosets(FixingAxes(3, 1)))
    x = torch.randn(20, 4, 3, generator=torch.Generator().manual_seed(0))
    y = Asymmetric(CLOUD, sphere)(x)
    assert y.shape == (20, 3, 1)
    torch.testing.assert_close(y.norm(dim=1), torch.ones(20, 1))
    assert len({str(one) for one in y}) > 3


def test_clouds_of_clouds_keep_their_centres() -> None:
    many = gspace((2, "point", 3), STILL, constraint=CentreFree())
    x = (torch.ones(6, 4, 3), torch.tensor([[True, True, False, True]]).expand(6, 4))
    y = Asymmetric(CLOUD @ MASK, many)(*x)
    assert y.shape == (6, 2, 4, 3)
    torch.testing.assert_close(y.sum(-2), torch.zeros(6, 2, 3), atol=1e-5, rtol=0)
    assert not y[:, :, 2].any()
    assert bool(y[:, :, 3].any())


def test_states_are_kernels_too() -> None:
    for state in known_kernels(CLOUD.unit, gspace((2,), STILL) @ regular(O(3))):
        v, g = state.sample(generator=torch.Generator(), batch=(4,))
        assert v.shape == (4, 2)
        assert O(3).contains(g).all()


def test_a_size_that_nobody_brings_is_refused() -> None:
    with pytest.raises(
        SpaceError, match=r"wanted sizes that \(.*\) brings along, got point in \(floating point"
    ):
        Asymmetric(gspace((2,), STILL), CLOUD)


def test_equations_that_nobody_knows_are_refused() -> None:
    Q = gspace((3, 3), STILL, constraint=Orthogonal())
    with pytest.raises(SpaceError, match="wanted a factor of a kind that is known, got floating"):
        Asymmetric(Q, Q)(torch.eye(3))


@given(st.data())
def test_scaling_is_equivariant(data: st.DataObject) -> None:
    G = data.draw(groups())
    X = data.draw(gspaces(G))
    x, g = data.draw(space_points(X)), data.draw(elements(G))
    f = scaled(X).kernel.function
    there, moved = f(*parts_of(X.act(g, x))), X.act(g, f(*parts_of(x)))
    assert same(there, moved, 1e-8 * (1 + size(G, g)))


@pytest.mark.parametrize("X", NATURAL[:-2], ids=str)
def test_scaling_is_not_the_identity(X: GSpace) -> None:
    n = X.space.factors[0].shape[-1]
    x = torch.tensor([[0.0], [0.5], [-1.5]]).expand(3, n if isinstance(n, int) else 2)
    x = x.to(X.space.factors[0].kind.dtype())
    assert not torch.equal(scaled(X).sample(x, generator=torch.Generator()), x)


@pytest.mark.parametrize(
    "X",
    [
        gspace((3,), matrix(O(3))),
        gspace((3, 3), matrix(O(3), (-2,), (-1,))),
        gspace((3, 3), together(permutation(S(3)), matrix(O(3)))),
    ],
    ids=["vectors", "matrices", "rows"],
)
def test_where_the_group_acts_linearly_everything_is_doubled(X: GSpace) -> None:
    x = torch.randn(X.space.factors[0].shape, generator=torch.Generator().manual_seed(0))
    assert torch.equal(scaled(X).sample(x, generator=torch.Generator()), 2 * x)


@final
class Unknown(VolumeKeeping):
    """An action that nobody knows to be linear."""

    group = O(1)

    def fits(self, space: Space) -> bool:
        return True

    def __call__(self, g: Tensor, x: Tensor) -> Tensor:
        return x * g


def test_what_an_unknown_action_moves_is_left_alone() -> None:
    x = torch.arange(6.0).reshape(3, 2)
    for action in (
        Unknown(),
        together(Unknown(), trivial(O(2))),
        together(translation(T(2)), Unknown()),
    ):
        X = gspace((3, 2), action)
        assert torch.equal(scaled(X).sample(x, generator=torch.Generator()), x)


def test_cosets_and_whole_numbers_are_not_scaled() -> None:
    X = (
        regular(O(3))
        @ gspace((3,), STILL, Kind.INTEGER)
        @ gspace((3, 3), STILL, constraint=Orthogonal())
    )
    x = (torch.eye(3), torch.arange(3), torch.eye(3))
    y = scaled(X).sample(x, generator=torch.Generator())
    assert all(torch.equal(a, b) for a, b in zip(x, y, strict=True))


SOME = [natural(O(2)), natural(S(3)), regular(C(4)), natural(E(2)), regular(Direct(C(2), O(2)))]


@pytest.mark.parametrize("X", SOME, ids=str)
def test_known_gammas_are_equivariant_and_end_in_the_group(X: GSpace) -> None:
    for gamma in known_gammas(X):
        assert gamma.cod == regular(X.group)
        assert p(gamma, X) > 1e-4


@pytest.mark.parametrize("X", SOME[:3], ids=str)
def test_recursive_gammas_are_equivariant_and_symmetrise(X: GSpace) -> None:
    learned = some(
        gammas(X), lambda gamma: isinstance(gamma, SymmetrisedKernel) and "bent" in repr(gamma)
    )
    assert p(learned, X) > 1e-4
    assert p(sym(known_kernels(X)[0], learned), X) > 1e-4


def test_groups_with_several_gammas_have_them() -> None:
    assert [type(one).__name__ for one in known_gammas(CLOUD)] == ["Haar", "PrincipalAxes"]
    _, *scored = known_gammas(regular(C(4)))
    assert [one.temperature for one in scored] == [0, 1]
    product = Direct(S(3), O(3))
    assert [type(one).__name__ for one in known_gammas(natural(product))][1:] == [
        "SymmetrisedKernel"
    ]
    assert len(known_gammas(natural(S(3)))) == 1


@pytest.mark.parametrize(
    ("X", "error"),
    [
        (gspace((2,), trivial(T(2))), NoGammaError),
        (regular(SL(2)), CompositionError),
        (gspace((2,), trivial(Direct(T(1), O(2)))), NotCompactError),
    ],
    ids=str,
)
def test_where_no_gamma_is_known_none_is_drawn(X: GSpace, error: type[Exception]) -> None:
    with pytest.raises(error):
        gammas(X)
    drawn: list[EquivariantKernel] = []
    with pytest.raises(NoSuchExample):
        some(equivariant_kernels(X), lambda k: drawn.append(k) or False)
    assert {type(k).__name__ for k in drawn} == {"Known"}


@given(st.data())
def test_equivariant_kernels_are_known_to_be(data: st.DataObject) -> None:
    X = data.draw(gspaces(data.draw(groups())))
    k = data.draw(equivariant_kernels(X))
    assert isinstance(k, EquivariantKernel)
    assert (k.dom, k.cod, k.over) == (X, X, None)


def test_equivariant_kernels_begin_with_the_identity_and_end_with_symmetrised_ones() -> None:
    drawn: list[EquivariantKernel] = []
    with pytest.raises(NoSuchExample):
        some(equivariant_kernels(CLOUD), lambda k: drawn.append(k) or False)
    assert drawn[0].label == "Identity"
    assert {k.label for k in drawn} == {"Identity", "Scaled", "SymmetrisedKernel"}


def test_no_random_numbers_of_torch_are_used() -> None:
    before = torch.get_rng_state()
    known_kernels(CLOUD)[0].sample(torch.ones(2, 3), generator=torch.Generator())
    some(equivariant_kernels(CLOUD), lambda k: isinstance(k, SymmetrisedKernel))
    assert torch.equal(torch.get_rng_state(), before)
