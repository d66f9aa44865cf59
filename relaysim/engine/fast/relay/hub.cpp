// A hub: from the commit of a message to the final status of each of its recipients.
#include "../run.hpp"

const HubPlan& Hub::plan(Run& run) const { return run.plan.hubs[number]; }

// Step 2: connections. Reserves one under MaxConnectionRatePerMinute; returns when it is answered.

i64 Hub::next_connection_time(Run& run) {
  i64 rate = plan(run).connection_rate, answered = run.now();
  if (!rate) return answered;
  if (connection_times.size == rate) answered = larger(answered, connection_times.pop() + MINUTE);
  connection_times.push(answered);
  return answered;
}

// Steps 4 and 6: the hub owns the message, and the categorizer processes it.

void Hub::accept(Run& run, i64 message, i64 parent) {
  Messages& messages = run.record.tables.messages;
  i64 now = run.now();
  if (messages.committed[message] < 0) {
    messages.committed[message] = now;
    messages.hub[message] = number;
  }
  accepted.push({now, (i32)message, (i32)parent});
  i64 entry = accepted.size - 1, size = messages.size[message];
  i64 recipient =
      parent < 0 ? messages.first_recipient[message] : run.transactions.first_recipient(parent);
  pressure.hold(size);
  pressure.submitted++;
  if (!asleep.empty()) wake(run);
  u64 key = run.record.key(recipient), hop = (u64)run.transactions.hops_after(parent);
  i64 work = categorize.of(size, draw32(key, D_CATEGORIZE_COST, hop));
  if (scans)
    work = at_most_never((i128)work + antivirus.of(size, draw32(key, D_ANTIVIRUS_COST, hop)));
  Target categorized = {(u32)entry, (u16)number, CATEGORIZED};
  if (cores.serve(run, CATEGORIZE, categorized, VISIT_CATEGORIZE, message, 0, recipient, work))
    route(run, message, parent, now);
}

// The receive connector that send connectors may be linked to; -1 for none. Behind a smart host no
// send connector is linked to that of the submission (assumption).
i64 Hub::linked_to(Run& run, i64 message, i64 parent) const {
  for (; parent >= 0; parent = run.transactions.parent(parent))
    if (run.plan.queues[run.transactions.queue(parent)].has_sessions) return -1;
  return run.record.tables.messages.connector[message];
}

// Step 7: transactions. Splits a message by next hop and queues them (bifurcation).

void Hub::route(Run& run, i64 message, i64 parent, i64 accepted_at) {
  pressure.submitted--;
  const Messages& messages = run.record.tables.messages;
  const Recipients& recipients = run.record.tables.recipients;
  const i64 size = messages.size[message];
  i64 band = 0;
  while (band < run.plan.bands.size && size > run.plan.bands[band]) band++;
  i64 connector = run.plan.run[0].linked ? linked_to(run, message, parent) : -1;
  i64 connectors = run.plan.run[0].linked ? run.plan.connectors.size + 1 : 1;
  i64 domains = run.plan.receiver_of.size;
  i64 table = (number * connectors + (connector + 1)) * (run.plan.bands.size + 1) + band;
  const i64* routes = run.plan.routes.values + table * domains;
  const i64 first = messages.first_recipient[message], count = messages.recipients[message];

  i64 session = parent < 0 ? delayed_session(run, message) : -1;
  i64 expires = accepted_at + plan(run).message_expiration_timeout;
  if (count == 1) {
    if (session >= 0) run.sessions[session].remaining = 1;
    Vec<i64> entering;
    queue_group(run, message, routes[recipients.domain[first]], &first, 1, parent, expires,
                entering);
    active.enter_all(run, entering.values, entering.size);
    entering.free_memory();
    return;
  }
  // The recipients of each next hop, in the order of the first recipient of each.
  Vec<i64> hops, group, rows, lengths, entering;
  Map place_of;
  for (i64 recipient = first; recipient < first + count; recipient++) {
    // Other recipients of the message are with other hubs, or final.
    if (recipients.transaction[recipient] != parent || recipients.status[recipient]) {
      group.push(-1);
      continue;
    }
    i64 hop = routes[recipients.domain[recipient]], place = place_of.get((u64)(hop + 2));
    if (place < 0) {
      place_of.put((u64)(hop + 2), place = hops.size);
      hops.push(hop);
    }
    group.push(place);
  }
  lengths.fill(hops.size, 0);
  for (i64 row = 0; row < count; row++)
    if (group[row] >= 0) lengths[group[row]]++;
  i64 transactions = 0;
  for (i64 place = 0; place < hops.size; place++)
    transactions += parts(run, hops[place], lengths[place]);
  pressure.hold(size * (transactions - 1));
  if (session >= 0) run.sessions[session].remaining = transactions;
  for (i64 place = 0; place < hops.size; place++) {
    rows.clear();
    for (i64 row = 0; row < count; row++)
      if (group[row] == place) rows.push(first + row);
    queue_group(run, message, hops[place], rows.values, rows.size, parent, expires, entering);
  }
  active.enter_all(run, entering.values, entering.size);
  entering.free_memory();
  lengths.free_memory();
  place_of.free_memory();
  hops.free_memory();
  group.free_memory();
  rows.free_memory();
}

// The number of transactions for recipients of a message that have one next hop.
i64 Hub::parts(Run& run, i64 hop, i64 recipients) const {
  i64 most = plan(run).recipient_limit;
  return !most || hop == TOO_LARGE ? 1 : (recipients + most - 1) / most;
}

// Queues the recipients of a message that have one next hop.
void Hub::queue_group(Run& run, i64 message, i64 queue, const i64* rows, i64 count, i64 parent,
                      i64 expires, Vec<i64>& entering) {
  const i64 now = run.now();
  if (queue >= 0) queue = run.by_public_ip(queue, message, count);
  if (queue == TOO_LARGE) {
    i64 no_route = run.record.reply(run.plan.run[0].no_route_for_size);
    for (i64 row = 0; row < count; row++)
      run.record.set_final(rows[row], STATUS_BOUNCED, now, no_route);
    send_dsn(run, rows[0], D_NDR);
    transaction_done(run, message, run.record.tables.messages.size[message]);
    return;
  }
  const i64 most = plan(run).recipient_limit ? plan(run).recipient_limit : count;
  for (i64 at = 0; at < count; at += most) {
    i64 transaction = run.transactions.start(rows + at, smaller(most, count - at), number, queue,
                                             parent, now, expires);
    if (now < expires) {
      DeliveryQueue& joined = run.queues[queue];
      if (!joined.is_open) joined.open_at(run);
      if (plan(run).recipient_limit) {
        entering.push(transaction);
      } else {
        active.enter(run, transaction);
      }
    } else {
      finish(run, transaction, STATUS_EXPIRED, run.record.reply(run.plan.run[0].message_expired));
    }
  }
}

// Step 9: how transactions end. The hub sends an NDR if they bounced or expired.

void Hub::finish(Run& run, i64 transaction, i64 status, i64 reply) {
  TransactionStates& transactions = run.transactions;
  const bool was_active = transactions[transaction].is_active;
  transactions.set_final(transaction);
  i64 message = transactions.message(transaction);
  i64 first = transactions.first_recipient(transaction), now = run.now();
  if (run.record.tables.messages.recipients[message] == 1) {
    run.record.set_final(first, status, now, reply);
  } else {
    i64 from = run.record.tables.messages.first_recipient[message];
    i64 last = from + run.record.tables.messages.recipients[message];
    for (i64 recipient = from; recipient < last; recipient++)
      if (transactions.has(transaction, recipient))
        run.record.set_final(recipient, status, now, reply);
  }
  if (status == STATUS_BOUNCED || status == STATUS_EXPIRED) send_dsn(run, first, D_NDR);
  transaction_done(run, message, run.record.tables.messages.size[message]);
  if (was_active) active.left(run, transaction);
}

// Sets a final status for each recipient left in a transaction: delivered or junked.
void Hub::finish_each(Run& run, i64 transaction, const Vec<i64>& recipients,
                      const Vec<i64>& statuses, i64 reply) {
  const bool was_active = run.transactions[transaction].is_active;
  run.transactions.set_final(transaction);
  i64 message = run.transactions.message(transaction);
  for (i64 place = 0; place < recipients.size; place++)
    run.record.set_final(recipients[place], statuses[place], run.now(), reply);
  transaction_done(run, message, run.record.tables.messages.size[message]);
  if (was_active) active.left(run, transaction);
}

// Finishes a transaction that another hub has committed.
void Hub::hand_over(Run& run, i64 transaction, Hub& peer) {
  i64 message = run.transactions.message(transaction);
  const bool was_active = run.transactions[transaction].is_active;
  run.transactions.set_final(transaction);
  peer.accept(run, message, transaction);
  transaction_done(run, message, run.record.tables.messages.size[message]);
  if (was_active) active.left(run, transaction);
}

bool Hub::expire_if_due(Run& run, i64 transaction) {
  if (run.now() < run.transactions[transaction].expires) return false;
  finish(run, transaction, STATUS_EXPIRED, run.record.reply(run.plan.run[0].message_expired));
  return true;
}

// Expires a transaction that waits. One that is on a connection is judged by `expire_if_due` when
// its attempt has ended.
void Hub::expire(Run& run, i64 transaction) {
  // It may have got room in the active queue just now, and have expired by that.
  if (run.transactions.is_final(transaction)) return;
  if (run.transactions[transaction].started < 0)
    run.queues[run.transactions.queue(transaction)].expire(run, transaction);
}

// DSNs and other mail of the null sender never cause a DSN (RFC 5321, section 4.5.5).
void Hub::send_dsn(Run& run, i64 recipient, i64 decision) {
  const i64 about = run.record.tables.recipients.message[recipient];
  const StreamPlan& stream = run.plan.streams[run.record.tables.messages.stream[about]];
  if (stream.host < 0 || stream.sender_domain < 0) return;  // a DSN; the null sender
  i64 message = run.record.new_dsn(
      plan(run).dsn_stream, dsns, run.now(), DSN_SIZE, number, stream.sender_domain,
      mix(run.record.key(recipient), (u64)decision), recipient);
  dsns++;
  accept(run, message);
}

// Frees the room of a transaction that is delivered, bounced, expired or handed over.
void Hub::transaction_done(Run& run, i64 message, i64 size) {
  pressure.hold(-size);
  i64 session = delayed_session(run, message);
  if (session >= 0 && --run.sessions[session].remaining == 0) acknowledge(run, message);
  run.check_end();
}

// Wakes the followers of the accepted mail: the hub has accepted mail, or has started again.
void Hub::wake(Run& run) {
  Vec<i64> awake = asleep;
  asleep = Vec<i64>();
  for (i64 place = 0; place < awake.size; place++) run.follow(awake[place]);
  awake.free_memory();
}

// Stops, and the end of the run.

void Hub::stop(Run& run) {
  stops++;
  if (!up) return;
  up = false;
  // Before the processes that are cut off continue: they compare their epoch with this one.
  epoch++;
  stopped_at.push(run.now());
  run.record.level(LEVEL_HUB_DOWN, number, run.now(), 1);
  outbound.reset();
  for (i64 connector = 0; connector < run.plan.connectors.size; connector++)
    if (run.plan.connectors[connector].hub == number) run.sessions_of[connector].reset();
  cores.stop(run);
  database.stop(run);
  for (i64 queue = 0; queue < run.queues.size; queue++)
    if (run.queues[queue].hub == number && run.queues[queue].is_open) run.queues[queue].stop(run);
  acknowledge_all(run);
}

// Whether the hub ran at a time that is over.
bool Hub::ran_at(i64 tick) const {
  i64 stops = 0;
  for (i64 place = 0; place < stopped_at.size; place++) stops += stopped_at[place] <= tick;
  for (i64 place = 0; place < started_at.size; place++) stops -= started_at[place] <= tick;
  return !stops;
}

void Hub::start(Run& run) {
  if (--stops) return;
  up = true;
  started_at.push(run.now());
  run.record.level(LEVEL_HUB_DOWN, number, run.now(), 0);
  cores.start(run);
  wake(run);
  for (i64 queue = 0; queue < run.queues.size; queue++)
    if (run.queues[queue].hub == number && run.queues[queue].is_open) run.queues[queue].start(run);
}

void Hub::close(Run& run) {
  cores.close(run);
  database.close(run);
  active.close(run);
  for (i64 queue = 0; queue < run.queues.size; queue++)
    if (run.queues[queue].hub == number && run.queues[queue].is_open) run.queues[queue].close(run);
}
