// Transport enforcement of Exchange Online, see mail/transport_enforcement.py.
#include "../run.hpp"

// The reply that refuses or defers mail of an old server; -1: it is taken.
i64 Reputation::enforcement(Run& run, const QueuePlan& queue) {
  const i64 day = (queue.below_baseline + run.now()) / DAY;
  const i64 minute = (run.now() + run.plan.run[0].week_offset) % HOUR / MINUTE;
  for (i64 place = run.plan.stages.size - 1; place >= 0; place--) {
    const StagePlan& stage = run.plan.stages[place];
    if (day < stage.day) continue;
    if (minute < stage.blocked) return stage.block + queue.egress;
    return minute < stage.blocked + stage.throttled ? stage.throttle + queue.egress : -1;
  }
  return -1;
}
