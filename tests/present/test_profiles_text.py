"""Profiles are printed as a scenario file would have them, each default with its source."""

import tomllib

import pytest

from relaysim.present.text.profile_tables import text, toml
from relaysim.profiles.kind import Kind
from relaysim.profiles.profile import Profile
from relaysim.profiles.value import Certainty, Value
from relaysim.wording import MOST

TABLE = {
    "sessions": Value(4, "a guess at its worker threads", Certainty.ASSUMPTION),
    "on_failure": Value({"retry_every": "5 min"}, "a queue " * 12, Certainty.ASSUMPTION),
}


def test_a_default_stands_above_its_certainty_and_source():
    assert text([Profile(Kind.HOST, "sharepoint", {"host": {"sessions": TABLE["sessions"]}})]) == (
        "# sharepoint\n"
        "[hosts.NAME]\n"
        "sessions = 4\n"
        f"    # {Certainty.ASSUMPTION.value}: a guess at its worker threads\n"
    )


def test_a_profile_is_toml_and_fits_the_terminal():
    printed = text([Profile(Kind.HOST, "application", {"host": TABLE})])
    assert tomllib.loads(printed) == {
        "hosts": {"NAME": {"sessions": 4, "on_failure": {"retry_every": "5 min"}}}
    }
    assert max(map(len, printed.splitlines())) <= MOST


def test_a_table_too_long_for_a_line_has_a_line_for_each_key():
    long = {f"list-{n}": 0.5 for n in range(9)} | {"with spaces": {"a": 1}}
    table = {"refuses_on": Value(long, "", Certainty.ASSUMPTION)}
    printed = text([Profile(Kind.DESTINATION, "isp", {"destination": table})])
    assert printed.splitlines()[2:4] == ["refuses_on.list-0 = 0.5", "refuses_on.list-1 = 0.5"]
    assert tomllib.loads(printed) == {"destinations": {"NAME": {"refuses_on": long}}}


@pytest.mark.parametrize(
    "value", [True, 4, 0.5, "5 s", 'say "x"', ["a", 1], {"spamhaus-css": 0.6, "a b": {"c": []}}]
)
def test_a_value_is_written_as_toml_reads_it(value):
    assert tomllib.loads(f"value = {toml(value)}")["value"] == value
