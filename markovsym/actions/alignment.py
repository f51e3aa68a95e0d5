"""The group element that brings one cloud of points nearest to another."""

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from scipy.optimize import linear_sum_assignment
from torch import Tensor


def nearest_isometry(
    target: Float[Tensor, "*batch point d"], moved: Float[Tensor, "*batch point d"]
) -> Float[Tensor, "*batch d d"]:
    """The R in O(d) with the least sum of |target_i - R moved_i|^2.

    If the clouds are moved by g and by h it becomes g R h^-1. Where several do equally well, as for
    points in a plane, it is one of them.

    Source:
        Kabsch (1976), without the condition on the determinant; Schönemann (1966).
    """
    left, _, right = torch.linalg.svd(target.mT @ moved)
    return left @ right


def nearest_order(
    cost: Float[Tensor, "batch point point"], mask: Bool[Tensor, "batch point"]
) -> Int[Tensor, "batch point"]:
    """The g in S(n) with the least sum of cost[i, j] over the j that go to i = g[j].

    Args:
        cost: What it costs if point ``j`` goes to place ``i``.
        mask: Which points exist; the others stay where they are.

    Source:
        Kuhn (1955), as in SciPy; on the CPU, one cloud after the other.
    """
    order = torch.arange(mask.shape[-1]).repeat(len(mask), 1)
    tables, real = cost.detach().cpu().numpy(), mask.cpu().numpy()
    for row, table, exists in zip(order, tables, real, strict=True):
        where = np.flatnonzero(exists)
        places, points = linear_sum_assignment(table[np.ix_(where, where)])
        row[where[points]] = torch.from_numpy(where[places])
    return order.to(cost.device)
