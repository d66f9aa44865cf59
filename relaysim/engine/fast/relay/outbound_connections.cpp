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
  if (!has_jobs) return result;
  Vec<i64> queues;
  for (i64 place = 0; place < starved.size; place++) {
    DeliveryQueue& queue = run.queues[starved[place]];
    if (queue.connecting + queue.open < queue.limit_now()) queues.push(starved[place]);
  }
  run.hubs[run.queues[starved[0]].hub].jobs.exercise(run, queues.values, queues.size);
  queues.free_memory();
  for (i64 place = 1; place < starved.size; place++)
    if (run.queues[starved[place]].is_before(run, run.queues[starved[result]])) result = place;
  return result;
}

// Whether the message of another starved queue is next, not that of this queue.
bool OutboundConnections::another_is_next(Run& run, i64 queue) {
  DeliveryQueue& own = run.queues[queue];
  Vec<i64> queues;
  queues.push(queue);
  for (i64 place = 0; own.leads_outside && place < starved.size; place++) {
    DeliveryQueue& other = run.queues[starved[place]];
    if (starved[place] != queue && other.connecting + other.open < other.limit_now())
      queues.push(starved[place]);
  }
  own.waiting.list(run).exercise(run, queues.values, queues.size);
  bool result = false;
  for (i64 place = 1; place < queues.size && !result; place++)
    result = run.queues[queues[place]].is_before(run, own);
  queues.free_memory();
  return result;
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
