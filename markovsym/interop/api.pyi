from collections.abc import Iterable

class Named:
    name: str

class Ty:
    inside: tuple[Named, ...]
    def __init__(self, *inside: str) -> None: ...
    def __matmul__(self, other: Ty) -> Ty: ...
    def __len__(self) -> int: ...

class Layer:
    boxes_or_types: tuple[Ty | Box, ...]
    def __init__(self, *boxes_or_types: Ty | Box) -> None: ...

class AnyDiagram:
    inside: tuple[Layer, ...]
    dom: Ty
    cod: Ty

class Diagram(AnyDiagram):
    def __init__(self, inside: tuple[Layer, ...], dom: Ty, cod: Ty) -> None: ...
    def to_drawing(self) -> Drawing: ...

class Box(Diagram):
    name: str
    data: object
    is_dagger: bool
    def __init__(
        self, name: str, dom: Ty, cod: Ty, data: object = None, **drawing: str
    ) -> None: ...

class Swap(Box):
    def __init__(self, left: Ty, right: Ty) -> None: ...

class Copy(Box):
    def __init__(self, x: Ty, n: int) -> None: ...

class Merge(Box): ...
class Trace(Box): ...
class Sum(Box): ...
class Bubble(AnyDiagram): ...

class DrawnBox(AnyDiagram):
    name: str
    draw_as_spider: bool
    draw_as_wires: bool
    tikzstyle_name: str

class Point:
    x: float
    y: float

class Vertex:
    kind: str
    i: int
    j: int
    x: Ty
    box: DrawnBox

class Graph:
    edges: Iterable[tuple[Vertex, Vertex]]
    def predecessors(self, vertex: Vertex) -> Iterable[Vertex]: ...
    def successors(self, vertex: Vertex) -> Iterable[Vertex]: ...

class Drawing:
    graph: Graph
    boxes: tuple[DrawnBox, ...]
    box_nodes: list[Vertex]
    positions: dict[Vertex, Point]
