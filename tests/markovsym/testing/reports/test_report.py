import json
from html.parser import HTMLParser

import pytest
from torch import Tensor, nn

from markovsym.actions import (
    GSpace,
    gspace,
    matrix,
    permutation,
    regular,
    scaling,
    translation,
    trivial,
)
from markovsym.errors import SpaceError
from markovsym.groups import SO, O, S, Scalings, T
from markovsym.kernels import Deterministic
from markovsym.spaces import CentreFree, Kind
from markovsym.symmetrise import haar, sym
from markovsym.testing import (
    Effort,
    NotApplicableError,
    Outcome,
    Report,
    Verdict,
    Verified,
    broken,
    equivariance_in_law,
    report,
    verify,
)

G = O(3)
X = gspace((5, 3), matrix(G))
SHORT = Effort(examples=1, pairs=512)


def bent(x: Tensor) -> Tensor:
    return (x + x.roll(1, -1)).tanh()


def outcome(verdict: Verdict, check: str = "a check") -> Outcome:
    return Outcome(check, verdict, "because", 0.5)


def test_a_symmetrised_network_passes_and_its_broken_copy_fails() -> None:
    s = sym(Deterministic(bent, X, X), haar(G, X))
    found = verify(s, effort=SHORT, name="a network")
    assert found.trusted
    assert found.conclusion == "a network passes; a broken copy of a network fails, as it must"
    verdicts = {one.check: one.verdict for one in found.report.outcomes}
    assert verdicts["gamma"] is Verdict.PASS
    assert verdicts["equivariance draw by draw"] is Verdict.PASS
    assert verdicts["equivariance in law"] is Verdict.PASS
    assert verdicts["equivariance of a function"] is Verdict.NOT_APPLICABLE
    assert verdicts["padding does not matter"] is Verdict.NOT_APPLICABLE


def test_a_bare_network_fails() -> None:
    found = verify(bent, X=X, effort=SHORT, name="bent")
    assert not found.trusted
    assert found.report.verdict is Verdict.FAIL
    assert found.conclusion == "bent fails"


def test_a_function_that_is_equivariant_passes() -> None:
    found = report(lambda x: x * x.norm(dim=-1, keepdim=True), X=X, effort=SHORT)
    assert found.verdict is Verdict.PASS
    assert "equivariance of a function" in {one.check for one in found.outcomes}


def test_a_last_layer_of_zeros_is_inconclusive() -> None:
    zero = nn.Linear(3, 3)
    nn.init.zeros_(zero.weight)
    nn.init.zeros_(zero.bias)
    found = verify(zero, X=X, effort=SHORT, name="zero")
    assert found.report.verdict is Verdict.INCONCLUSIVE
    assert not found.trusted


def test_every_check_is_named_once() -> None:
    s = sym(Deterministic(bent, X, X), haar(G, X))
    names = [one.check for one in report(s, effort=SHORT).outcomes]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("verdicts", "wanted"),
    [
        ([], Verdict.INCONCLUSIVE),
        ([Verdict.NOT_APPLICABLE], Verdict.INCONCLUSIVE),
        ([Verdict.NOT_APPLICABLE, Verdict.PASS], Verdict.PASS),
        ([Verdict.PASS, Verdict.INCONCLUSIVE], Verdict.INCONCLUSIVE),
        ([Verdict.INCONCLUSIVE, Verdict.FAIL, Verdict.PASS], Verdict.FAIL),
    ],
)
def test_the_worst_verdict_counts_and_nothing_is_no_pass(
    verdicts: list[Verdict], wanted: Verdict
) -> None:
    assert Report("m", "O(3)", tuple(map(outcome, verdicts))).verdict is wanted


def test_a_control_that_does_not_fail_says_that_nothing_is_known() -> None:
    good = Report("m", "O(3)", (outcome(Verdict.PASS),))
    alive = Report("a copy", "O(3)", (outcome(Verdict.PASS),))
    found = Verified(good, (alive,))
    assert not found.trusted
    assert found.conclusion == "nothing is known of m: a copy should have failed, and did not"
    assert not Verified(good, ()).trusted


def test_the_json_holds_all_of_it() -> None:
    found = Verified(Report("m", "O(3)", (outcome(Verdict.PASS),)), ())
    assert json.loads(json.dumps(found.to_json()))["report"] == {
        "name": "m", "group": "O(3)", "verdict": "pass",
        "checks": [{"check": "a check", "verdict": "pass", "detail": "because",
                    "cpu_seconds": 0.5}],
    }  # fmt: skip


def test_the_page_is_html_and_shows_what_was_said_as_it_was() -> None:
    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []
            self.said: list[str] = []

        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag != "meta":
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

        def handle_data(self, data: str) -> None:
            self.said.append(data)

    one = Outcome("a <b> check", Verdict.FAIL, "1 < 2 & 3", 0.5)
    reader = Reader()
    reader.feed(Verified(Report("<script>", "O(3)", (one,)), ()).html())
    assert not reader.open
    assert {"a <b> check", "1 < 2 & 3", "fail"} <= set(reader.said)
    assert "script" not in "".join(reader.open)


def test_the_text_has_a_line_for_each_check() -> None:
    text = Verified(Report("m", "O(3)", (outcome(Verdict.PASS, "one"),)), ()).text()
    assert "m, under O(3): pass" in text
    assert any(line.split()[:2] == ["one", "pass"] for line in text.splitlines())


def test_a_model_that_does_not_run_is_refused_before_any_check() -> None:
    with pytest.raises(SpaceError, match="the model does not run at points of"):
        report(nn.Linear(4, 4), X=X)


SPACES = [
    X,
    gspace((5, 3), matrix(SO(3)), constraint=CentreFree()),
    gspace((4, 2), permutation(S(4))),
    gspace((4, 3), translation(T(3))),
    gspace((3,), trivial(G)) @ X,
]


@pytest.mark.parametrize("Y", SPACES, ids=str)
def test_a_copy_broken_on_purpose_is_rejected(Y: GSpace) -> None:
    def good(*parts: Tensor) -> tuple[Tensor, ...] | Tensor:
        return parts if len(parts) > 1 else parts[0]

    assert not equivariance_in_law(good, X=Y, effort=SHORT).rejected
    assert equivariance_in_law(broken(good, Y), effort=SHORT).rejected


def test_a_copy_under_scalings_is_broken_too() -> None:
    Y = gspace((4, 3), scaling(Scalings()))
    assert equivariance_in_law(broken(lambda x: 2 * x, Y), effort=SHORT).rejected


def test_without_a_broken_copy_nothing_is_known() -> None:
    R = regular(G)
    found = verify(Deterministic(lambda r: r, R, R), effort=SHORT, name="the identity")
    assert found.report.verdict is Verdict.PASS
    assert not found.trusted
    assert found.conclusion == (
        "nothing is known of the identity: there is no broken copy to compare it with"
    )


def test_what_cannot_be_broken_is_said_so() -> None:
    Y = gspace((3,), trivial(G), Kind.INTEGER)
    with pytest.raises(NotApplicableError, match="nothing that the group moves"):
        broken(lambda n: n, Y)
    with pytest.raises(NotApplicableError, match="nothing that the group moves"):
        broken(lambda R: R, regular(G))
