import pytest

from markovsym import errors
from markovsym.errors import MarkovsymError


@pytest.mark.parametrize(
    ("error", "parent"),
    [
        (errors.SpaceError, ValueError),
        (errors.CompositionError, TypeError),
        (errors.ActionMismatch, errors.CompositionError),
        (errors.NotCompactError, ValueError),
        (errors.HypothesisMissing, TypeError),
    ],
)
def test_an_error_is_ours_and_one_of_the_kinds_that_python_knows(
    error: type[Exception], parent: type[Exception]
) -> None:
    assert issubclass(error, MarkovsymError)
    assert issubclass(error, parent)
