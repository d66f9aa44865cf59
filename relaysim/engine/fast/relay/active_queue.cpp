// The active queue of Postfix: the mail that its queue manager knows of.
#include "../run.hpp"

// Puts a transaction into its delivery queue, or lets it wait for room.
void ActiveQueue::enter(Run& run, i64 transaction) {
  DeliveryQueue& queue = run.queues[run.transactions.queue(transaction)];
  if (!limit) {
    queue.put(run, transaction);
  } else if (members < limit) {
    members++;
    run.transactions[transaction].is_active = true;
    queue.put(run, transaction);
  } else {
    waiting.push(transaction);
  }
}

// Counts a transaction that is final or deferred; others take its place.
void ActiveQueue::left(Run& run) {
  members--;
  if (feeding) return;
  // One that enters may be deferred at once: this loop continues for it.
  feeding = true;
  while (waiting.size && members < limit) {
    i64 first = waiting.pop();
    if (!run.transactions.is_final(first)) enter(run, first);  // else it expired while it waited
  }
  feeding = false;
}

// How long a message that comes in now is delayed.
i64 ActiveQueue::intake_delay() const { return limit && members >= limit ? delay : 0; }

// Records what still waits when the run ends.
void ActiveQueue::close(Run& run) {
  for (i64 place = 0; place < waiting.size; place++) {
    i64 transaction = waiting[place];
    if (!run.transactions.is_final(transaction))
      run.queues[run.transactions.queue(transaction)].record_wait(run, transaction);
  }
}
