"""Lifetimes: the length of a listing after the last hit. Times are microseconds."""

FOR_EVER = 2**62
"""Longer than any run."""


def lifetime(base: int, growth_milli: int, most: int | None, listing: int) -> int:
    """Return the time from the last hit to the end of a listing, rounded down.

    Parameters
    ----------
    base : int
        Lifetime of the first two listings, microseconds.
    growth_milli : int
        Factor of each further listing, thousandths.
    most : int or None
        Largest lifetime, microseconds; None: no limit.
    listing : int
        Number of the listing of the IP, from 1.

    Returns
    -------
    int
        Microseconds.

    Notes
    -----
    With a growth of 2 the lifetimes are 1, 1, 2, 4, 8 times the base: the practice that the manual
    of the RBL manager falon/RBL describes.
    """
    relapses = max(0, listing - 2)
    grown: int = base * growth_milli**relapses // 1000**relapses
    return min(grown, FOR_EVER if most is None else most)
