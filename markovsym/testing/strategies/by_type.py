"""For each of our types, a Hypothesis strategy of its values."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from markovsym.actions import Action, GSpace
from markovsym.groups import Group
from markovsym.kernels import Kernel
from markovsym.symmetrise import EquivariantKernel
from markovsym.testing.strategies.actions import actions, known_actions
from markovsym.testing.strategies.composites import Draw, composite
from markovsym.testing.strategies.elements import GROUPS, groups
from markovsym.testing.strategies.kernels import equivariant_kernels, kernels
from markovsym.testing.strategies.spaces import gspaces


def strategy_of(of: type) -> Any:
    """A strategy of the instances of a class; if none is known, ``NotImplemented``.

    Example:
        >>> from hypothesis import find
        >>> from markovsym.groups import OrthogonalGroup
        >>> str(find(strategy_of(OrthogonalGroup), lambda G: G.n > 1))
        'O(2)'
    """
    if issubclass(of, Group):
        return groups(of) if any(isinstance(G, of) for G in GROUPS) else NotImplemented
    if issubclass(of, Action):
        return _actions(of)
    return _BY_TYPE[of]() if of in _BY_TYPE else NotImplemented


def _actions(of: type[Action]) -> Any:
    if of is Action:
        return _of_a_group(actions)
    known = [one for G in GROUPS for one in known_actions(G) if isinstance(one, of)]
    return st.sampled_from(known) if known else NotImplemented


@composite
def _of_a_group(draw: Draw, of: Callable[[Group], st.SearchStrategy[Any]]) -> Any:
    return draw(of(draw(groups())))


@composite
def _on_a_space(draw: Draw, of: Callable[[GSpace], st.SearchStrategy[Any]]) -> Any:
    return draw(of(draw(_of_a_group(gspaces))))


_BY_TYPE: dict[type, Callable[[], st.SearchStrategy[Any]]] = {
    GSpace: lambda: _of_a_group(gspaces),
    Kernel: lambda: _on_a_space(kernels),
    EquivariantKernel: lambda: _on_a_space(equivariant_kernels),
}
