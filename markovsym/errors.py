"""What can go wrong; every message says what was wanted, what came and, if known, the mend."""


class MarkovsymError(Exception):
    """Anything this library refuses."""


class SpaceError(MarkovsymError, ValueError):
    """A value does not lie in the space it was handed to."""


class CompositionError(MarkovsymError, TypeError):
    """Two kernels do not fit end to end, or a symmetrisation does not type."""


class ActionMismatch(CompositionError):  # noqa: N818 - the field's word
    """Two objects share a space but not the action on it."""


class NotCompactError(MarkovsymError, ValueError):
    """A Haar probability measure was asked of a group that has none."""


class NotFiniteError(MarkovsymError, ValueError):
    """The elements of a group that has too many were to be listed."""


class NoGammaError(MarkovsymError, ValueError):
    """No equivariant gamma exists at a point: its stabiliser stands in the way."""


class HypothesisMissing(MarkovsymError, TypeError):  # noqa: N818 - it names the cause
    """A theorem's condition is not known to hold; stating it makes the call go through."""


class ReadingError(MarkovsymError, ValueError):
    """A text does not say what it was taken to say."""


class FileError(MarkovsymError, OSError):
    """A file cannot be written, or its name does not say how."""


class TheoryError(MarkovsymError, ValueError):
    """An assumption speaks of boxes of the wrong types."""
