from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.image import imread

from markovsym_diffusion.molecules import InputError, Molecules, gather
from markovsym_diffusion.report.pictures import (
    MOST_MOLECULES,
    _broadside,
    _drawings,
    _running_mean,
    loss_curve,
    molecule_picture,
)

seeds = st.integers(0, 2**32 - 1)


def some(seed: int, *sizes: int) -> Molecules:
    generator = torch.Generator().manual_seed(seed)
    return gather(
        (
            1.5 * torch.randn((size, 3), generator=generator),
            torch.randint(1, 84, (size,), generator=generator),
        )
        for size in sizes
    )


@given(seed=seeds, size=st.integers(1, 8))
def test_a_molecule_is_shown_by_a_rigid_motion(seed: int, size: int) -> None:
    points = some(seed, size).positions.double().numpy()
    shown = _broadside(points)
    gram, wanted = shown - shown.mean(0), points - points.mean(0)
    np.testing.assert_allclose(gram @ gram.T, wanted @ wanted.T, atol=1e-9)
    if size > 3:  # not a mirror image
        handedness = np.linalg.det(shown[1:4] - shown[0])
        assert handedness == pytest.approx(np.linalg.det(points[1:4] - points[0]), abs=1e-9)


@given(seed=seeds, size=st.integers(1, 8))
def test_what_is_nearer_is_painted_later_and_less_hazed(seed: int, size: int) -> None:
    molecules = some(seed, size)
    (shapes,) = _drawings(molecules, [molecules.positions.double().numpy()])
    depths = [depth for depth, _, _ in shapes]
    assert depths == sorted(depths)
    assert all(colour.min() >= 0 and colour.max() <= 1 for _, _, colour in shapes)


def test_double_and_triple_bonds_have_more_sticks() -> None:
    numbers = torch.tensor([6, 6])
    counts = []
    for apart in (3.0, 1.54, 1.34, 1.20):
        molecules = gather([(torch.tensor([[0.0, 0.0, 0.0], [apart, 0.0, 0.0]]), numbers)])
        (shapes,) = _drawings(molecules, [molecules.positions.double().numpy()])
        counts.append(len(shapes))
    assert np.diff(counts).tolist() == [counts[1] - counts[0]] * 3
    assert counts[1] > counts[0]


def test_atoms_have_the_colours_of_their_elements(tmp_path: Path) -> None:
    oxygen, carbon = tmp_path / "oxygen.png", tmp_path / "carbon.png"
    alone = torch.zeros(1, 3)
    molecule_picture(gather([(alone, torch.tensor([8]))]), oxygen)
    molecule_picture(gather([(alone, torch.tensor([6]))]), carbon)
    red, grey = (imread(path)[..., :3].mean((0, 1)) for path in (oxygen, carbon))
    assert red[0] > 1.2 * red[1]
    assert grey[0] == pytest.approx(grey[1], rel=0.05)


@pytest.mark.parametrize(
    ("count", "columns", "aspect"), [(3, 8, 3), (8, 4, 2), (5, 4, 2), (3, 1, 1 / 3)]
)
def test_the_grid_has_so_many_columns(
    tmp_path: Path, count: int, columns: int, aspect: float
) -> None:
    path = tmp_path / "grid.png"
    molecule_picture(some(1, *[1] * count), path, columns)
    height, width, _ = imread(path).shape
    assert width / height == pytest.approx(aspect, rel=0.01)


def test_the_same_molecules_give_the_same_picture(tmp_path: Path) -> None:
    once, twice = tmp_path / "once.png", tmp_path / "twice.png"
    molecule_picture(some(2, 5, 3), once)
    molecule_picture(some(2, 5, 3), twice)
    assert once.read_bytes() == twice.read_bytes()


@given(values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=200))
def test_a_running_mean_stays_within_what_it_averages(values: list[float]) -> None:
    mean = _running_mean(values)
    assert len(mean) == len(values)
    assert min(values) - 1e-6 <= mean.min() <= mean.max() <= max(values) + 1e-6


def test_a_running_mean_skips_what_is_not_finite() -> None:
    assert _running_mean([2.0] * 60 + [torch.nan] + [2.0] * 60).tolist() == [2.0] * 121


def test_a_loss_curve_is_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "loss.png"
    loss_curve([0, 10, 20], [1.0, 0.5, float("nan")], path)
    alone = imread(path)
    loss_curve([0, 10, 20], [1.0, 0.5, float("nan")], path, validation=([20], [0.7]))
    assert alone.shape == imread(path).shape
    assert not np.array_equal(alone, imread(path))


def test_no_molecules_make_no_picture(tmp_path: Path) -> None:
    none = some(0, 1).take(torch.zeros(0, dtype=torch.int64))
    many = some(0, *[1] * (MOST_MOLECULES + 1))
    with pytest.raises(InputError, match=r"^a picture wants 1 to 200 molecules, got 0"):
        molecule_picture(none, tmp_path / "none.png")
    with pytest.raises(InputError, match=r"^a picture wants 1 to 200 molecules, got 201"):
        molecule_picture(many, tmp_path / "many.png")
    with pytest.raises(InputError, match=r"^a picture wants at least one column, got 0$"):
        molecule_picture(some(0, 1), tmp_path / "flat.png", columns=0)


def test_a_loss_without_its_step_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "loss.png"
    with pytest.raises(InputError, match=r"^wanted a loss for each step, got 0 steps, 0 losses$"):
        loss_curve([], [], path)
    with pytest.raises(InputError, match=r"^wanted a loss for each step, got 2 steps, 1 losses$"):
        loss_curve([0], [1.0], path, validation=([0, 1], [1.0]))
