"""Lifetimes: how long a listing outlives the last hit. Times are microseconds."""

FOR_EVER = 2**62
"""Longer than any run."""


def lifetime(base: int, growth_milli: int, most: int | None, listing: int) -> int:
    """From the last hit to the end of the n-th listing of an IP, n from 1; rounded down.

    The first two live for `base`, each further one `growth` (thousandths) times as long as the one
    before, up to `most`: with a growth of 2 it is 1, 1, 2, 4, 8, the practice that the manual of
    the RBL manager falon/RBL describes.
    """
    relapses = max(0, listing - 2)
    grown: int = base * growth_milli**relapses // 1000**relapses
    return min(grown, FOR_EVER if most is None else most)
