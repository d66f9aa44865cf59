"""Provenance: all that a result depends on, so that it can be computed again."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from types import MappingProxyType
from typing import Any, Self

import relaysim
from relaysim.plan.routing import smart_hosts_in_use
from relaysim.profiles.profile import ProfileFile
from relaysim.scenario.digest import digest
from relaysim.scenario.model import Scenario


@dataclass(frozen=True)
class Provenance:
    """All that a result depends on, and separately the time of day when it was made.

    `scenarios` are pairs of a name and a digest of the content of the scenario. `started` and
    `finished` are UTC, ISO 8601. `smart_hosts` are pairs of a scenario's name and its smart hosts,
    for scenarios that have any: delivery behind them is not part of the result. `profiles` are the
    profile files of the user. `runs` are pairs of an engine and the number of its runs.
    """

    scenarios: tuple[tuple[str, str], ...]
    seed: int
    replications: int
    command: str
    started: str
    finished: str
    smart_hosts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    profiles: tuple[ProfileFile, ...] = ()
    runs: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(
        cls,
        scenarios: Sequence[Scenario],
        seed: int,
        replications: int,
        command: str,
        started: datetime,
        runs: Mapping[str, int] = MappingProxyType({}),
    ) -> Self:
        """Return the provenance of a study that ends now."""
        named = tuple((scenario.name, digest(scenario)) for scenario in scenarios)
        times = (_text(started), _text(now()))
        smart = ((scenario.name, smart_hosts_in_use(scenario)) for scenario in scenarios)
        # A sweep has the same design at many points.
        behind = tuple(dict.fromkeys(pair for pair in smart if pair[1]))
        user_profiles = (profile for scenario in scenarios for profile in scenario.profiles.own)
        files = tuple(dict.fromkeys(file for profile in user_profiles for file in profile.files))
        by_engine = tuple((str(engine), count) for engine, count in runs.items())
        return cls(named, seed, replications, command, *times, behind, files, by_engine)

    def facts(self) -> dict[str, Any]:
        """Return what decides the result, as JSON has it.

        The same study has the same facts on any day.
        """
        return {
            "relaysim": relaysim.__version__,
            "python": platform.python_version(),
            "numpy": version("numpy"),
            "simpy": version("simpy"),
            "scenarios": [{"name": name, "digest": digest} for name, digest in self.scenarios],
            "profiles": [
                {"path": profile.path, "digest": profile.digest} for profile in self.profiles
            ],
            "seed": self.seed,
            "replications": self.replications,
            "runs": dict(self.runs),
            "command": self.command,
        }

    @property
    def notes(self) -> list[str]:
        """Return one sentence for each design with smart hosts: what its "delivered" means.

        Returns
        -------
        list of str
            Empty where all mail goes straight to its receivers.
        """
        return [
            f'{name} sends by the smart host {", ".join(hosts)}: "delivered" means that the smart '
            "host took the mail. What happens behind it (unknown users, refusals, listings, junk, "
            "delay) is not modelled, so do not compare its losses with those of a design that "
            "sends direct."
            for name, hosts in self.smart_hosts
        ]

    def times(self) -> dict[str, str]:
        """Return when the study ran."""
        return {"started": self.started, "finished": self.finished}


def now() -> datetime:
    """Return the time of day, UTC."""
    return datetime.now(UTC)


def _text(time: datetime) -> str:
    return time.isoformat(timespec="seconds")
