// The limits of relay services, at the connections and transactions that hubs send to them.
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
  open.fill(counters * run.plan.egress.size, 0);
  windows.fill(counters * run.plan.egress.size, RelayWindow());
}

void RelayLimits::free_memory() {
  open.free_memory();
  for (i64 place = 0; place < windows.size; place++) windows[place].entries.free_memory();
  windows.free_memory();
}

static i64 relay_place(Run& run, const RelayLimitPlan& limit, const QueuePlan& queue) {
  return limit.counter * run.plan.egress.size + (limit.per_ip ? queue.egress : 0);
}

// Connections.

// The number of the reply that refuses a connection; -1: it counts as open.
i64 RelayLimits::connect(Run& run, const QueuePlan& queue) {
  const RelayPlan& relay = run.plan.relays[queue.relay];
  const i64 end = relay.first_connection + relay.connection_count;
  for (i64 place = relay.first_connection; place < end; place++) {
    const RelayLimitPlan& limit = run.plan.relay_limits[place];
    if (open[relay_place(run, limit, queue)] >= limit.limit)
      return run.record.reply(limit.reply + queue.egress);
  }
  for (i64 place = relay.first_connection; place < end; place++)
    open[relay_place(run, run.plan.relay_limits[place], queue)]++;
  return -1;
}

void RelayLimits::disconnect(Run& run, const QueuePlan& queue) {
  const RelayPlan& relay = run.plan.relays[queue.relay];
  for (i64 place = 0; place < relay.connection_count; place++)
    open[relay_place(run, run.plan.relay_limits[relay.first_connection + place], queue)]--;
}

// Transactions.

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

// The verdict about the recipients of a transaction, which counts them. A soft limit defers the
// whole transaction if it has more than is left. A hard limit refuses the recipients above it, the
// last ones; the transaction continues without them.
Verdict RelayLimits::envelope(Run& run, const QueuePlan& queue, i64 transaction, Hub& hub,
                              i64* reply) {
  const RelayPlan& relay = run.plan.relays[queue.relay];
  const i64 now = run.now() + run.plan.run[0].week_offset, end = relay.first_mail + relay.mail_count;
  Vec<i64> kept, bounced, replies;
  Verdict verdict = ACCEPTED;
  *reply = -1;
  run.transactions.recipients(transaction, kept);
  for (i64 place = relay.first_mail; place < end; place++) {
    const RelayLimitPlan& limit = run.plan.relay_limits[place];
    if (limit.over == OVER_DELAY) continue;
    RelayWindow& window = windows[relay_place(run, limit, queue)];
    // `counts_refused` may take a window above its limit.
    i64 room = limit.limit - window.used_at(limit, now);
    if (room < 0) room = 0;
    if (relay_amount(run, limit, kept) <= room) continue;
    Vec<i64> left, refused;
    divide_recipients(run, limit, kept, room, left, refused);
    if (limit.counts_refused) window.add(limit, now, relay_amount(run, limit, refused));
    const i64 number = run.record.reply(limit.reply + queue.egress);
    const bool over = left.empty();
    if (over) {
      verdict = limit.over == OVER_DEFER ? DEFERRED : REFUSED;
      *reply = number;
    } else {
      for (i64 row = 0; row < refused.size; row++) {
        bounced.push(refused[row]);
        replies.push(row ? -1 : number);  // the reply stands at the first one of each limit
      }
    }
    kept.free_memory();
    refused.free_memory();
    kept = left;
    if (over) break;
  }
  if (!kept.empty())
    for (i64 place = relay.first_mail; place < end; place++) {
      const RelayLimitPlan& limit = run.plan.relay_limits[place];
      if (limit.over != OVER_DELAY)
        windows[relay_place(run, limit, queue)].add(limit, now, relay_amount(run, limit, kept));
    }
  // Last, because an NDR may come by the same service.
  for (i64 first = 0, next = 0; first < bounced.size; first = next) {
    for (next = first; next < bounced.size && (next == first || replies[next] < 0); next++)
      run.record.set_final(bounced[next], STATUS_BOUNCED, run.now(), replies[first]);
    hub.send_dsn(run, bounced[first], D_NDR);
  }
  kept.free_memory();
  bounced.free_memory();
  replies.free_memory();
  return verdict;
}

// Books a message that the service accepts; returns when the service replies to it.
i64 RelayLimits::held_until(Run& run, const QueuePlan& queue) {
  const RelayPlan& relay = run.plan.relays[queue.relay];
  const i64 now = run.now() + run.plan.run[0].week_offset;
  i64 until = now;
  for (i64 place = 0; place < relay.mail_count; place++) {
    const RelayLimitPlan& limit = run.plan.relay_limits[relay.first_mail + place];
    if (limit.over != OVER_DELAY) continue;
    i64 due = windows[relay_place(run, limit, queue)].book(limit, now);
    if (due > until) until = due;
  }
  return until - run.plan.run[0].week_offset;
}
