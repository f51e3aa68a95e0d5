"""What Hypothesis calls as it is imported: it makes ``from_type`` know our types.

It imports neither torch nor the modules of those types, but waits until somebody else does.
"""

import importlib
import sys
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, final

TYPES = {
    "markovsym.groups": ("Group",),
    "markovsym.actions": ("Action", "GSpace"),
    "markovsym.kernels": ("Kernel",),
    "markovsym.symmetrise": ("EquivariantKernel",),
}
"""The types, and the packages that they are looked up in."""


def register() -> None:
    """Register strategies for groups, actions, spaces and kernels, once their modules are there.

    ``from_type`` of one of our classes of groups or of actions then gives those of this class. For
    classes of kernels that no strategy is known for, it does what it does for any class.

    Example:
        >>> from hypothesis import find, strategies
        >>> from markovsym.groups import CyclicGroup
        >>> register()
        >>> print(find(strategies.from_type(CyclicGroup), lambda G: G.n > 2))
        C(3)
    """
    waiting = [name for name in TYPES if name not in sys.modules]
    for name in TYPES.keys() - set(waiting):
        _register(sys.modules[name])
    if waiting:
        sys.meta_path.insert(0, AfterImport(waiting, _register))


@final
class AfterImport:
    """Calls a function with modules that have just been imported; others find and load them.

    Args:
        waiting: The names of the modules.
        then: The function.
    """

    def __init__(self, waiting: list[str], then: Callable[[ModuleType], None]) -> None:
        self.waiting = waiting
        self.then = then

    def find_spec(self, fullname: str, *where: Any) -> ModuleSpec | None:
        """What others find; for the names that are waited for, with the call put in."""
        if fullname not in self.waiting:
            return None
        others = [one for one in sys.meta_path if not isinstance(one, AfterImport)]
        spec = next(filter(None, (one.find_spec(fullname, *where) for one in others)), None)
        if spec and spec.loader:
            execute = spec.loader.exec_module

            def execute_and_tell(module: ModuleType) -> None:
                execute(module)
                if module.__name__ in self.waiting:  # pytest has one loader for all modules
                    self.waiting.remove(module.__name__)
                    self.then(module)

            # on the loader itself: a loader of our own would hide the source from inspect
            spec.loader.exec_module = execute_and_tell
        return spec


def _register(module: ModuleType) -> None:
    strategies = importlib.import_module("hypothesis.strategies")
    for name in TYPES[module.__name__]:
        for one in _classes(vars(module)[name], module.__name__):
            strategies.register_type_strategy(one, _strategy_of)


def _classes(of: type, package: str) -> Iterator[type]:
    """A class, and those of a package that inherit from it."""
    yield of
    for one in of.__subclasses__():
        if one.__module__.startswith(package):
            yield from _classes(one, package)


def _strategy_of(of: type) -> Any:
    """Looked up late: at the time of registration some of our modules may still be loading."""
    return importlib.import_module("markovsym.testing.strategies.by_type").strategy_of(of)
