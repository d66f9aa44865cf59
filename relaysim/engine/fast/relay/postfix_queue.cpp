// Delivery queues of Postfix: concurrency by feedback, and connections that are used again.
#include "../run.hpp"

// Takes the next transaction for an open connection; -1 if the connection ends. Postfix uses it
// again for a limited time, and not where the message of another next hop is next.
i64 DeliveryQueue::take_next(Run& run, i64 opened_at) {
  if (!is_of_postfix) return next_transaction(run);
  i64 transaction = -1;
  if (may_be_used_again(run, opened_at) && connecting + open <= concurrency.window &&
      !run.hubs[hub].outbound.another_is_next(run, number))
    transaction = next_transaction(run);
  if (transaction >= 0) pump(run);  // the concurrency may have grown
  return transaction;
}

// Whether a connection of Postfix may carry another message, by its age.
bool DeliveryQueue::may_be_used_again(Run& run, i64 opened_at) const {
  return is_of_postfix && run.now() - opened_at < concurrency.reuse_time;
}

// The transaction of Postfix that is next; -1 if none waits.
i64 DeliveryQueue::next_waiting(Run& run) {
  while (waiting.size && run.transactions.is_final(waiting.next(run))) waiting.discard(run);
  return waiting.size ? waiting.next(run) : -1;
}

// Whether the message that is next in a queue of Postfix comes before that of another queue.
bool DeliveryQueue::is_before(Run& run, DeliveryQueue& other) {
  i64 own = next_waiting(run), its = other.next_waiting(run);
  if (own < 0 || its < 0) return own >= 0;
  i64 job = run.job_entries[waiting.first].job, other_job = run.job_entries[other.waiting.first].job;
  return job == other_job ? own < its : run.job_comes_before(job, other_job);
}

// Forgets the concurrency of an empty queue of Postfix, unless its next hop is dead.
void DeliveryQueue::attempt_over() {
  if (!is_of_postfix || !concurrency.window) return;
  if (any_ready() || in_use[0] || in_use[1] || in_use[2]) return;
  concurrency.restart();
  cache.forget();
}

// Defers the transaction of a lost connection; if the next hop is dead, all that wait too.
void DeliveryQueue::defer_lost(Run& run, i64 transaction) {
  defer(run, transaction);
  if (!concurrency.window)
    while (waiting.size) {
      i64 held = waiting.discard(run);
      if (!run.transactions.is_final(held)) defer(run, held);
    }
  run.hubs[hub].outbound.closed(run, number);
  // A connection that fails at once is counted by the loop that opened it.
  if (!pumping) pump(run);
}
