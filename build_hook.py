"""Hatchling's hook: compiles the engine while the package is built or installed."""

import importlib.util
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_FILE = "relaysim/engine/fast/build.py"


class CompiledEngine(BuildHookInterface):  # type: ignore[type-arg]
    """Puts the library into the wheel; without a compiler the wheel is of Python alone."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the library beside its sources."""
        specification = importlib.util.spec_from_file_location("build", Path(self.root) / _FILE)
        build = importlib.util.module_from_spec(specification)
        sys.modules["build"] = build
        specification.loader.exec_module(build)
        try:
            library = build.build()
        except build.BuildError as error:
            self.app.display_warning(f"the compiled engine was not built: {error}")
            return
        build_data["artifacts"].append(f"/{library.relative_to(self.root).as_posix()}")
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform}"
