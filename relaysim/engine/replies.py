"""Replies: each text and cause has a number, which the record holds in place of the text."""

from collections.abc import Iterable

from relaysim.trace.tables import NO_CAUSE


class Replies:
    """The numbers of the replies of a run, given in the order in which the replies arise.

    Attributes
    ----------
    codes : list of int
        For each reply its three digits.
    causes : list of int
        For each reply its cause, as in `Names.causes`.
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int], int] = {}
        self.codes: list[int] = []
        self.causes: list[int] = []

    def number(self, text: str, cause: int = NO_CAUSE) -> int:
        """Return the number of a reply that was given for a cause."""
        number = self._numbers.get((text, cause))
        if number is None:
            number = self._numbers[text, cause] = len(self.codes)
            self.codes.append(int(text[:3]))
            self.causes.append(cause)
        return number

    def texts(self) -> Iterable[str]:
        """Return the texts in the order of their numbers."""
        return (text for text, _ in self._numbers)
