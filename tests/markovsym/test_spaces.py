import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym.errors import CompositionError, SpaceError
from markovsym.spaces import (
    FREE,
    UNIT,
    CentreFree,
    Constraint,
    Factor,
    Free,
    Kind,
    Orthogonal,
    Space,
    dtype_of,
    parts_of,
    space,
    value_of,
)

Parts = list[tuple[list[int | str], Kind, Constraint]]

# plain data, not spaces: beartype looks at a random entry of a tuple, and Hypothesis refuses that
# while it draws
parts = st.tuples(
    st.lists(st.integers(1, 4) | st.sampled_from(["atom", "edge"]), max_size=3),
    st.sampled_from(Kind),
    st.sampled_from([FREE, CentreFree(), Orthogonal()]),
)
batches = st.lists(st.integers(0, 3), max_size=2).map(tuple)
DTYPES = {
    Kind.REAL: torch.float32,
    Kind.COMPLEX: torch.complex64,
    Kind.INTEGER: torch.int64,
    Kind.BOOLEAN: torch.bool,
}
SIZES = {"atom": 5, "edge": 2}


def product(drawn: Parts) -> Space:
    return Space(tuple(Factor(tuple(shape), kind, rule) for shape, kind, rule in drawn))


@given(drawn=st.tuples(*[st.lists(parts, max_size=3)] * 3))
def test_the_product_is_associative_and_has_a_unit(drawn: tuple[Parts, Parts, Parts]) -> None:
    X, Y, Z = map(product, drawn)
    assert (X @ Y) @ Z == X @ (Y @ Z)
    assert UNIT @ X == X == X @ UNIT
    assert (X @ Y).factors == (*X.factors, *Y.factors)


@given(drawn=st.lists(parts, min_size=1, max_size=3), batch=batches)
def test_a_value_is_measured_by_its_batch_shape_and_its_named_sizes(
    drawn: Parts, batch: tuple[int, ...]
) -> None:
    value = value_of(
        tuple(
            torch.zeros([*batch, *(SIZES.get(n, n) for n in shape)], dtype=DTYPES[kind])
            for shape, kind, _ in drawn
        )
    )
    names = {n for shape, _, _ in drawn for n in shape if isinstance(n, str)}
    assert product(drawn).measure(value) == (batch, {name: SIZES[name] for name in names})


def test_a_lone_tensor_stands_for_itself_and_several_for_a_tuple() -> None:
    a, b = torch.zeros(2), torch.ones(2)
    assert value_of((a,)) is a
    assert parts_of(a) == (a,)
    assert value_of((a, b)) == (a, b) == parts_of((a, b))
    assert value_of(()) == () == parts_of(())


def test_the_type_of_a_value_is_that_of_its_first_real_tensor() -> None:
    n, x, y = torch.zeros(2, dtype=torch.int64), torch.zeros(2).double(), torch.zeros(2).half()
    assert dtype_of((n, x, y)) == dtype_of(x) == torch.float64
    assert dtype_of(n) == dtype_of(()) == torch.get_default_dtype()


def test_the_unit_has_one_point() -> None:
    assert UNIT.measure(()) == ((), {})


@pytest.mark.parametrize(
    ("kind", "held"),
    [
        (Kind.REAL, {torch.float16, torch.bfloat16, torch.float32, torch.float64}),
        (Kind.INTEGER, {torch.int64}),
        (Kind.BOOLEAN, {torch.bool}),
    ],
)
def test_a_kind_holds_its_own_types_only(kind: Kind, held: set[torch.dtype]) -> None:
    every = {*held, torch.float32, torch.int32, torch.int64, torch.uint8, torch.bool}
    assert {dtype for dtype in every if kind.holds(torch.zeros(1, dtype=dtype))} == held


def test_spaces_are_equal_by_content() -> None:
    assert space(("atom", 3)) == space(("atom", 3))
    assert hash(space(("atom", 3))) == hash(space(("atom", 3)))
    others = [space(("atom", 2)), space(("node", 3)), space(("atom", 3), Kind.INTEGER)]
    others.append(space(("atom", 3), constraint=CentreFree()))
    assert space(("atom", 3)) not in others


@pytest.mark.parametrize(
    ("constraint", "value", "wanted"),
    [
        (Free(), [[1.0, 2.0], [3.0, 4.0]], 0.0),
        (CentreFree(), [[1.0, 2.0], [-1.0, -2.0]], 0.0),
        (CentreFree(), [[1.0, 2.0], [2.0, 2.0]], 5.0),
        (CentreFree(), [[3.0, 4.0], [0.0, 0.0]], 5.0),
        (Orthogonal(), [[0.0, -1.0], [1.0, 0.0]], 0.0),
        (Orthogonal(), [[2.0, 0.0], [0.0, 2.0]], 3 * math.sqrt(2)),
        (Orthogonal(), [[1.0, 1.0], [0.0, 0.0]], math.sqrt(2)),
    ],
)
def test_a_violation_is_the_distance_from_the_equation(
    constraint: Constraint, value: list[list[float]], wanted: float
) -> None:
    tensor = torch.tensor(value)
    assert float(constraint.violation(tensor)) == pytest.approx(wanted)
    assert tensor.tolist() == value  # it is left as it was


def test_a_violation_is_one_number_for_each_value_of_a_batch() -> None:
    batch = torch.stack([torch.eye(3), 2 * torch.eye(3)]).expand(4, 2, 3, 3)
    assert Orthogonal().violation(batch).shape == (4, 2)
    assert CentreFree().violation(batch).shape == (4, 2)


def test_constraints_are_not_looked_at_when_a_value_is_measured() -> None:
    assert space((2, 2), constraint=Orthogonal()).measure(torch.zeros(7, 2, 2)) == ((7,), {})


@pytest.mark.parametrize("shape", [(3,), (5, 4), (2, 3, 5), (), (5,)])
def test_another_event_shape_is_refused(shape: tuple[int, ...]) -> None:
    wanted = r"^wanted floating point of shape \(\*batch, 5, 3\), got torch.float32 of shape \("
    with pytest.raises(SpaceError, match=wanted):
        space((5, 3)).measure(torch.zeros(shape))


def test_another_kind_is_refused() -> None:
    with pytest.raises(SpaceError, match=r"^wanted int64 of .*, got torch.float32 of shape \(3,\)"):
        space((3,), Kind.INTEGER).measure(torch.zeros(3))


def test_a_name_stands_for_one_size_in_the_whole_space() -> None:
    with pytest.raises(SpaceError, match=r"^wanted boolean of shape \(\*batch, atom\), got "):
        (space(("atom", 3)) @ space(("atom",), Kind.BOOLEAN)).measure(
            (torch.zeros(7, 5, 3), torch.ones(7, 4, dtype=torch.bool))
        )
    with pytest.raises(SpaceError, match=r"^wanted floating point of shape \(\*batch, atom, atom"):
        space(("atom", "atom")).measure(torch.zeros(2, 3))


def test_two_batch_shapes_are_refused() -> None:
    with pytest.raises(SpaceError, match=r"^wanted one batch shape .*, got \[\(7,\), \(6,\)\]$"):
        (space((3,)) @ space((2,))).measure((torch.zeros(7, 3), torch.zeros(6, 2)))


def test_another_number_of_tensors_is_refused() -> None:
    with pytest.raises(SpaceError, match=r"^wanted 2 tensors \(.* x .*\), got 1$"):
        (space((3,)) @ space((2,))).measure(torch.zeros(7, 3))
    with pytest.raises(SpaceError, match=r"^wanted 0 tensors \(the unit\), got 1$"):
        UNIT.measure(torch.zeros(7))


def test_a_space_says_why_kernels_do_not_meet_in_it() -> None:
    error = space((2,)).mismatch(space(("atom",), Kind.BOOLEAN))
    assert isinstance(error, CompositionError)
    assert str(error) == (
        "the first kernel ends in (floating point of shape (*batch, 2)), "
        "the next starts in (boolean of shape (*batch, atom))"
    )
