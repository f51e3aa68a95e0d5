"""String diagrams: what a procedure is, before anything is numerical."""

from markovsym.syntax.diagram import Arrow, Box, Diagram, Node
from markovsym.syntax.prove import NotProved, Proof, prove
from markovsym.syntax.theory import (
    Acts,
    Compatible,
    CosetObject,
    Equivariant,
    GroupObject,
    Hom,
    Section,
    Semidirect,
    Theory,
)
from markovsym.syntax.types import Ob, Ty
from markovsym.syntax.wire import Wire

__all__ = [
    "Acts",
    "Arrow",
    "Box",
    "Compatible",
    "CosetObject",
    "Diagram",
    "Equivariant",
    "GroupObject",
    "Hom",
    "Node",
    "NotProved",
    "Ob",
    "Proof",
    "Section",
    "Semidirect",
    "Theory",
    "Ty",
    "Wire",
    "prove",
]
