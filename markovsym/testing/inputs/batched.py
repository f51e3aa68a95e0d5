"""Points alone, or along a batch dimension."""

from markovsym.groups.enumeration import each
from markovsym.spaces import Space, Value


def batched(space: Space, value: Value) -> Value:
    """A value with one batch dimension, if it has none."""
    batch, _ = space.measure(value)
    return value if batch else each(lambda part: part.unsqueeze(0), value)
