"""`relaysim profiles`: every default with its value, its source and its certainty."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from relaysim.cli.command_errors import as_user_error
from relaysim.cli.completion import profile_names
from relaysim.cli.options import Json, Profiles
from relaysim.cli.output import print_json
from relaysim.profiles.kind import Kind

if TYPE_CHECKING:
    from relaysim.profiles.profile import Profile
    from relaysim.profiles.value import Value


def profiles(
    kind: Annotated[Kind, typer.Argument(help="Whose defaults.")],
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
    true by the meaning of the profile.
    """
    from relaysim.profiles.collection import BUILT_IN
    from relaysim.scenario import own_profiles
    from relaysim.scenario.problem import ScenarioError

    with as_user_error(ScenarioError, ValueError):
        collection = BUILT_IN if folder is None else own_profiles.named(folder)
        names = collection.names(kind) if name is None else [name]
        chosen = [collection.profile(kind, name_of_profile) for name_of_profile in names]
    if json:
        _print_json(kind, chosen)
    else:
        from relaysim.present.text.profile_tables import text

        typer.echo(text(chosen))


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
