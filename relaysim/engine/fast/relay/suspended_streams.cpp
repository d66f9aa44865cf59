// Suspended streams: one stream sends nothing to a next hop for a while, the others continue.
#include "../run.hpp"

static i64 stream_of(Run& run, i64 transaction) {
  return run.record.tables.messages.stream[run.transactions.message(transaction)];
}

// The suspension of a stream; null if it is not suspended.
SuspendedStream* DeliveryQueue::suspended_stream(i64 stream) {
  for (i64 place = 0; place < suspended.size; place++)
    if (suspended[place].stream == stream) return &suspended[place];
  return nullptr;
}

// Holds a transaction that is due, if its stream is suspended; returns whether it is held.
bool DeliveryQueue::hold(Run& run, i64 transaction) {
  if (suspended.empty()) return false;
  SuspendedStream* suspension = suspended_stream(stream_of(run, transaction));
  if (!suspension || suspension->probe == transaction) return false;
  suspension->held.push(transaction);
  return true;
}

// Suspends the stream of a transaction that a provider throttled.
void DeliveryQueue::suspend(Run& run, i64 transaction) {
  i64 stream = stream_of(run, transaction);
  SuspendedStream* suspension = suspended_stream(stream);
  bool probed = suspension && suspension->probe == transaction;
  if (run.hubs[hub].expire_if_due(run, transaction)) {
    probe_expired(run, transaction);
    return;
  }
  run.transactions[transaction].ready = run.now();
  suspension = suspended_stream(stream);  // an NDR may have changed the array
  if (suspension && !probed) {
    // The stream was suspended while this transaction was on another connection.
    suspension->held.push(transaction);
    return;
  }
  if (!suspension) {
    SuspendedStream added;
    added.stream = stream;
    suspended.push(added);
    suspension = &suspended.last();
  }
  suspension->held.push_front(transaction);
  suspension->probe = -1;
  suspension->failures++;
  i64 due = run.now() + retry_delay(run, suspension->failures);
  run.loop.at(due, TIMER, QUEUE | (u64)hub, number, stream,
              {(u32)number, (u16)stream, SUSPENSION_OVER});
}

// Sends the first transaction that waits; ends the suspension if none does.
void DeliveryQueue::probe(Run& run, i64 stream) {
  SuspendedStream* suspension = suspended_stream(stream);
  while (suspension && !suspension->held.empty()) {
    i64 transaction = suspension->held.pop();
    if (!run.transactions.is_final(transaction)) {
      suspension->probe = transaction;
      make_ready(run, transaction);
      pump(run);
      return;
    }
  }
  resume_stream(run, stream);
}

// Ends the suspension of a stream if the transaction that was accepted is its probe.
void DeliveryQueue::probe_succeeded(Run& run, i64 transaction) {
  if (suspended.empty()) return;
  SuspendedStream* suspension = suspended_stream(stream_of(run, transaction));
  if (suspension && suspension->probe == transaction) resume_stream(run, suspension->stream);
}

// Sends another probe if the transaction that expired is the probe of its stream.
void DeliveryQueue::probe_expired(Run& run, i64 transaction) {
  if (suspended.empty()) return;
  SuspendedStream* suspension = suspended_stream(stream_of(run, transaction));
  if (suspension && suspension->probe == transaction) {
    suspension->probe = -1;
    probe(run, suspension->stream);
  }
}

void DeliveryQueue::resume_stream(Run& run, i64 stream) {
  Ring<i64> held;
  for (i64 place = 0; place < suspended.size; place++)
    if (suspended[place].stream == stream) {
      held = suspended[place].held;
      suspended.remove(place);
      break;
    }
  for (i64 place = 0; place < held.size; place++)
    if (!run.transactions.is_final(held[place])) make_ready(run, held[place]);
  held.free_memory();
  pump(run);
}
