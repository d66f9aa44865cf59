"""How wide text for a terminal may be."""

import shutil

MOST, FEWEST = 80, 40


def columns() -> int:
    """The columns of the terminal, or of COLUMNS where that is set, from `FEWEST` to `MOST`.

    It is `MOST` where output goes to a file. A table that needs more than `FEWEST` takes them.
    """
    return min(max(shutil.get_terminal_size((MOST, 0)).columns, FEWEST), MOST)
