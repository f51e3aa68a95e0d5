"""Networks that are equivariant by themselves: coefficients of invariants times equivariant terms.

The baseline that is EMLP in Cornish (2024), section 7.3; here after Villar et al. (2021), who show
that every equivariant map of vectors has this form.
"""

from itertools import pairwise
from typing import final

import torch
from torch import Tensor, nn

from benchmarks.symmetrisers.tasks import POINTS, Task
from markovsym.groups import orthonormalise

WORDS = 3
"""Products of up to so many matrices."""


def perceptron(*widths: int) -> nn.Sequential:
    """Layers with tanh between them."""
    layers = [nn.Linear(a, b) for a, b in pairwise(widths)]
    return nn.Sequential(*[part for one in layers[:-1] for part in (one, nn.Tanh())], layers[-1])


@final
class Intrinsic(nn.Module):
    """The sum of equivariant terms, with coefficients that a perceptron finds from invariants."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self.task = task
        with torch.no_grad():
            batch = task.draw(2, torch.Generator().manual_seed(0))
            invariants, terms = _features(task, *batch.x)
        width = 250
        self.coefficients = perceptron(invariants.shape[-1], width, width, width, terms.shape[1])

    def forward(self, *x: Tensor) -> Tensor:
        """The sum."""
        flat = [one.reshape(-1, *one.shape[-2:]) for one in x]
        invariants, terms = _features(self.task, *flat)
        return torch.einsum("bk,bk...->b...", self.coefficients(_squashed(invariants)), terms)


@final
class EquivariantFrame(nn.Module):
    """d vectors that move along with the input: sums of given vectors and of random ones."""

    def __init__(self, task: Task, random: int) -> None:
        super().__init__()
        self.task, self.random = task, random
        vectors = random * (3 if task.name == "exponential" else 1)
        vectors += 0 if task.name == "exponential" else _columns(task)
        extra = POINTS if task.name == "regression" else 0
        self.vectors = vectors
        self.coefficients = perceptron(vectors * vectors + extra, 250, vectors * task.d)

    def forward(self, *x: Tensor) -> Tensor:
        """A frame for the input and for noise, which is the last tensor."""
        *x, noise = x
        (first, *rest), batch = x, x[0].shape[:-2]
        conjugated = self.task.name == "exponential"
        given = [first @ noise, first.mT @ noise] if conjugated else [first]
        V = torch.cat([noise, *given], dim=-1)
        gram = (V.mT @ V).flatten(-2)
        found = self.coefficients(_squashed(torch.cat([gram, *rest], dim=-1)))
        return orthonormalise(V @ found.reshape(*batch, self.vectors, self.task.d))


def _columns(task: Task) -> int:
    return task.d if task.name == "inversion" else POINTS


def _squashed(x: Tensor) -> Tensor:
    """Numbers of any size, brought near to 1."""
    return x.sign() * x.abs().log1p()


def _features(task: Task, x: Tensor, t: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Invariants, and terms to sum, made of the input at size 1 and brought back to its own."""
    size = x.square().mean((-2, -1), keepdim=True).sqrt()
    x, log = x / size, size.log().flatten(1)
    gram = (x.mT @ x).flatten(1)
    match task.name:
        case "covariance":
            terms = torch.einsum("bip,bjq->bpqij", x, x).flatten(1, 2) / POINTS
            return torch.cat([gram, log], dim=-1), terms * size.unsqueeze(1).square()
        case "regression":
            assert t is not None
            t = t.reshape(len(x), -1)
            return torch.cat([gram, log, t], dim=-1), x.mT / POINTS
        case "exponential":
            words = _words(x * size)
            return words.diagonal(dim1=-2, dim2=-1).sum(-1), words / words.shape[1]
        case _:
            U, s, Vh = torch.linalg.svd(x)
            terms = Vh.unsqueeze(-1) * U.mT.unsqueeze(-2) / size.unsqueeze(1)
            return torch.cat([s, s.log(), log], dim=-1), terms


def _words(x: Tensor) -> Tensor:
    """The products of up to three factors, each x or its transpose."""
    level = found = torch.eye(x.shape[-1], dtype=x.dtype).expand_as(x).unsqueeze(1)
    letters = torch.stack([x, x.mT], dim=1)
    for _ in range(WORDS):
        level = (letters.unsqueeze(2) @ level.unsqueeze(1)).flatten(1, 2)
        found = torch.cat([found, level], dim=1)
    return found
