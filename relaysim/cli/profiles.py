"""`relaysim profiles`: every default with its value, its source and its certainty."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from relaysim.cli.command_errors import as_user_error
from relaysim.cli.completion import profile_names
from relaysim.cli.options import Json, Profiles
from relaysim.cli.output import print_json
from relaysim.profiles.kind import Kind
from relaysim.profiles.warm_up_schedules import NAME, schedules

if TYPE_CHECKING:
    from relaysim.profiles.profile import Profile
    from relaysim.profiles.value import Value


class Shown(StrEnum):
    """The kinds of profile, and the warm-up schedules."""

    MTA = Kind.MTA.value
    HOST = Kind.HOST.value
    DESTINATION = Kind.DESTINATION.value
    BLOCKLIST = Kind.BLOCKLIST.value
    RELAY = Kind.RELAY.value
    WARM_UP = NAME


def profiles(
    kind: Annotated[Shown, typer.Argument(help="Whose defaults.")],
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="One profile only.", autocompletion=profile_names),
    ] = None,
    folder: Profiles = None,
    json: Json = False,
) -> None:
    """Print the defaults of a profile: value, source and certainty.

    "confirmed": in the maker's documentation or a record of a real server. "one source": one page
    by others. "unconfirmed": best knowledge. "assumption": chosen for this simulator. "definition":
    true by the meaning of the profile. "warm_up" are the schedules for new public IPs.
    """
    if kind is Shown.WARM_UP:
        _schedules(name, json)
        return
    from relaysim.profiles.collection import BUILT_IN
    from relaysim.scenario import own_profiles
    from relaysim.scenario.problem import ScenarioError

    with as_user_error(ScenarioError, ValueError):
        collection = BUILT_IN if folder is None else own_profiles.named(folder)
        of = Kind(kind.value)
        names = collection.names(of) if name is None else [name]
        chosen = [collection.profile(of, name_of_profile) for name_of_profile in names]
    if json:
        _print_json(of, chosen)
    else:
        from relaysim.present.text.profile_tables import text

        typer.echo(text(chosen))


def _schedules(name: str | None, json: bool) -> None:
    """Print the warm-up schedules, or one of them."""
    from relaysim.mail.spelling import look_up

    known = schedules()
    with as_user_error(ValueError):
        chosen = known if name is None else {name: look_up(known, name, "a warm-up schedule")}
    if json:
        import relaysim

        tables = {
            name_of_schedule: {
                "warm_up_plans.NAME": {
                    "days": {
                        "value": list(schedule.days),
                        "source": schedule.source,
                        "certainty": schedule.certainty.value,
                    }
                }
            }
            for name_of_schedule, schedule in chosen.items()
        }
        print_json({"relaysim": relaysim.__version__, "kind": NAME, "profiles": tables})
    else:
        from relaysim.present.text.profile_tables import schedules_text

        typer.echo(schedules_text(chosen))


def _print_json(kind: Kind, profiles_printed: "list[Profile]") -> None:
    import relaysim

    def entry(value: "Value") -> dict[str, Any]:
        return {"value": value.value, "source": value.source, "certainty": value.certainty.value}

    tables = {
        profile.name: {
            path: {key: entry(value) for key, value in profile.table(section).items()}
            for section, path in profile.places().items()
            if section in profile.sections
        }
        for profile in profiles_printed
    }
    print_json({"relaysim": relaysim.__version__, "kind": kind.value, "profiles": tables})
