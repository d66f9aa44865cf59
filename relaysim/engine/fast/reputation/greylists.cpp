// The greylists of the receiving domains that have one.
#include "../run.hpp"

void Greylists::free_memory() {
  triplet_of.free_memory();
  triplets.free_memory();
  client_of.free_memory();
  clients.free_memory();
}

// The first recipient that goes to the same address, by which a receiver knows it.
static i64 person(Run& run, i64 recipient) {
  const auto& tables = run.record.tables;
  const ListPlan& list =
      run.draws.lists[tables.messages.stream[tables.recipients.message[recipient]]];
  const i64 original = run.record.original_of(recipient);
  return list.size ? list.first + (original - list.first) % list.size : original;
}

// Whether a domain accepts the recipients of a transaction now. It is deferred as a whole if one of
// them is. Every recipient is asked, because the greylist remembers each.
bool Greylists::admit(Run& run, const QueuePlan& queue, i64 transaction) {
  if (!run.draws.greylists[queue.domain]) return true;
  const i64 message = run.transactions.message(transaction);
  const StreamPlan& stream = run.plan.streams[run.record.tables.messages.stream[message]];
  const i64 ips = run.plan.egress.size;
  const u64 client =
      (u64)((queue.domain * ips + queue.egress) * PARTIES + stream.ip_party);
  const u64 network = (u64)(queue.domain * ips + run.plan.egress[queue.egress].network);
  const ReceiverPlan& rules = run.plan.receivers[queue.receiver];
  bool all = true;
  Vec<i64> recipients;
  run.transactions.recipients(transaction, recipients);
  for (i64 place = 0; place < recipients.size; place++)
    if (!admits(run.now(), rules, client, network << 31 | (u64)person(run, recipients[place])))
      all = false;
  recipients.free_memory();
  return all;
}

// Whether a recipient is accepted; remembers the try.
bool Greylists::admits(i64 now, const ReceiverPlan& rules, u64 client, u64 triplet) {
  i64 known = client_of.get(client);
  const bool forgotten = known >= 0 && now - clients[known].last > rules.max_age;
  if (known >= 0 && !forgotten && rules.auto_whitelist_clients &&
      clients[known].passes >= rules.auto_whitelist_clients) {
    if (now >= clients[known].last + HOUR) clients[known].last = now;
    return true;
  }
  i64 number = triplet_of.get(triplet);
  if (number < 0) {
    triplet_of.put(triplet, triplets.size);
    triplets.push({now, now});
    return false;
  }
  GreylistTriplet& entry = triplets[number];
  if (now - entry.last > rules.max_age) {
    entry = {now, now};
    return false;
  }
  const bool passed_before = entry.last - entry.first >= rules.delay;
  if (!passed_before && now - entry.first > rules.retry_window) entry.first = now;
  entry.last = now;
  if (now - entry.first < rules.delay) return false;
  if (!passed_before) {
    if (known < 0) {
      client_of.put(client, clients.size);
      clients.push({1, now});
    } else if (forgotten) {
      clients[known] = {1, now};
    } else if (now >= clients[known].last + HOUR) {
      clients[known].passes++;
      clients[known].last = now;
    }
  }
  return true;
}
