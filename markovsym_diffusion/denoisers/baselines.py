"""EDM and GDM: message passing that is equivariant by itself, and such that is not."""

from dataclasses import dataclass
from typing import final

from markovsym.kernels import Deterministic
from markovsym.symmetrise import declare_equivariant
from markovsym_diffusion.denoisers.denoiser import Denoiser, Model
from markovsym_diffusion.denoisers.spaces import PERMUTATIONS, MoleculeSpaces
from markovsym_diffusion.denoisers.transformer import by_haar
from markovsym_diffusion.networks import EGNN, GNN, EGNNSize, GNNSize


@final
@dataclass(frozen=True, kw_only=True)
class EDM(Model):
    """An EGNN, equivariant under S_N x O(3) layer by layer.

    Source:
        Hoogeboom et al. (2022), section 3.2.
    """

    network: EGNNSize
    """Sizes of the network."""

    def build(self, channels: int) -> Denoiser:
        """The network alone."""
        spaces = MoleculeSpaces(channels=channels, radial=0, basis=0)
        eps = Deterministic(EGNN(self.network, channels), spaces.noisy, spaces.molecule)
        return Denoiser(eps, {"eps": eps})


@final
@dataclass(frozen=True, kw_only=True)
class GDM(Model):
    """Message passing on coordinates; GDM-aug turns and reflects molecules while it trains.

    The published augmentation draws three Euler angles evenly, which is not the Haar measure; here
    it is the Haar measure of O(3).

    Source:
        Hoogeboom et al. (2022), section 5.1.
    """

    network: GNNSize
    """Sizes of the network."""
    augmented: bool = False
    """Whether molecules are turned and reflected at random while it trains."""

    def build(self, channels: int) -> Denoiser:
        """The network alone, or ``sym(eps, haar(O(3)))`` to train it."""
        spaces = MoleculeSpaces(channels=channels, radial=0, basis=0)
        kernel = Deterministic(GNN(self.network, channels), spaces.noisy, spaces.molecule)
        eps = declare_equivariant(kernel, PERMUTATIONS)
        return Denoiser(eps, {"eps": eps}, augmented=by_haar(eps) if self.augmented else eps)
