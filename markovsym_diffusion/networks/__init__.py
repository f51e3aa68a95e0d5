"""Plain networks: no group, no diffusion."""

from markovsym_diffusion.networks.dit import TransformerSize
from markovsym_diffusion.networks.egnn import EGNN, EGNNSize
from markovsym_diffusion.networks.embeddings import PairBias, RadialEmbedding
from markovsym_diffusion.networks.frame import FrameNetwork
from markovsym_diffusion.networks.gnn import GNN, GNNSize
from markovsym_diffusion.networks.noise import NoiseNetwork

__all__ = [
    "EGNN",
    "GNN",
    "EGNNSize",
    "FrameNetwork",
    "GNNSize",
    "NoiseNetwork",
    "PairBias",
    "RadialEmbedding",
    "TransformerSize",
]
