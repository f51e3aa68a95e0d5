"""A process that works through items one by one, and is replaced where it hangs or dies.

Nothing here imports torch: a process that is replaced must be back at once.
"""

import multiprocessing
import signal
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Generic, TypeVar, final

from markovsym.errors import MarkovsymError

Item = TypeVar("Item")
Result = TypeVar("Result")

START = 120.0
"""Seconds that a process may take to start; imports from a slow disk take long."""


class WorkerError(MarkovsymError, RuntimeError):
    """A process for the work cannot be started."""


@final
@dataclass(frozen=True, slots=True)
class Lost:
    """What stands for the result of an item that has none."""

    why: str


@final
class Worker(Generic[Item, Result]):
    """Compute a function of one item after another, in a process of its own.

    Args:
        make: Called once in each process, gives the function. Each process imports its module.
        seconds: Time limit of one item; starting the process does not count.
    """

    def __init__(self, make: Callable[[], Callable[[Item], Result]], *, seconds: float) -> None:
        self._make = make
        self._seconds = seconds
        self._running: tuple[SpawnProcess, Connection] | None = None

    def __enter__(self) -> "Worker[Item, Result]":
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def __call__(self, item: Item) -> Result | Lost:
        """The function of ``item``, or why there is none.

        Raises:
            WorkerError: If no process can be started, whatever the item.
        """
        process, pipe = self._running or self._start()
        try:
            pipe.send(item)
            if not pipe.poll(self._seconds):
                self._stop()
                return Lost(f"took longer than {self._seconds:g} s")
            done, answer = pipe.recv()
        except (EOFError, OSError):
            process.join(10)
            self._stop()
            return Lost(f"its process died with exit code {process.exitcode}")
        return answer if done else Lost(answer)

    def _start(self) -> tuple[SpawnProcess, Connection]:
        context = multiprocessing.get_context("spawn")
        pipe, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(self._make, theirs), daemon=True)
        self._running = process, pipe
        process.start()
        theirs.close()
        try:
            ready = pipe.poll(START) and pipe.recv()
        except EOFError:
            ready = False
        if not ready:
            self._stop()
            mend = 'a script that gets here must do so below if __name__ == "__main__"'
            raise WorkerError(
                f"a process for the work did not start, its error stands above; {mend}"
            )
        return self._running

    def _stop(self) -> None:
        if self._running is None:
            return
        process, pipe = self._running
        self._running = None
        process.kill()
        process.join()
        pipe.close()


def _serve(make: Callable[[], Callable[[Item], Result]], pipe: Connection) -> None:
    """What the process does: say that it is ready, then answer until nobody asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that asks
    function = make()
    pipe.send("ready")
    while True:
        try:
            item = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send((True, function(item)))
        except Exception as error:
            pipe.send((False, f"{type(error).__name__}: {error}"))
