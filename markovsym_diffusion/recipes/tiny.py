"""Every run once more, small enough for two CPU cores."""

from dataclasses import replace

from markovsym_diffusion.denoisers import (
    EDM,
    GDM,
    AsReleased,
    DiT,
    Model,
    SymDiff,
    SymDiffHaar,
)
from markovsym_diffusion.networks import EGNNSize, GNNSize
from markovsym_diffusion.objectives import TimeDraw
from markovsym_diffusion.recipes.recipe import Recipe
from markovsym_diffusion.recipes.sizes import (
    BACKBONE,
    FRAME,
    MINUS,
    MINUS_MINUS,
    STAR,
    STAR_FRAME,
    small_backbone,
    small_frame,
)
from markovsym_diffusion.training import Exponential, TrainingSettings

SHORT = TrainingSettings(
    steps=100_000,
    batch_size=32,
    learning_rate=3e-3,
    warm_up=300,
    cool_down=1.0,
    amsgrad=False,
    averaging=Exponential(0.999),
    times=TimeDraw(power=2.0),
)
"""Training within an hour or two: many small steps, fast, then down to nothing."""

_BACKBONES = {
    BACKBONE: small_backbone(128, 6, 4),
    STAR: small_backbone(256, 6, 8),
    MINUS: small_backbone(120, 5, 4),
    MINUS_MINUS: small_backbone(96, 4, 4),
}
_FRAMES = {FRAME: small_frame(64, 2, 2), STAR_FRAME: small_frame(96, 3, 4)}


def tiny(recipe: Recipe) -> Recipe:
    """The same run with small networks, short training, and ``-tiny`` behind its name."""
    begins_with = recipe.begins_with and f"{recipe.begins_with}-tiny"
    return replace(
        recipe,
        name=f"{recipe.name}-tiny",
        summary=f"small: {recipe.summary}",
        source="this project",
        model=_small(recipe.model),
        training=SHORT,
        begins_with=begins_with,
    )


def symdiff_qm9_small() -> Recipe:
    """The tiny SymDiff with attention that sees the distances."""
    return Recipe(
        name="symdiff-qm9-small",
        summary="tiny, and distances bias the attention",
        source="this project",
        model=SymDiff(backbone=small_backbone(128, 6, 4, pair_bias=True), frame=_FRAMES[FRAME]),
        training=SHORT,
    )


def _small(model: Model) -> Model:
    match model:
        case SymDiff(backbone=backbone, frame=frame):
            return SymDiff(backbone=_BACKBONES[backbone], frame=_FRAMES[frame])
        case AsReleased(backbone=backbone, frame=frame):
            return AsReleased(backbone=_BACKBONES[backbone], frame=_FRAMES[frame])
        case SymDiffHaar(backbone=backbone):
            return SymDiffHaar(backbone=_BACKBONES[backbone])
        case DiT(backbone=backbone, augmented=augmented):
            return DiT(backbone=_BACKBONES[backbone], augmented=augmented)
        case EDM(network=EGNNSize(width=width, layers=layers)):
            return EDM(network=EGNNSize(width=width // 4, layers=-(-layers // 2)))
        case GDM(network=GNNSize(width=width, layers=layers), augmented=augmented):
            size = GNNSize(width=width // 4, layers=-(-layers // 2))
            return GDM(network=size, augmented=augmented)
        case other:
            raise TypeError(f"no small {type(other).__name__} is known")
