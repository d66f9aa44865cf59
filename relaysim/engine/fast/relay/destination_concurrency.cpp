// How many deliveries a queue of Postfix has at a time, and when its next hop is dead.
#include "../run.hpp"

// The largest integer whose square is not above a number.
static i64 root_of(i64 number) {
  i64 low = 0, high = 1ll << 31;
  while (high - low > 1) {
    i64 middle = (low + high) / 2;
    (middle * middle <= number ? low : high) = middle;
  }
  return low;
}

// The feedback of one delivery at a concurrency, in parts of WHOLE.
static i64 feedback_at(i64 feedback, i64 concurrency) {
  if (feedback == BY_CONCURRENCY) return WHOLE / concurrency;
  return feedback == BY_ROOT ? root_of(WHOLE * WHOLE / concurrency) : WHOLE;
}

void Concurrency::begin(const HubPlan& plan, i64 limit) {
  initial = plan.initial_destination_concurrency;
  most = limit;
  positive = plan.positive_feedback;
  negative = plan.negative_feedback;
  dead_for = plan.minimal_backoff_time;
  reuse_time = plan.connection_reuse_time;
  restart();
}

void Concurrency::restart() {
  window = initial < most ? initial : most;
  success = failure = failed_cohorts = 0;
}

// Counts a delivery that no connection failure ended, or the end of a dead time.
void Concurrency::succeeded(i64 busy) {
  failed_cohorts = 0;
  if (!window) {
    window = busy ? busy : (initial < most ? initial : most);
    success = failure = 0;
  } else if (window < most && window < busy + initial) {
    success += feedback_at(positive, window);
    if (success >= WHOLE) {
      window++;
      success -= WHOLE;
      failure = 0;
    }
  }
}

// Counts a connection that failed; the window is 0 if the next hop is dead now.
void Concurrency::failed() {
  if (!window) return;
  failed_cohorts += WHOLE / window;
  if (failed_cohorts >= WHOLE) {
    window = 0;
    return;
  }
  failure -= feedback_at(negative, window);
  if (failure < 0) {
    if (window > 1) window--;
    failure += WHOLE;
    success = 0;
  }
}

// Counts an attempt that reached the receiver, before it is taken off the list.
void DeliveryQueue::destination_answered(Run& run) {
  concurrency.succeeded(in_use[0] + in_use[1] + in_use[2]);
  destination_lives(run);
}

// Counts a connection that failed.
void DeliveryQueue::destination_failed(Run& run) {
  concurrency.failed();
  if (concurrency.window || dead_timer >= 0) return;
  run.record.level(LEVEL_QUEUE_RETRY, number, run.now(), 1);
  dead_timer = (i64)run.loop.at(run.now() + concurrency.dead_for, TIMER, QUEUE | (u64)hub, number, 0,
                                {(u32)number, 0, DEAD_TIME_OVER});
}

void DeliveryQueue::dead_time_over(Run& run, u64 sequence) {
  // Else a delivery has shown that the next hop is alive.
  if ((i64)sequence == dead_timer) destination_answered(run);
}

void DeliveryQueue::destination_lives(Run& run) {
  if (dead_timer < 0) return;
  dead_timer = -1;
  run.record.level(LEVEL_QUEUE_RETRY, number, run.now(), 0);
}

// Begins anew, because the hub starts again.
void DeliveryQueue::restart_concurrency(Run& run) {
  concurrency.restart();
  destination_lives(run);
}
