# Solution of lesson 04, to run after its last cell: %load solutions/04-shared-or-dedicated.py
#
# With a cleaner list the IP is listed on fewer days. A single day is not better: mail waits for the line
# as before, and on a day with a listing invoices bounce as before.
TRAPS = "hosts.marketing.streams.newsletter.mailing_list.trap_share"
cleaner = f"{TRAPS}=5e-5"
days = {}
for title, changed in (("the list as it is", []), ("a tenth of the traps", [cleaner])):
    design = relaysim.load(LADDER / "shared-hub.toml", [*SETTINGS, *changed])
    listed = relaysim.run(design, replications=REPLICATIONS, seed=SEED)
    row = listed.metrics.query("scope == 'total' and metric == 'listed'").iloc[0]
    days[title] = row.value
    print(f"{title:21} days with a listing: {chance(row.value, row.low, row.high)}")
print(origin(listed.provenance, designs=False))
assert days["a tenth of the traps"] <= days["the list as it is"]

again = relaysim.sweep(
    LADDER / "shared-hub.toml",
    {SIZE: SIZES},
    settings=[*SETTINGS, cleaner],
    targets=[INVOICES],
    replications=REPLICATIONS,
    seed=SEED,
)
for limit in again.limits:
    print(f"a tenth of the traps: {limit.target}\n    holds {where(limit)}")
shows = 1 - 0.9**REPLICATIONS
print(f"probability that {REPLICATIONS} days show an event of one day in ten: {shows:.0%}")
