# Solution of lesson 06, to run after its last cell: %load solutions/06-capacity-plan.py
#
# At night the newsletter delays no mail of colleagues, and one core meets all targets. Mail from the
# Internet that arrives during the campaign still waits behind the newsletter: for minutes with one core.
NIGHT = [f"{NEWS}.arrivals.at=11 h", "run.duration=16 h"]
PROMISES = [
    f"stream.users.correspondence.latency_p95 < {COLLEAGUES_WITHIN}",
    *TARGETS[1:],
]
night = relaysim.size(
    FILE,
    {f"{HUB}.cores": CANDIDATES},
    PROMISES,
    settings=[*NEXT_YEAR, *NIGHT],
    most=max(REPLICATIONS, 10),
    seed=SEED,
)
print(f"newsletter at night: {night.value} cores")
for _, row in night.evidence.iterrows():
    print(f"  {int(row.value)} cores, {row.target}: {row.verdict}")
print(origin(night.provenance, designs=False, intervals=False))
by_day = relaysim.run(
    relaysim.load(FILE, [*NEXT_YEAR, f"{HUB}.cores={night.value}"]),
    replications=REPLICATIONS,
    seed=SEED,
)
by_night = relaysim.run(
    relaysim.load(FILE, [*NEXT_YEAR, f"{HUB}.cores={night.value}", *NIGHT]),
    replications=REPLICATIONS,
    seed=SEED,
)


def p95(run, stream):
    """The p95 of the latency of a stream, seconds, in the mean of the days."""
    rows = run.metrics.query("scope == 'stream' and metric == 'latency_p95'")
    return float(rows.set_index("subject").value[stream])


print(f"\np95 of the latency with {night.value} cores: newsletter by day, at night")
for stream in ("users.correspondence", "internet.inbound"):
    print(f"  {stream:21} {p95(by_day, stream):8.1f} s {p95(by_night, stream):8.1f} s")
for when, run in (("by day", by_day), ("at night", by_night)):
    row = run.metrics.query(
        "subject == 'corporate.internal' and metric == 'latency_p95_busy_hours'"
    ).iloc[0]
    print(f"mail to mailboxes in the busy hours, newsletter {when}: p95 {row.value:.1f} s")
assert p95(by_night, "users.correspondence") <= p95(by_day, "users.correspondence")
