"""Hypothesis knows our types without an import of ours, and imports nothing heavy for it.

What depends on the order of imports is tried in a process of its own.
"""

import os
import subprocess
import sys
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import Phase, find, settings
from hypothesis import strategies as st

from markovsym.actions import Action, CosetAction, GSpace, Matrix, Restricted
from markovsym.groups import (
    CompactGroup,
    Group,
    MatrixGroup,
    NonCompactGroup,
    OrthogonalGroup,
    PairGroup,
    TranslationGroup,
)
from markovsym.kernels import Deterministic, Identity, Kernel
from markovsym.symmetrise import EquivariantKernel
from markovsym.testing import hypothesis_plugin
from markovsym.testing.hypothesis_plugin import AfterImport, register
from markovsym.testing.strategies.by_type import strategy_of

DRAWN = settings(phases=[Phase.generate], database=None, deadline=None)


def run(script: str, **env: str) -> str:
    """What a script prints in a process of its own."""
    kept = {name: one for name, one in os.environ.items() if name != "HYPOTHESIS_NO_PLUGINS"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=kept | env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_hypothesis_imports_neither_torch_nor_our_modules() -> None:
    found = run("import hypothesis, sys; print(*[m for m in sys.modules if m[:9] == 'markovsym'])")
    assert set(found.split()) == {
        "markovsym",
        "markovsym.testing",
        "markovsym.testing.hypothesis_plugin",
    }
    loaded = run("import hypothesis, sys; print('torch' in sys.modules, 'numpy' in sys.modules)")
    assert loaded.split() == ["False", "False"]


IMPORTS = [
    "import hypothesis",
    "from markovsym.groups import Group, OrthogonalGroup",
    "from markovsym.actions import Action, GSpace",
    "from markovsym.symmetrise import EquivariantKernel",
    "from markovsym.kernels import Kernel",
]
USE = """
from hypothesis import Phase, find, settings, strategies as st
brief = settings(database=None, deadline=None, phases=[Phase.generate])
for one in (Group, OrthogonalGroup, Action, GSpace, Kernel, EquivariantKernel):
    print(find(st.from_type(one), lambda x: isinstance(x, one), settings=brief) is not None)
"""


@pytest.mark.parametrize("order", [IMPORTS, IMPORTS[::-1]], ids=["before", "after"])
def test_our_types_are_known_whether_hypothesis_comes_before_or_after_them(
    order: list[str],
) -> None:
    assert run("\n".join([*order, USE])).split() == ["True"] * 6


def test_hypothesis_can_be_told_to_leave_plugins_out() -> None:
    script = "import hypothesis, sys; print('markovsym' in sys.modules)"
    assert run(script, HYPOTHESIS_NO_PLUGINS="1").strip() == "False"


def test_modules_keep_their_source_and_their_loader() -> None:
    script = """
import hypothesis, inspect
import markovsym.groups
print(type(markovsym.groups.__loader__).__name__, inspect.getsource(markovsym.groups)[3:9])
print(sum(type(one).__name__ == "AfterImport" for one in __import__("sys").meta_path))
"""
    assert run(script).split() == ["SourceFileLoader", "Groups", "1"]


def test_the_entry_point_is_stated() -> None:
    (ours,) = entry_points(group="hypothesis", name="markovsym")
    assert ours.value == "markovsym.testing.hypothesis_plugin:register"


@pytest.fixture(name="registered")
def _registered() -> None:
    register()


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize(
    "of", [Group, OrthogonalGroup, MatrixGroup, PairGroup, CompactGroup, NonCompactGroup]
)
def test_types_of_groups_give_groups_of_the_type(of: type) -> None:
    assert isinstance(find(st.from_type(of), lambda G: True, settings=DRAWN), of)


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize("of", [Action, Matrix, CosetAction, Restricted])
def test_types_of_actions_give_actions_of_the_type(of: type) -> None:
    assert isinstance(find(st.from_type(of), lambda action: True, settings=DRAWN), of)


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize("of", [GSpace, Kernel, EquivariantKernel])
def test_types_of_spaces_and_kernels_give_those(of: type) -> None:
    assert isinstance(find(st.from_type(of), lambda one: True, settings=DRAWN), of)


@pytest.mark.usefixtures("registered")
def test_arguments_of_our_types_are_inferred() -> None:
    def named(G: OrthogonalGroup, T: TranslationGroup) -> str:
        return f"{G} {T}"

    assert find(st.builds(named), lambda told: True, settings=DRAWN) == "O(1) T(1)"


class Mine(Group):
    """A group of somebody else's."""


@pytest.mark.parametrize(
    "of", [Mine, type("Still", (Action,), {}), Identity, Deterministic, int], ids=str
)
def test_of_other_classes_no_strategy_is_known(of: type) -> None:
    assert strategy_of(of) is NotImplemented


def test_classes_of_others_are_not_registered() -> None:
    found = [*hypothesis_plugin._classes(Group, "markovsym.groups")]
    assert OrthogonalGroup in found
    assert Mine not in found


def test_a_function_is_called_once_after_the_module_was_executed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "late_module.py").write_text("value = 3\n")
    monkeypatch.syspath_prepend(tmp_path)
    found: list[int] = []

    def then(module: ModuleType) -> None:
        found.append(vars(module)["value"])

    finder = AfterImport(["late_module", "no_such_module"], then)
    monkeypatch.setattr(sys, "meta_path", [finder, *sys.meta_path])
    assert find_spec("late_module")  # to look is not to import
    assert found == []
    for _ in range(2):
        __import__("late_module")
    assert found == [3]
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        __import__("no_such_module")
    assert finder.waiting == ["no_such_module"]
    assert finder.find_spec("late_module", None) is None
    monkeypatch.delitem(sys.modules, "late_module")


def test_a_module_that_breaks_is_waited_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken_module.py"
    broken.write_text("raise ValueError('broken')\n")
    monkeypatch.syspath_prepend(tmp_path)
    found: list[str] = []
    finder = AfterImport(["broken_module"], lambda module: found.append(module.__name__))
    monkeypatch.setattr(sys, "meta_path", [finder, *sys.meta_path])
    with pytest.raises(ValueError, match="broken"):
        __import__("broken_module")
    broken.write_text("value = 'mended, and longer'\n")
    __import__("broken_module")
    assert found == ["broken_module"]
    monkeypatch.delitem(sys.modules, "broken_module")
