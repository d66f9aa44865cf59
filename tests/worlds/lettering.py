"""What is written on a figure."""

from datetime import datetime

START = datetime(2010, 3, 1, 8)  # noqa: DTZ001 -- local time, as scenarios have it
CAPTION = "seed 1"


def title(figure):
    """Its message."""
    return figure.texts[0].get_text().replace("\n", " ")
