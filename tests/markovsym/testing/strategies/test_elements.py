"""What the strategies of groups and elements draw, and where shrinking ends."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import find, given
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from markovsym.groups import (
    SO,
    C,
    Direct,
    E,
    Element,
    Group,
    LorentzGroup,
    MatrixGroup,
    O,
    OrthogonalGroup,
    PairGroup,
    S,
    TranslationGroup,
    TrivialGroup,
)
from markovsym.spaces import parts_of
from markovsym.testing.inputs.named import named_elements
from markovsym.testing.strategies.elements import GROUPS, elements, groups


def test_groups_begin_with_the_trivial_one() -> None:
    assert find(groups(), lambda G: True) == TrivialGroup()


@given(groups(), groups(OrthogonalGroup), groups(PairGroup))
def test_groups_are_of_the_class_that_was_asked_for(G: Group, Q: Group, pair: Group) -> None:
    assert isinstance(G, Group)
    assert isinstance(Q, OrthogonalGroup)
    assert isinstance(pair, PairGroup)


def test_every_group_is_listed_once() -> None:
    assert len(set(GROUPS)) == len(GROUPS)


@pytest.mark.parametrize("G", GROUPS, ids=str)
def test_every_listed_group_is_drawn(G: Group) -> None:
    assert find(groups(), lambda found: found == G) == G


def test_products_of_groups_that_are_listed_apart_are_drawn() -> None:
    found = find(groups(), lambda G: isinstance(G, Direct) and G not in GROUPS)
    assert found.factors == (TrivialGroup(), TrivialGroup())
    assert find(groups(PairGroup), lambda G: str(G) == "C(2) x O(2)") == Direct(C(2), O(2))


def test_a_class_without_a_listed_group_is_refused() -> None:
    with pytest.raises(ValueError, match=r"wanted a class of which one of 1, C\(2\), .* is, got"):
        groups(type("Other", (MatrixGroup,), {}))


@given(st.data())
def test_elements_lie_in_the_group(data: st.DataObject) -> None:
    G = data.draw(groups())
    dtype = data.draw(st.sampled_from([torch.float32, torch.float64]))
    g = data.draw(elements(G, dtype=dtype))
    assert G.contains(g).all()
    assert all(p.dtype in (dtype, dtype.to_complex(), torch.int64) for p in parts_of(g))


E3 = torch.eye(3, dtype=torch.float64)
REASONS: dict[str, Callable[[Element], bool]] = {
    "any": lambda g: True,
    "not the identity": lambda g: not torch.allclose(g, E3),
    "a reflection": lambda g: float(torch.linalg.det(g)) < 0,
    "no involution": lambda g: not torch.allclose(g @ g, E3),
}


@pytest.mark.parametrize("fails", REASONS.values(), ids=list(REASONS))
@pytest.mark.parametrize("G", [O(3), LorentzGroup(3)], ids=str)
def test_shrinking_ends_at_elements_that_have_names(
    G: Group, fails: Callable[[Element], bool]
) -> None:
    named = named_elements(G, generator=torch.Generator(), generic=0)
    g = find(elements(G), fails)
    assert any(torch.equal(g, one.element) for one in named)


@pytest.mark.parametrize("name", ["-1", "of order 4", "of order 3", "a random one"])
def test_no_named_element_is_missed(name: str) -> None:
    wanted = {
        "-1": lambda g: torch.equal(g, -E3),
        "of order 4": lambda g: torch.equal(g @ g, torch.diag(E3.new_tensor([-1, -1, 1]))),
        "of order 3": lambda g: torch.equal(g, E3.roll(1, 0)),
        "a random one": lambda g: bool((g.abs() < 0.9).all()),
    }[name]
    assert wanted(find(elements(O(3)), wanted))


@given(g=elements(Direct(S(3), E(2))))
def test_elements_of_products_are_tuples(g: Element) -> None:
    assert [tuple(part.shape) for part in g] == [(3,), (2,), (2, 2)]


def test_words_and_random_elements_are_drawn() -> None:
    some, root = elements(TranslationGroup(1)), 2**0.5
    named = torch.tensor([0, 1, -root, 2, 1 - root, -2 * root], dtype=torch.float64)
    assert float(find(some, lambda g: float(g) > 1.5 and float(g) in named.tolist())) == 2  # 1 + 1
    assert find(some, lambda g: float((g - named).abs().min()) > 1e-6) is not None


def test_simple_elements_come_before_generators() -> None:
    g = find(elements(SO(3)), lambda g: not torch.equal(g, E3))
    assert torch.equal(g, g.round())


def test_every_kind_of_element_has_the_precision_that_was_asked_for() -> None:
    some = elements(O(2), dtype=torch.float32, generic=4)
    with pytest.raises(NoSuchExample):
        find(some, lambda g: g.dtype != torch.float32)


def test_no_random_numbers_of_torch_are_used() -> None:
    before = torch.get_rng_state()
    find(elements(O(3)), lambda g: float(torch.linalg.det(g)) < 0)
    assert torch.equal(torch.get_rng_state(), before)
