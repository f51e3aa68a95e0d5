import pytest
from hypothesis import given
from hypothesis import strategies as st

from markovsym.errors import ReadingError
from markovsym.groups import Direct, Group, LorentzGroup, O, S, Scalings, group_of
from markovsym.groups.reading import FAMILIES

MEMBERS = st.builds(lambda family, n: FAMILIES[family](n), st.sampled_from(sorted(FAMILIES)),
                    st.integers(2, 12))  # fmt: skip
OTHERS = st.sampled_from([Scalings(), LorentzGroup(4), S("atom")])
GROUPS = st.recursive(MEMBERS | OTHERS, lambda some: st.builds(Direct, some, some), max_leaves=4)


@given(G=GROUPS)
def test_what_is_written_is_read(G: Group) -> None:
    assert group_of(str(G)) == G


def test_factors_without_parentheses_belong_to_the_left() -> None:
    assert group_of("S(4) x O(3) x O(2)") == Direct(Direct(S(4), O(3)), O(2))
    assert group_of(" S(4)x O( 3 )".replace("( 3 )", "(3)")) == Direct(S(4), O(3))


@pytest.mark.parametrize(
    "text",
    ["", "O", "O(3", "O(x)", "O(3) O(3)", "O(3) x", "x O(3)", "Q(3)", "(O(3)", "O(3))", "O[3]"],
)
def test_other_texts_are_refused_in_one_line(text: str) -> None:
    with pytest.raises(ReadingError, match=r"^wanted a group such as O\(3\).*; got '") as caught:
        group_of(text)
    assert "\n" not in str(caught.value)


def test_a_number_that_gives_no_group_is_refused() -> None:
    with pytest.raises(ReadingError, match=r"there is no group O\(0\): O\(n\) needs n >= 1"):
        group_of("O(0)")
