"""What each command takes; tyro makes flags and help of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Literal, final

import tyro

Device = Literal["auto", "cpu", "cuda"]
"""Where to compute; ``auto`` takes a GPU if there is one."""


@final
@dataclass(frozen=True, kw_only=True)
class Demo:
    """The main job, small: real data, a model, samples, scores beside the data."""

    module: ClassVar[str] = "demo"
    out: Path = Path("runs/demo")
    """Folder to write."""
    n: int = 64
    """Molecules to sample."""
    minutes: float = 0.75
    """How long to train the shipped model further."""
    seed: int = 0
    """Source of all randomness."""
    device: Device = "auto"
    """Where to compute."""


@final
@dataclass(frozen=True, kw_only=True)
class Data:
    """Build the cache of a data set, or check the one there is."""

    module: ClassVar[str] = "data"
    source: tyro.conf.Positional[Literal["qm9"]]
    """qm9: from the package qm9pack."""
    rebuild: bool = False
    """Build it again, replacing the one there is."""
    json: bool = False
    """Print the facts as JSON."""


@final
@dataclass(frozen=True, kw_only=True)
class Recipes:
    """List every recipe with its size and source."""

    module: ClassVar[str] = "recipes"
    json: bool = False
    """Print the list as JSON."""


@final
@dataclass(frozen=True, kw_only=True)
class Train:
    """Train a recipe into a folder; goes on where the folder stands, if it is a run."""

    module: ClassVar[str] = "train"
    recipe: tyro.conf.Positional[str]
    """Name of the recipe."""
    steps: int | None = None
    """Steps in all; those of the recipe by default."""
    minutes: float | None = None
    """Minutes in all; training fits itself into them."""
    out: Path | None = None
    """Folder of the run; runs/RECIPE by default."""
    seed: int = 0
    """Source of all randomness."""
    device: Device = "auto"
    """Where to compute."""


@final
@dataclass(frozen=True, kw_only=True)
class Sample:
    """Sample molecules from a run, a file of weights or a shipped model."""

    module: ClassVar[str] = "sample"
    model: tyro.conf.Positional[str]
    """Folder of a run, file of weights, or name of a shipped model."""
    n: int = 16
    """How many molecules."""
    atoms: int | None = None
    """Atoms of each; drawn from the training data by default."""
    steps: int | None = None
    """Steps of the sampler; all of the schedule by default."""
    out: Path = Path("runs/samples")
    """Folder for samples.sdf, samples.xyz and samples.npz."""
    batch_size: int = 250
    """Molecules at a time."""
    seed: int = 0
    """Source of all randomness."""
    device: Device = "auto"
    """Where to compute."""
    json: bool = False
    """Print what was written as JSON."""


@final
@dataclass(frozen=True, kw_only=True)
class Evaluate:
    """Score molecules beside real ones."""

    module: ClassVar[str] = "evaluate"
    samples: tyro.conf.Positional[str]
    """An SDF, XYZ or npz file, the folder of samples, or a split such as data:qm9/test."""
    data: str = "qm9/test"
    """The split of real molecules that stands beside."""
    json: bool = False
    """Print the scores as JSON."""


@final
@dataclass(frozen=True, kw_only=True)
class Likelihood:
    """Bound the negative log-likelihood of a split under a model."""

    module: ClassVar[str] = "likelihood"
    model: tyro.conf.Positional[str]
    """Folder of a run, file of weights, or name of a shipped model."""
    split: Literal["train", "valid", "test"] = "test"
    """Split of QM9."""
    n: int | None = None
    """Molecules, evenly spaced over the split; all of it by default."""
    passes: int = 1
    """Draws for each molecule."""
    batch_size: int = 256
    """Molecules at a time."""
    seed: int = 0
    """Source of all randomness."""
    device: Device = "auto"
    """Where to compute."""
    json: bool = False
    """Print the bound as JSON."""


@final
@dataclass(frozen=True, kw_only=True)
class Verify:
    """Check that a model is equivariant, beside broken copies that must fail."""

    module: ClassVar[str] = "verify"
    model: tyro.conf.Positional[str]
    """Name of a recipe; or folder of a run, file of weights, or name of a shipped model."""
    alpha: float = 1e-9
    """Chance of rejecting a model that is equivariant."""
    examples: int = 8
    """Random group elements of the test in law, beside those that have names."""
    pairs: int = 1024
    """Pairs of draws at each of them."""
    seed: int = 0
    """Source of all randomness."""
    device: Device = "auto"
    """Where to compute."""
    json: bool = False
    """Print the report as JSON."""
    html: Path | None = None
    """File to write the report to, as a page."""


Command = (
    Annotated[Demo, tyro.conf.subcommand("demo")]
    | Annotated[Data, tyro.conf.subcommand("data")]
    | Annotated[Recipes, tyro.conf.subcommand("recipes")]
    | Annotated[Train, tyro.conf.subcommand("train")]
    | Annotated[Sample, tyro.conf.subcommand("sample")]
    | Annotated[Evaluate, tyro.conf.subcommand("evaluate")]
    | Annotated[Likelihood, tyro.conf.subcommand("likelihood")]
    | Annotated[Verify, tyro.conf.subcommand("verify")]
)
"""One of the commands."""
