// The DNSBL queries of the receiving domains, with their caches. Python publishes the listings.
#include "../run.hpp"

bool Reputation::queries(Run& run, i64 domain) const {
  return run.draws.first_use[domain + 1] > run.draws.first_use[domain];
}

// The first blocklist on which a domain sees an IP now; -1: none. The domain queries its blocklists
// unless its cache has an answer.
i64 Reputation::seen(Run& run, i64 domain, i64 ip) {
  const i64 width = PARTIES * run.plan.egress.size, now = run.now();
  const i64 place = domain * width + ip;
  if (now < until[place]) return listed[place];
  const Array<i64>& board = run.draws.mirrors[domain] ? run.draws.mirrored : run.draws.direct;
  i64 first = -1;
  for (i64 use = run.draws.first_use[domain]; use < run.draws.first_use[domain + 1]; use++)
    if (board[ip * run.plan.blocklists.size + run.draws.uses[use]]) {
      first = run.draws.uses[use];
      break;
    }
  const ReceiverPlan& receiver = run.plan.receivers[run.plan.receiver_of[domain]];
  until[place] = now + (first >= 0 ? receiver.dnsbl_ttl : receiver.dnsbl_negative_ttl);
  listed[place] = first;
  run.record.tables.lookups.add(ip / PARTIES, domain, now, until[place], first >= 0, ip % PARTIES);
  return first;
}
