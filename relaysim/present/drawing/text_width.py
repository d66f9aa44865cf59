"""Letters on paper: the width of a text, and text in lines that fit."""

import math
from functools import cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

LEADING = 1.25
"""Height of a line of text in sizes of its letters."""


@cache
def inches(text: str, size: float, bold: bool = False) -> float:
    """Return the width of a line of text, inches.

    It is that of the layout of its letters, with the space around the outer ones; outlines, which
    are exact, take 30 times as long.

    Parameters
    ----------
    text : str
        The line.
    size : float
        The size of the letters, points.
    bold : bool
        Whether the letters are bold.
    """
    weight = "bold" if bold else "normal"
    font = FontProperties(family="DejaVu Sans", weight=weight, size=size)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) / 72


SMALLEST = 5.5
"""The smallest letters that a word gets so that it fits on one line, points."""


def fitting(text: str, size: float, width: float, bold: bool = False) -> float:
    """Return the size at which the widest word of a text fits a width, points.

    So an IP address stays in one piece. A word that is too wide even at `SMALLEST` keeps `size`.

    Parameters
    ----------
    text, size, width, bold
        As for `wrapped`.
    """
    widest = max((inches(word, size, bold) for word in text.split()), default=0.0)
    if widest <= width:
        return size
    # Rounded down to tenths: letters are not exactly as wide as their size.
    smaller = math.floor(10 * size * width / widest) / 10
    return smaller if smaller >= SMALLEST else size


def wrapped(text: str, size: float, width: float, bold: bool = False) -> list[str]:
    """Return the text in lines that fit a width; a word that is wider is broken.

    Parameters
    ----------
    text : str
        The text.
    size : float
        The size of the letters, points.
    width : float
        The width, inches.
    bold : bool
        Whether the letters are bold.
    """
    lines: list[str] = []
    for word in text.split():
        tried = f"{lines[-1]} {word}" if lines else word
        if lines and inches(tried, size, bold) <= width:
            lines[-1] = tried
            continue
        while inches(word, size, bold) > width and len(word) > 1:
            count = next(
                n
                for n in range(len(word) - 1, 0, -1)
                # At least one letter a line, or the loop would not end.
                if n == 1 or inches(word[:n], size, bold) <= width
            )
            lines.append(word[:count])
            word = word[count:]
        lines.append(word)
    return lines or [""]
