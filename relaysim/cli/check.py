"""`relaysim check`: mistakes in a design, and how to fix them."""

from typing import Any

import typer

from relaysim.cli.command_errors import WRONG
from relaysim.cli.options import File, Json, Profiles, Set
from relaysim.cli.output import print_json


def check(
    scenario: File, settings: Set = None, profiles: Profiles = None, json: Json = False
) -> None:
    """Print what is wrong with a design, why, and the fix.

    The exit code is 2 if there are errors, and 0 if there are only warnings and info.
    """
    from relaysim import audit
    from relaysim.scenario.load import load
    from relaysim.scenario.problem import ScenarioError

    try:
        design = load(scenario, settings or (), profiles)
    except ScenarioError as error:
        if json:
            _print(str(scenario), [_problem(problem) for problem in error.problems])
        else:
            typer.echo(f"relaysim: {error}", err=True)
        raise typer.Exit(WRONG) from None
    findings = audit.check(design)
    if json:
        _print(str(scenario), [finding.as_dict() for finding in findings])
    else:
        typer.echo(audit.render(findings))
    if any(finding.severity is audit.Severity.ERROR for finding in findings):
        raise typer.Exit(WRONG)


def _print(scenario: str, findings: list[dict[str, Any]]) -> None:
    import relaysim

    print_json({"relaysim": relaysim.__version__, "scenario": scenario, "findings": findings})


def _problem(problem: Any) -> dict[str, Any]:
    """Return a problem of the file in the form of a finding."""
    from relaysim.scenario.problem import dotted

    meant = f'did you mean "{problem.nearest}"?' if problem.nearest else ""
    allowed = f"allowed: {', '.join(problem.allowed)}" if problem.allowed else ""
    return {
        "check": "load",
        "severity": "error",
        "place": dotted(problem.path),
        "reason": f"{problem.file}: {problem.message}",
        "fix": meant or allowed,
        "command": None,
    }
