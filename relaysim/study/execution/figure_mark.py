"""The mark of a figure: relaysim replaces and removes only files that have it."""

from collections.abc import Iterable
from pathlib import Path

from PIL import Image, UnidentifiedImageError

MARK = "relaysim"
"""What the metadata of a figure says: `Software` in a PNG, `dc:creator` in an SVG."""
KINDS = (".png", ".svg")
"""The kinds of files of a figure."""
_HEAD = 4096
"""Bytes at the start of an SVG in which its metadata stands."""


class ForeignFileError(Exception):
    """A file that relaysim did not write has the name of a figure."""


def has_mark(file: Path) -> bool:
    """Return whether relaysim wrote a figure.

    Parameters
    ----------
    file
        A file; one that is no PNG and no SVG has no mark.

    Notes
    -----
    A symbolic link has no mark: its target is not read.
    """
    if file.suffix not in KINDS or file.is_symlink() or not file.is_file():
        return False
    try:
        if file.suffix == ".png":
            with Image.open(file) as image:
                return image.info.get("Software") == MARK
        with file.open("rb") as text:
            return f"<dc:title>{MARK}</dc:title>".encode() in text.read(_HEAD)
    # Pillow raises all of these for files that are no images, or damaged ones.
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError):
        return False


def require_marked(directory: Path, names: Iterable[str]) -> None:
    """Raise an error where another file has the name of a figure.

    Parameters
    ----------
    directory
        Where figures go; it need not be there yet.
    names
        The names of the figures.

    Raises
    ------
    ForeignFileError
        If a file of that name lacks the mark. The message says which.
    """
    for name in names:
        for kind in KINDS:
            file = directory / f"{name}{kind}"
            if (file.exists() or file.is_symlink()) and not has_mark(file):
                raise ForeignFileError(
                    f"{file} is not a figure that relaysim drew, or one of an earlier version: "
                    "move it away, or choose another directory"
                )
