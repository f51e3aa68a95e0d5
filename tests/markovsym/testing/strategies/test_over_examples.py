"""Tests in law of the examples of Hypothesis replay, shrink, and share one chance of error."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from torch import Tensor

from markovsym.actions import gspace, matrix
from markovsym.groups import Group, O
from markovsym.testing import Effort, InconclusiveError, assert_equivariant_in_law, elements, making
from markovsym.testing.effort import usual
from markovsym.testing.inputs.named import named_elements
from markovsym.testing.strategies.over_examples import over_examples

X = gspace((2, 2), matrix(O(2)))
POINT = torch.tensor([[1.0, 0], [2, -1]])
LAB = torch.tensor([1.0, 4.0])
BRIEF = settings(
    max_examples=10,
    database=None,
    deadline=None,
    derandomize=True,
    phases=[
        Phase.generate,
        Phase.shrink,
    ],  # to explain a failure takes long where types are checked
)
ONCE = settings(BRIEF, phases=[Phase.generate])


def noise(x: Tensor) -> Tensor:
    return x + torch.randn_like(x)


def larger_along_y(x: Tensor) -> Tensor:
    return x + LAB * torch.randn_like(x)


def in_law(kernel: Callable[[Tensor], Tensor]) -> Callable[[], None]:
    @given(g=elements(O(2), dtype=torch.float32))
    @BRIEF
    @over_examples()
    def holds(g: Tensor) -> None:
        assert_equivariant_in_law(kernel, POINT, [g], X=X)

    return holds


def test_a_kernel_that_is_equivariant_passes() -> None:
    with making(Effort(pairs=256)):
        in_law(noise)()


def test_a_broken_kernel_fails_at_a_named_element_in_every_run_alike() -> None:
    told: list[str] = []
    for _ in range(2):
        with making(Effort(pairs=512)), pytest.raises(AssertionError, match="not equivariant") as e:
            in_law(larger_along_y)()
        told.append("\n".join([str(e.value), *e.value.__notes__]))
    assert told[0] == told[1]
    assert "the example that failed first: g = tensor(" in told[0]
    named = named_elements(O(2), generator=torch.Generator(), dtype=torch.float32, generic=0)
    assert any(f"with g = {one.element}" in told[0] for one in named)


def test_each_example_has_its_share_of_the_error() -> None:
    shares: list[Effort] = []
    before = usual()

    @given(st.integers())
    @ONCE
    @over_examples(alpha=1e-6)
    def look(n: int) -> None:
        shares.append(usual())

    look()
    assert len(shares) == 10
    assert sum(one.alpha for one in shares) == pytest.approx(1e-6)
    assert len({one.seed for one in shares}) == 1
    assert usual() == before


def test_the_usual_effort_is_shared_where_no_chance_is_given() -> None:
    shares: list[Effort] = []

    @given(st.integers())
    @settings(ONCE, max_examples=4)
    @over_examples()
    def look(n: int) -> None:
        shares.append(usual())

    with making(Effort(alpha=1e-3, pairs=77, examples=3)):
        look()
    assert {(one.alpha, one.pairs, one.examples) for one in shares} == {(1e-3 / 4, 77, 3)}


def test_without_hypothesis_the_whole_chance_is_that_of_the_one_example() -> None:
    @over_examples(alpha=1e-6)
    def look() -> Effort:
        return usual()

    assert look().alpha == 1e-6


def test_seeds_depend_on_the_test_and_on_the_usual_effort() -> None:
    @over_examples()
    def one() -> int:
        return usual().seed

    @over_examples()
    def other() -> int:
        return usual().seed

    with making(Effort(seed=usual().seed + 1)):
        again = one()
    assert len({one(), other(), again}) == 3
    assert one() == one()


def draws(of: st.SearchStrategy[object]) -> list[tuple[object, float]]:
    """What torch's own generator gives in each example."""
    found: list[tuple[object, float]] = []

    @given(of)
    @ONCE
    @over_examples()
    def look(value: object) -> None:
        found.append((value, float(torch.rand(()))))

    look()
    return found


def test_draws_are_a_function_of_the_example() -> None:
    before = torch.get_rng_state()
    for of in (
        st.integers(0, 20),
        st.sampled_from([O(2), O(3)]),
        st.sampled_from(["a", "b"]),
        st.tuples(st.booleans(), st.floats(0, 1)),
    ):
        first, again = draws(of), draws(of)
        assert first == again
        assert len({value for value, _ in first}) == len({number for _, number in first}) > 1
    assert torch.equal(torch.get_rng_state(), before)


def test_draws_depend_on_tensors_up_to_rounding() -> None:
    vectors = [torch.tensor([0.0, 1]), torch.tensor([-0.0, 1 + 1e-13]), torch.tensor([1.0, 1])]
    found = {str(v): number for v, number in draws(st.sampled_from(vectors).map(lambda v: (v, v)))}
    assert len(set(found.values())) == 2


def test_of_other_objects_the_class_counts() -> None:
    found = draws(st.integers().map(lambda _: object()))
    assert len({id(one) for one, _ in found}) > 1  # all are kept, so each has an address of its own
    assert len({number for _, number in found}) == 1


def test_noise_that_nobody_seeded_is_no_flaky_failure() -> None:
    @given(st.integers(0, 1000))
    @BRIEF
    @over_examples()
    def lucky(n: int) -> None:
        assert float(torch.rand(())) < 0.5

    with pytest.raises(AssertionError, match=r"< 0\.5"):
        lucky()


def test_the_first_failure_is_that_of_this_run() -> None:
    words = iter(["one", "two"])
    word = ""

    @given(n=st.integers(0, 1000))
    @BRIEF
    @over_examples()
    def fails(n: int) -> None:
        if n > 3:
            raise AssertionError(f"{word} {n}")

    for word in words:
        with pytest.raises(AssertionError, match=f"{word} 4") as e:
            fails()
        (first,) = [note for note in e.value.__notes__ if note.startswith("the example that")]
        assert first.splitlines()[1].startswith(word)
        assert first.startswith(f"the example that failed first: n = {first.split()[-1]}\n")
        assert int(first.split()[-1]) > 4


def test_an_example_that_cannot_be_simpler_is_told_once() -> None:
    @given(st.just(1))
    @BRIEF
    @over_examples()
    def fails(n: int) -> None:
        raise InconclusiveError("nothing was learned")

    with pytest.raises(InconclusiveError) as e:
        fails()
    assert not any("failed first" in note for note in e.value.__notes__)


def test_other_errors_are_let_through() -> None:
    @given(st.integers(0, 1000))
    @BRIEF
    @over_examples()
    def fails(n: int) -> None:
        if n > 3:
            raise ValueError(n)

    with pytest.raises(ValueError, match="4") as e:
        fails()
    assert not any("failed first" in note for note in e.value.__notes__)


def test_it_stands_below_given() -> None:
    with pytest.raises(TypeError, match=r"wanted @over_examples below @given, .* it stands above"):
        over_examples()(in_law(noise))


def test_the_test_keeps_its_name_and_its_result() -> None:
    @over_examples()
    def named(G: Group, *, n: int = 2) -> str:
        """Told."""
        return f"{G} {n}"

    assert (named.__name__, named.__doc__) == ("named", "Told.")
    assert named(O(3), n=4) == "O(3) 4"
