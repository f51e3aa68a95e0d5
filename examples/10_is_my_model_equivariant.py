"""Is my model equivariant? Any torch module, in a few lines, and what a failure says."""

import torch
from torch import Tensor, nn

import markovsym as ms
from markovsym.actions import affine, gspace, matrix, permutation, represented, together
from markovsym.groups import E, Group, O, S
from markovsym.testing import assert_equivariant, assert_equivariant_in_law, verify

torch.default_generator.manual_seed(0)


class Pull(nn.Module):
    """Points drawn towards each other, by as much as a network makes of their distances."""

    def __init__(self, *, from_where_they_are: bool = True) -> None:
        super().__init__()
        self.weigh = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))
        self.from_where_they_are = from_where_they_are

    def forward(self, x: Tensor) -> Tensor:
        """Where the points come to lie."""
        gaps = x.unsqueeze(-3) - x.unsqueeze(-2)
        weights = self.weigh(gaps.square().sum(-1, keepdim=True))
        pull = (gaps * weights).sum(-2)
        return x + pull if self.from_where_they_are else pull


# 1. A torch module, and the space it moves points of: five points, reordered and moved together.
X = gspace((5, 3), together(permutation(S(5)), affine(E(3))))
gaps = assert_equivariant(Pull(), X)
print(f"Pull: {len(gaps)} comparisons, the largest {max(gap.relative for gap in gaps):.0e}")

# 2. A failure names the check, the element, sizes in both precisions, a cause, a simple point.
try:
    assert_equivariant(Pull(from_where_they_are=False), X)
except AssertionError as error:
    print(str(error).split("; the simplest")[0])

# 3. A module that draws, from torch's own generator: its law is tested.
noisy = nn.Sequential(nn.Identity(), nn.Dropout(0.5))
try:
    assert_equivariant_in_law(noisy, X=gspace((5, 3), matrix(O(3))))
except AssertionError as error:
    print(str(error).split("; the simplest")[0])


# 4. Features that are moved by matrices of another library's, such as irreps.D_from_matrix of e3nn.
def squares(g: Tensor) -> Tensor:
    """How a matrix moves x x^T, written as nine numbers."""
    return torch.einsum("...ij,...kl->...ikjl", g, g).flatten(-4, -3).flatten(-2, -1)


def moments(x: Tensor) -> Tensor:
    """The sum of x x^T over the points."""
    return torch.einsum("...ni,...nj->...ij", x, x).flatten(-2)


G: Group = O(3)
assert_equivariant(moments, gspace((5, 3), matrix(G)), gspace((9,), represented(G, squares, 9)))

# 5. Everything at once, beside a broken copy that must fail: a table, JSON, a page.
found = verify(ms.Symmetrised(nn.Linear(3, 3), O(3)).kernel, name="a symmetrised layer")
print(found.text())
assert found.trusted
