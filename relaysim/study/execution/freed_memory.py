"""Freed memory: a process that runs replications keeps it for the next one."""

import ctypes

_KEPT = {-1: 2**29, -4: 0}
"""M_TRIM_THRESHOLD and M_MMAP_MAX of malloc.h: half a gigabyte is kept, bytes, and no array has a
mapping of its own, which would be given back when it is freed."""


def keep_freed_memory() -> None:
    """Let the C library keep memory that is freed.

    Notes
    -----
    By default glibc returns large arrays to the system, which clears each page when it is asked for
    again: a seventh of the time of a replication of `shared-hub`, and a third for ten million
    messages. Other C libraries have no such function, or ignore it.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    for parameter, value in _KEPT.items():
        mallopt(parameter, value)
