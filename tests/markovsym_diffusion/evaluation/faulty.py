"""What a worker may be handed; it imports nothing that takes long."""

import os
import signal
import time
from collections.abc import Callable

from markovsym_diffusion.evaluation.examiner import Atoms, Examined


def faulty() -> Callable[[str], tuple[str, int]]:
    """A function that does what its item says, or else gives it back with the process's number."""
    made_in = os.getpid()

    def answer(item: str) -> tuple[str, int]:
        if item == "hang":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(1000)
        if item == "exit":
            os._exit(3)
        if item == "crash":
            os.kill(os.getpid(), signal.SIGKILL)
        if item == "raise":
            raise ValueError("not this one")
        if item == "forget":
            return lambda: None  # type: ignore[return-value]
        return item, made_in

    return answer


def slow_to_start() -> Callable[[str], str]:
    time.sleep(1.5)
    return str.upper


def never() -> Callable[[str], str]:
    raise ValueError("cannot be made")


def dead() -> Callable[[str], str]:
    os._exit(4)


def by_size() -> Callable[[Atoms], Examined | None]:
    """Examines nothing: the strain is the number of atoms; two have no bonds, six are deadly."""

    def examine(atoms: Atoms) -> Examined | None:
        numbers, positions = atoms
        if len(numbers) == 6:
            os._exit(1)
        fits = positions.shape == (len(numbers), 3) and positions.dtype == float
        return (
            Examined(strain=float(len(numbers)), checks={"fits": fits})
            if len(numbers) > 2
            else None
        )

    return examine
