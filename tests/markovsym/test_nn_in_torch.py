"""Symmetrised modules in the hands of torch: compiled, mapped, copied, spread over machines."""

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.distributed import destroy_process_group, init_process_group
from torch.func import functional_call, grad, vmap
from torch.nn.parallel import DistributedDataParallel

from markovsym.actions import GSpace, Shift, gspace
from markovsym.groups import GL, SE, SL, C, E, Group, T
from markovsym.kernels import Kernel
from markovsym.nn import Symmetrised
from markovsym.symmetrise import gammas, natural
from tests.markovsym.modules import G, P, X, frame, fresh, network, normal, run

Gamma = Callable[[GSpace], Kernel]


@pytest.mark.slow
def test_the_compiler_of_torch_finds_one_graph() -> None:
    script = Path(__file__).parent / "compiled.py"
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, runpy; sys.path.insert(0, {str(root)!r}); "
         f"runpy.run_path({str(script)!r}, run_name='__main__')"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_parameters_may_be_handed_over() -> None:
    module, x = Symmetrised(network(), dom=X, gamma=frame), normal(4, 5, 3)
    parameters = {name: p.detach() for name, p in module.named_parameters()}

    def loss(parameters: dict[str, Tensor]) -> Tensor:
        torch.default_generator.manual_seed(0)
        return functional_call(module, parameters, (x,)).square().sum()

    found = grad(loss)(parameters)
    run(module, x).square().sum().backward()
    for name, p in module.named_parameters():
        torch.testing.assert_close(found[name], p.grad, rtol=1e-9, atol=1e-12)
    zeros = {name: torch.zeros_like(p) for name, p in parameters.items()}
    zeros |= {name: p for name, p in parameters.items() if name.startswith("gamma")}
    assert loss(zeros) == 0


@pytest.mark.parametrize("group", [G, SE(3), P, GL(3)], ids=str)
def test_it_may_be_mapped_over_a_batch(group: Group) -> None:
    module, x = Symmetrised(network(), group), normal(1, 5, 3).expand(4, 5, 3)
    torch.default_generator.manual_seed(0)
    y = vmap(module, randomness="different")(x)
    assert y.shape == x.shape
    assert len(y.flatten(1).unique(dim=0)) == 4
    torch.default_generator.manual_seed(0)
    same = vmap(module, randomness="same")(x)
    torch.testing.assert_close(same, same[:1].expand(4, 5, 3))


def test_gradients_of_each_entry_of_a_batch() -> None:
    module, x = Symmetrised(network(), dom=X, gamma=frame), normal(4, 5, 3)
    parameters = {name: p.detach() for name, p in module.named_parameters()}

    def loss(parameters: dict[str, Tensor], x: Tensor) -> Tensor:
        return functional_call(module, parameters, (x,)).square().sum()

    found = vmap(grad(loss), in_dims=(None, 0), randomness="different")(parameters, x)
    assert all(found[name].shape == (4, *p.shape) for name, p in parameters.items())
    assert all(bool(one.flatten(1).norm(dim=1).min() > 0) for one in found.values())


@pytest.mark.filterwarnings("ignore")  # of torch's own, about what a single process is spared
def test_it_may_be_trained_on_several_machines(tmp_path: Path) -> None:
    init_process_group("gloo", init_method=f"file://{tmp_path / 'store'}", rank=0, world_size=1)
    try:
        module, x = Symmetrised(network(), dom=X, gamma=frame), normal(4, 5, 3)
        alone = copy.deepcopy(module)
        shared = DistributedDataParallel(module)
        found, wanted = (run(one, x) for one in (shared, alone))
        assert torch.equal(found, wanted)
        found.square().sum().backward()
        wanted.square().sum().backward()
        for p, q in zip(module.parameters(), alone.parameters(), strict=True):
            torch.testing.assert_close(p.grad, q.grad)
    finally:
        destroy_process_group()


def copied(module: Symmetrised) -> Symmetrised:
    return pickle.loads(pickle.dumps(module))  # noqa: S301 - we made it


@pytest.mark.parametrize("clone", [copy.deepcopy, copied], ids=["copy", "pickle"])
@pytest.mark.parametrize(
    ("group", "gamma"),
    [
        (G, None),
        (G, frame),
        (G, gammas.principal_axes),
        (G, gammas.orthonormal_points),
        (GL(3), None),
        (SL(3), None),
        (T(3), None),
        (T(3), gammas.chosen_point),
    ],
    ids=["O", "O learned", "O axes", "O points", "GL", "SL", "T", "T point"],
)
def test_copies_do_the_same_and_share_nothing(
    clone: Callable[[Symmetrised], Symmetrised], group: Group, gamma: Gamma | None
) -> None:
    space = gspace((5, 3), natural(group).actions[0])
    module, x = Symmetrised(network(), dom=space, gamma=gamma), normal(4, 5, 3)
    twin = clone(module)
    before = run(module, x)
    assert torch.equal(run(twin, x), before)
    assert list(twin.state_dict()) == list(module.state_dict())
    with torch.no_grad():
        for p in twin.module.parameters():
            p.zero_()
    assert torch.equal(run(module, x), before)
    twin.symmetric = False
    assert run(twin, x).abs().max() == 0


def test_copies_of_shifted_images() -> None:
    Y = gspace((3, 8), Shift(C(8)))
    module, x = Symmetrised(torch.tanh, dom=Y, gamma=gammas.phase), normal(4, 3, 8)
    assert torch.equal(run(copied(module), x), run(module, x))


@pytest.mark.parametrize("group", [E(3), P], ids=str)
def test_copies_of_modules_of_product_groups(group: Group) -> None:
    module, x = Symmetrised(network(), group), normal(4, 5, 3)
    assert torch.equal(run(copy.deepcopy(module), x), run(module, x))


@pytest.mark.parametrize("group", [E(3), P], ids=str)
def test_pickles_of_modules_of_product_groups(group: Group) -> None:
    module, x = Symmetrised(network(), group), normal(4, 5, 3)
    assert torch.equal(run(copied(module), x), run(module, x))


@pytest.mark.parametrize("gamma", [None, frame], ids=["haar", "learned"])
def test_it_may_be_moved_to_another_precision(gamma: Gamma | None) -> None:
    net = network().float()
    module = Symmetrised(net, dom=X, gamma=gamma).to(torch.float32)
    assert module(normal(4, 5, 3).float()).dtype == torch.float32
    assert module.to(torch.float64) is module
    assert all(p.dtype == torch.float64 for p in module.parameters())
    assert module(normal(4, 5, 3)).dtype == torch.float64
    single = Symmetrised(net, dom=X, gamma=gammas.principal_axes, average=True).double()
    x, R = normal(4, 5, 3), G.haar(4, generator=fresh(3), dtype=torch.float64)
    torch.testing.assert_close(single(x @ R.mT), single(x) @ R.mT, rtol=0, atol=1e-12)


def test_training_and_evaluation_reach_the_module() -> None:
    module = Symmetrised(nn.Sequential(network(), nn.Dropout(0.5)), dom=X)
    module.eval()
    x = normal(4, 5, 3)
    assert torch.equal(*(module(x, generator=fresh(3)) for _ in range(2)))
    module.train()
    assert not torch.equal(*(module(x, generator=fresh(3)) for _ in range(2)))
