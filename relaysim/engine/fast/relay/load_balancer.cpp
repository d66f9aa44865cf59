// Load balancers: which hub gets the next connection.
#include "../run.hpp"

Hub& LoadBalancer::hub(Run& run, i64 place) const {
  return run.hubs[run.plan.balanced_hubs[run.plan.balancers[number].first_hub + place]];
}

// The place of the hub of the next connection among its hubs; -1 if none runs.
i64 LoadBalancer::choose(Run& run) {
  const BalancerPlan& plan = run.plan.balancers[number];
  i64 start = connections++, best = -1;
  i64 last_check = run.now() - run.now() % plan.health_check_interval;
  for (i64 turn = 0; turn < plan.hub_count; turn++) {
    i64 place = (start + turn) % plan.hub_count;
    if (!hub(run, place).ran_at(last_check)) continue;
    if (!plan.least_connections) return place;
    i64 fewer = best < 0 ? -1 : open(run, place) - open(run, best);
    if (fewer < 0 || (fewer == 0 && place < best)) best = place;
  }
  return best;
}

i64 LoadBalancer::open(Run& run, i64 place) const {
  return sessions[place].epoch == hub(run, place).epoch ? sessions[place].count : 0;
}

void LoadBalancer::opened(Run& run, i64 place) {
  sessions[place] = {hub(run, place).epoch, open(run, place) + 1};
}

void LoadBalancer::closed(Run& run, i64 place) {
  sessions[place] = {hub(run, place).epoch, open(run, place) - 1};
}
