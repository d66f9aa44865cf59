"""A process that runs replications keeps freed memory, and returns it after each of them."""

import json
import platform
import subprocess
import sys

import pytest

_TWICE = """
import json
import resource
from pathlib import Path
import numpy as np
from relaysim.study.execution.freed_memory import keep_freed_memory, return_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    np.ones(50_000_000)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

def megabytes():
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * resource.getpagesize() // 2**20

keep_freed_memory()
first, second, kept = faults(), faults(), megabytes()
return_freed_memory()
print(json.dumps({"first": first, "second": second, "kept": kept, "returned": megabytes()}))
"""
"""Arrays of 400 MB, one after another: by itself glibc returns each of them."""


@pytest.fixture(scope="module")
def measured() -> dict[str, int]:
    if not (sys.platform == "linux" and platform.libc_ver()[0] == "glibc"):
        pytest.skip("another C library")
    done = subprocess.run(
        [sys.executable, "-c", _TWICE], check=True, capture_output=True, encoding="utf-8"
    )
    numbers: dict[str, int] = json.loads(done.stdout)
    return numbers


def test_an_array_takes_the_memory_of_the_one_before(measured: dict[str, int]) -> None:
    assert measured["first"] > 150
    assert measured["second"] <= 2


def test_after_a_replication_no_more_is_kept_than_joblib_allows(measured: dict[str, int]) -> None:
    assert measured["kept"] > 400
    assert measured["returned"] < measured["kept"] - 200
