"""Load balancers in random worlds: in front of the hubs that hosts reach, and as a smart host."""

from typing import Any

from hypothesis import strategies as st

Tables = dict[str, Any]
_BALANCER = st.fixed_dictionaries(
    {
        "method": st.sampled_from(("round_robin", "least_connections")),
        "source_nat": st.booleans(),
        "health_check_interval": st.sampled_from(("1 s", "7 s", "1 min")),
    }
)


@st.composite
def with_balancers(draw: st.DrawFn, tables: Tables) -> Tables:
    """The same, where hosts, and hubs in front of others, connect to a load balancer."""
    names, dns = list(tables["hubs"]), tables["dns"]
    front = draw(_BALANCER) | {"address": "10.9.0.1", "hubs": names}
    tables["load_balancers"] = {"front": front}
    if draw(st.booleans()):
        dns["all"] = ["10.9.0.1", *dns["one"]]
    for host in tables["hosts"].values():
        host["server"] = draw(st.sampled_from(("front", "10.9.0.1", "all", host["server"])))
    behind = tables["send_connectors"].get("last", {}).get("source_transport_servers")
    if behind:
        inner = draw(_BALANCER) | {"address": "10.9.0.2", "hubs": behind}
        tables["load_balancers"]["inner"] = inner
        tables["send_connectors"]["internet"]["smart_hosts"] = ["inner"]
    return tables
