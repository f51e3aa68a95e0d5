"""A compiled module draws afresh; run by itself, as the compiler cannot read checked code."""

import torch
from torch import nn

from markovsym.groups import E, O
from markovsym.nn import Symmetrised


def main() -> None:
    torch.default_generator.manual_seed(0)
    x = torch.randn(5, 3).expand(64, 5, 3)
    for group in (O(3), E(3)):
        module = Symmetrised(nn.Linear(3, 3), group)
        compiled = torch.compile(module, fullgraph=True, backend="eager")
        first, second = compiled(x), compiled(x)
        assert len(first.unique(dim=0)) == 64, "one frame serves many entries"
        assert len(torch.cat([first, second]).unique(dim=0)) == 128, "one frame serves two calls"
        for run in (compiled, module):
            torch.default_generator.manual_seed(1)
            results = run(x)
            torch.testing.assert_close(results, module_at(module, x, 1))


def module_at(module: nn.Module, x: torch.Tensor, seed: int) -> torch.Tensor:
    torch.default_generator.manual_seed(seed)
    return module(x)


if __name__ == "__main__":
    main()
