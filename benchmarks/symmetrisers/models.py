"""The models that are compared: one network, and ways to symmetrise it."""

from typing import final

from torch import Tensor, nn

from benchmarks.symmetrisers.intrinsic import EquivariantFrame, Intrinsic
from benchmarks.symmetrisers.tasks import Task
from markovsym.actions import GSpace, Matrix, gspace, regular
from markovsym.groups import O, PairGroup
from markovsym.kernels import Deterministic, Kernel, NoiseOutsourced
from markovsym.spaces import space
from markovsym.symmetrise import declare_equivariant, haar, recursive, sym
from markovsym.symmetrise.gammas import MLP, learned

MODELS = ("plain", "intrinsic", "haar", "equivariant", "recursive")
"""Their names; all but the first two average the symmetrised network over draws."""

WIDTH = 250
"""Width of all layers between."""


@final
class Heads(nn.Module):
    """A network that gives as many d by d matrices as the group has factors."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, *x: Tensor) -> tuple[Tensor, ...]:
        """Each matrix as a tensor of its own."""
        return self.network(*x).unbind(-3)


def model(name: str, task: Task) -> Kernel:
    """A kernel from the inputs of a task to its targets, with fresh weights."""
    X, Y = task.ends
    shape = tuple(int(n) for n in Y.space.factors[0].shape)
    match name:
        case "plain":
            return Deterministic(MLP(X, shape, (WIDTH,) * 3), X, Y)
        case "intrinsic":
            return Deterministic(Intrinsic(task), X, Y)
        case "haar":
            k = Deterministic(MLP(X, shape, (WIDTH,) * 3), X, Y)
            return sym(k, haar(X.group, X))
        case "recursive":
            k = Deterministic(MLP(X, shape, (WIDTH,) * 2), X, Y)
            return sym(k, recursive(haar(X.group, X), _learned(X, task.d)))
        case "equivariant":
            X, Y = task.one_sided
            k = Deterministic(MLP(X, shape, (WIDTH,) * 2), X, Y)
            return sym(k, _equivariant(X, task))
        case _:
            raise ValueError(f"no model {name}")


def _learned(X: GSpace, d: int) -> Kernel:
    """A perceptron of the input and of d random numbers, one d by d matrix for each factor."""
    heads = 2 if isinstance(X.group, PairGroup) else 1
    network = MLP(X, (heads, d, d), (WIDTH,), noise=d)
    return learned(Heads(network), X, X.group, noise=space((d,)))


def _equivariant(X: GSpace, task: Task) -> Kernel:
    """Kim et al. (2023): the frame that an equivariant network finds from vectors and noise."""
    Q, d = O(task.d), task.d
    noise = gspace((d, d), Matrix(Q, axes=(-2,)))
    f = NoiseOutsourced(EquivariantFrame(task, random=d), noise, X, regular(Q))
    return declare_equivariant(f, Q)
