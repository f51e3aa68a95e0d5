"""The tasks are equivariant, and so are the models that claim it; nothing is said of their loss."""

import pytest
import torch

from benchmarks.symmetrisers.intrinsic import EquivariantFrame, Intrinsic
from benchmarks.symmetrisers.models import MODELS, model
from benchmarks.symmetrisers.tasks import TASKS, Batch, Task, relative_error
from benchmarks.symmetrisers.training import Plan, run
from markovsym.groups import O
from markovsym.spaces import parts_of, value_of

every_task = pytest.mark.parametrize("name", TASKS)


def doubled(task: Task, count: int, seed: int) -> Batch:
    """Data in double precision."""
    batch = task.draw(count, torch.Generator().manual_seed(seed))
    return Batch(tuple(x.double() for x in batch.x), batch.y.double())


@pytest.mark.parametrize("name", ["exponential", "inversion"])
@pytest.mark.parametrize("d", [2, 5])
def test_the_target_of_a_moved_input_is_the_moved_target(
    name: str, d: int, generator: torch.Generator
) -> None:
    task = Task(name, d)
    target = torch.linalg.matrix_exp if name == "exponential" else torch.linalg.inv
    batch = doubled(task, 20, 0)
    for X, Y in (task.ends, task.one_sided):
        g = X.group.haar(20, generator=generator, dtype=torch.float64)
        (moved,) = parts_of(X.act(g, value_of(batch.x)))
        there, wanted = target(moved), Y.act(g, target(batch.x[0]))
        torch.testing.assert_close(there, wanted, rtol=1e-7, atol=1e-7)


def test_the_moved_points_of_a_regression_have_the_moved_coefficients(
    generator: torch.Generator,
) -> None:
    task = Task("regression", 3)
    X, Y = task.ends
    batch = doubled(task, 2000, 0)
    g = X.group.haar(2000, generator=generator, dtype=torch.float64)
    z, t = parts_of(X.act(g, batch.x))
    theta = Y.act(g, batch.y)
    assert torch.equal(t, batch.x[1])
    residual = t - torch.einsum("bi,bip->bp", theta, z)
    assert abs(float(residual.var()) - 1) < 5 * (2 / residual.numel()) ** 0.5


def test_the_mean_of_the_outer_products_is_the_covariance() -> None:
    task = Task("covariance", 2)
    batch = doubled(task, 20_000, 0)
    off = batch.x[0] @ batch.x[0].mT / 25 - batch.y
    assert float((off.mean(0) / (off.std(0) / 20_000**0.5)).abs().max()) < 5


@every_task
def test_the_intrinsic_network_is_equivariant(name: str, generator: torch.Generator) -> None:
    task = Task(name, 4)
    X, Y = task.ends
    network = Intrinsic(task).double()
    batch = doubled(task, 10, 0)
    g = X.group.haar(10, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        there = network(*parts_of(X.act(g, value_of(batch.x))))
        wanted = Y.act(g, network(*batch.x))
    assert float(relative_error(there, wanted).max()) < 1e-18


@every_task
def test_the_frame_moves_along_with_the_input_and_the_noise(
    name: str, generator: torch.Generator
) -> None:
    task = Task(name, 4)
    X, _ = task.one_sided
    network = EquivariantFrame(task, random=4).double()
    batch = doubled(task, 10, 0)
    noise = torch.randn(10, 4, 4, generator=generator, dtype=torch.float64)
    Q = O(4).haar(10, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        there = network(*parts_of(X.act(Q, value_of(batch.x))), Q @ noise)
        torch.testing.assert_close(there, Q @ network(*batch.x, noise))


@every_task
@pytest.mark.parametrize("kind", MODELS)
def test_a_run_gives_figures(name: str, kind: str) -> None:
    plan = Plan(steps=10, rate=1e-3, decay=True, batch=4, test=20, train_draws=2, test_draws=4)
    found = run(Task(name, 3), kind, plan)
    assert found["loss"] > 0
    assert len(found["curve"]) == 10
    if kind == "plain":
        assert found["equivariance"] > 1e-4
        assert found["floor"] == 0
    elif kind == "intrinsic":
        assert found["equivariance"] < 1e-6
    else:
        assert 0.3 < found["equivariance"] / found["floor"] < 3


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^no task sorting$"):
        Task("sorting", 3).ends  # noqa: B018 - looking it up is the test
    with pytest.raises(ValueError, match=r"^no model forest$"):
        model("forest", Task("covariance", 3))
