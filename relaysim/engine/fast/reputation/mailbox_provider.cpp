// Mailbox providers: what they do about each message, and their reviews, of which most change
// nothing. Python makes their states, and changes them.
#include "../run.hpp"

template <class T>
static void add_once(Vec<T>& known, T value) {
  for (i64 place = 0; place < known.size; place++)
    if (known[place] == value) return;
  known.push(value);
}

ProviderState& Reputation::state(Run& run, i64 receiver, i64 stream, i64 egress) {
  i64 place = (receiver * run.plan.streams.size + stream) * run.plan.egress.size + egress;
  if (!known[place]) {
    ProviderState* state = run.watchers.new_state(receiver, stream, egress);
    known[place] = state;
    add_once(providers[receiver].states, state);
    add_once(providers[receiver].ips, state->ip);
    add_once(providers[receiver].domains, state->domain);
  }
  return *known[place];
}

// Counts a message at MAIL FROM; returns the text of the refusal, or -1. A stream that is not
// counted has no rate limit.
i64 Reputation::refusal(Run& run, i64 receiver, i64 stream, i64 egress) {
  const ReceiverPlan& plan = run.plan.receivers[receiver];
  ProviderState& state = this->state(run, receiver, stream, egress);
  IpCounters& ip = *state.ip;
  if (!run.plan.streams[stream].counted) return state.state == BLOCK ? plan.blocked : -1;
  if (ip.hour != run.now() / HOUR) run.watchers.start_hour(receiver, ip.ip);
  ip.attempts++;
  if (state.state == BLOCK) return plan.blocked;
  if (state.state == THROTTLE && ip.admitted >= plan.throttle_rate) return plan.throttled;
  if (ip.cap >= 0 && ip.admitted >= ip.cap) return plan.cold;
  ip.admitted++;
  ip.volume++;
  return -1;
}

void Reputation::schedule_review(Run& run, i64 receiver, i64 due) {
  run.loop.at(due, STATE, DESTINATION | (u64)receiver, 0, 0, {(u32)receiver, 0, REVIEW});
}

// The counters begin with the same fields, of an IP as of a domain.
static void decay(ReputationCounters& counters, i64 factor) {
  i64* fields[] = {&counters.attempted, &counters.complaints, &counters.inboxed, &counters.traps,
                   &counters.unknown};
  for (i64* counter : fields) *counter = (i64)((i128)*counter * factor >> 32);
}

static i64 times_limit(i64 count, i64 of, i64 limit_ppm) {
  return of ? (i64)((i128)1000000000 * count / ((i128)of * limit_ppm)) : 0;
}

static i64 badness(const ReputationCounters& counters, const ReceiverPlan& rules) {
  if (counters.inboxed < rules.least_inboxed * SCALE) return 0;
  return times_limit(counters.complaints, counters.inboxed, rules.complaint_limit) +
         times_limit(counters.unknown, counters.attempted, rules.unknown_limit) +
         (i64)((i128)1000 * counters.traps / ((i128)rules.trap_limit * SCALE));
}

static i64 spike(i64 volume, i64 usual) {
  i64 doublings = 0;
  while (usual << (doublings + 1) <= volume) doublings++;
  if (!doublings) return 0;
  i64 start = usual << doublings;
  return 1000 * (doublings - 1) + 1000 * (volume - start) / start;
}

static i64 next_state(const ProviderState& state, i64 bad, i64 now, const ReceiverPlan& rules) {
  i64 entered = bad >= ENTER_BLOCK ? BLOCK : bad >= ENTER_THROTTLE ? THROTTLE
                : bad >= ENTER_WARN ? WARN : GOOD;
  if (entered >= state.state) return entered;
  if (state.state != WARN) {
    i64 wait = state.state == BLOCK ? rules.block_time : rules.recovery_time;
    if (bad >= LEAVE || state.below_since < 0 || now - state.below_since < wait) return state.state;
  }
  return bad < LEAVE_WARN ? GOOD : WARN;
}

// Reviews the states of a provider, see mail/provider_state.py for the rules.
void Reputation::review(Run& run, i64 receiver) {
  const ReceiverPlan& rules = run.plan.receivers[receiver];
  const i64 now = run.now();
  // A state that a change makes waits for the next review, as in Python.
  Provider& provider = providers[receiver];
  if (now % DAY == 0 && rules.mitigation_limit) run.watchers.end_day(receiver);
  if (now % HOUR == 0) {
    for (i64 place = 0; place < provider.ips.size; place++)
      decay(*(ReputationCounters*)provider.ips[place], rules.decay);
    for (i64 place = 0; place < provider.domains.size; place++)
      decay(*(ReputationCounters*)provider.domains[place], rules.decay);
    if (rules.persistence_time) run.watchers.block_persistent_senders(receiver);
  }
  for (i64 place = 0; place < provider.states.size; place++) {
    ProviderState& state = *provider.states[place];
    const IpCounters& ip = *state.ip;
    i64 today = ip.day == now / DAY ? ip.volume : 0;
    i64 of_ip = badness(*(const ReputationCounters*)&ip, rules) + spike(today, ip.busiest_day);
    i64 of_domain = badness(*(const ReputationCounters*)state.domain, rules);
    i64 bad = (i64)(((i128)(1000000 - rules.domain_weight) * of_ip +
                     (i128)rules.domain_weight * of_domain) / 1000000);
    if (bad >= LEAVE) {
      state.below_since = -1;
    } else if (state.below_since < 0) {
      state.below_since = now;
    }
    i64 next = next_state(state, bad, now, rules);
    if (next != state.state) run.watchers.change_state(receiver, place, next);
  }
  schedule_review(run, receiver, now + REVIEW_INTERVAL);
}
