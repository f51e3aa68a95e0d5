import multiprocessing
import os
import signal
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from markovsym_diffusion.evaluation import worker as module
from markovsym_diffusion.evaluation.worker import Lost, Worker, WorkerError
from tests.markovsym_diffusion.evaluation.faulty import dead, faulty, never, slow_to_start

WHY = {
    "hang": "took longer than 1 s",
    "exit": "its process died with exit code 3",
    "crash": f"its process died with exit code {-signal.SIGKILL}",
    "raise": "ValueError: not this one",
}


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


@settings(max_examples=4)
@given(items=st.lists(st.sampled_from(["a", "b", "raise", "exit", "crash"]), max_size=5))
def test_every_item_has_its_result_in_order_whatever_befalls_the_others(items: list[str]) -> None:
    with Worker(faulty, seconds=60.0) as worker:
        for item in items:
            found = worker(item)
            if item in WHY:
                assert found == Lost(WHY[item])
            else:
                assert isinstance(found, tuple)
                assert found[0] == item


def test_a_process_that_hangs_is_killed_and_the_rest_goes_on() -> None:
    with Worker(faulty, seconds=1.0) as worker:
        _, first = worker("a")
        assert worker("hang") == Lost(WHY["hang"])
        assert gone(first)
        item, second = worker("b")
    assert item == "b"
    assert second not in (first, os.getpid())


def test_a_process_is_started_once_and_outlives_what_raises() -> None:
    with Worker(faulty, seconds=60.0) as worker:
        _, first = worker("a")
        assert worker("raise") == Lost(WHY["raise"])
        lost = worker("forget")  # a result that cannot leave the process
        assert isinstance(lost, Lost)
        assert "pickle" in lost.why
        assert worker("b") == ("b", first)


def test_the_process_ends_with_the_worker_and_starts_with_the_first_item() -> None:
    with Worker(faulty, seconds=60.0) as worker:
        assert multiprocessing.active_children() == []
        _, process = worker("a")
        assert [child.pid for child in multiprocessing.active_children()] == [process]
    assert gone(process)


def test_a_process_dies_with_the_one_that_asks() -> None:
    code = (
        "from markovsym_diffusion.evaluation.worker import Worker\n"
        "from tests.markovsym_diffusion.evaluation.faulty import faulty\n"
        "worker = Worker(faulty, seconds=60.0)\n"
        "print(worker('a')[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert gone(int(done.stdout))


def test_the_time_to_start_does_not_count() -> None:
    with Worker(slow_to_start, seconds=1.0) as worker:
        assert worker("a") == "A"


def test_an_interruption_is_for_the_one_that_asks() -> None:
    with Worker(faulty, seconds=60.0) as worker:
        _, process = worker("a")
        os.kill(process, signal.SIGINT)
        assert worker("b") == ("b", process)


def test_what_cannot_be_started_is_no_fault_of_the_item(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for make in (never, dead):
        with Worker(make, seconds=60.0) as worker:
            for item in "ab":
                with pytest.raises(WorkerError, match="__main__"):
                    worker(item)
    assert "ValueError: cannot be made" in capfd.readouterr().err
    monkeypatch.setattr(module, "START", 0.1)
    with Worker(slow_to_start, seconds=60.0) as worker, pytest.raises(WorkerError):
        worker("a")
    assert multiprocessing.active_children() == []


def test_a_process_that_examines_imports_no_torch() -> None:
    code = (
        "import sys\n"
        "import markovsym_diffusion.evaluation.worker, markovsym_diffusion.evaluation.examiner\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
