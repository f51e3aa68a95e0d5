"""A group that acts by matrices of anybody's, such as those of irreducible representations."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

from jaxtyping import Float
from torch import Tensor
from torch.linalg import slogdet

from markovsym.actions.action import Action
from markovsym.actions.matrix import Matrix
from markovsym.actions.standard import dimension
from markovsym.groups import Element, GeneralLinearGroup, Group
from markovsym.spaces import Space


@final
@dataclass(frozen=True)
class Represented(Action):
    """The last axis is multiplied by rho(g), for a representation rho.

    That rho(g h) = rho(g) rho(h) is the caller's word; ``markovsym.testing.check_action`` tries it.
    Two of these are equal only if their rho is one and the same object.

    Args:
        of: The group.
        matrices: rho, from elements, with any batch dimensions, to matrices.
        size: The matrices are of this size.

    Example:
        The irreducible representations of e3nn, ``irreps = o3.Irreps("4x0e+2x1o")``, act by
        ``Represented(O(3), irreps.D_from_matrix, irreps.dim)``; e3nn computes these in torch's
        default precision, whatever that of the element.
    """

    of: Group
    matrices: Callable[[Element], Tensor]
    size: int

    @property
    def group(self) -> Group:
        """The group that was handed over."""
        return self.of

    @property
    def affine(self) -> bool:
        """Yes."""
        return True

    @property
    def _along(self) -> Matrix:
        return Matrix(GeneralLinearGroup(self.size))

    def fits(self, space: Space) -> bool:
        """Whether the last axis has as many real entries as the matrices."""
        return self._along.fits(space)

    def __call__(self, g: Element, x: Float[Tensor, "*batch d"]) -> Float[Tensor, "*batch d"]:
        """``rho(g)`` along the last axis."""
        return self._along(self.matrices(g), x)

    def log_volume(self, g: Element, x: Tensor, space: Space) -> Tensor:
        """For each free row log |det rho(g)|."""
        rows = dimension(space, x) / self.size
        return rows * slogdet(self.matrices(g)).logabsdet


represented = Represented
