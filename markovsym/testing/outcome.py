"""What a check found, and who is told of it."""

import functools
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import ParamSpec, TypeVar, final

P = ParamSpec("P")
T = TypeVar("T")


class InconclusiveError(AssertionError):
    """Nothing was learned from a check, so that it must not pass."""


class NotApplicableError(AssertionError):
    """A check asks for what the model has not, such as a density."""


class Verdict(Enum):
    """What a check says."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not applicable"

    @staticmethod
    def of(error: Exception) -> "Verdict":
        """The verdict that an error stands for; a check that breaks down has learned nothing."""
        match error:
            case NotApplicableError():
                return Verdict.NOT_APPLICABLE
            case AssertionError() if not isinstance(error, InconclusiveError):
                return Verdict.FAIL
            case _:
                return Verdict.INCONCLUSIVE


@final
@dataclass(frozen=True)
class Outcome:
    """One check that was run."""

    check: str
    """What was checked."""
    verdict: Verdict
    detail: str
    """What was measured, or why it did not pass."""
    seconds: float
    """CPU seconds that it took."""


_listeners: list[Callable[[Outcome], None]] = []


@contextmanager
def heard(listener: Callable[[Outcome], None]) -> Generator[None]:
    """Tell ``listener`` of every check that ends meanwhile."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def check(name: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make a function a check: whoever listens is told how it ended."""

    def told(function: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> T:
            start = time.process_time()
            try:
                found = function(*args, **kwargs)
            except Exception as error:
                detail = str(error) or type(error).__name__
                _tell(Outcome(name, Verdict.of(error), detail, time.process_time() - start))
                raise
            _tell(Outcome(name, Verdict.PASS, _told(found), time.process_time() - start))
            return found

        return run

    return told


def _told(found: object) -> str:
    """What a check returned, in a line."""
    match found:
        case None:
            return ""
        case float():
            return f"at most {found:.1e}"
        case _:
            return str(found)


def _tell(outcome: Outcome) -> None:
    for listener in list(_listeners):
        listener(outcome)
