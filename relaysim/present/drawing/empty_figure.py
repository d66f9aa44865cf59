"""The exception for a figure without content."""


class NothingToDrawError(Exception):
    """A figure would be empty; the text has the reason."""
