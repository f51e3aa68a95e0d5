"""Diagrams to and from DisCoPy, and drawn; importing this takes DisCoPy's second or two."""

from markovsym.interop.discopy import InDiscopy, from_discopy, to_discopy
from markovsym.interop.drawing import Picture, draw

__all__ = ["InDiscopy", "Picture", "draw", "from_discopy", "to_discopy"]
