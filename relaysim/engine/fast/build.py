"""Building the compiled engine: `python -m relaysim.engine.fast.build`.

The build hook of the package runs this file by itself, so it imports the standard library alone.
The library needs no runtime of C++ and nothing of Python, so one command of a compiler makes it.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
SUFFIX = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
LIBRARY = HERE / f"compiled{SUFFIX}"
_SEAL = 32
"""Bytes of the digest at the end of the library."""
_LINES = 20
"""Lines of a compiler's errors that are printed."""
_NAMES = ("c++", "g++", "clang++", "cc", "gcc", "clang")
_FLAGS = (
    *("-x", "c++", "-std=c++17", "-O2", "-shared", "-fPIC"),
    *("-fno-exceptions", "-fno-rtti", "-fvisibility=hidden"),
)


class BuildError(Exception):
    """There is no compiler, or it could not compile."""


def sources() -> str:
    """Return the digest of all C++ files, which a library made of them has too."""
    digest = hashlib.sha256()
    for path in sorted(HERE.rglob("*.[ch]pp")):
        digest.update(f"{path.relative_to(HERE).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:32]


def compilers() -> Iterator[list[str]]:
    """Return the commands of the compilers that are here: $CXX, those of the system, and Zig."""
    given = os.environ.get("CXX", "").split()
    if given:
        yield given
        return
    for name in _NAMES:
        if shutil.which(name):
            # The driver of C compiles C++ too, and links no runtime of C++.
            yield [name]
    if importlib.util.find_spec("ziglang") is not None:
        yield [sys.executable, "-m", "ziglang", "c++"]


def command(
    compiler: list[str], target: Path, flags: tuple[str, ...] = (), folder: Path = HERE
) -> list[str]:
    """Return the command that makes the library of the C++ files in a folder.

    The library names the digest of the package's own files, so that the package loads it.
    """
    return [
        *(*compiler, *_FLAGS, *flags, f'-DSOURCES="{sources()}"'),
        *("-o", str(target), str(folder / "engine.cpp")),
    ]


def build(target: Path = LIBRARY, flags: tuple[str, ...] = ()) -> Path:
    """Compile the library, whole or not at all.

    Parameters
    ----------
    target
        The file.
    flags
        Flags of the compiler beside the usual ones.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    BuildError
        With the reason.
    """
    errors = []
    for compiler in compilers():
        try:
            error = _built(compiler, target, flags)
        except OSError as reason:  # no such compiler, or the folder cannot be written
            error = str(reason)
        if not error:
            return target
        errors.append(f"{' '.join(compiler)}: {error}")
    raise BuildError(
        "\n".join(errors) or "no C++ compiler: install one (such as g++), or `pip install ziglang`"
    )


def _built(compiler: list[str], target: Path, flags: tuple[str, ...]) -> str:
    """Compile the library with one compiler; return its errors, or "" if the library is there."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".build-") as folder:
        made = Path(folder) / target.name
        result = subprocess.run(
            command(compiler, made, flags), capture_output=True, text=True, check=False
        )
        if result.returncode == 0:
            seal(made)
            made.replace(target)
            return ""
        # The first error explains those after it.
        text = "\n".join(result.stderr.strip().splitlines()[:_LINES])
        return text or f"exit status {result.returncode}"


def seal(file: Path) -> None:
    """Append the digest of a library to it, which loaders of the system ignore."""
    content = file.read_bytes()
    file.write_bytes(content + hashlib.sha256(content).digest())


def is_whole(file: Path) -> bool:
    """Return whether a library is as `seal` left it: a part of one would kill the process."""
    content = file.read_bytes()
    return hashlib.sha256(content[:-_SEAL]).digest() == content[-_SEAL:]


def main() -> int:
    """Build the library beside this file, and print where it is."""
    try:
        sys.stdout.write(f"{build()}\n")
    except BuildError as error:
        sys.stderr.write(f"the compiled engine was not built: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
