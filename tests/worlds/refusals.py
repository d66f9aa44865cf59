"""The messages of errors that calls must raise."""

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
    return refused_calls(*(partial(parse, value) for value in values))


def refused_calls(*calls: Callable[[], object]) -> str:
    """Return the message of the ValueError of each call, one a line."""
    return "\n".join(refusal(ValueError, call) for call in calls)
