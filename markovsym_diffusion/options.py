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
class QM9Data:
    """QM9, from the package qm9pack."""

    rebuild: bool = False
    """Build it again, replacing the one there is."""
    json: bool = False
    """Print the facts as JSON."""


@final
@dataclass(frozen=True, kw_only=True)
class GeomData:
    """GEOM-Drugs, from a download."""

    download: Annotated[Path | None, tyro.conf.arg(name="from")] = None
    """drugs_crude.msgpack, or the folder of summary_drugs.json, to build it from."""
    permutation: Path | None = None
    """geom_permutation.npy, for the published split; whole molecules are split without it."""
    seed: int = 0
    """Of the split, where there is no permutation."""
    rebuild: bool = False
    """Replace the one there is."""
    json: bool = False
    """Print the facts as JSON."""


@final
@dataclass(frozen=True, kw_only=True)
class OwnData:
    """Every SDF and XYZ file of a folder."""

    folder: tyro.conf.Positional[Path]
    """Folder of the files."""
    out: Path | None = None
    """Folder to write; runs/data/NAME by default, where NAME is that of the folder."""
    seed: int = 0
    """Of the split."""
    json: bool = False
    """Print the facts as JSON."""


@final
@dataclass(frozen=True, kw_only=True)
class Data:
    """Build a data set, or check the one there is."""

    module: ClassVar[str] = "data"
    source: tyro.conf.OmitArgPrefixes[
        Annotated[QM9Data, tyro.conf.subcommand("qm9")]
        | Annotated[GeomData, tyro.conf.subcommand("geom")]
        | Annotated[OwnData, tyro.conf.subcommand("from-files")]
    ]
    """Where the molecules come from."""


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
    data: str | None = None
    """Data set to train on: qm9, geom, or a folder made by data from-files; that of the recipe by
    default."""
    init: str | None = None
    """Trained model whose parts the new one begins with: a run, a file of weights, or a name."""
    freeze: tuple[str, ...] | None = None
    """Parts whose weights stay as they are, such as eps; those of the recipe by default."""
    out: Path | None = None
    """Folder of the run; runs/RECIPE by default."""
    seed: int = 0
    """Source of all randomness."""
    device: Device = "auto"
    """Where to compute."""
    bfloat16: bool = False
    """Multiply the matrices of a transformer in bfloat16; all else is in float32."""
    compile: bool = False
    """Compile the blocks of a transformer: slow to begin with, faster from then on."""


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
    sampler: str | None = None
    """Name of the sampler; diffusion has ancestral, sde-dpm-solver++ (the best in few steps),
    ddim, dpm-solver++ and heun, score matching euler-maruyama, heun, euler and dopri5, flow
    matching the last three. The first by default."""
    steps: int | None = None
    """Steps of the sampler; its own number by default."""
    frames: Literal["fresh", "held"] | None = None
    """Whether a frame is drawn at every step, or once for a trajectory; by default fresh with
    samplers that draw noise, and held with the others."""
    out: Path = Path("runs/samples")
    """Folder for samples.sdf, samples.xyz and samples.npz."""
    batch_size: int = 250
    """Molecules at a time."""
    seed: int = 0
    """Source of all randomness."""
    device: Device = "auto"
    """Where to compute."""
    bfloat16: bool = False
    """Multiply the matrices of a transformer in bfloat16; all else is in float32."""
    compile: bool = False
    """Compile the blocks of a transformer: slow to begin with, faster from then on."""
    json: bool = False
    """Print what was written as JSON."""


@final
@dataclass(frozen=True, kw_only=True)
class Evaluate:
    """Score molecules beside real ones."""

    module: ClassVar[str] = "evaluate"
    samples: tyro.conf.Positional[tuple[str, ...]]
    """SDF, XYZ or npz files, folders of samples, splits like data:qm9/test; several are runs."""
    data: str = "qm9/test"
    """The split of real molecules that stands beside; its data set decides the bond rule."""
    quality: bool = False
    """Look beyond the published scores: PoseBusters, strain, distances to data."""
    at_most: int = 1000
    """Molecules of each set, evenly spaced, that PoseBusters and the force field examine."""
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
    """Split of the data set that the model was trained on."""
    n: int | None = None
    """Molecules, evenly spaced over the split; all of it by default."""
    draws: int = 1
    """Draws of the frame in each term: 1 gives Jensen's bound, more a closer one. For score and
    flow matching the velocities of so many frames are averaged."""
    times: int | Literal["one", "all"] = "one"
    """Time steps looked at for each molecule: one at random, one in each of so many equal parts, or
    all. For score and flow matching the steps of the integration, 50 or more."""
    passes: int = 1
    """How often all of it is drawn anew."""
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


@final
@dataclass(frozen=True, kw_only=True)
class Bench:
    """Time steps of training or of sampling on real molecules; prints JSON."""

    module: ClassVar[str] = "bench"
    what: tyro.conf.Positional[Literal["train", "sample"]]
    """Which steps."""
    recipe: str = "symdiff-qm9"
    """Name of the recipe."""
    batch_size: int = 64
    """Molecules a step."""
    batches: int = 4
    """Steps a round, each with molecules of another size."""
    rounds: int = 7
    """Rounds, after one that does not count."""
    against: Literal["reference"] | None = None
    """What to time by turns with it: reference, the plain implementation in benchmarks/, which only
    the repository has."""
    threads: int = 1
    """Threads of a CPU. With one, processor time is measured, and other work disturbs little."""
    device: Device = "auto"
    """Where to compute."""
    bfloat16: bool = False
    """Multiply the matrices of a transformer in bfloat16; all else is in float32."""
    compile: bool = False
    """Compile the blocks of a transformer."""


Command = (
    Annotated[Demo, tyro.conf.subcommand("demo")]
    | Annotated[Data, tyro.conf.subcommand("data")]
    | Annotated[Recipes, tyro.conf.subcommand("recipes")]
    | Annotated[Train, tyro.conf.subcommand("train")]
    | Annotated[Sample, tyro.conf.subcommand("sample")]
    | Annotated[Evaluate, tyro.conf.subcommand("evaluate")]
    | Annotated[Likelihood, tyro.conf.subcommand("likelihood")]
    | Annotated[Verify, tyro.conf.subcommand("verify")]
    | Annotated[Bench, tyro.conf.subcommand("bench")]
)
"""One of the commands."""
