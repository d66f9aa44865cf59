"""Numbers of the command line: one message for all that are wrong, with what is allowed."""

from collections.abc import Callable
from typing import TypeVar

from relaysim.cli.command_errors import UserError

N = TypeVar("N", int, float)

_SHOWN = 40


def number(
    kind: type[N], option: str, least: N, most: N | None = None, why: str = ""
) -> Callable[[object], N]:
    """Return what reads the number of an option.

    Parameters
    ----------
    kind : int or float
        Whether the number is whole.
    option : str
        The name of the option, such as "--jobs".
    least, most : int or float
        The range of the number; None for no upper end.
    why : str
        Why the range is what it is, where this is not plain.

    Returns
    -------
    callable
        A parser for Typer. It raises UserError for a text that is not such a number.
    """
    noun = "a whole number" if kind is int else "a number"
    ends = f"of at least {least}" if most is None else f"from {least} to {most}"
    allowed = f"{noun} {ends} is needed{f': {why}' if why else ''}"

    def parse(value: object) -> N:
        text = str(value)
        try:
            result = kind(text)
        except ValueError:
            result = None
        if result is None or not (least <= result and (most is None or result <= most)):
            shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
            raise UserError(f"{option} {shown}: {allowed}")
        return result

    return parse
