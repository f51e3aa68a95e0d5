from pathlib import Path

import pytest

from markovsym_diffusion.datasets import SizeDistribution
from markovsym_diffusion.datasets.geom import (
    FEATURES,
    SIZE_HISTOGRAM,
    VOCABULARY,
    check_published,
    geom_path,
    load_geom,
)
from markovsym_diffusion.molecules import SYMBOLS, InputError


def test_the_published_sizes_have_the_published_sums() -> None:
    assert sum(SIZE_HISTOGRAM.values()) == 6_922_516
    assert sum(size * count for size, count in SIZE_HISTOGRAM.items()) == 322_877_623
    assert len(SIZE_HISTOGRAM) == 157
    assert (min(SIZE_HISTOGRAM), max(SIZE_HISTOGRAM)) == (3, 181)


def test_the_elements_are_the_published_ones() -> None:
    names = "H B C N O F Al Si P S Cl As Br I Hg Bi"
    assert [SYMBOLS[number] for number in VOCABULARY] == names.split()
    assert FEATURES.names == names


def test_a_model_sees_nineteen_channels() -> None:
    assert 3 + FEATURES.width == 19


def test_the_published_sizes_and_those_of_other_conformers_pass() -> None:
    check_published(SizeDistribution(SIZE_HISTOGRAM))
    check_published(SizeDistribution({**SIZE_HISTOGRAM, 50: 1}))


@pytest.mark.parametrize(("fewer", "more"), [(50, 51), (3, 182), (182, 3)])
def test_the_published_number_of_conformers_of_other_sizes_is_refused(
    fewer: int, more: int
) -> None:
    counts = {**SIZE_HISTOGRAM, 182: 7}
    counts[3] += 1
    counts[50] -= 8
    counts[fewer] -= 1
    counts[more] = counts.get(more, 0) + 1
    sizes = SizeDistribution({size: count for size, count in counts.items() if count})
    assert sum(counts.values()) == 6_922_516
    with pytest.raises(InputError, match=r"6922516 conformers, as published, but \d+ of them have"):
        check_published(sizes)


def test_the_size_at_fault_is_named() -> None:
    counts = {**SIZE_HISTOGRAM, 40: SIZE_HISTOGRAM[40] - 1, 60: SIZE_HISTOGRAM[60] + 1}
    with pytest.raises(InputError, match="243299 of them have 40 atoms, wanted 243300"):
        check_published(SizeDistribution(counts))


def test_a_cache_that_was_never_built_is_answered_with_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"drugs_crude.msgpack .* `markovsym-diffusion data geom"):
        load_geom(tmp_path)


def test_a_damaged_cache_is_named_with_a_mend(tmp_path: Path) -> None:
    geom_path(tmp_path).mkdir()
    with pytest.raises(InputError, match=r"damaged cache: .*geom .*--from PATH --rebuild"):
        load_geom(tmp_path)


def test_the_cache_lies_beside_that_of_qm9(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert geom_path() == tmp_path / "markovsym" / "geom"
    assert geom_path(tmp_path) == tmp_path / "geom"
