// Delivery queues: transactions of a hub that wait for a next hop, and the times of attempts.
#include "../run.hpp"

const QueuePlan& DeliveryQueue::plan(Run& run) const { return run.plan.queues[number]; }

// Opens the queue for its first transaction.
void DeliveryQueue::open_at(Run& run) {
  const QueuePlan& plan = this->plan(run);
  is_open = true;
  leads_outside = plan.domain >= 0;
  has_quotas = leads_outside && run.plan.hubs[hub].has_quotas;
  limit = plan.connections ? plan.connections : NO_LIMIT;
  const HubPlan& hub_plan = run.plan.hubs[hub];
  is_of_postfix = hub_plan.queue_run_delay > 0;
  if (is_of_postfix) concurrency.begin(hub_plan, limit);
  own_jobs.slots = run.hubs[hub].jobs.slots;
  cache.time_limit = leads_outside ? hub_plan.connection_cache_time : 0;
}

// Transactions wait, and connections take them.

i64 DeliveryQueue::priority(Run& run, i64 transaction) const {
  return has_quotas ? run.transactions.priority(transaction) : 0;
}

void DeliveryQueue::add(Run& run, i64 transaction) {
  run.transactions[transaction].ready = run.now();
  make_ready(run, transaction);
}

void DeliveryQueue::make_ready(Run& run, i64 transaction) {
  if (is_of_postfix && !concurrency.window) {  // the next hop is dead
    defer(run, transaction);
  } else if (is_of_postfix) {
    waiting.append(run, transaction);
  } else {
    ready[priority(run, transaction)].push(transaction);
  }
}

// Opens connections for the transactions that wait, as far as the limits allow.
void DeliveryQueue::pump(Run& run) {
  const bool was_pumping = pumping;
  pumping = true;
  open_connections(run);
  pumping = was_pumping;
}

i64 DeliveryQueue::limit_now() const { return is_of_postfix ? concurrency.window : limit; }

void DeliveryQueue::open_connections(Run& run) {
  Hub& hub = run.hubs[this->hub];
  if (!plan(run).reachable || !hub.up) return;
  const i64 losses_before = losses;
  // A connection that fails at once puts its transaction back: without the comparison of losses
  // this loop would open the next one for it, without end.
  while (connecting + open < limit_now() && losses == losses_before) {
    if (retrying && (timer >= 0 || connecting || open)) return;
    if (!long_enough(run) || !hub.outbound.may_open(run, number)) return;
    if (is_of_postfix && !hub.outbound.feeding) waiting.list(run).exercise(run, &number, 1);
    i64 transaction = next_transaction(run, 1);
    if (transaction < 0) return;
    CachedConnection cached;
    const bool is_cached = cache.take(&cached);
    if (is_cached) run.transactions[transaction].opened = 0;
    connecting++;
    hub.outbound.opened(run, number);
    run.deliver(*this, transaction, is_cached ? &cached : nullptr);
  }
}

// Whether the queue is long enough for one more connection.
bool DeliveryQueue::long_enough(Run& run) {
  i64 links = connecting + open, step = plan(run).per_further_connection;
  if (!links || step == 1) return any_ready();
  i64 length = in_use[0] + in_use[1] + in_use[2];
  for (Ring<i64>& one : ready) {
    while (one.size && run.transactions.is_final(one[0])) one.pop();
    length += one.size;
  }
  if (is_of_postfix) {
    next_waiting(run);
    length += waiting.size;
  }
  return any_ready() && length >= step * (links + 1);
}

// Takes the next transaction for a connection and begins its attempt; -1 if none may be sent now.
i64 DeliveryQueue::next_transaction(Run& run, i64 opens) {
  TransactionStates& transactions = run.transactions;
  for (;;) {
    i64 chosen = 0;
    if (has_quotas) {
      const HubPlan& plan = run.plan.hubs[hub];
      i64 quotas[] = {plan.high_quota, plan.normal_quota, plan.low_quota};
      while (chosen < 3 && !(ready[chosen].size > 0 && in_use[chosen] < quotas[chosen])) chosen++;
      if (chosen == 3) return -1;
    }
    if (!(is_of_postfix ? waiting.size : ready[chosen].size) || !rate_admits(run)) return -1;
    i64 transaction = is_of_postfix ? waiting.next(run) : ready[chosen].pop();
    // A transaction that expired while it waited stays in the queue until its turn.
    bool passes = transactions.is_final(transaction) || hold(run, transaction);
    if (is_of_postfix) passes ? waiting.discard(run) : waiting.pop(run);
    if (passes) continue;
    in_use[chosen]++;
    free_at = run.now() + plan(run).rate_delay;
    transactions[transaction].started = run.now();
    transactions[transaction].opened = opens;
    transactions[transaction].stores =
        cache.selected(run.now(), in_use[0] + in_use[1] + in_use[2]);
    transactions[transaction].before = (i32)last_started;
    transactions[transaction].after = -1;
    if (last_started >= 0) {
      transactions[last_started].after = (i32)transaction;
    } else {
      first_started = transaction;
    }
    last_started = transaction;
    return transaction;
  }
}

// The course of a connection.

void DeliveryQueue::connection_opened() {
  connecting--;
  open++;
}

// Ends Retry, because a connection has taken mail. A reply that closes the connection before it
// took anything does not end Retry (assumption).
void DeliveryQueue::connection_works(Run& run, i64 transaction) {
  probe_succeeded(run, transaction);
  if (retrying) {
    leave_retry(run);
    pump(run);
  }
}

void DeliveryQueue::connection_closed(Run& run) {
  open--;
  run.hubs[hub].outbound.closed(run, number);
  pump(run);
}

// Ends an attempt that reached the receiver.
void DeliveryQueue::end_attempt(Run& run, i64 transaction, i64 reply) {
  if (is_of_postfix) destination_answered(run);
  end(run, transaction, reply);
  attempt_over();
}

void DeliveryQueue::end(Run& run, i64 transaction, i64 reply) {
  TransactionStates& transactions = run.transactions;
  i64 before = transactions[transaction].before, after = transactions[transaction].after;
  if (before >= 0) {
    transactions[before].after = (i32)after;
  } else {
    first_started = after;
  }
  if (after >= 0) {
    transactions[after].before = (i32)before;
  } else {
    last_started = before;
  }
  i64 start = transactions[transaction].started;
  transactions[transaction].started = -1;
  record_attempt(run, transaction, start, run.now(), reply, transactions[transaction].opened);
  transactions[transaction].egress = -1;
  transactions.attempts[transaction]++;
  in_use[priority(run, transaction)]--;
  cache.done(run.now());
}

void DeliveryQueue::record_attempt(Run& run, i64 transaction, i64 start, i64 end, i64 reply,
                                   i64 opened) {
  TransactionStates& transactions = run.transactions;
  const i64 proxied = transactions[transaction].egress;
  run.record.tables.attempts.add(transaction, transactions.attempts[transaction], number,
                                 proxied < 0 ? plan(run).egress : proxied, transactions[transaction].ready, start, end,
                                 reply, opened, transactions.recipient_count(transaction));
}

// Failures.

void DeliveryQueue::connection_failed(Run& run, i64 transaction, i64 reply) {
  end(run, transaction, reply);
  connecting--;
  if (is_of_postfix) {
    destination_failed(run);
    if (!concurrency.window) cache.forget();
  }
  attempt_over();
  connection_lost(run, transaction);
}

// Bounces a transaction for a 5xx greeting: the hub treats it as a reply to the message.
void DeliveryQueue::bounced_by_greeting(Run& run, i64 transaction, i64 reply) {
  end(run, transaction, reply);
  connecting--;
  attempt_over();
  run.hubs[hub].finish(run, transaction, STATUS_BOUNCED, reply);
  run.hubs[hub].outbound.closed(run, number);
  pump(run);
  if (timer < 0) leave_retry_if_empty(run);
}

// Ends the attempt of a transaction because the hub at the other end stopped.
void DeliveryQueue::connection_dropped(Run& run, i64 transaction) {
  close_connection(run, transaction, run.record.reply(run.plan.run[0].connection_dropped));
}

// Ends the attempt of a transaction by a reply that closes the open connection.
void DeliveryQueue::close_connection(Run& run, i64 transaction, i64 reply) {
  end(run, transaction, reply);
  open--;
  attempt_over();
  connection_lost(run, transaction);
}

// Reacts to a provider that throttles this mail, by `operations.back_off`; returns whether the
// connection ends.
bool DeliveryQueue::throttled(Run& run, i64 transaction, i64 reply) {
  if (run.plan.run[0].back_off == BACK_OFF_SOURCE) {
    close_connection(run, transaction, reply);
    return true;
  }
  end_attempt(run, transaction, reply);
  if (run.plan.run[0].back_off == BACK_OFF_STREAM) {
    suspend(run, transaction);
  } else {
    defer(run, transaction);
  }
  return false;
}

// Puts the transaction of a lost connection back, without a new connection for it at once. It
// waits for the connections that are open. Without any, the queue is in Retry. Postfix defers it.
void DeliveryQueue::connection_lost(Run& run, i64 transaction) {
  if (is_of_postfix) {
    defer_lost(run, transaction);
    return;
  }
  losses++;
  if (!open) enter_retry(run);
  put_back(run, transaction);
  // The free connection goes to the other queues of the hub first. If this queue took it, it would
  // lose it again, without end.
  run.hubs[hub].outbound.forget(number);
  run.hubs[hub].outbound.closed(run, number);
}

// Makes a transaction the next one of its priority, unless it expires.
void DeliveryQueue::put_back(Run& run, i64 transaction) {
  if (run.hubs[hub].expire_if_due(run, transaction)) return;
  run.transactions[transaction].ready = run.now();
  if (is_of_postfix) {
    waiting.append_left(run, transaction);
  } else {
    ready[priority(run, transaction)].push_front(transaction);
  }
}

// Expiry, stops of the hub, the end of the run.

// Expires a transaction that is on no connection.
void DeliveryQueue::expire(Run& run, i64 transaction) {
  if (run.transactions[transaction].ready <= run.now()) record_wait(run, transaction, run.now());
  run.hubs[hub].finish(run, transaction, STATUS_EXPIRED,
                       run.record.reply(run.plan.run[0].message_expired));
  probe_expired(run, transaction);
}

// Drops all connections when the hub stops; the transactions on them are next again.
void DeliveryQueue::stop(Run& run) {
  connecting = open = 0;
  if (is_of_postfix) restart_concurrency(run);
  close_cached(run);
  i64 dropped = run.record.reply(run.plan.run[0].connection_dropped);
  while (last_started >= 0) {
    i64 transaction = last_started;
    end(run, transaction, dropped);
    put_back(run, transaction);
  }
}

// Tries the queue at once when the hub starts again (assumption).
void DeliveryQueue::start(Run& run) {
  leave_retry(run);
  pump(run);
}

// Records that a transaction waited without an attempt.
void DeliveryQueue::record_wait(Run& run, i64 transaction, i64 end) {
  record_attempt(run, transaction, -1, end, -1, 0);
}

// Records what still waits or is on a connection when the run ends.
void DeliveryQueue::close(Run& run) {
  TransactionStates& transactions = run.transactions;
  for (i64 transaction = first_started; transaction >= 0;
       transaction = transactions[transaction].after)
    record_attempt(run, transaction, transactions[transaction].started, -1, -1,
                   transactions[transaction].opened);
  for (Ring<i64>& one : ready)
    for (i64 place = 0; place < one.size; place++)
      if (!transactions.is_final(one[place])) record_wait(run, one[place]);
  for (i64 at = waiting.first; at >= 0; at = run.job_entries[at].after)
    for (i64 entry = run.job_entries[at].first; entry >= 0; entry = run.waiting_entries[entry].next) {
      i64 transaction = run.waiting_entries[entry].transaction;
      if (!transactions.is_final(transaction)) record_wait(run, transaction);
    }
  for (i64 place = 0; place < suspended.size; place++)
    for (i64 held = 0; held < suspended[place].held.size; held++) {
      i64 transaction = suspended[place].held[held];
      if (!transactions.is_final(transaction)) record_wait(run, transaction);
    }
}
