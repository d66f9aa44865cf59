"""Random scenarios in which a culprit has a hub of its own beside one that others use."""

from hypothesis import strategies as st

from worlds.random_reputation import kept_apart, slowed
from worlds.random_worlds import (
    ADDRESS,
    DURATION,
    EGRESS,
    HUBS,
    LIMIT,
    Tables,
    destinations,
    events,
    give_hosts,
    hosts,
    hubs,
    lines,
)


@st.composite
def neighbours(draw: st.DrawFn) -> tuple[Tables, Tables]:
    """A culprit on a hub of its own beside a hub that others use: with the culprit, and without.

    A third hub is down for good; its host tries until the end, so that both runs are as long.
    """
    names = HUBS
    own = draw(hosts(("crm", "users"), ADDRESS["HUB02"]))
    culprit = draw(hosts(("mailer",), ADDRESS["HUB01"]))
    keeper: Tables = {
        "kind": "none",
        "address": "10.0.2.1",
        "server": ADDRESS["HUB03"],
        "on_failure": {"retry_every": "5 min", "give_up_after": "9 d"},
        "streams": {
            "last": {
                "sender": "a@cozumpark.com",
                "size": "1 KB",
                "to": {"sink": 1.0},
                "arrivals": {"process": "every", "every": "1 h", "at": "0 s"},
            }
        },
    }
    ways = {
        name.lower(): {
            "address_spaces": ["SMTP:*;1"],
            "source_transport_servers": [name],
            "max_message_size": "unlimited",
            "smtp_max_messages_per_connection": draw(st.sampled_from(LIMIT)),
        }
        for name in names
    }
    # No hub copies a message to another, or hands it over on its way to a mailbox.
    apart = {"site": "Istanbul", "shadow_redundancy_enabled": False}
    given = {
        "name": "random",
        "run": {"duration": f"{DURATION} s", "drain": "20 min"},
        "organization": {"domains": {"cozumpark.com": "Authoritative"}},
        "hubs": {name: hub | apart for name, hub in draw(hubs(names)).items()},
        "send_connectors": ways,
        **draw(lines(names, shared=False)),
        "hosts": own | {"keeper": keeper},
        "destinations": draw(destinations()),
        "blocklists": {"css": {"profile": "spamhaus-css"}},
        "events": [
            *draw(events(names[:2], ())),
            {"at": "0 s", "stop": {"hub": "HUB03", "for": "9 d"}},
        ],
    }
    give_hosts(given)
    return given | {"hosts": given["hosts"] | culprit}, given


@st.composite
def reputed_neighbours(draw: st.DrawFn) -> Tables:
    """The same, where the culprit and all others have a reputation to lose.

    The script lists the culprit's IP alone: it is played with the culprit's signals only.
    """
    result = draw(kept_apart(draw(neighbours())[0], "mailer"))
    result["events"] = [
        event
        for event in result["events"]
        if "listing" not in event or event["listing"].get("egress") == EGRESS["HUB01"]
    ]
    return slowed(result) if draw(st.booleans()) else result
