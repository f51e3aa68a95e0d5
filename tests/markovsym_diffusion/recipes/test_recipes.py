import re

import pytest

from markovsym_diffusion.recipes import PUBLISHED, RECIPES, recipe
from markovsym_diffusion.training import QueueClip

SIZES = {
    "symdiff-star-qm9": 123_309_408,
    "symdiff-qm9": 31_195_834,
    "symdiff-minus-qm9": 23_538_982,
    "symdiff-minus-minus-qm9": 13_685_380,
    "symdiff-h-qm9": 28_965_553,
    "dit-qm9": 28_965_553,
    "dit-aug-qm9": 28_965_553,
    "dit-ft-qm9": 31_195_834,
    "dit-ft-freeze-qm9": 31_195_834,
    "edm-qm9": 5_339_920,
    "edm-plus-qm9": 9_490_199,
    "edm-plus-plus-qm9": 11_956_999,
    "gdm-qm9": 3_555_859,
    "gdm-aug-qm9": 3_555_859,
    "score-symdiff-qm9": 31_195_834,
    "flow-symdiff-qm9": 31_195_834,
    "symdiff-qm9-as-released": 31_195_834,
    "symdiff-geom": 31_201_524,
    "edm-geom": 2_380_565,
    "symdiff-qm9-tiny": 1_841_746,
    "symdiff-qm9-small": 1_843_282,
}
"""Parameters counted in the published code, where there is any."""

FULL = [name for name in RECIPES if not name.endswith(("-tiny", "-small"))]


@pytest.mark.parametrize(("name", "count"), SIZES.items())
def test_models_have_their_published_sizes(name: str, count: int) -> None:
    assert recipe(name).parameters == count


def test_every_run_of_the_tables_is_there_once_more_small() -> None:
    assert set(FULL) == set(SIZES) - {"symdiff-qm9-tiny", "symdiff-qm9-small"}
    for name in FULL:
        small = recipe(f"{name}-tiny")
        assert small.parameters < recipe(name).parameters / 10
        assert type(small.model) is type(recipe(name).model)
        assert small.equivariant == recipe(name).equivariant
        assert small.method == recipe(name).method


def test_runs_are_as_long_as_published() -> None:
    assert recipe("symdiff-qm9").training.steps == 391 * 4350
    assert recipe("edm-qm9").training.steps == 1563 * 1100
    assert recipe("dit-ft-qm9").training.steps == 391 * 800
    assert recipe("symdiff-geom").training.steps == 21_633 * 55
    assert recipe("edm-geom").training.steps == 86_532 * 13


def test_settings_are_the_published_ones() -> None:
    rates = {
        "symdiff-qm9": 2e-4,
        "symdiff-star-qm9": 1e-4,
        "symdiff-geom": 1e-4,
        "dit-ft-qm9": 1e-3,
    }
    for name, rate in rates.items():
        training = recipe(name).training
        assert (training.learning_rate, training.batch_size) == (rate, 256)
        assert training.amsgrad
    assert recipe("dit-ft-qm9").training.weight_decay == 2e-12
    edm = recipe("edm-qm9").training
    assert (edm.batch_size, edm.learning_rate, edm.clip) == (64, 1e-4, QueueClip())


def test_data_have_their_channels() -> None:
    assert recipe("symdiff-qm9").features.width == 6
    assert recipe("symdiff-geom").features.width == 16
    assert recipe("edm-geom-tiny").features.width == 16


def test_fine_tuning_begins_with_the_transformer_of_its_own_size() -> None:
    for end in ("", "-tiny"):
        begun, base = recipe(f"dit-ft-qm9{end}"), recipe(f"dit-qm9{end}")
        assert begun.begins_with == base.name
        assert begun.model.backbone == base.model.backbone
        assert recipe(f"dit-ft-freeze-qm9{end}").freeze == ("distances", "eps")


def test_what_is_published_has_a_recipe_and_what_is_small_claims_nothing() -> None:
    assert set(PUBLISHED) <= set(FULL)
    assert all(made.published is None for name, made in RECIPES.items() if name not in FULL)
    row = recipe("symdiff-qm9").published
    assert (str(row.nll), str(row.molecules)) == ("-129.35±1.07", "87.49±0.23")


def test_what_is_not_equivariant_says_so() -> None:
    plain = {name for name in FULL if not recipe(name).equivariant}
    assert {re.sub("-qm9.*", "", name) for name in plain} == {
        "dit",
        "dit-aug",
        "gdm",
        "gdm-aug",
        "symdiff",
    }
    assert "NOT equivariant" in recipe("symdiff-qm9-as-released").summary
