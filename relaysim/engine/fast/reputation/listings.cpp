// The DNSBL queries of the receiving domains, with their caches. Python publishes the listings.
#include "../run.hpp"

bool Reputation::queries(Run& run, i64 domain) const {
  return run.draws.first_use[domain + 1] > run.draws.first_use[domain];
}

// The number of the registered domain of the sender of a stream, which follows those of the IPs;
// -1: none.
i64 domain_number(Run& run, const StreamPlan& stream) {
  if (stream.registered_domain < 0) return -1;
  return (run.plan.egress.size + stream.registered_domain) * PARTIES + stream.listing_party;
}

// The first blocklist of IPs, or of domains, that a domain uses; -1: none.
static i64 first_used(Run& run, i64 domain, bool of_domains) {
  for (i64 use = run.draws.first_use[domain]; use < run.draws.first_use[domain + 1]; use++) {
    const i64 blocklist = run.draws.uses[use];
    if ((bool)run.plan.blocklists[blocklist].lists_domains == of_domains) return blocklist;
  }
  return -1;
}

// The first blocklist that a domain queries about mail of a stream; -1: none.
i64 Reputation::queried(Run& run, i64 domain, const StreamPlan& stream, i64 asked) const {
  i64 blocklist = asked & IPS ? first_used(run, domain, false) : -1;
  if (blocklist < 0 && asked & DOMAINS && stream.registered_domain >= 0)
    blocklist = first_used(run, domain, true);
  return blocklist;
}

// The first blocklist on which a domain sees mail now; -1: none. The domain of the sender is looked
// up if no list has the IP.
i64 Reputation::first_list(Run& run, i64 domain, i64 egress, const StreamPlan& stream, i64 asked) {
  i64 blocklist = -1;
  if (asked & IPS && first_used(run, domain, false) >= 0)
    blocklist = seen(run, domain, egress * PARTIES + stream.listing_party, false);
  const i64 number = domain_number(run, stream);
  if (blocklist < 0 && asked & DOMAINS && number >= 0 && first_used(run, domain, true) >= 0)
    blocklist = seen(run, domain, number, true);
  return blocklist;
}

// The first blocklist on which a domain sees an IP or a sender domain now; -1: none. The domain
// queries its blocklists unless its cache has an answer.
i64 Reputation::seen(Run& run, i64 domain, i64 ip, bool of_domains) {
  const i64 ips = run.plan.egress.size, now = run.now();
  const i64 place = domain * PARTIES * (ips + run.plan.run[0].registered_domains) + ip;
  if (now < until[place]) return listed[place];
  const Array<i64>& board = run.draws.mirrors[domain] ? run.draws.mirrored : run.draws.direct;
  i64 first = -1;
  for (i64 use = run.draws.first_use[domain]; use < run.draws.first_use[domain + 1]; use++) {
    const i64 blocklist = run.draws.uses[use];
    if ((bool)run.plan.blocklists[blocklist].lists_domains == of_domains &&
        board[ip * run.plan.blocklists.size + blocklist]) {
      first = blocklist;
      break;
    }
  }
  const ReceiverPlan& receiver = run.plan.receivers[run.plan.receiver_of[domain]];
  until[place] = now + (first >= 0 ? receiver.dnsbl_ttl : receiver.dnsbl_negative_ttl);
  listed[place] = first;
  const i64 index = ip / PARTIES;
  run.record.tables.lookups.add(of_domains ? -1 : index, of_domains ? index - ips : -1, domain, now,
                                until[place], first >= 0, ip % PARTIES);
  return first;
}
