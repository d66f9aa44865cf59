"""The message of an error that a call must raise."""

from collections.abc import Callable, Iterable
from functools import partial

import pytest


def refusal(error: type[Exception], call: Callable[[], object]) -> str:
    """Return the message of the error."""
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def refusals(parse: Callable[[object], object], values: Iterable[object]) -> str:
    """Return the message of the ValueError for each value, one a line."""
    return "\n".join(refusal(ValueError, partial(parse, value)) for value in values)
