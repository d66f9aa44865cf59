// Retry of a delivery queue: the clock that allows one connection.
#include "../run.hpp"

// Begins Retry after a failed connection, or its next wait.
void DeliveryQueue::enter_retry(Run& run) {
  if (timer >= 0) return;
  if (!retrying) {
    retrying = true;
    run.record.level(LEVEL_QUEUE_RETRY, number, run.now(), 1);
  }
  failures++;
  timer = (i64)run.loop.at(run.now() + retry_delay(run, failures), TIMER, QUEUE | (u64)hub, number,
                           0, {(u32)number, 0, QUEUE_RETRY_DUE});
}

i64 DeliveryQueue::retry_delay(Run& run, i64 failure) {
  const HubPlan& plan = run.plan.hubs[hub];
  if (!leads_outside && !this->plan(run).peer_count)
    return plan.mailbox_delivery_queue_retry_interval;
  if (failure <= plan.queue_glitch_retry_count) return plan.queue_glitch_retry_interval;
  if (failure <= plan.queue_glitch_retry_count + plan.transient_failure_retry_count)
    return plan.transient_failure_retry_interval;
  return plan.outbound_connection_failure_retry_interval;
}

// Opens one connection when the retry clock allows it.
void DeliveryQueue::retry_due(Run& run, u64 sequence) {
  if ((i64)sequence != timer) return;  // the queue has left Retry since
  timer = -1;
  pump(run);
  leave_retry_if_empty(run);
}

void DeliveryQueue::leave_retry_if_empty(Run& run) {
  if (!any_ready() && !connecting) leave_retry(run);
}

// Ends Retry; the count of failures begins anew.
void DeliveryQueue::leave_retry(Run& run) {
  if (!retrying) return;
  retrying = false;
  failures = 0;
  timer = -1;
  run.record.level(LEVEL_QUEUE_RETRY, number, run.now(), 0);
}
