"""SDF files, by RDKit."""

from pathlib import Path

from rdkit import Chem

from markovsym.files import replace_file
from markovsym_diffusion.evaluation.validity import graphs
from markovsym_diffusion.molecules import Molecules


def write_sdf(molecules: Molecules, path: Path) -> None:
    """Write one SDF record for each molecule, valid or not, with positions to 1e-4 ångström.

    The bonds are those of the bond rule, since the positions imply no others.
    """
    records: list[str] = []
    for m, graph in enumerate(graphs(molecules)):
        positions = molecules.one(m)[0].double().numpy()
        conformer = Chem.Conformer(len(positions))
        conformer.SetPositions(positions)
        graph.AddConformer(conformer)
        graph.SetProp("_Name", f"molecule {m}")
        records.append(Chem.MolToMolBlock(graph, includeStereo=False, kekulize=False))
    replace_file(path, "".join(f"{record}$$$$\n" for record in records).encode())
