import torch

from markovsym.groups import TrivialGroup
from markovsym.spaces import UNIT


def test_the_trivial_group_has_one_element(generator: torch.Generator) -> None:
    G = TrivialGroup()
    assert (
        G.haar(7, generator=generator) == G.identity(7) == G.multiply((), ()) == G.inverse(()) == ()
    )
    assert G.components() == G.generators() == [()]
    assert G.space == UNIT


def test_nothing_else_belongs_to_the_trivial_group() -> None:
    assert bool(TrivialGroup().contains(()))
    assert not TrivialGroup().contains((torch.eye(3),))
