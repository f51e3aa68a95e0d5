"""A model and its spaces, as somebody writes them on a command line."""

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from torch import nn

from markovsym.actions import GSpace, gspace, trivial
from markovsym.errors import CompositionError, ReadingError
from markovsym.groups import Group, group_of
from markovsym.kernels import Kernel
from markovsym.symmetrise import natural
from markovsym.testing.subject import Model

STILL = ":still"
"""Behind a shape: the group leaves it alone."""


def model_of(text: str) -> Model:
    """The object of MODULE:OBJECT or FILE.py:OBJECT; a class of torch modules makes one.

    Raises:
        ReadingError: If it is not there, or is no model.
    """
    place, colon, name = text.rpartition(":")
    if not colon or not place or not name:
        raise ReadingError(f"wanted MODULE:OBJECT or FILE.py:OBJECT, got {text!r}")
    module = _file(Path(place)) if place.endswith(".py") else _module(place)
    try:
        found: Any = reduce(getattr, name.split("."), module)
    except AttributeError:
        raise ReadingError(f"{place} has nothing that is called {name}") from None
    if isinstance(found, type) and issubclass(found, nn.Module):
        try:
            found = found()
        except TypeError as error:
            raise ReadingError(
                f"{name} cannot be made without arguments ({error}); make one in {place} and name "
                "that"
            ) from None
    if not callable(found):
        kind = type(found).__name__
        raise ReadingError(
            f"wanted a kernel, a torch module or a function, {text} is of type {kind}"
        )
    return cast("Model", found)


def spaces_of(
    model: Model, group: str | None, dom: Sequence[str], cod: Sequence[str]
) -> tuple[GSpace | None, GSpace | None]:
    """Where a model starts and ends; nothing for a kernel that brings its own spaces.

    Args:
        model: The model.
        group: The name of a group.
        dom: The shapes of the inputs, as in ``20,3`` or ``point,3``, each with ``:still`` behind it
            if the group does not move it; by default what the group moves before all else.
        cod: The shapes of the outputs; by default those of the inputs.

    Raises:
        ReadingError: If there is no group, or a text is no shape.
        CompositionError: If a group does not act on a shape.
    """
    if group is None:
        if isinstance(model, Kernel) and isinstance(model.dom, GSpace):
            return None, None
        raise ReadingError('the model does not say which group acts on it; add --group "O(3)"')
    G = group_of(group)
    X = _space(G, dom) if dom else natural(G)
    return X, (_space(G, cod) if cod else X)


def _space(G: Group, shapes: Sequence[str]) -> GSpace:
    return reduce(GSpace.__matmul__, (_factor(G, text) for text in shapes))


def _factor(G: Group, text: str) -> GSpace:
    """A space of one shape, which the group moves as it does by nature, or not at all."""
    sizes = text.removesuffix(STILL)
    shape = tuple(_size(word, text) for word in sizes.split(",")) if sizes != "scalar" else ()
    if text.endswith(STILL):
        return gspace(shape, trivial(G))
    (block,) = natural(G).blocks
    try:
        return gspace(shape, block.action, block.space.factors[0].kind)
    except CompositionError:
        raise CompositionError(
            f"{G} does not act on tensors of shape {shape}; by nature it moves those of shape "
            f"{block.space.factors[0].shape}"
        ) from None


def _size(word: str, text: str) -> int | str:
    word = word.strip()
    if word.isdecimal() and int(word) > 0:
        return int(word)
    if word.isidentifier():
        return word
    raise ReadingError(f"wanted a shape such as 20,3 or point,3 or scalar{STILL}, got {text!r}")


def _module(name: str) -> ModuleType:
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)  # as python -m does
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ReadingError(f"cannot import {name}: {error}") from None


def _file(path: Path) -> ModuleType:
    if not path.is_file():
        raise ReadingError(f"{path}: no such file")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ReadingError(f"{path}: no Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (ImportError, SyntaxError) as error:
        raise ReadingError(f"cannot run {path}: {error}") from None
    return module
