"""The scenario files of a study, with the settings and profiles under which they are read."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from relaysim.scenario.load import load
from relaysim.scenario.model import Scenario
from relaysim.scenario.override import SOURCE
from relaysim.scenario.own_profiles import Folder
from relaysim.scenario.problem import ScenarioError
from relaysim.study.varied_values import own


@dataclass(frozen=True)
class DesignFiles:
    """Scenario files of designs, the base first.

    Parameters
    ----------
    files
        Their paths.
    settings
        `path=value` for all of them, as `--set` takes it.
    profiles
        A folder of a user's own profiles, as for `load`.
    """

    files: tuple[Path, ...]
    settings: tuple[str, ...] = ()
    profiles: Folder = None

    @classmethod
    def of(
        cls,
        files: Iterable[str | os.PathLike[str]],
        settings: Iterable[str] = (),
        profiles: Folder = None,
    ) -> Self:
        """Return the files of these paths."""
        return cls(tuple(map(Path, files)), tuple(settings), profiles)

    def load(self) -> list[Scenario]:
        """Return the scenario of each file. Raises ScenarioError."""
        return [load(file, self.settings, self.profiles) for file in self.files]

    def with_values(
        self, values: Mapping[str, str], bases: Sequence[Scenario] = (), source: str = "--vary"
    ) -> list[Scenario]:
        """Return the scenario of each file with other values at some paths.

        Parameters
        ----------
        values
            Values by their paths, written as in `--set`.
        bases
            The scenarios of the files: a value at a path that only some of them have is set in
            these alone. Without them each value is set in all.
        source
            The option that gave the values, for messages.

        Raises
        ------
        ScenarioError
            If a file with its values is no scenario; it names `source` where a value is wrong.
        """
        everywhere = [dict(values)] * len(self.files)
        chosen = [own(everywhere[0], base, bases) for base in bases] or everywhere
        return [
            self._with_values(file, values_here, source)
            for file, values_here in zip(self.files, chosen, strict=True)
        ]

    def _with_values(self, file: Path, values: Mapping[str, str], source: str) -> Scenario:
        varied = [f"{path}={value}" for path, value in values.items()]
        try:
            return load(file, [*self.settings, *varied], self.profiles)
        except ScenarioError as error:
            load(file, self.settings, self.profiles)
            # Without the values the file is a scenario, so one of the values is wrong.
            raise ScenarioError(
                replace(problem, file=f"{source} ({file.name})")
                if problem.file == SOURCE
                else problem
                for problem in error.problems
            ) from None

    def only(self, *numbers: int) -> Self:
        """Return some of the files, by their numbers from 0."""
        return replace(self, files=tuple(self.files[number] for number in numbers))

    def without_setting(self, path: str) -> Self:
        """Return the files without the setting of one path."""
        kept = tuple(text for text in self.settings if not text.startswith(f"{path}="))
        return replace(self, settings=kept)
