"""Gammas: X -> G/H, ready to symmetrise with."""

from markovsym.symmetrise.gamma import haar
from markovsym.symmetrise.gammas.canonical import canonical, centroid, chosen_point, size
from markovsym.symmetrise.gammas.learned import MLP, learned
from markovsym.symmetrise.gammas.linear import first_points, gram, orthonormal_points
from markovsym.symmetrise.gammas.noise import with_noise
from markovsym.symmetrise.gammas.pca import principal_axes
from markovsym.symmetrise.gammas.permutations import argsort, janossy, plackett_luce
from markovsym.symmetrise.gammas.scored import phase, scored

__all__ = [
    "MLP",
    "argsort",
    "canonical",
    "centroid",
    "chosen_point",
    "first_points",
    "gram",
    "haar",
    "janossy",
    "learned",
    "orthonormal_points",
    "phase",
    "plackett_luce",
    "principal_axes",
    "scored",
    "size",
    "with_noise",
]
