"""Symmetrised modules under torch's compiler; run by itself, as it cannot read checked code."""

import torch
from torch import Tensor, nn
from torch._inductor import config

from markovsym.actions import Shift, gspace, matrix, trivial
from markovsym.groups import SE, C, Direct, O, S
from markovsym.kernels import Kernel
from markovsym.nn import Symmetrised
from markovsym.symmetrise import gammas, haar, recursive


def modules(net: nn.Module) -> list[tuple[str, Symmetrised, Tensor]]:
    """The backend, the module and an input; the backend that makes machine code is slow."""
    points = torch.randn(6, 5, 3)
    X = gspace((5, 3), matrix(O(3)))
    learned = gammas.learned(gammas.MLP(X, (3, 3), hidden=(8,), noise=8), X, O(3))
    Y, Z = gspace((1, 4, 8), Shift(C(8))), gspace((5,), trivial(C(8)))
    head = nn.Sequential(nn.Flatten(), nn.Linear(32, 5))
    gamma: Kernel = recursive(haar(O(3), X), learned)
    return [
        ("inductor", Symmetrised(net, dom=X, gamma=gamma), points),
        ("eager", Symmetrised(net, O(3), average=3), points),
        ("eager", Symmetrised(net, SE(3)), points),
        ("eager", Symmetrised(net, Direct(S(5), O(3))), points),
        ("eager", Symmetrised(head, dom=Y, cod=Z, average=True), torch.randn(4, 1, 4, 8)),
    ]


def main() -> None:
    torch.default_generator.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 3))
    for backend, module, x in modules(net):
        compiled = torch.compile(module, fullgraph=True, backend=backend)
        results: list[Tensor] = []
        for run in (compiled, module):
            torch.default_generator.manual_seed(1)
            results.append(run(x))
        torch.testing.assert_close(*results)
        results[0].sum().backward()
        assert all(p.grad is not None for p in module.parameters())


if __name__ == "__main__":
    with config.patch(fallback_random=True):
        main()
