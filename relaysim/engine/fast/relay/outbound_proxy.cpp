// Front ends that proxy outbound mail: receivers see the public IP of the server that proxies.
#include "../run.hpp"

// The place, among the proxies of the plan, of the front end that proxies a connection of a queue;
// -1: the connection leaves by the public IP of the queue.
i64 Run::outbound_proxy(const QueuePlan& queue, u64 key, i64 attempt) const {
  if (!queue.proxy_count) return -1;
  i64 up = 0;
  for (i64 turn = 0; turn < queue.proxy_count; turn++)
    up += hubs[plan.proxies[queue.first_proxy + turn].hub].up;
  i64 turn = (i64)((u64)draw32(key, D_OUTBOUND_PROXY, attempt) * up >> 32);
  i64 place = queue.first_proxy;
  while (!hubs[plan.proxies[place].hub].up || turn--) place++;
  return place;
}

// The queue plans that differ from those of their queues by the public IP and line of a front end.
void Run::begin_proxies() {
  as_proxied.fill(plan.proxies.size, QueuePlan());
  for (i64 number = 0; number < plan.queues.size; number++) {
    const QueuePlan& queue = plan.queues[number];
    for (i64 place = queue.first_proxy; place < queue.first_proxy + queue.proxy_count; place++) {
      as_proxied[place] = queue;
      as_proxied[place].egress = plan.proxies[place].egress;
      as_proxied[place].line = plan.proxies[place].line;
    }
  }
}
