// The delivery processes of Postfix: each connection needs one, and new ones start in turn.
#include "../run.hpp"

// Takes a process for a connection; returns the time until it has started.
i64 DeliveryProcesses::wait(i64 now) {
  if (!start_time) return 0;
  while (!idle.empty() && idle[0] + max_idle <= now) idle.remove(0);
  if (!idle.empty()) {
    idle.remove(idle.size - 1);
    return 0;
  }
  started_at = (started_at > now ? started_at : now) + start_time;
  return started_at - now;
}

// Counts a process whose connection has ended.
void DeliveryProcesses::end(i64 now) {
  if (start_time) idle.push(now);
}

void DeliveryProcesses::reset() {
  idle.clear();
  started_at = 0;
}
