// The limits of relay services, at the connections and messages of hubs and hosts.
#include "../run.hpp"

// A limit: what counts in its window.

// What counts at a time, which is never before that of an earlier call.
i64 RelayWindow::used_at(const RelayLimitPlan& limit, i64 time) {
  if (limit.rolls) {
    while (!entries.empty() && entries[0].time <= time - limit.window) used -= entries.pop().amount;
  } else if (time / limit.window > number) {  // `book` may be ahead of the clock
    number = time / limit.window;
    used = 0;
  }
  return used;
}

void RelayWindow::add(const RelayLimitPlan& limit, i64 time, i64 amount) {
  used += amount;
  if (limit.rolls) entries.push({time, amount});
}

// Counts a message in the first fixed window with room; returns when it may pass.
i64 RelayWindow::book(const RelayLimitPlan& limit, i64 time) {
  if (used_at(limit, time) >= limit.limit) {
    number++;
    used = 0;
  }
  used++;
  i64 begin = number * limit.window;
  return time > begin ? time : begin;
}

void RelayLimits::begin(Run& run) {
  i64 counters = 0;
  for (i64 place = 0; place < run.plan.relay_limits.size; place++)
    if (run.plan.relay_limits[place].counter >= counters)
      counters = run.plan.relay_limits[place].counter + 1;
  open.fill(counters * run.plan.run[0].ips, 0);
  windows.fill(counters * run.plan.run[0].ips, RelayWindow());
}

void RelayLimits::free_memory() {
  open.free_memory();
  for (i64 place = 0; place < windows.size; place++) windows[place].entries.free_memory();
  windows.free_memory();
}

static i64 relay_place(Run& run, const RelayLimitPlan& limit, i64 ip) {
  return limit.counter * run.plan.run[0].ips + (limit.per_ip ? ip : 0);
}

// Connections.

// The number of the reply that refuses a connection; -1: it counts as open.
i64 RelayLimits::connect(Run& run, i64 relay_number, i64 ip) {
  const RelayPlan& relay = run.plan.relays[relay_number];
  const i64 end = relay.first_connection + relay.connection_count;
  for (i64 place = relay.first_connection; place < end; place++) {
    const RelayLimitPlan& limit = run.plan.relay_limits[place];
    if (open[relay_place(run, limit, ip)] >= limit.limit) return run.record.reply(limit.reply + ip);
  }
  for (i64 place = relay.first_connection; place < end; place++)
    open[relay_place(run, run.plan.relay_limits[place], ip)]++;
  return -1;
}

void RelayLimits::disconnect(Run& run, i64 relay_number, i64 ip) {
  const RelayPlan& relay = run.plan.relays[relay_number];
  for (i64 place = 0; place < relay.connection_count; place++)
    open[relay_place(run, run.plan.relay_limits[relay.first_connection + place], ip)]--;
}

// Recipients and messages.

static bool counts_recipient(Run& run, const RelayLimitPlan& limit, i64 recipient) {
  if (limit.counts != COUNTS_EXTERNAL_RECIPIENTS) return true;
  const auto& tables = run.record.tables;
  const i64 stream = tables.messages.stream[tables.recipients.message[recipient]];
  // DSNs do not count as external (TERRL).
  return run.plan.streams[stream].host >= 0 && run.plan.external[tables.recipients.domain[recipient]];
}

// What some recipients of a transaction count against a limit.
static i64 relay_amount(Run& run, const RelayLimitPlan& limit, const Vec<i64>& recipients) {
  if (limit.counts == COUNTS_MESSAGES) return 1;
  i64 count = 0;
  for (i64 place = 0; place < recipients.size; place++)
    count += counts_recipient(run, limit, recipients[place]);
  return count;
}

// Divides recipients into those that a limit with `room` left refuses, and the others.
static void divide_recipients(Run& run, const RelayLimitPlan& limit, const Vec<i64>& recipients, i64 room,
                              Vec<i64>& kept, Vec<i64>& refused) {
  const bool all = limit.over == OVER_DEFER || limit.counts == COUNTS_MESSAGES;
  for (i64 place = 0; place < recipients.size; place++) {
    const i64 recipient = recipients[place];
    if (all || (counts_recipient(run, limit, recipient) && room-- <= 0)) {
      refused.push(recipient);
    } else {
      kept.push(recipient);
    }
  }
}

// Takes the recipients of a message that a limit refuses out of `kept`, and counts the others. A soft
// limit defers all of them if they are more than is left. A hard limit refuses those above it, the
// last ones. The reply of a limit stands at its first recipient, and -1 at the others.
void RelayLimits::admit(Run& run, i64 relay_number, i64 ip, Vec<i64>& kept, Vec<i64>& refused,
                        Vec<i64>& replies) {
  const RelayPlan& relay = run.plan.relays[relay_number];
  const i64 now = run.now() + run.plan.run[0].week_offset, end = relay.first_mail + relay.mail_count;
  for (i64 place = relay.first_mail; place < end && !kept.empty(); place++) {
    const RelayLimitPlan& limit = run.plan.relay_limits[place];
    if (limit.over == OVER_DELAY) continue;
    RelayWindow& window = windows[relay_place(run, limit, ip)];
    // `counts_refused` may take a window above its limit.
    i64 room = limit.limit - window.used_at(limit, now);
    if (room < 0) room = 0;
    if (relay_amount(run, limit, kept) <= room) continue;
    Vec<i64> left, above;
    divide_recipients(run, limit, kept, room, left, above);
    if (limit.counts_refused) window.add(limit, now, relay_amount(run, limit, above));
    const i64 number = run.record.reply(limit.reply + ip);
    for (i64 row = 0; row < above.size; row++) {
      refused.push(above[row]);
      replies.push(row ? -1 : number);
    }
    kept.free_memory();
    above.free_memory();
    kept = left;
  }
  if (kept.empty()) return;
  for (i64 place = relay.first_mail; place < end; place++) {
    const RelayLimitPlan& limit = run.plan.relay_limits[place];
    if (limit.over != OVER_DELAY)
      windows[relay_place(run, limit, ip)].add(limit, now, relay_amount(run, limit, kept));
  }
}

// The verdict about the recipients of a transaction of a hub, which counts them. The transaction
// continues without those that are refused.
Verdict RelayLimits::envelope(Run& run, const QueuePlan& queue, i64 transaction, Hub& hub,
                              i64* reply) {
  Vec<i64> kept, bounced, replies;
  Verdict verdict = ACCEPTED;
  *reply = -1;
  run.transactions.recipients(transaction, kept);
  admit(run, queue.relay, queue.egress, kept, bounced, replies);
  i64 end = bounced.size;
  if (kept.empty()) {
    while (replies[--end] < 0) {}
    *reply = replies[end];
    verdict = run.record.replies.codes[*reply] >= PERMANENT ? REFUSED : DEFERRED;
  }
  // Last, because an NDR may come by the same service.
  for (i64 first = 0, next = 0; first < end; first = next) {
    for (next = first; next < end && (next == first || replies[next] < 0); next++)
      run.record.set_final(bounced[next], STATUS_BOUNCED, run.now(), replies[first]);
    hub.send_dsn(run, bounced[first], D_NDR);
  }
  kept.free_memory();
  bounced.free_memory();
  replies.free_memory();
  return verdict;
}

// Books a message that the service accepts; returns when the service replies to it.
i64 RelayLimits::held_until(Run& run, i64 relay_number, i64 ip) {
  const RelayPlan& relay = run.plan.relays[relay_number];
  const i64 now = run.now() + run.plan.run[0].week_offset;
  i64 until = now;
  for (i64 place = 0; place < relay.mail_count; place++) {
    const RelayLimitPlan& limit = run.plan.relay_limits[relay.first_mail + place];
    if (limit.over != OVER_DELAY) continue;
    i64 due = windows[relay_place(run, limit, ip)].book(limit, now);
    if (due > until) until = due;
  }
  return until - run.plan.run[0].week_offset;
}
