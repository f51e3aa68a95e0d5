"""The runs of the papers on GEOM-Drugs."""

from collections.abc import Iterator

from markovsym_diffusion.denoisers import EDM, SymDiff
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.networks import EGNNSize
from markovsym_diffusion.recipes.recipe import Recipe
from markovsym_diffusion.recipes.sizes import BACKBONE, FRAME
from markovsym_diffusion.training import QueueClip, TrainingSettings

FEATURES = AtomFeatures(
    vocabulary=(1, 5, 6, 7, 8, 9, 13, 14, 15, 16, 17, 33, 35, 53, 80, 83), charge_scale=None
)
"""Sixteen elements, and no charges."""


def symdiff_geom() -> Recipe:
    """SymDiff on GEOM-Drugs: 55 epochs of 21,633 steps."""
    return Recipe(
        name="symdiff-geom",
        summary="SymDiff on GEOM-Drugs",
        source="Zhang et al. (2025), table 4; appendix C.3",
        model=SymDiff(backbone=BACKBONE, frame=FRAME),
        training=TrainingSettings(steps=1_189_815, learning_rate=1e-4),
        data="geom",
        features=FEATURES,
    )


def edm_geom() -> Recipe:
    """EDM on GEOM-Drugs: 13 epochs of 86,532 steps."""
    return Recipe(
        name="edm-geom",
        summary="EDM on GEOM-Drugs",
        source="Hoogeboom et al. (2022), table 3",
        model=EDM(network=EGNNSize(layers=4)),
        training=TrainingSettings(
            steps=1_124_916, batch_size=64, learning_rate=1e-4, clip=QueueClip()
        ),
        data="geom",
        features=FEATURES,
    )


def on_geom() -> Iterator[Recipe]:
    """Every run on GEOM-Drugs."""
    yield symdiff_geom()
    yield edm_geom()
