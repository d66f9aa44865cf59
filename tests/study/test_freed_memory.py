"""A process that runs replications keeps freed memory: its pages need no clearing again."""

import platform
import subprocess
import sys

import pytest

_TWICE = """
import resource
import numpy as np
from relaysim.study.execution.freed_memory import keep_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    # 80 MB: by itself glibc gives arrays of this size back.
    np.ones(10_000_000)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

keep_freed_memory()
print(faults(), faults())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_an_array_takes_the_memory_of_the_one_before() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TWICE], check=True, capture_output=True, encoding="utf-8"
    )
    first, second = (int(number) for number in done.stdout.split())
    assert first > 30
    assert second <= 2
