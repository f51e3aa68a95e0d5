"""Downloads of GEOM-Drugs, small ones, in the two forms that there are."""

import json
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
from rdkit import Chem, RDConfig

Record = dict[str, Any]


def drugs(count: int) -> list[Chem.Mol]:
    """Molecules like drugs, with hydrogens and positions; they come with RDKit."""
    path = Path(RDConfig.RDContribDir) / "PBF" / "testData" / "egfr.sdf"
    supplier = Chem.SDMolSupplier(str(path), removeHs=False)
    return [supplier[place] for place in range(count)]


def conformers(molecule: Chem.Mol, energies: Sequence[float]) -> list[Record]:
    """A conformer for each energy: the molecule, moved aside by the energy."""
    numbers = [atom.GetAtomicNum() for atom in molecule.GetAtoms()]
    positions = molecule.GetConformer().GetPositions()
    return [
        {"totalenergy": energy, "xyz": np.column_stack([numbers, positions + energy]).tolist()}
        for energy in energies
    ]


def some_records(count: int = 10, seed: int = 0) -> dict[str, Record]:
    """What GEOM says of some molecules; energies in no order, numbers of conformers differ."""
    rng = np.random.default_rng(seed)
    return {
        f"{Chem.MolToSmiles(molecule)} {place}": {
            "totalconfs": 1 + place % 4,
            "conformers": conformers(molecule, rng.permutation(1 + place % 4).tolist()),
        }
        for place, molecule in enumerate(drugs(count))
    }


def write_stream(path: Path, records: Mapping[str, Record], at_a_time: int = 4) -> Path:
    """``drugs_crude.msgpack``: dictionaries of a few molecules, one after the other."""
    names = list(records)
    parts = [names[k : k + at_a_time] for k in range(0, len(names), at_a_time)]
    path.write_bytes(b"".join(msgpack.packb({n: records[n] for n in part}) for part in parts))
    return path


def write_pickles(folder: Path, records: Mapping[str, Record]) -> Path:
    """``summary_drugs.json`` and a pickle for each molecule, with RDKit's conformers."""
    (folder / "drugs").mkdir(parents=True)
    summary = {}
    for place, (name, record) in enumerate(records.items()):
        where = f"drugs/{place}.pickle"
        as_pickled = [
            {"totalenergy": one["totalenergy"], "rd_mol": _molecule(one["xyz"])}
            for one in record["conformers"]
        ]
        (folder / where).write_bytes(pickle.dumps({**record, "conformers": as_pickled}))
        summary[name] = {"pickle_path": where}
    (folder / "summary_drugs.json").write_text(json.dumps(summary))
    return folder


def _molecule(rows: list[list[float]]) -> Chem.Mol:
    molecule = Chem.RWMol()
    for number, *_ in rows:
        molecule.AddAtom(Chem.Atom(int(number)))
    conformer = Chem.Conformer(len(rows))
    conformer.SetPositions(np.array(rows)[:, 1:])
    molecule.AddConformer(conformer)
    return molecule.GetMol()
