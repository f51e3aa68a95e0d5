import re

import pytest

from markovsym_diffusion.denoisers import GDM, AsReleased, DiT, SymDiff, SymDiffHaar
from markovsym_diffusion.networks import EGNNSize, GNNSize, TransformerSize
from markovsym_diffusion.objectives import TimeDraw
from markovsym_diffusion.recipes import DATA, PUBLISHED, RECIPES, recipe
from markovsym_diffusion.recipes.published import OTHERS, OTHERS_GEOM
from markovsym_diffusion.recipes.tiny import SHORT
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

FRAME = TransformerSize(width=128, depth=8, heads=4)
STAR_FRAME = TransformerSize(width=216, depth=10, heads=8)

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


def test_transformers_are_as_wide_and_deep_as_published_and_have_their_heads() -> None:
    """Heads change no number of parameters."""
    wanted = {
        "symdiff-star-qm9": (TransformerSize(width=768, depth=12, heads=12), STAR_FRAME),
        "symdiff-qm9": (TransformerSize(width=384, depth=12, heads=6), FRAME),
        "symdiff-minus-qm9": (TransformerSize(width=360, depth=10, heads=6), FRAME),
        "symdiff-minus-minus-qm9": (TransformerSize(width=294, depth=8, heads=6), FRAME),
    }
    for name, (size, frame) in wanted.items():
        model = recipe(name).model
        assert (model.backbone.transformer, model.frame.transformer) == (size, frame)
        assert (model.backbone.reach, model.backbone.pair_bias) == (None, False)


def test_small_transformers_see_times_in_thousands_and_distances_up_to_six() -> None:
    for name in RECIPES.keys() - set(FULL):
        model = recipe(name).model
        if isinstance(model, SymDiff | SymDiffHaar | DiT | AsReleased):
            assert (model.backbone.transformer.time_scale, model.backbone.reach) == (1000, 6)
            assert model.backbone.pair_bias == (name == "symdiff-qm9-small")
        if isinstance(model, SymDiff | AsReleased):
            assert model.frame.transformer.time_scale == 1000


def test_small_runs_are_those_of_the_tables_in_all_but_size_and_training() -> None:
    for name in FULL:
        full, small = recipe(name), recipe(f"{name}-tiny")
        assert small.training == SHORT != full.training
        assert small.source == "this project"
        assert (small.data, small.features, small.freeze) == (full.data, full.features, full.freeze)
        if isinstance(full.model, DiT | GDM):
            assert small.model.augmented == full.model.augmented
    assert SHORT.times == TimeDraw(power=2.0)
    assert {name for name in FULL if getattr(recipe(name).model, "augmented", False)} == {
        "dit-aug-qm9",
        "gdm-aug-qm9",
    }
    assert recipe("edm-qm9-tiny").model.network == EGNNSize(width=64, layers=5)
    assert recipe("gdm-qm9-tiny").model.network == GNNSize(width=64, layers=5)


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


def test_published_figures_are_shares_and_no_molecule_is_stable_without_its_atoms() -> None:
    for row in [*PUBLISHED.values(), *OTHERS.values(), *OTHERS_GEOM.values(), *DATA.values()]:
        shares = [one for one in (row.atoms, row.molecules, row.valid, row.unique) if one]
        assert all(0 < one.value <= 100 for one in shares)
        assert row.molecules is None or row.atoms is None or row.molecules.value < row.atoms.value
        assert row.nll is None or row.nll.value < 0
        if row.seconds_an_epoch is not None:
            assert row.seconds_a_sample < 1 < row.seconds_an_epoch
    bounds = [row.nll.value for row in PUBLISHED.values()]
    assert len(bounds) == len(set(bounds))


def test_published_models_stand_in_the_order_of_the_paper() -> None:
    """By stable molecules: each with more symmetry, or more parameters, above the next."""
    for names in (
        ("symdiff-star", "symdiff", "dit-aug", "symdiff-h", "edm", "dit", "gdm"),
        ("symdiff", "symdiff-minus", "symdiff-minus-minus"),
        ("edm-plus-plus", "edm-plus", "dit-ft", "edm", "dit-ft-freeze"),
    ):
        stable = [PUBLISHED[f"{name}-qm9"].molecules.value for name in names]
        assert stable == sorted(stable, reverse=True)


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
