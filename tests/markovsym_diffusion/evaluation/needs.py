"""What some tests cannot do without."""

from importlib.util import find_spec

import pytest

needs_posebusters = pytest.mark.skipif(
    # an import would turn the messages of RDKit away from where other tests look for them
    find_spec("posebusters") is None,
    reason="posebusters is not installed",
)
