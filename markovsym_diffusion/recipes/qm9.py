"""The runs of the papers on QM9."""

from collections.abc import Iterator

from markovsym_diffusion.denoisers import EDM, GDM, AsReleased, DiT, SymDiff, SymDiffHaar
from markovsym_diffusion.methods import Diffusion, Flow, Method, Score
from markovsym_diffusion.networks import EGNNSize, GNNSize
from markovsym_diffusion.processes import ContinuousProcess, VariancePreserving
from markovsym_diffusion.recipes.recipe import Recipe
from markovsym_diffusion.recipes.sizes import (
    BACKBONE,
    FRAME,
    MINUS,
    MINUS_MINUS,
    STAR,
    STAR_FRAME,
)
from markovsym_diffusion.training import QueueClip, TrainingSettings

SYMDIFF = TrainingSettings()
"""4350 epochs of 391 steps."""
LARGE = TrainingSettings(learning_rate=1e-4)
"""The same, slower."""
BASELINE = TrainingSettings(steps=1_719_300, batch_size=64, learning_rate=1e-4, clip=QueueClip())
"""1100 epochs of 1563 steps."""
FINE_TUNING = TrainingSettings(steps=312_800, learning_rate=1e-3, weight_decay=2e-12)
"""800 epochs of 391 steps."""


def symdiff_qm9() -> Recipe:
    """SymDiff: 31.2 million parameters."""
    return Recipe(
        name="symdiff-qm9",
        summary="sym(eps, recursive(haar(O(3)), f))",
        source="Zhang et al. (2025), table 1; appendix C.2",
        model=SymDiff(backbone=BACKBONE, frame=FRAME),
        training=SYMDIFF,
    )


def symdiff_star_qm9() -> Recipe:
    """SymDiff*: 117.8 million parameters by the paper, 123.3 by the published command."""
    return Recipe(
        name="symdiff-star-qm9",
        summary="SymDiff*: the same, wider",
        source="Zhang et al. (2025), table 1; sizes of the released command",
        model=SymDiff(backbone=STAR, frame=STAR_FRAME),
        training=LARGE,
    )


def symdiff_minus_qm9() -> Recipe:
    """SymDiff-: 23.5 million parameters."""
    return Recipe(
        name="symdiff-minus-qm9",
        summary="SymDiff-: the same, smaller",
        source="Zhang et al. (2025), tables 3 and 5; widths of the embeddings are a guess",
        model=SymDiff(backbone=MINUS, frame=FRAME),
        training=SYMDIFF,
    )


def symdiff_minus_minus_qm9() -> Recipe:
    """SymDiff--: 13.5 million parameters by the paper, 13.7 here."""
    return Recipe(
        name="symdiff-minus-minus-qm9",
        summary="SymDiff--: the same, smaller still",
        source="Zhang et al. (2025), tables 3 and 5; widths of the embeddings are a guess",
        model=SymDiff(backbone=MINUS_MINUS, frame=FRAME),
        training=SYMDIFF,
    )


def symdiff_h_qm9() -> Recipe:
    """SymDiff-H: nothing to learn in gamma."""
    return Recipe(
        name="symdiff-h-qm9",
        summary="sym(eps, haar(O(3)))",
        source="Zhang et al. (2025), table 1",
        model=SymDiffHaar(backbone=BACKBONE),
        training=SYMDIFF,
    )


def dit_qm9() -> Recipe:
    """DiT: the transformer alone."""
    return Recipe(
        name="dit-qm9",
        summary="eps",
        source="Zhang et al. (2025), table 1",
        model=DiT(backbone=BACKBONE),
        training=SYMDIFF,
        equivariant=False,
    )


def dit_aug_qm9() -> Recipe:
    """DiT-Aug: the transformer alone, trained on turned and reflected molecules."""
    return Recipe(
        name="dit-aug-qm9",
        summary="sym(eps, haar(O(3))) to train, eps to sample",
        source="Zhang et al. (2025), table 1",
        model=DiT(backbone=BACKBONE, augmented=True),
        training=SYMDIFF,
        equivariant=False,
    )


def dit_ft_qm9() -> Recipe:
    """DiT-FT: SymDiff that begins with the eps of a trained DiT."""
    return Recipe(
        name="dit-ft-qm9",
        summary="SymDiff, begun with a trained DiT",
        source="Zhang et al. (2025), table 8; appendix C.4",
        model=SymDiff(backbone=BACKBONE, frame=FRAME),
        training=FINE_TUNING,
        begins_with="dit-qm9",
    )


def dit_ft_freeze_qm9() -> Recipe:
    """DiT-FT-Freeze: the same, and eps stays as it is."""
    return Recipe(
        name="dit-ft-freeze-qm9",
        summary="the same, and only f learns",
        source="Zhang et al. (2025), table 8; appendix C.4",
        model=SymDiff(backbone=BACKBONE, frame=FRAME),
        training=FINE_TUNING,
        begins_with="dit-qm9",
        freeze=("distances", "eps"),
    )


def symdiff_qm9_as_released() -> Recipe:
    """What the released code of SymDiff computes, which is not equivariant."""
    return Recipe(
        name="symdiff-qm9-as-released",
        summary="NOT equivariant: R = f R0^T, padding leaks into embedding and loss",
        source="the released code of Zhang et al. (2025)",
        model=AsReleased(backbone=BACKBONE, frame=FRAME),
        training=SYMDIFF,
        method=Diffusion(padded_width=True),
        equivariant=False,
    )


def edm(name: str, summary: str, layers: EGNNSize) -> Recipe:
    """EDM: an EGNN of some size."""
    return Recipe(
        name=name,
        summary=summary,
        source="Hoogeboom et al. (2022), table 1; Zhang et al. (2025), tables 3 and 6",
        model=EDM(network=layers),
        training=BASELINE,
    )


def gdm(name: str, summary: str, *, augmented: bool) -> Recipe:
    """GDM: message passing on coordinates."""
    return Recipe(
        name=name,
        summary=summary,
        source="Hoogeboom et al. (2022), table 1",
        model=GDM(network=GNNSize(), augmented=augmented),
        training=BASELINE,
        equivariant=False,
    )


def in_continuous_time(name: str, summary: str, source: str, method: Method) -> Recipe:
    """The networks of SymDiff, trained otherwise."""
    return Recipe(
        name=name,
        summary=summary,
        source=source,
        model=SymDiff(backbone=BACKBONE, frame=FRAME),
        training=SYMDIFF,
        method=method,
    )


def on_qm9() -> Iterator[Recipe]:
    """Every run on QM9, in the order of the tables."""
    yield from (symdiff_star_qm9(), symdiff_qm9(), symdiff_minus_qm9(), symdiff_minus_minus_qm9())
    yield from (symdiff_h_qm9(), dit_qm9(), dit_aug_qm9(), dit_ft_qm9(), dit_ft_freeze_qm9())
    yield edm("edm-qm9", "an EGNN, equivariant by itself", EGNNSize())
    yield edm("edm-plus-qm9", "EDM+: the same, deeper", EGNNSize(layers=16))
    yield edm("edm-plus-plus-qm9", "EDM++: the same, wider", EGNNSize(width=332, layers=12))
    yield gdm("gdm-qm9", "message passing on coordinates", augmented=False)
    yield gdm("gdm-aug-qm9", "the same, trained on turned molecules", augmented=True)
    yield in_continuous_time(
        "score-symdiff-qm9",
        "sym(score, gamma), by score matching",
        "Zhang et al. (2025), appendix E.1; not run there",
        Score(process=ContinuousProcess(VariancePreserving(), first=1e-3)),
    )
    yield in_continuous_time(
        "flow-symdiff-qm9",
        "sym(velocity, gamma), by flow matching",
        "Zhang et al. (2025), appendix E.2; not run there",
        Flow(),
    )
    yield symdiff_qm9_as_released()
