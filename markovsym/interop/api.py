"""What is used of DisCoPy; the stub beside has the types that its decorators hide."""

from discopy.drawing import Drawing
from discopy.drawing import Node as Vertex
from discopy.markov import Box, Copy, Diagram, Merge, Sum, Swap, Trace, Ty
from discopy.monoidal import Box as DrawnBox
from discopy.monoidal import Bubble, Layer
from discopy.monoidal import Diagram as AnyDiagram

__all__ = [
    "AnyDiagram",
    "Box",
    "Bubble",
    "Copy",
    "Diagram",
    "Drawing",
    "DrawnBox",
    "Layer",
    "Merge",
    "Sum",
    "Swap",
    "Trace",
    "Ty",
    "Vertex",
]
