import ast
import subprocess
import sys
from pathlib import Path

import markovsym


def test_importing_the_package_imports_no_discopy() -> None:
    code = "import sys, markovsym, markovsym.syntax; assert 'discopy' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_one_file_alone_imports_discopy() -> None:
    root = Path(markovsym.__file__).parent
    found = [path.relative_to(root) for path in root.rglob("*.py") if "discopy" in imported(path)]
    assert found == [Path("interop/api.py")]


def imported(path: Path) -> set[str]:
    """The packages that a file imports, at its top or in a function."""
    tree = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    names = [alias.name for node in tree if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in tree if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}
