"""Tests in law of the examples of Hypothesis: one chance of error, and verdicts that replay."""

import functools
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar, final

from hypothesis import currently_in_test_context, is_hypothesis_test, settings
from hypothesis.control import current_build_context
from torch import Tensor

from markovsym.actions import GSpace
from markovsym.groups import Group
from markovsym.spaces import Value
from markovsym.testing.effort import Effort, making, usual
from markovsym.testing.seeds import derived
from markovsym.testing.subject import torch_draws_from

P = ParamSpec("P")
T = TypeVar("T")


def over_examples(*, alpha: float | None = None) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Let a test in law be run on the examples of Hypothesis; stands between ``@given`` and it.

    Each example gets its share of the error, ``alpha / max_examples`` of the settings in force, as
    the usual effort. The draws are a function of the test and of the example, so that an example
    that comes again gets the same verdict, and failures replay and shrink. Shrinking goes on as
    long as the evidence is enough: so the example that failed first is told, too.

    Examples that ``@example`` states come on top, and ``assume`` is to stand before what is tested.

    Args:
        alpha: Chance of rejecting what is right in any example, for each check that a test makes;
            by default that of the usual effort.

    Raises:
        TypeError: If it stands above ``@given``.

    Example:
        >>> import torch
        >>> from hypothesis import given
        >>> from markovsym.actions import gspace, matrix
        >>> from markovsym.groups import O
        >>> from markovsym.testing import assert_equivariant_in_law, elements
        >>> X = gspace((2, 2), matrix(O(2)))
        >>> @given(g=elements(O(2)))
        ... @settings(max_examples=3, deadline=None, database=None)
        ... @over_examples(alpha=1e-6)
        ... def test_noise_is_turned(g):
        ...     assert_equivariant_in_law(lambda x: x + torch.randn_like(x), None, [g], X=X)
        >>> test_noise_is_turned()
    """

    def decorate(test: Callable[P, T]) -> Callable[P, T]:
        if is_hypothesis_test(test):
            raise TypeError("wanted @over_examples below @given, which calls it; it stands above")
        name = f"{test.__module__}.{test.__qualname__}"
        first = First()

        @functools.wraps(test)
        def run(*args: P.args, **kwargs: P.kwargs) -> T:
            words = (name, *_words(args), *_words(tuple(kwargs.items())))
            with (
                first.kept(args, kwargs),
                making(_share(alpha, name)),
                torch_draws_from(derived(*words)),
            ):
                return test(*args, **kwargs)

        return run

    return decorate


@final
class First:
    """The example that failed first. It changes no verdict, only what is told of a failure."""

    def __init__(self) -> None:
        self.failure: str | None = None

    @contextmanager
    def kept(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Generator[None]:
        """Keep this example, if it is the first that fails; tell of the first one, if it is not."""
        try:
            yield
        except AssertionError as error:
            told = ", ".join([*map(str, args), *(f"{k} = {one}" for k, one in kwargs.items())])
            found = f"the example that failed first: {told}\n{error}"
            self.failure = self.failure or found
            if found != self.failure:
                error.add_note(self.failure)
            raise
        finally:
            # what Hypothesis runs last is what it reports; the next run has examples of its own
            if not currently_in_test_context() or current_build_context().is_final:
                self.failure = None


def _share(alpha: float | None, name: str) -> Effort:
    """The usual effort, with the share of one example, and a seed that the test fixes."""
    effort = usual()
    count = settings().max_examples if currently_in_test_context() else 1
    seed = derived(name, str(effort.seed)).initial_seed()
    return replace(effort, alpha=(alpha or effort.alpha) / count, seed=seed)


def _words(of: object) -> Iterator[str | Value]:
    """What an example is made of; of what may print as its address, the class only."""
    match of:
        case Tensor():
            yield of
        case tuple() | list():
            for one in of:
                yield from _words(one)
        case str() | int() | float() | Group() | GSpace():
            yield str(of)
        case _:
            yield type(of).__qualname__
