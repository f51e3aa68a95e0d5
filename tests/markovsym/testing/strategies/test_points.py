"""Points that the strategy draws lie on a grid, in their space, and are special first."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from torch import Tensor

from markovsym.actions import coset_space, gspace, matrix, permutation, regular, trivial
from markovsym.errors import SpaceError
from markovsym.groups import GL, Cosets, FixingAxes, O, S, U
from markovsym.spaces import (
    CentreFree,
    Constraint,
    Kind,
    Orthogonal,
    Value,
    parts_of,
)
from markovsym.testing.inputs.rounding import same
from markovsym.testing.strategies.elements import groups
from markovsym.testing.strategies.points import space_points
from markovsym.testing.strategies.spaces import gspaces

STILL = trivial(O(3))
CLOUD = gspace(("point", 3), matrix(O(3)))
CENTRED = gspace(("point", 3), matrix(O(3)), constraint=CentreFree())
MASKED = (
    CENTRED
    @ gspace(("point",), STILL, Kind.BOOLEAN)
    @ gspace(("point",), STILL, Kind.INTEGER)
    @ gspace((), STILL)
)


@given(st.data())
def test_points_lie_in_their_space_and_stay_there(data: st.DataObject) -> None:
    dtype = data.draw(st.sampled_from([torch.float32, torch.float64]))
    G = data.draw(groups())
    X = data.draw(gspaces(G))
    sizes = {"point": data.draw(st.integers(1, 4))}
    x = data.draw(space_points(X, dtype=dtype, sizes=sizes))
    batch, found = X.space.measure(x)
    assert batch == ()
    assert found in ({}, sizes)
    for factor, part in zip(X.space.factors, parts_of(x), strict=True):
        assert float(factor.constraint.violation(part.cdouble()).abs().max()) < 1e-5
        assert part.dtype == factor.kind.dtype(dtype)
    e = G.identity(dtype=dtype)
    assert same(X.act(e, x), x, 0.0)


@given(space_points(MASKED))
def test_entries_lie_on_a_grid_and_centres_are_exact(x: tuple[Tensor, ...]) -> None:
    cloud, mask, numbers, time = x
    assert torch.equal(4 * cloud, (4 * cloud).round())
    assert float(cloud[1:].abs().max() if len(cloud) > 1 else 0) <= 3
    assert torch.equal(cloud.sum(0), torch.zeros(3, dtype=torch.float64))
    assert bool(mask[0])
    assert not cloud[~mask].any()
    assert int(numbers.abs().max()) <= 3
    assert float(time.abs()) <= 3


@given(x=space_points(CLOUD, dtype=torch.float32))
def test_single_precision_is_kept(x: Tensor) -> None:
    assert x.dtype == torch.float32
    assert float(x.abs().max()) <= 3


def some(points: st.SearchStrategy[Value], wanted: Callable[[Value], bool]) -> Value:
    """A point as it is drawn first: to shrink it takes seconds."""
    drawn = settings(phases=[Phase.generate], max_examples=2000, database=None, deadline=None)
    return find(points, wanted, settings=drawn)


def rank(x: Tensor) -> int:
    return int(torch.linalg.matrix_rank(x))


def test_the_simplest_point_is_one_row_of_zeros() -> None:
    assert find(space_points(CLOUD), lambda x: True).tolist() == [[0, 0, 0]]


@pytest.mark.parametrize("rows", [1, 2, 3, 5])
def test_any_number_of_rows_is_tried(rows: int) -> None:
    assert find(space_points(CLOUD), lambda x: len(x) == rows).tolist() == [[0, 0, 0]] * rows


SPECIAL = {
    "one point many times": lambda x: (
        len(x) > 1 and bool((x[0] == 2.75).any() and (x == x[0]).all())
    ),
    "on a line": lambda x: rank(x) == 1 and not bool((x == x[0]).all()),
    "on a plane": lambda x: rank(x) == 2 and not bool(x[:, -1].any()),
    "anywhere": lambda x: rank(x) == 3,
}


@pytest.mark.parametrize("name", SPECIAL)
def test_special_points_are_drawn(name: str) -> None:
    assert SPECIAL[name](some(space_points(CLOUD), SPECIAL[name]))


@pytest.mark.parametrize("entry", [-3.0, 3.0])
def test_the_largest_entries_are_drawn(entry: float) -> None:
    vectors = space_points(gspace((2,), STILL))
    assert some(vectors, lambda x: float(x[1]) == entry).shape == (2,)


def test_the_simplest_points_that_are_not_special_span_too() -> None:
    assert rank(find(space_points(CENTRED, sizes={"point": 4}, special=False), lambda x: True)) == 3


def test_some_rows_may_be_missing() -> None:
    missing = some(space_points(MASKED), lambda x: not bool(x[1].all()) and bool(x[0].any()))
    assert not missing[0][~missing[1]].any()


@given(space_points(CENTRED, sizes={"point": 4}, special=False))
def test_points_that_are_not_special_span_the_space(x: Tensor) -> None:
    assert float(torch.linalg.svdvals(x)[-1]) > 0.2


@given(space_points(MASKED, sizes={"point": 3}, special=False))
def test_rows_that_are_there_span_what_they_can(x: tuple[Tensor, ...]) -> None:
    cloud, mask, *_ = x
    assert rank(cloud) == int(mask.sum()) - 1


@given(x=space_points(gspace((2, 4, 2), trivial(O(3)), Kind.COMPLEX), special=False))
def test_every_cloud_of_several_spans(x: Tensor) -> None:
    assert x.is_complex()
    assert float(torch.linalg.svdvals(x).min()) > 0.2


@given(space_points(regular(GL(2)), special=False))
def test_cosets_are_not_asked_to_span(g: Tensor) -> None:
    assert GL(2).contains(g)


@given(x=space_points(coset_space(Cosets(FixingAxes(3, 1)))))
def test_cosets_are_those_of_elements(x: Tensor) -> None:
    assert float(x.norm()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("kind", "G"), [(Kind.REAL, O(2)), (Kind.COMPLEX, U(2))], ids=["real", "complex"]
)
def test_orthonormal_columns_are_elements(kind: Kind, G: O) -> None:
    Q = gspace((2, 2), trivial(O(3)), kind, Orthogonal())
    assert bool(G.contains(find(space_points(Q), lambda x: True)))
    far = some(space_points(Q), lambda x: float(x.abs().max()) < 0.99)
    assert bool(G.contains(far))


def test_permutations_of_a_named_size_are_of_its_number() -> None:
    X = regular(S("atom")) @ gspace(("atom", 2), permutation(S("atom")))
    g, x = find(space_points(X, sizes={"atom": 4}), lambda value: True)
    assert (g.tolist(), tuple(x.shape)) == ([0, 1, 2, 3], (4, 2))
    g, x = find(space_points(X), lambda value: len(value[1]) == 3)
    assert (g.tolist(), tuple(x.shape)) == ([0, 1, 2], (3, 2))


class Positive(Constraint):
    """An equation that nobody knows."""

    @property
    def convex(self) -> bool:
        return True

    def violation(self, value: Tensor) -> Tensor:
        return (-value).clamp(min=0)


def test_unknown_equations_are_refused() -> None:
    X = gspace((2,), trivial(O(3)), constraint=Positive())
    with pytest.raises(SpaceError, match=r"wanted equations that are known, got .*Positive"):
        find(space_points(X), lambda x: True)


def test_no_random_numbers_of_torch_are_used() -> None:
    before = torch.get_rng_state()
    some(space_points(CLOUD), lambda x: rank(x) == 3)
    assert torch.equal(torch.get_rng_state(), before)
