// The outbound connections of a whole hub, which its delivery queues share.
#include "../run.hpp"

bool OutboundConnections::may_open(Run& run, i64 queue) {
  if (!run.queues[queue].leads_outside || !limit || open < limit) return true;
  for (i64 place = 0; place < starved.size; place++)
    if (starved[place] == queue) return false;
  starved.push(queue);
  return false;
}

void OutboundConnections::opened(Run& run, i64 queue) { open += run.queues[queue].leads_outside; }

void OutboundConnections::closed(Run& run, i64 queue) {
  open -= run.queues[queue].leads_outside;
  if (starved.empty() || feeding) return;
  // A connection that fails at once calls this function again: this loop continues for it.
  feeding = true;
  while (!starved.empty() && open < limit) {
    i64 number = starved[0];
    starved.remove(0);
    run.queues[number].pump(run);
  }
  feeding = false;
}

void OutboundConnections::forget(i64 queue) {
  for (i64 place = 0; place < starved.size; place++)
    if (starved[place] == queue) {
      starved.remove(place);
      return;
    }
}

void OutboundConnections::reset() {
  open = 0;
  starved.clear();
}
