// The connection cache of Postfix: open connections that no message uses.
#include "../run.hpp"

// Begins anew, because the queue is empty or its next hop is dead.
void ConnectionCache::forget() {
  loads = stores = false;
  last_done = -2;
}

// Decides whether a transaction uses the cache, as it is taken for a connection; returns whether it
// leaves its connection there.
bool ConnectionCache::selected(i64 now, i64 busy) {
  if (!time_limit) return false;
  const bool back_to_back = last_done + 1 >= now / 1000000;
  if (back_to_back && !stores) {
    loads = stores = true;
  } else if (busy <= 1 && !back_to_back) {
    stores = false;
  }
  return stores;
}

// Takes the cached connection that a new delivery uses; false if it opens its own.
bool ConnectionCache::take(CachedConnection* taken) {
  if (!loads || connections.empty()) return false;
  *taken = connections.last();
  connections.remove(connections.size - 1);
  return true;
}

void ConnectionCache::done(i64 now) { last_done = now / 1000000; }

// Whether a transaction on a connection will leave it to others.
bool DeliveryQueue::leaves(Run& run, i64 transaction) const {
  return !cache.time_limit || run.transactions[transaction].stores;
}

// Keeps a connection that no message uses now.
void DeliveryQueue::keep(Run& run, i64 opened_at, i64 carried) {
  if (!cache.time_limit) {
    run.reputation.disconnect(run, plan(run));
    return;
  }
  i64 timer = (i64)run.loop.at(run.now() + cache.time_limit, TIMER, QUEUE | (u64)hub, number, 0,
                               {(u32)number, 0, CACHED_TOO_LONG});
  cache.connections.push({opened_at, carried, timer});
}

void DeliveryQueue::cached_too_long(Run& run, u64 sequence) {
  for (i64 place = 0; place < cache.connections.size; place++)
    if (cache.connections[place].timer == (i64)sequence) {  // else a message has taken it
      cache.connections.remove(place);
      run.reputation.disconnect(run, plan(run));
      return;
    }
}

// Closes all connections, because the hub stops.
void DeliveryQueue::close_cached(Run& run) {
  for (i64 place = 0; place < cache.connections.size; place++)
    run.reputation.disconnect(run, plan(run));
  cache.connections.clear();
  cache.forget();
}
