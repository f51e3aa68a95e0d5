"""What a person sees: progress on standard error, results on standard output."""

import json
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

EVERY = 10.0
"""Seconds between two lines of progress where there is no terminal."""

WIDE = 120
"""Columns of a result that no terminal shows."""

Tell = Callable[[float, str], None]
"""Takes the share of the work that is done, and a word on how it stands."""


def say(text: str) -> None:
    """A line on standard error, beside the results."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def show(thing: Any) -> None:
    """A result, such as a table, on standard output."""
    # without a terminal rich would take 80 columns and break names over lines
    Console(width=None if sys.stdout.isatty() else WIDE, soft_wrap=True).print(thing)


def show_json(facts: Mapping[str, Any]) -> None:
    """A result for programs, on standard output."""
    sys.stdout.write(json.dumps(facts, indent=2) + "\n")


@contextmanager
def progress(title: str) -> Generator[Tell]:
    """A bar with the time left on a terminal, and a line now and then elsewhere."""
    if not sys.stderr.isatty():
        yield _lines(title)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[word]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=1.0, word="")
        yield lambda share, word: bar.update(task, completed=share, word=word)


def _lines(title: str) -> Tell:
    start = told = time.monotonic()

    def tell(share: float, word: str) -> None:
        nonlocal told
        now = time.monotonic()
        if share < 1 and now - told < EVERY:
            return
        told = now
        share = min(share, 1.0)
        left = (now - start) * (1 - share) / share if share > 0 else 0.0
        say(f"{title}: {100 * share:3.0f} %, {left:.0f} s left  {word}".rstrip())

    return tell
