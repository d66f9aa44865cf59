// Scripted resolver faults at destinations.
#include "../run.hpp"

// Scripted resolver faults; of several at a destination the largest share counts.
void Reputation::resolver_fault(Run& run, i64 number, bool begins) {
  const i64 receiver = run.plan.script[number].subject;
  faults[number] = begins;
  fault_shares[receiver] = 0;
  for (i64 other = 0; other < faults.size; other++)
    if (faults[other] && run.plan.script[other].subject == receiver &&
        run.plan.script[other].share > fault_shares[receiver])
      fault_shares[receiver] = run.plan.script[other].share;
}

bool Reputation::has_resolver_fault(Run& run, i64 domain) const {
  const i64 share = fault_shares[run.plan.receiver_of[domain]];
  return share > 0 && run.draws.resolvers[domain] < share;
}
