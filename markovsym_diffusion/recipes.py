"""Recipes: one function for each run that one may want to repeat."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import final

from markovsym_diffusion.denoisers import Denoiser, SymDiffSize, symdiff
from markovsym_diffusion.features import AtomFeatures
from markovsym_diffusion.molecules import InputError
from markovsym_diffusion.networks import TransformerSize
from markovsym_diffusion.objectives import NoisePrediction, TimeDraw
from markovsym_diffusion.processes import GaussianProcess
from markovsym_diffusion.schedules import PolynomialSchedule, Times
from markovsym_diffusion.training import TrainingSettings


@final
@dataclass(frozen=True, kw_only=True)
class Recipe:
    """All that a run needs besides the data and a seed."""

    name: str
    summary: str
    source: str
    model: SymDiffSize
    training: TrainingSettings
    features: AtomFeatures = field(default_factory=AtomFeatures)
    schedule: PolynomialSchedule = field(default_factory=PolynomialSchedule)

    def denoiser(self, seed: int = 0) -> Denoiser:
        """A model of this recipe, with fresh weights."""
        return symdiff(self.model, seed=seed)

    def process(self) -> GaussianProcess:
        """The noising process, on the CPU."""
        return GaussianProcess(Times.of(self.schedule))

    def objective(self, process: GaussianProcess) -> NoisePrediction:
        """What training minimises."""
        return NoisePrediction(process, self.features, self.training.times)


def symdiff_qm9() -> Recipe:
    """SymDiff on QM9 as published: 31.2 million parameters, 4350 epochs."""
    return Recipe(
        name="symdiff-qm9",
        summary="SymDiff on QM9 as published",
        source="Zhang et al. (2025), table 1; protocol of appendix C.2",
        model=SymDiffSize(
            channels=AtomFeatures().width,
            noise=TransformerSize(width=384, depth=12, heads=6),
            frame=TransformerSize(width=128, depth=8, heads=4),
            radial=200,
            basis=184,
            frame_hidden=64,
        ),
        training=TrainingSettings(),
    )


def symdiff_qm9_tiny() -> Recipe:
    """The same architecture for two CPU cores."""
    return Recipe(
        name="symdiff-qm9-tiny",
        summary="the same architecture, small enough for a CPU",
        source="this project",
        model=_tiny(pair_bias=False),
        training=_short(),
    )


def symdiff_qm9_small() -> Recipe:
    """The tiny one with attention that sees the distances."""
    return Recipe(
        name="symdiff-qm9-small",
        summary="tiny, and distances bias the attention",
        source="this project",
        model=_tiny(pair_bias=True),
        training=_short(),
    )


RECIPES: dict[str, Callable[[], Recipe]] = {
    "symdiff-qm9": symdiff_qm9,
    "symdiff-qm9-tiny": symdiff_qm9_tiny,
    "symdiff-qm9-small": symdiff_qm9_small,
}
"""Every recipe by its name."""


def recipe(name: str) -> Recipe:
    """The recipe of that name. Raises ``InputError``, with the nearest name, if there is none."""
    if name not in RECIPES:
        near = difflib.get_close_matches(name, RECIPES, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(RECIPES)}"
        raise InputError(f"no recipe is called {name!r}; {hint}")
    return RECIPES[name]()


def _tiny(*, pair_bias: bool) -> SymDiffSize:
    return SymDiffSize(
        channels=AtomFeatures().width,
        noise=TransformerSize(width=128, depth=6, heads=4, time_scale=1000.0),
        frame=TransformerSize(width=64, depth=2, heads=2, time_scale=1000.0),
        radial=64,
        basis=64,
        frame_hidden=32,
        pair_bias=pair_bias,
        reach=6.0,
    )


def _short() -> TrainingSettings:
    """Training within an hour or two: many small steps, fast, then down to nothing."""
    return TrainingSettings(
        steps=100_000,
        batch_size=32,
        learning_rate=3e-3,
        warm_up=300,
        cool_down=1.0,
        amsgrad=False,
        ema_decay=0.999,
        times=TimeDraw(power=2.0),
    )
