"""Frames that accept the old name of a column or frame and return the one with the new name."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from relaysim.renamed import COLUMNS, FRAMES, sentence


class AnsweringFrame(pd.DataFrame):
    """A data frame that accepts old names of its columns.

    What is selected or computed from it is an ordinary `pandas.DataFrame`.
    """

    # Type checkers keep the signature of pandas; only a run has this method.
    if not TYPE_CHECKING:

        def __getitem__(self, key: Any) -> Any:
            """Return what `pandas.DataFrame` returns.

            Raises
            ------
            KeyError
                With the new name, if the key is a column that was renamed.
            """
            try:
                return super().__getitem__(key)
            except KeyError:
                keys = key if isinstance(key, list) else [key]
                answers = [sentence(old, COLUMNS) for old in keys if isinstance(old, str)]
                if any(answers):
                    raise KeyError("; ".join(filter(None, answers))) from None
                raise


class AnsweringFrames(dict[str, pd.DataFrame]):
    """Frames by name; an old name returns the frame with the new name."""

    @classmethod
    def of(cls, frames: Mapping[str, pd.DataFrame]) -> "AnsweringFrames":
        """Return the frames of a result as a user gets them."""
        return cls({name: AnsweringFrame(frame) for name, frame in frames.items()})

    def __missing__(self, name: str) -> pd.DataFrame:
        """Raise the KeyError for a name without a frame."""
        raise KeyError(sentence(name, FRAMES) or name)
