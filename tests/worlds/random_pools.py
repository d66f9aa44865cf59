"""Pools of public IPs in random worlds, and public IPs by sender domain."""

from typing import Any

from hypothesis import strategies as st

Tables = dict[str, Any]
OTHERS = ("203.0.113.27", "203.0.113.28")
_CHOOSES = ("none", "postfix")
"""The servers that can choose their public IP."""

_SHAPING = st.fixed_dictionaries(
    {"rate": st.sampled_from(("1/s", "30/min", "6/min"))},
    optional={
        "connection_limit": st.sampled_from((1, 2)),
        "messages_per_connection": st.sampled_from((1, 2)),
    },
)


@st.composite
def with_pools(draw: st.DrawFn, tables: Tables) -> Tables:
    """The same, where some hubs have several public IPs."""
    usual = next(iter(tables["egress"].values()))
    known = list(tables["egress"])
    tables["egress"] |= {address: dict(usual) for address in OTHERS}
    members = [*draw(st.lists(st.sampled_from(known), max_size=2, unique=True)), *OTHERS]
    pool = {address: draw(st.integers(1, 3)) for address in members}
    tables["pools"] = {"pool": {"members": pool}}
    tables["warm_up_plans"] = {
        str(number): {
            "egress": OTHERS[0],
            "days": draw(st.lists(st.integers(1, 5), min_size=1, max_size=3)),
            **({} if place is None else {"destination": place}),
        }
        for number, place in enumerate(
            draw(st.lists(st.sampled_from((None, "sink", "other")), max_size=2, unique=True))
        )
    }
    choices = (*known, *OTHERS, "pool")
    for hub in tables["hubs"].values():
        if hub["mta"] in _CHOOSES:
            hub["shaping"] = draw(
                st.dictionaries(st.sampled_from(("sink", "many", "other")), _SHAPING, max_size=2)
            )
        if hub["mta"] == "none":
            for shaping in hub["shaping"].values():
                shaping |= draw(st.sampled_from(({}, {"message_retry_interval": "7 s"})))
        if hub["mta"] not in _CHOOSES or draw(st.sampled_from((True, False, False))):
            continue
        if draw(st.booleans()):
            hub["egress"] = "pool"
        hub["egress_by_sender_domain"] = draw(
            st.dictionaries(
                st.sampled_from(("elsewhere.example", "cozumpark.com")),
                st.sampled_from(choices),
                max_size=2,
            )
        )
    return tables
