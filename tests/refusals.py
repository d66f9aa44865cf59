"""The message of an error that a call must raise."""

from collections.abc import Callable

import pytest


def refusal(error: type[Exception], call: Callable[[], object]) -> str:
    """Return the message of the error."""
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)
