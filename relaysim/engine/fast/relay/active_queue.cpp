// The active queue of Postfix: the mail that its queue manager knows of.
#include "../run.hpp"

// Whether a transaction may enter: there is room, or its message is in the queue.
bool ActiveQueue::has_room(Run& run, i64 transaction) const {
  if (members < limit) return true;
  return transactions_of.get((u64)run.transactions.message(transaction)) > 0;
}

// Puts a transaction into its delivery queue, or lets it wait for room.
void ActiveQueue::enter(Run& run, i64 transaction) {
  if (limit) {
    enter_all(run, &transaction, 1);
  } else {
    DeliveryQueue& queue = run.queues[run.transactions.queue(transaction)];
    queue.add(run, transaction);
    queue.pump(run);
  }
}

// Does so with transactions of one message; deliveries begin when all of them are queued.
void ActiveQueue::enter_all(Run& run, const i64* transactions, i64 count) {
  Vec<i64> entered;
  for (i64 place = 0; place < count; place++) {
    const i64 transaction = transactions[place];
    if (!has_room(run, transaction)) {
      waiting.push(transaction);
      continue;
    }
    i64 message = run.transactions.message(transaction);
    if (run.record.tables.messages.recipients[message] == 1) {
      members++;
    } else {
      i64 active = larger(transactions_of.get((u64)message), 0);
      members += !active;
      transactions_of.put((u64)message, active + 1);
    }
    run.transactions[transaction].is_active = true;
    i64 queue = run.transactions.queue(transaction);
    run.queues[queue].add(run, transaction);
    entered.push(queue);
  }
  for (i64 place = 0; place < entered.size; place++) run.queues[entered[place]].pump(run);
  entered.free_memory();
}

// Counts a transaction that is final or deferred; others take its place.
void ActiveQueue::left(Run& run, i64 transaction) {
  i64 message = run.transactions.message(transaction);
  if (run.record.tables.messages.recipients[message] == 1) {
    members--;
  } else {
    i64 active = transactions_of.get((u64)message) - 1;
    members -= !active;
    transactions_of.put((u64)message, active);
  }
  if (feeding) return;
  // One that enters may be deferred at once: this loop continues for it.
  feeding = true;
  while (waiting.size && has_room(run, waiting[0])) {
    Vec<i64> transactions;  // those of the next message; some may have expired while they waited
    i64 message = run.transactions.message(waiting[0]);
    while (waiting.size && run.transactions.message(waiting[0]) == message) {
      i64 first = waiting.pop();
      if (!run.transactions.is_final(first)) transactions.push(first);
    }
    enter_all(run, transactions.values, transactions.size);
    transactions.free_memory();
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
