"""What a figure says that has nothing to show."""


class NothingToDrawError(Exception):
    """A figure would be empty; the text says why."""
