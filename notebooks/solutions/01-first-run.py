# Solution of lesson 01, to run after its last cell: %load solutions/01-first-run.py
#
# Colleagues' mail and invoices are affected. Internal mail waits for a core of the hub. Mail to the
# outside waits for a connection, and the connections wait for the Internet line.
shared = relaysim.load("../scenarios/shared-hub.toml", EXERCISE)
with_newsletter = relaysim.run(shared, replications=1, seed=SEED)
got = with_newsletter.recipients.dropna(subset=["latency"])
waits = got.groupby("stream", observed=True)[parts].mean()
print(f"means in s, one day, so no intervals; {origin(with_newsletter.provenance, designs=False)}")
print(waits.rename_axis(None).round(2).T)

invoices = waits.loc["crm.invoices"].drop(["service", "wait_retry"])
assert invoices.idxmax() == "wait_delivery"
assert invoices["wait_delivery"] > 10.0
assert waits.loc["internet.inbound"].drop("service").idxmax() == "wait_submission"

metrics = with_newsletter.metrics.query("scope == 'class' and subject == 'transactional'")
share = metrics.set_index("metric").value
due = share["wait_delivery_line"] / share["wait_delivery"]
print(f"\nof the wait for a connection {100 * due:.0f} % pass while transfers wait for the line")
assert due > 0.5

slowest = got.loc[got[got.stream == "crm.invoices"].latency.idxmax()]
numbers = with_newsletter.messages.set_index("message").number
life = relaysim.transcript(shared, f"crm.invoices:{numbers[slowest.message]}", seed=SEED)
print(relaysim.summary(life).split("\nThe words of the dialogue")[0])
assert abs(slowest[parts].sum() - slowest.latency) < 1e-6
