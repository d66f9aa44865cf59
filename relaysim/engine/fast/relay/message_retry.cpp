// Retry of single messages that a receiver deferred.
#include "../run.hpp"

// Schedules the next attempt of a transaction, unless it expires.
void DeliveryQueue::defer(Run& run, i64 transaction) {
  if (run.hubs[hub].expire_if_due(run, transaction)) return;
  i64 due = next_attempt(run, transaction);
  run.transactions[transaction].ready = due;
  i64 attempt = run.transactions.attempts[transaction] - 1;
  run.loop.at(due, TIMER, (u64)hub, run.transactions.first_recipient(transaction),
              attempt < 0 ? 0 : attempt, {(u32)transaction, 0, MESSAGE_RETRY});
  if (run.transactions[transaction].is_active) {
    run.transactions[transaction].is_active = false;
    run.hubs[hub].active.left(run, transaction);
  }
}

// The time from a deferral of a message to its next attempt; `failure` 1 is the first.
static i64 message_retry_delay(i64 failure, i64 interval, const HubPlan& plan) {
  const i64 longest = plan.message_retry_longest ? plan.message_retry_longest : LONGEST_RETRY;
  const i64 limit = smaller(longest, LONGEST_RETRY);
  i64 wait = interval;
  if (plan.message_retry_factor > FACTOR_1)
    for (; failure > 1 && wait < limit; failure--) wait = wait * plan.message_retry_factor / FACTOR_1;
  return smaller(wait, limit);
}

// When a message that is deferred now is tried again.
i64 DeliveryQueue::next_attempt(Run& run, i64 transaction) {
  const HubPlan& plan = run.plan.hubs[hub];
  const i64 interval = this->plan(run).message_retry_interval;
  if (!plan.queue_run_delay)
    return run.now() + message_retry_delay(run.transactions.attempts[transaction],
                                           interval ? interval : plan.message_retry_interval, plan);
  i64 second = run.now() / SECOND * SECOND;
  i64 arrived_at = run.transactions[transaction].expires - plan.message_expiration_timeout;
  i64 backoff = second - arrived_at / SECOND * SECOND;
  if (backoff < plan.minimal_backoff_time) backoff = plan.minimal_backoff_time;
  if (backoff > plan.maximal_backoff_time) backoff = plan.maximal_backoff_time;
  i64 earliest = second + backoff - SECOND;
  // The scan of this very moment is over, however short the backoff time is.
  if (earliest <= run.now()) earliest = run.now() + 1;
  return (earliest + plan.queue_run_delay - 1) / plan.queue_run_delay * plan.queue_run_delay;
}
