// Front ends: they have no queue and proxy each message to the Transport service of a hub.
#include "../run.hpp"

// The number of the hub that takes a message of a session.
i64 Run::taker(i64 hub, const ConnectorPlan& connector, u64 key, i64 attempt) const {
  if (!connector.taker_count) return hub;
  const i64* takers = &plan.takers[connector.first_taker];
  i64 up = 0;
  for (i64 place = 0; place < connector.taker_count; place++) up += hubs[takers[place]].up;
  i64 turn = (i64)((u64)draw32(key, D_PROXY, attempt) * up >> 32);
  i64 place = 0;
  while (!hubs[takers[place]].up || turn--) place++;
  return takers[place];
}
