import ast
import subprocess
import sys
from pathlib import Path

import pytest

import markovsym
from markovsym import errors, kernels, spaces, symmetrise


def succeeds(code: str) -> bool:
    """Whether a fresh interpreter, in which nothing was looked up yet, runs ``code``."""
    return subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_importing_the_package_imports_no_torch() -> None:
    assert succeeds("import sys, markovsym; assert 'torch' not in sys.modules")


@pytest.mark.slow
def test_every_public_name_is_found_on_first_use() -> None:
    assert succeeds("import markovsym; [getattr(markovsym, name) for name in markovsym.__all__]")


def test_a_public_name_is_the_object_of_its_module() -> None:
    assert markovsym.sym is symmetrise.sym
    assert markovsym.recursive is symmetrise.recursive
    assert markovsym.space is spaces.space
    assert markovsym.Copy is kernels.Copy
    assert markovsym.MarkovsymError is errors.MarkovsymError
    assert markovsym.kernels is kernels


def test_type_checkers_see_every_public_name() -> None:
    tree = ast.parse(Path(markovsym.__file__).read_text("utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    imports = (node for node in block.body if isinstance(node, ast.ImportFrom))
    seen = [alias.name for node in imports for alias in node.names]
    assert sorted(seen) == sorted(markovsym.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"^module 'markovsym' has no attribute 'merge'$"):
        markovsym.merge  # noqa: B018 - looking it up is the test


def test_what_a_module_imports_for_itself_is_not_public() -> None:
    assert not hasattr(markovsym, "Tensor")
