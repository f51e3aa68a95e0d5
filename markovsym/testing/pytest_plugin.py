"""What pytest is told of tests of equivariance: options, markers, a fixture and a summary."""

import json
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import final

import pytest

from markovsym.testing.effort import Effort, making, usual
from markovsym.testing.outcome import Outcome, heard

PROPERTY = "equivariance"
"""Under this name the outcomes of a test are among its properties."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long tests in law look, and how sure they are to be."""
    group = parser.getgroup("equivariance", "tests of equivariance by markovsym")
    group.addoption(
        "--equivariance-examples",
        type=int,
        metavar="N",
        help="random group elements that a test in law tries, where it does not say how many",
    )
    group.addoption(
        "--equivariance-alpha",
        type=float,
        metavar="A",
        help="chance that a test in law rejects what is right, where it does not say what chance",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Name the markers, and make the effort that was asked for the usual one."""
    config.addinivalue_line("markers", "equivariance: a test that something is equivariant")
    config.addinivalue_line("markers", "statistical: a test that depends on random draws")
    asked = {
        "examples": config.getoption("--equivariance-examples"),
        "alpha": config.getoption("--equivariance-alpha"),
    }
    try:
        effort = replace(usual(), **{name: one for name, one in asked.items() if one is not None})
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None
    stack = ExitStack()
    stack.enter_context(making(effort))
    config.add_cleanup(stack.close)


@pytest.fixture
def equivariance_effort(request: pytest.FixtureRequest) -> Iterator[Effort]:
    """The usual effort, with a seed that is a function of the name of the test; it is in force.

    Beside ``@given`` name it in ``usefixtures``: Hypothesis refuses to hand over a fixture that is
    not made anew for each example.
    """
    digest = sha256(request.node.nodeid.encode()).digest()
    effort = replace(usual(), seed=int.from_bytes(digest[:8], "little"))
    with making(effort):
        yield effort


@final
@dataclass
class Tally:
    """How checks ended, of one name."""

    verdicts: Counter[str] = field(default_factory=Counter[str])
    """How many ended with each verdict."""
    seconds: float = 0.0
    """CPU seconds that they took."""
    error: float = 0.0
    """Chance, at most, that one of them rejects what is right; by the usual effort."""

    def add(self, verdicts: dict[str, int], seconds: float, error: float) -> None:
        """Count others in."""
        self.verdicts.update(verdicts)
        self.seconds += seconds
        self.error += error


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Listen while a test runs; its properties go with its report, from other processes too."""
    tallies: dict[str, Tally] = {}

    def listen(outcome: Outcome) -> None:
        tally = tallies.setdefault(outcome.check, Tally())
        tally.add({outcome.verdict.value: 1}, outcome.seconds, usual().alpha)

    try:
        with heard(listen):
            return (yield)
    finally:
        for check, tally in tallies.items():
            told = [check, dict(tally.verdicts), tally.seconds, tally.error]
            item.user_properties.append((PROPERTY, json.dumps(told)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How the checks of all tests ended, if there were any."""
    reports = [one for some in terminalreporter.stats.values() for one in some]
    tallies = _tallies(one for one in reports if isinstance(one, pytest.TestReport))
    if not tallies:
        return
    terminalreporter.section("equivariance")
    for check, tally in sorted(tallies.items()):
        verdicts = ", ".join(f"{n} {verdict}" for verdict, n in sorted(tally.verdicts.items()))
        terminalreporter.write_line(f"{check}: {verdicts}, in {tally.seconds:.2f} CPU s")
    error = sum(tally.error for tally in tallies.values())
    terminalreporter.write_line(f"what is right is rejected with chance at most {error:.2g}")


def _tallies(reports: Iterable[pytest.TestReport]) -> dict[str, Tally]:
    tallies: dict[str, Tally] = {}
    for report in reports:
        for name, value in report.user_properties if report.when == "call" else ():
            if name == PROPERTY:
                check, *told = json.loads(str(value))
                tallies.setdefault(check, Tally()).add(*told)
    return tallies
