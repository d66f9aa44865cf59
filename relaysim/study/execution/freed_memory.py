"""Freed memory: a process that runs replications keeps it for the next arrays."""

import ctypes
from collections.abc import Callable
from typing import Any

_SETTINGS = {-1: -1, -4: 0}
"""M_TRIM_THRESHOLD and M_MMAP_MAX of malloc.h: nothing is given back by itself, and no array has a
mapping of its own, which would be given back when it is freed."""
_KEPT = 2**27
"""Bytes that stay from one replication to the next one."""


def keep_freed_memory() -> None:
    """Let the C library keep memory that is freed.

    Notes
    -----
    By default glibc returns large arrays to the system, which clears each page when it is asked for
    again: a seventh of the time of a replication of `shared-hub`, and a third for ten million
    messages. Other C libraries have no such function, or ignore it.
    """
    mallopt = _function("mallopt")
    if mallopt is not None:
        for parameter, value in _SETTINGS.items():
            mallopt(parameter, value)


def return_freed_memory() -> None:
    """Return freed memory to the system, but for what a small replication needs."""
    malloc_trim = _function("malloc_trim")
    if malloc_trim is not None:
        malloc_trim(ctypes.c_size_t(_KEPT))


def _function(name: str) -> Callable[..., Any] | None:
    """Return a function of the C library; None if it has none of this name."""
    try:
        return getattr(ctypes.CDLL(None), name, None)
    except (OSError, TypeError):
        return None
