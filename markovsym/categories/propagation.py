"""One sweep through a diagram of affine kernels, each wire an affine map of independent noises."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import final

import torch
from torch import Tensor

from markovsym.categories.affine import Affine
from markovsym.syntax import Box, Diagram, Ob, Ty
from markovsym.syntax.diagram import inputs_of


def propagated(
    diagram: Diagram, sizes: Mapping[Ob, int], boxes: Mapping[Box, Affine]
) -> tuple[Tensor, Tensor, Tensor]:
    """The matrix, the offset and the covariance that a diagram stands for.

    Args:
        diagram: A diagram.
        sizes: The dimension of each wire.
        boxes: The kernel of each box.
    """
    widths = _widths(diagram.dom, sizes)
    sweep = _Sweep(sum(widths), [boxes[node.box].covariance for node in diagram.nodes])
    held = dict(zip(inputs_of(diagram.dom), sweep.inputs().split(widths), strict=True))
    last = _last_uses(diagram)
    for at, node in enumerate(diagram.nodes):
        rows = sweep.through(boxes[node.box], [held[wire] for wire in node.inputs], at)
        parts = enumerate(rows.split(_widths(node.box.cod, sizes)), node.first)
        held |= {wire: part for wire, part in parts if wire in last}
        for wire in set(node.inputs):
            if last[wire] == at:  # else the rows of a long chain take the square of its length
                del held[wire]
    return sweep.read([held[wire] for wire in diagram.outputs])


@final
class _Sweep:
    """Wires as rows of a matrix whose columns are a one, the inputs and the noises of boxes."""

    def __init__(self, width: int, noises: Sequence[Tensor]) -> None:
        self.noises = noises
        sizes = [len(C) if C.any() else 0 for C in noises]
        self.starts = list(accumulate(sizes, initial=1 + width))

    def inputs(self) -> Tensor:
        """The rows of the inputs."""
        n = self.starts[0] - 1
        rows = self._rows(n)
        rows[:, 1 : 1 + n] = torch.eye(n)
        return rows

    def through(self, f: Affine, wires: Sequence[Tensor], at: int) -> Tensor:
        """The rows that box number ``at`` makes of these."""
        rows = f.matrix @ torch.cat([self._rows(0), *wires])
        rows[:, 0] += f.offset
        first, end = self.starts[at : at + 2]
        rows[:, first:end] += torch.eye(len(rows), end - first)  # of no width without noise
        return rows

    def read(self, wires: Sequence[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Matrix, offset and covariance of these wires together."""
        rows = torch.cat([self._rows(0), *wires])
        start = self.starts[0]
        noise = rows[:, start:]
        spread = [rows[:, :0]]
        for C, first, end in zip(self.noises, self.starts, self.starts[1:], strict=False):
            spread += [rows[:, first:end] @ C] if end > first else []
        return rows[:, 1:start], rows[:, 0], torch.cat(spread, 1) @ noise.mT

    def _rows(self, n: int) -> Tensor:
        return torch.zeros(n, self.starts[-1], dtype=torch.float64)


def _widths(X: Ty, sizes: Mapping[Ob, int]) -> list[int]:
    return [sizes[ob] for ob in X]


def _last_uses(diagram: Diagram) -> dict[int, int]:
    """The number of the last node that reads each wire; one more than any if it goes out."""
    uses = {wire: at for at, node in enumerate(diagram.nodes) for wire in node.inputs}
    return uses | dict.fromkeys(diagram.outputs, len(diagram.nodes))
