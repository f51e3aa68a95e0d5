import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from markovsym_diffusion.datasets.formats import files, text
from markovsym_diffusion.evaluation.bonds import find_bonds
from markovsym_diffusion.molecules import InputError, Molecules, gather
from markovsym_diffusion.report import read_molecules, write_npz, write_sdf, write_xyz

WATER = "3\nwater\nO 0 0 0\nH 0.76 0.59 0\nH -0.76 0.59 0\n"

Writer = Callable[[Molecules, Path], None]

seeds = st.integers(0, 2**32 - 1)
several_sizes = st.lists(st.integers(1, 9), min_size=1, max_size=5)


def some(seed: int, *sizes: int) -> Molecules:
    generator = torch.Generator().manual_seed(seed)
    return gather(
        (
            3 * torch.randn((size, 3), generator=generator),
            torch.randint(1, 84, (size,), generator=generator),
        )
        for size in sizes
    )


def message(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_molecules(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{path}: ")


def outcome(path: Path) -> str:
    try:
        return f"{len(read_molecules(path))} molecules"
    except InputError as error:
        return str(error)


@given(seed=seeds, sizes=several_sizes)
@pytest.mark.parametrize(
    ("write", "suffix", "atol"),
    [(write_npz, ".npz", 0.0), (write_xyz, ".xyz", 1e-8), (write_sdf, ".sdf", 5.1e-5)],
)
def test_what_is_written_is_read_again(
    write: Writer,
    suffix: str,
    atol: float,
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    sizes: list[int],
) -> None:
    path = tmp_path_factory.getbasetemp() / f"molecules{suffix}"
    there = some(seed, *sizes)
    write(there, path)
    again = read_molecules(path)
    # float32 cannot hold the written digits of larger coordinates any better than 4e-7
    torch.testing.assert_close(again.positions, there.positions, atol=atol, rtol=6e-8)
    assert torch.equal(again.numbers, there.numbers)
    assert torch.equal(again.offsets, there.offsets)
    assert again.positions.dtype == torch.float32


@pytest.mark.parametrize(
    ("write", "suffix"), [(write_npz, "npz"), (write_xyz, "xyz"), (write_sdf, "sdf")]
)
def test_writing_twice_gives_the_same_bytes(write: Writer, suffix: str, tmp_path: Path) -> None:
    molecules = some(0, 4, 2)
    once, twice = tmp_path / f"once.{suffix}", tmp_path / f"twice.{suffix}"
    write(molecules, once)
    write(molecules, twice)
    assert once.read_bytes() == twice.read_bytes()


@given(seed=seeds, cut=st.integers(0, 200), put=st.binary(max_size=12), drop=st.integers(0, 20))
@pytest.mark.parametrize(
    ("write", "suffix"), [(write_xyz, "xyz"), (write_sdf, "sdf"), (write_npz, "npz")]
)
def test_only_an_input_error_comes_out_of_damaged_bytes(
    write: Writer,
    suffix: str,
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    cut: int,
    put: bytes,
    drop: int,
) -> None:
    path = tmp_path_factory.getbasetemp() / f"damaged.{suffix}"
    write(some(seed, 2, 3), path)
    content = path.read_bytes()
    place = cut * len(content) // 200
    path.write_bytes(content[:place] + put + content[place + drop :])
    assert "\n" not in outcome(path)


@given(content=st.text(alphabet="0123456789 \n\r\tHCl.-+eE_naif\u0661\u2028\x0b\x1f", max_size=60))
def test_only_an_input_error_comes_out_of_what_resembles_xyz(
    tmp_path_factory: pytest.TempPathFactory, content: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "resembling.xyz"
    path.write_bytes(content.encode())
    assert "\n" not in outcome(path)


@given(content=st.text(alphabet="0123456789 HCNO.-", max_size=60), comment=st.text(max_size=20))
def test_a_comment_may_hold_any_text_of_one_line(
    tmp_path_factory: pytest.TempPathFactory, content: str, comment: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "comment.xyz"
    line = f"{content}{comment}".replace("\n", " ").encode("utf-8", "replace").decode()
    path.write_bytes(WATER.replace("water", line).encode())
    assert read_molecules(path).numbers.tolist() == [8, 1, 1]


def test_an_npz_file_holds_three_small_arrays(tmp_path: Path) -> None:
    path = tmp_path / "arrays.npz"
    write_npz(some(0, 2, 3), path)
    kinds = {name: str(array.dtype) for name, array in np.load(path).items()}
    assert kinds == {"positions": "float32", "numbers": "uint8", "offsets": "int64"}


def test_several_frames_are_read_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "two.XYZ"
    path.write_text(WATER + " 1 \r\n\r\n\tHe 1e0 -.5 +2. 0.3 more\r\n\n  \n")
    found = read_molecules(path)
    assert found.offsets.tolist() == [0, 3, 4]
    assert found.numbers.tolist() == [8, 1, 1, 2]
    assert found.positions[3].tolist() == [1.0, -0.5, 2.0]


def test_an_xyz_file_reads_as_others_write_it(tmp_path: Path) -> None:
    path = tmp_path / "carbon.xyz"
    write_xyz(gather([(torch.tensor([[0.0, -1.5, 12.25]]), torch.tensor([17]))]), path)
    assert path.read_text() == "1\nmolecule 0\nCl 0.00000000 -1.50000000 12.25000000\n"


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("", "line 1: wanted the number of atoms, in 1 to 9 digits, got ''"),
        ("\n" + WATER, "line 1: wanted the number of atoms, in 1 to 9 digits, got ''"),
        ("-1\n\n", "line 1: wanted the number of atoms, in 1 to 9 digits, got '-1'"),
        (
            "1234567890\n\n",
            "line 1: wanted the number of atoms, in 1 to 9 digits, got '1234567890'",
        ),
        ("٣\n\nH 0 0 0", "line 1: wanted the number of atoms, in 1 to 9 digits, got '٣'"),
        (WATER + "end", "line 6: wanted the number of atoms, in 1 to 9 digits, got 'end'"),
        (WATER + "\n" + WATER, "line 6: wanted the number of atoms, in 1 to 9 digits, got ''"),
        ("0\n\n", "line 1: wanted 1 to 10000 atoms, got '0'"),
        ("10001\n\n", "line 1: wanted 1 to 10000 atoms, got '10001'"),
        (WATER[:-20], "line 4: wanted 3 atoms, as line 1 says, got 'the end of the file'"),
        ("1", "line 1: wanted 1 atoms, as line 1 says, got 'the end of the file'"),
        ("1\n\nH 0 0", "line 3: wanted an element and three coordinates, got 'H 0 0'"),
        ("2\n\nH 0 0 0\n\n \nH", "line 4: wanted an element and three coordinates, got ''"),
        ("1\n\nQ 0 0 0", "line 3: wanted an element from H to Bi, written like Cl, got 'Q'"),
        ("1\n\nCL 0 0 0", "line 3: wanted an element from H to Bi, written like Cl, got 'CL'"),
        ("1\n\nX 0 0 0", "line 3: wanted an element from H to Bi, written like Cl, got 'X'"),
        ("1\n\n6 0 0 0", "line 3: wanted an element from H to Bi, written like Cl, got '6'"),
        ("1\n\nH 0 nan 0", "line 3: wanted a finite coordinate below 1e+06, got 'nan'"),
        ("1\n\nH 0 -inf 0", "line 3: wanted a finite coordinate below 1e+06, got '-inf'"),
        ("1\n\nH 0 1e999 0", "line 3: wanted a finite coordinate below 1e+06, got '1e999'"),
        ("1\n\nH 0 0 -1000000", "line 3: wanted a finite coordinate below 1e+06, got '-1000000'"),
        ("1\n\nH 0 0 1_0", "line 3: wanted a finite coordinate below 1e+06, got '1_0'"),
        ("1\n\nH 0 0 \u0661", "line 3: wanted a finite coordinate below 1e+06, got '\u0661'"),
        ("1\n\nH 0 0 0x1", "line 3: wanted a finite coordinate below 1e+06, got '0x1'"),
        ("1\n\nH 0 0 1*^-6", "line 3: wanted a finite coordinate below 1e+06, got '1*^-6'"),
        ("2\n\nH 0 0 0\nH 0 0 0", "molecule 0 has two atoms closer than 0.001 ångström"),
    ],
)
def test_bad_xyz_is_refused_with_line_and_reason(tmp_path: Path, content: str, wanted: str) -> None:
    path = tmp_path / "bad.xyz"
    path.write_text(content)
    assert message(path) == wanted


def test_text_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.xyz"
    path.write_bytes(b"1\n\nH 0 0 0\n1\n\xc5ngstr\xf6m\nH 0 0 0\n")
    assert message(path) == "line 5: wanted text in UTF-8, got other bytes"


def test_a_text_file_too_large_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.xyz"
    path.write_text(WATER)
    monkeypatch.setattr(text, "LARGEST_TEXT", 10)
    wanted = f"wanted at most 10 bytes of text, got {len(WATER)}"
    assert message(path) == f"{wanted}: split the file, or convert it to .npz"


def test_an_sdf_file_holds_the_bonds_of_the_rule(tmp_path: Path) -> None:
    nitrogen = torch.tensor([[0.0, 0.0, 0.0], [0.0, 0.0, 1.1]]), torch.tensor([7, 7])
    crowded = torch.tensor([[0.0, 0, 0], [1, 0, 0], [-1, 0, 0], [0, 1, 0]]), torch.tensor([9] * 4)
    path = tmp_path / "bonds.sdf"
    write_sdf(gather([nitrogen, crowded]), path)
    first, second, end = path.read_text().split("$$$$\n")
    assert first.splitlines()[0] == "molecule 0"
    assert first.splitlines()[3].startswith("  2  1")
    assert first.splitlines()[3].endswith("V2000")
    assert first.splitlines()[6] == "  1  2  3  0"
    assert second.splitlines()[3].startswith("  4  5")  # no chemist would, and yet it is there
    assert end == ""


def test_an_sdf_file_keeps_the_bonds_through_a_second_reading(tmp_path: Path) -> None:
    path, again = tmp_path / "once.sdf", tmp_path / "twice.sdf"
    cloud = some(1, 8, 8)
    carbon = torch.full_like(cloud.numbers, 6)
    write_sdf(Molecules(cloud.positions / 3, carbon, cloud.offsets), path)
    molecules = read_molecules(path)
    write_sdf(molecules, again)
    assert path.read_bytes() == again.read_bytes()
    assert set(find_bonds(molecules).orders.tolist()) == {1, 2, 3}


@pytest.mark.parametrize(
    ("damage", "wanted"),
    [
        (lambda text: "", "wanted at least one record, got an empty file"),
        (lambda text: " \n", "wanted at least one record, got an empty file"),
        (lambda text: text.replace(" N ", " Qq"), "record 2: wanted a V2000 or V3000 molecule"),
        (lambda text: text[:-40], "record 2: wanted a V2000 or V3000 molecule"),
        (lambda text: text + "more\n", "record 3: wanted a V2000 or V3000 molecule"),
        (lambda text: text.replace(" N ", " R#"), "molecule 1 has an element that is not known"),
    ],
)
def test_a_bad_record_is_refused_with_its_number(
    tmp_path: Path, damage: Callable[[str], str], wanted: str
) -> None:
    one = torch.tensor([[0.0, 0.0, 0.0], [0.0, 0.0, 1.3]])
    path = tmp_path / "bad.sdf"
    write_sdf(gather([(one, torch.tensor([6, 8])), (one, torch.tensor([7, 7]))]), path)
    path.write_text(damage(path.read_text()))
    assert message(path).startswith(wanted)


def arrays(**changes: object) -> dict[str, object]:
    positions = np.array([[0.0, 0, 0], [1, 0, 0], [5, 0, 0]])
    return {"positions": positions, "numbers": [6, 8, 2], "offsets": [0, 2, 3], **changes}


@pytest.mark.parametrize("name", ["numbers", "atomic_numbers"])
@pytest.mark.parametrize("kinds", [("f4", "u1", "i4"), ("f8", "i8", "u8"), (">f8", ">i2", ">i4")])
def test_both_layouts_and_all_kinds_of_numbers_are_read(
    tmp_path: Path, name: str, kinds: tuple[str, str, str]
) -> None:
    given = arrays()
    path = tmp_path / "given.npz"
    cast = [np.array(given[key], kind) for key, kind in zip(given, kinds, strict=True)]
    np.savez_compressed(path, **dict(zip(["positions", name, "offsets"], cast, strict=True)))
    found = read_molecules(path)
    assert found.positions[:, 0].tolist() == [0.0, 1.0, 5.0]
    assert found.numbers.tolist() == [6, 8, 2]
    assert found.offsets.tolist() == [0, 2, 3]


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        (
            {"positions": np.zeros((3, 2))},
            r"positions: wanted floats of shape \(atoms, 3\), got .*2\)",
        ),
        ({"positions": np.zeros((3, 3), int)}, r"positions: wanted floats .*, got int64 of shape"),
        ({"positions": np.array(1.0)}, r"positions: wanted floats of shape .* of shape \(\)"),
        ({"numbers": [6, 8]}, r"numbers: wanted integers of shape \(3,\), .* of shape \(2,\)"),
        ({"numbers": [6.0, 8.0, 2.0]}, r"numbers: wanted integers of .*, got float64 of shape"),
        ({"numbers": [6, 8, 0]}, r"molecule 1 has an element that is not known"),
        ({"numbers": [6, 8, 84]}, r"molecule 1 has an element that is not known"),
        (
            {"offsets": [[0, 3]]},
            r"offsets: wanted integers in one row, got int64 of shape \(1, 2\)",
        ),
        (
            {"offsets": [0]},
            r"offsets: wanted at least 2, from 0 to 3, got 1 of them, \[0\] to \[0\]",
        ),
        (
            {"offsets": [1, 3]},
            r"offsets: wanted at least 2, from 0 to 3, got 2 of them, \[1\] to \[3\]",
        ),
        (
            {"offsets": [0, 2]},
            r"offsets: wanted at least 2, from 0 to 3, got 2 of them, \[0\] to \[2\]",
        ),
        ({"offsets": [0, 2, 1, 3]}, r"molecule 1 has no atoms"),
        ({"offsets": [0, 3, 3]}, r"molecule 1 has no atoms"),
        ({"positions": np.full((3, 3), np.nan)}, r"molecule 0 has a coordinate that is not finite"),
        ({"positions": np.full((3, 3), 1e99)}, r"molecule 0 has a coordinate that is not finite"),
        ({"numbers": ["C", "O", "He"]}, r"numbers: wanted numbers in at most \d+ bytes, got '<U2'"),
        (
            {"numbers": np.array([6, None, 8])},
            r"numbers: wanted numbers in .*, got 'object' of shape",
        ),
    ],
)
def test_bad_arrays_are_refused_with_what_came(
    tmp_path: Path, changes: dict[str, object], wanted: str
) -> None:
    path = tmp_path / "bad.npz"
    np.savez(path, **arrays(**changes))
    with pytest.raises(InputError, match=rf"^{path}: {wanted}"):
        read_molecules(path)


def test_missing_arrays_are_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.npz"
    np.savez(path, positions=np.zeros((3, 3)), z=[6, 8, 2])
    wanted = "positions, numbers, offsets or positions, atomic_numbers, offsets"
    assert message(path) == f"wanted the arrays {wanted}, got 'positions.npy, z.npy'"


def test_an_array_cannot_promise_more_than_the_archive_holds(tmp_path: Path) -> None:
    path = tmp_path / "bomb.npz"
    header = io.BytesIO()
    promise = {"descr": "<f8", "fortran_order": False, "shape": (10**12, 3)}
    np.lib.format.write_array_header_1_0(header, promise)
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("positions", "numbers", "offsets"):
            archive.writestr(f"{name}.npy", header.getvalue())
    assert message(path).startswith(
        "positions: wanted numbers in at most 2147483648 bytes, got 'float64'"
    )


def test_a_molecule_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.npz"
    write_npz(some(0, 3, 5), path)
    monkeypatch.setattr(files, "MOST_ATOMS", 4)
    assert message(path) == "wanted molecules of at most 4 atoms, got one of 5"


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive at all"])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.npz"
    path.write_bytes(content)
    assert message(path).startswith("wanted an undamaged .npz archive, got one with '")


def test_an_unknown_ending_is_refused_with_those_that_are_taken(tmp_path: Path) -> None:
    wanted = "wanted a file that ends in .xyz, .sdf or .npz, got one"
    assert message(tmp_path / "water.cif") == f"{wanted} that ends in .cif"
    assert message(tmp_path / "water") == f"{wanted} without an ending"


@pytest.mark.parametrize("suffix", ["xyz", "sdf", "npz"])
def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"missing.{suffix}"
    assert message(path) == "cannot be read (No such file or directory)"
