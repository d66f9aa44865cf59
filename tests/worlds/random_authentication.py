"""Authentication for random scenarios: records of domains, PTR, TLS, and what receivers require."""

from typing import Any

from hypothesis import strategies as st

Tables = dict[str, Any]
_OUTCOMES: tuple[Tables, ...] = (
    {"refuse": 1.0},
    {"defer": 1.0},
    {"junk": 1.0},
    {"defer": 0.5, "refuse": 0.3, "junk": 0.3},
    {"refuse": 0.5, "junk": 0.5},
)
_ITEMS = (
    *("authentication", "dmarc_policy", "spf", "dkim", "alignment", "dmarc_record"),
    *("ptr", "tls", "one_click_unsubscribe"),
)
_REQUIRES = st.dictionaries(st.sampled_from(_ITEMS), st.sampled_from(_OUTCOMES), min_size=3)


def _some_of(values: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), unique=True)


@st.composite
def with_authentication(draw: st.DrawFn, tables: Tables) -> Tables:
    """The same, where domains, IPs and connectors lack something that destinations require."""
    names = (*tables["hosts"], *tables["hubs"], *tables.get("relays", {}))
    for address in tables["egress"].values():
        address["ptr"] = draw(st.sampled_from((True, True, False)))
    for connector in tables["send_connectors"].values():
        connector["ignore_starttls"] = draw(st.sampled_from((False, False, True)))
    keys: dict[str, st.SearchStrategy[Any]] = {
        "spf": st.one_of(st.just([]), _some_of(tuple(tables["egress"]))),
        "dkim": st.one_of(st.just([]), _some_of(names)),
        "dmarc": st.sampled_from(("missing", "none", "quarantine", "reject")),
        "bulk_sender": st.sampled_from((False, False, True)),
        "age": st.sampled_from(("0 d", "3 d", "400 d")),
    }
    records = {key: keys[key] for key in ("spf", "dkim")}
    others = {key: keys[key] for key in ("dmarc", "bulk_sender", "age")}
    bare = st.fixed_dictionaries(records, optional=others)
    table = st.one_of(bare, st.fixed_dictionaries({}, optional=keys))
    tables["sender_domains"] = {
        domain: draw(table) for domain in ("cozumpark.com", "elsewhere.example")
    }
    for host in tables["hosts"].values():
        for stream in host["streams"].values():
            if draw(st.sampled_from((False, False, True))):
                stream["header_from"] = draw(
                    st.sampled_from(("a@news.cozumpark.com", "a@elsewhere.example"))
                )
            stream["one_click_unsubscribe"] = draw(st.sampled_from((True, True, False)))
    for destination in tables["destinations"].values():
        destination["bulk_junk"] = draw(st.sampled_from((0.0, 0.0, 0.5, 1.0)))
        if draw(st.sampled_from((True, True, False))):
            bulk = draw(st.sampled_from(({}, {"bulk_from": 2}, {"bulk_from": 8})))
            destination["requires"] = draw(_REQUIRES) | bulk
    return tables
