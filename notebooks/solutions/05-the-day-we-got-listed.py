# Solution of lesson 05, to run after its last cell: %load solutions/05-the-day-we-got-listed.py
#
# The gain is small. Checking every hour saves some hours of detection. Cleaning the mailing list takes
# longer, and "repair first" asks for removal only afterwards.
hourly = ["operations.monitor_every=1 h"]
designs = []
for settings in ([], hourly):
    file = SCENARIOS / "findings/repairs-first.toml"
    designs.append(relaysim.load(file, [*WEEK, *settings]))
seen = {}
for title, one in zip(("every six hours", "every hour"), designs, strict=True):
    done = relaysim.run(one, replications=REPLICATIONS, seed=SEED, frames=True)
    acts = done.frames["actions"]
    begun = done.frames["listings"].groupby("replication").start.min()
    first = acts.groupby(["replication", "action"], observed=True).time.min().unstack()
    steps = pd.DataFrame({"listed": begun}).join(first)
    seen[title] = (steps.get("detected", pd.Series(dtype=float)) - steps.listed) / 3600
    order = [name for name in ("listed", "detected", "repaired", "requested") if name in steps]
    spans = steps[order].diff(axis=1).drop(columns="listed") / 3600
    print(f"administrator looks {title}: hours since the step before, by replication")
    print(spans.round(1).to_string(), "\n")
print(origin(done.provenance, designs=False))
assert designs[0].operations.monitor_every == 6 * designs[1].operations.monitor_every
assert (seen["every hour"].dropna() <= 1.0).all()
