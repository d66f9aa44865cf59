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
  if (run.queues[queue].leads_outside) processes.end(run.now());
  if (starved.empty() || feeding) return;
  // A connection that fails at once calls this function again: this loop continues for it.
  feeding = true;
  while (!starved.empty() && open < limit) {
    i64 place = next(run), number = starved[place];
    starved.remove(place);
    run.queues[number].pump(run);
  }
  feeding = false;
}

// The place of the starved queue that opens its connection next.
i64 OutboundConnections::next(Run& run) {
  i64 result = 0;
  for (i64 place = 1; oldest_first && place < starved.size; place++)
    if (run.queues[starved[place]].is_older(run, run.queues[starved[result]])) result = place;
  return result;
}

// Whether another starved queue has an older transaction than this queue.
bool OutboundConnections::older_waits(Run& run, i64 queue) {
  if (!run.queues[queue].leads_outside) return false;
  for (i64 place = 0; place < starved.size; place++) {
    DeliveryQueue& other = run.queues[starved[place]];
    if (other.number != queue && other.connecting + other.open < other.limit_now() &&
        other.is_older(run, run.queues[queue]))
      return true;
  }
  return false;
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
  processes.reset();
}
