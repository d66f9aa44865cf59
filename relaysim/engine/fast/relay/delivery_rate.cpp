// The rate of deliveries of a queue to its next hop.
#include "../run.hpp"

// Whether an attempt may start now; if not, the queue is pumped when one may.
bool DeliveryQueue::rate_admits(Run& run) {
  if (!plan(run).rate_delay || run.now() >= free_at) return true;
  if (!rate_waits) {
    rate_waits = true;
    run.loop.at(free_at, TIMER, QUEUE | (u64)hub, number, 0, {(u32)number, 0, RATE_OVER});
  }
  return false;
}

void DeliveryQueue::rate_over(Run& run) {
  rate_waits = false;
  pump(run);
}
