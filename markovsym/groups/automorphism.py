"""The automorphism group of a molecular graph, or of any other graph with labels."""

from collections.abc import Hashable, Iterable, Sequence
from itertools import islice

import networkx as nx
import torch
from networkx.algorithms.isomorphism import (
    GraphMatcher,
    categorical_edge_match,
    categorical_node_match,
)

from markovsym.errors import NotFiniteError
from markovsym.groups.enumeration import LIMIT
from markovsym.groups.listed import Listed, subgroup
from markovsym.groups.symmetric import SymmetricGroup

Bond = tuple[int, int] | tuple[int, int, Hashable]
"""Two vertices, counted from 0, and maybe a label such as the bond order."""


def automorphisms(
    bonds: Iterable[Bond], labels: Sequence[Hashable], *, limit: int = LIMIT
) -> Listed:
    """The permutations of the vertices of a graph that keep all bonds and labels.

    Args:
        bonds: Each bond once, in either direction.
        labels: One for each vertex, such as the element of an atom.
        limit: The largest order of the group: the table of 2000 elements has four million
            entries and takes seconds.

    Returns:
        The inclusion of the automorphism group in the permutations of the vertices, in lexical
        order.

    Raises:
        NotFiniteError: If there are more than ``limit`` automorphisms.
        ValueError: If a bond is not between two different vertices, or stands there twice.

    Example:
        >>> water = automorphisms([(0, 1), (0, 2)], "OHH")
        >>> water(water.dom.elements()).tolist()
        [[0, 1, 2], [0, 2, 1]]
    """
    graph = nx.Graph()
    graph.add_nodes_from((i, {"label": label}) for i, label in enumerate(labels))
    for i, j, *label in bonds:
        if i == j or not {i, j} <= set(graph):
            wanted = f"two different vertices of {len(labels)}, counted from 0"
            raise ValueError(f"wanted bonds between {wanted}, got ({i}, {j})")
        if graph.has_edge(i, j):
            raise ValueError(f"wanted each bond once, got ({i}, {j}) again")
        graph.add_edge(i, j, label=tuple(label))
    same_label, same_bond = (
        match("label", None) for match in (categorical_node_match, categorical_edge_match)
    )
    found = GraphMatcher(graph, graph, same_label, same_bond).isomorphisms_iter()
    mappings = [[mapping[i] for i in range(len(labels))] for mapping in islice(found, limit + 1)]
    if len(mappings) > limit:
        raise NotFiniteError(
            f"the graph of {len(labels)} vertices has more than {limit} automorphisms; leave some "
            "vertices out, such as hydrogen atoms, or raise the limit"
        )
    return subgroup(SymmetricGroup(len(labels)), torch.tensor(sorted(mappings)))
