# Solution of lesson 03, to run after its last cell: %load solutions/03-one-hub-and-theory.py
#
# One queue with all connections is better: with two queues a connection of one may be free while mail
# waits in the other. Theory gives 0.75 s and 1.78 s. A listing of the public IP affects the mail of both
# queues; only a second IP protects half of the mail.
pooled = mmc_wait(RATE, 1 / SERVICE, CONNECTIONS)
apart = mmc_wait(RATE / 2, 1 / SERVICE, CONNECTIONS // 2)
print(f"theory: one queue {number(pooled, 's')}, two queues {number(apart, 's')}")
assert round(pooled, 3) == 0.746
assert round(apart, 3) == 1.778

half = relaysim.load(
    "../scenarios/mm4.toml",
    [
        *settings,
        "run.scale=0.5",
        f"hubs.HUB01.max_per_domain_outbound_connections={CONNECTIONS // 2}",
    ],
)
halved = relaysim.run(half, replications=REPLICATIONS, seed=SEED)


def simulated(run):
    """The row of the mean wait for a connection."""
    rows = run.metrics.query("scope == 'total' and metric == 'wait_delivery'")
    return rows.iloc[0]


whole, one_of_two = simulated(result), simulated(halved)
for name, row in (("one queue", whole), ("each of two", one_of_two)):
    print(f"simulated, {name}: {interval(row.value, row.low, row.high, 's')}")
print(origin(halved.provenance, designs=False))
assert whole.value < one_of_two.value
