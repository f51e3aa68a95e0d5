"""Pictures for reports: molecules as balls and sticks, and the course of a training."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from numpy import ndarray
from scipy.spatial.transform import Rotation

from markovsym.files import replace_file
from markovsym_diffusion.evaluation.bonds import find_bonds
from markovsym_diffusion.molecules import SYMBOLS, InputError, Molecules

MOST_MOLECULES = 200
"""More molecules than this, in one row or column, are wider or taller than a PNG may be."""

COLOURS = {
    "H": "f4f4f4",
    "B": "ffb5b5",
    "C": "5a5f66",
    "N": "3b62e0",
    "O": "e03131",
    "F": "69b844",
    "Al": "bfa6a6",
    "Si": "e8bf94",
    "P": "ff8000",
    "S": "e8c81e",
    "Cl": "1fc01f",
    "As": "bd80e3",
    "Br": "a62929",
    "I": "940094",
    "Hg": "b8b8d0",
    "Bi": "9e4fb5",
}
"""The colours of Corey, Pauling and Koltun, toned down; other elements are pink."""

RADII = {"H": 0.27, "C": 0.40, "N": 0.39, "O": 0.38, "F": 0.36}
"""Radii of the balls in ångström; other elements have 0.48."""

_Shape = tuple[float, Float[ndarray, "corner 2"], Float[ndarray, "3"]]
"""Depth (the nearer the larger), outline and colour."""


def molecule_picture(molecules: Molecules, path: Path, columns: int = 8) -> None:
    """Draw molecules as a grid of balls and sticks, all to one scale, into a PNG file.

    Args:
        molecules: Molecules; each is turned so that it shows its broadest side.
        path: The PNG file.
        columns: Molecules in a row.

    Raises:
        InputError: If there are no molecules or too many, or the file cannot be written.
    """
    if not 0 < len(molecules) <= MOST_MOLECULES:
        wanted = f"a picture wants 1 to {MOST_MOLECULES} molecules"
        raise InputError(f"{wanted}, got {len(molecules)}: take some of them")
    if columns < 1:
        raise InputError(f"a picture wants at least one column, got {columns}")
    points = [_broadside(molecules.one(m)[0].double().numpy()) for m in range(len(molecules))]
    cell = 2 * np.max([np.abs(point[:, :2]).max(0) for point in points], axis=0) + _GAP
    columns = min(columns, len(molecules))
    width, height = cell * [columns, -(-len(molecules) // columns)]
    inch = 1.6 / max(cell)
    figure = Figure((inch * width, inch * height), dpi=160)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(-height, 0))
    axes.set_axis_off()
    for m, shapes in enumerate(_drawings(molecules, points)):
        row, column = divmod(m, columns)
        centre = cell * [column + 0.5, -row - 0.5]
        outlines = [outline + centre for _, outline, _ in shapes]
        colours = [colour for _, _, colour in shapes]
        axes.add_collection(PolyCollection(outlines, facecolors=colours, linewidths=0))
    _save(figure, path)


def loss_curve(
    steps: Sequence[int],
    loss: Sequence[float],
    path: Path,
    validation: tuple[Sequence[int], Sequence[float]] | None = None,
) -> None:
    """Draw a loss over the steps of a training, and its running mean, into a PNG file.

    Args:
        steps: Steps at which the training loss was noted.
        loss: The loss at each of them.
        path: The PNG file.
        validation: Steps and losses of the validation, if there was one.

    Raises:
        InputError: If nothing was noted, or the file cannot be written.
    """
    for x, y in [(steps, loss), validation or (steps, loss)]:
        if not x or len(x) != len(y):
            raise InputError(f"wanted a loss for each step, got {len(x)} steps, {len(y)} losses")
    figure = Figure((6.4, 3.6), dpi=160, layout="constrained")
    axes = figure.add_subplot(xlabel="step", ylabel="loss")
    axes.plot(steps, loss, "-", color="#b8c4d9", linewidth=0.8, label="training")
    axes.plot(steps, _running_mean(loss), color="#2b4c8c", linewidth=1.6, label="running mean")
    if validation is not None:
        axes.plot(*validation, "o-", color="#c4561e", markersize=3, label="validation")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#e4e4e4", linewidth=0.6)
    axes.legend(frameon=False)
    _save(figure, path)


def _save(figure: Figure, path: Path) -> None:
    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_png(buffer)
    replace_file(path, buffer.getvalue())


def _running_mean(values: Sequence[float]) -> Float[ndarray, "step"]:
    """The mean over the fiftieth part of all values that ends at each; finite values only."""
    width = max(1, len(values) // 50)
    finite = np.isfinite(values)
    window = np.ones(width)
    sums = np.convolve(np.where(finite, values, 0.0), window)[: len(values)]
    return sums / np.maximum(np.convolve(finite, window)[: len(values)], 1)


def _broadside(points: Float[ndarray, "atom 3"]) -> Float[ndarray, "atom 3"]:
    """Long axes along the page, then turned a little so that no atom hides another for long."""
    points = points - points.mean(0)
    axes = np.linalg.svd(points)[2]
    axes[2] *= np.linalg.det(axes)
    points = points @ axes.T @ _TURN
    return points - (points.max(0) + points.min(0)) / 2


def _drawings(
    molecules: Molecules, points: Sequence[Float[ndarray, "_ 3"]]
) -> Iterator[list[_Shape]]:
    """What to paint for each molecule, from the back to the front."""
    bonds = find_bonds(molecules)
    table = torch.stack([bonds.first, bonds.second, bonds.orders], -1).tolist()
    starts, edges = molecules.offsets.tolist(), bonds.offsets.tolist()
    for m, point in enumerate(points):
        symbols = [SYMBOLS[number] for number in molecules.one(m)[1].tolist()]
        shapes = [
            shape for x, symbol in zip(point, symbols, strict=True) for shape in _ball(x, symbol)
        ]
        for first, second, order in table[edges[m] : edges[m + 1]]:
            i, j = first - starts[m], second - starts[m]
            for width in _WIDTHS[order]:
                shapes += _stick(point[i], point[j], symbols[i], width)
                shapes += _stick(point[j], point[i], symbols[j], -width)
        near = max(point[:, 2])
        yield [_hazed(shape, near) for shape in sorted(shapes, key=lambda shape: shape[0])]


def _ball(point: Float[ndarray, "3"], symbol: str) -> Iterator[_Shape]:
    """Discs one upon the other, each smaller, brighter and closer to the light."""
    colour, radius = _colour(symbol), _radius(symbol)
    yield point[2], point[:2] + 1.07 * radius * _CIRCLE, 0.45 * colour
    for k in range(_DISCS):
        light = k / _DISCS
        centre = point[:2] + 0.42 * radius * light * _LIGHT
        brightness = 0.80 + 0.25 * light
        shade = np.clip(brightness * colour, 0, 1)
        shade = shade + (1 - shade) * 0.75 * light**3
        yield point[2], centre + radius * (1 - 0.88 * light) * _CIRCLE, shade


def _stick(
    start: Float[ndarray, "3"], end: Float[ndarray, "3"], symbol: str, aside: float
) -> Iterator[_Shape]:
    """The half of a bond next to ``start``, from the skin of its ball, moved aside on the page."""
    along = end - start
    start = start + 0.9 * _radius(symbol) * along / max(float(np.linalg.norm(along)), 1e-9)
    middle = end - along / 2
    across = np.array([-along[1], along[0]])
    across /= max(float(np.linalg.norm(across)), 1e-9)
    depth = (start[2] + middle[2]) / 2
    for thick, brightness in _STRIPS:
        left, right = across * (aside + thick), across * (aside - thick)
        quad = np.stack(
            [start[:2] + left, middle[:2] + left, middle[:2] + right, start[:2] + right]
        )
        yield depth, quad, np.clip(brightness * _colour(symbol), 0, 1)


def _hazed(shape: _Shape, near: float) -> _Shape:
    """The farther, the paler."""
    depth, outline, colour = shape
    haze = 0.5 * (1 - np.exp(-(near - depth) / 5))
    return depth, outline, colour + haze * (1 - colour)


def _colour(symbol: str) -> Float[ndarray, "3"]:
    return np.array([*bytes.fromhex(COLOURS.get(symbol, "ff69b4"))]) / 255


def _radius(symbol: str) -> float:
    return RADII.get(symbol, 0.48)


_GAP = 1.3
"""Space for the balls around the outermost atoms, in ångström."""

_TURN = Rotation.from_euler("yx", (10, 15), degrees=True).as_matrix()

_ANGLES = np.linspace(0, 2 * np.pi, 40, endpoint=False)
_CIRCLE = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], -1)
_LIGHT = np.array([-0.6, 0.8])
_DISCS = 10
_WIDTHS = {1: (0.0,), 2: (-0.13, 0.13), 3: (-0.19, 0.0, 0.19)}
_STRIPS = ((0.095, 0.45), (0.07, 0.85), (0.04, 1.0), (0.018, 1.15))
