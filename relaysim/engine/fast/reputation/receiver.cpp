// The receiving side of the Internet: failed connections, refused mail, and the reasons.
#include "../run.hpp"

const StreamPlan& Reputation::stream(Run& run, i64 transaction) const {
  return run.plan.streams[run.record.tables.messages.stream[run.transactions.message(transaction)]];
}

static u64 pair(i64 egress, i64 domain) { return (u64)egress << 32 | (u64)domain; }

// A connection, in the order of its stages.

// How many MX hosts a new connection tries in vain; all if none answers. The hosts have equal
// preference, so each attempt tries them in an order of its own.
i64 Reputation::unanswered(Run& run, const QueuePlan& queue, i64 transaction) {
  const ReceiverPlan& receiver = run.plan.receivers[queue.receiver];
  const i64 hosts = receiver.mx_hosts;
  if (lines_down[queue.line]) return hosts;
  const i64 dead = smaller(receiver.unreachable_mx_hosts + lost_hosts[queue.receiver], hosts);
  i64 tried = 0;
  for (; tried < dead; tried++) {
    u64 key = run.record.key(run.transactions.first_recipient(transaction));
    i64 attempt = run.transactions.attempts[transaction];
    u64 bits = draw32(key, D_MX_HOST, mx_counter(queue.relay, attempt, tried));
    if ((i64)(bits * (u64)(hosts - tried) >> 32) >= dead - tried) break;  // one that answers is next
  }
  return tried;
}

// The reply that refuses a new connection; or GREETED, after which `disconnect` must follow, WAITS,
// after which `wait_for_place` must follow, or DROPPED.
i64 Reputation::connect(Run& run, const QueuePlan& queue, i64 transaction) {
  const i64 egress = queue.egress, domain = queue.domain, number = run.plan.receiver_of[domain];
  const ReceiverPlan& receiver = run.plan.receivers[number];
  if (outages[number] || lines_down[queue.line]) return unable;
  if (receiver.connect_failure) {
    u64 key = run.record.key(run.transactions.first_recipient(transaction));
    u64 counter = relay_counter(queue.relay, run.transactions.attempts[transaction]);
    if (draw32(key, D_CONNECT_FAILURE, counter) < receiver.connect_failure) return unable;
  }
  i64 count = 0;
  if (receiver.connections_per_ip) {  // 0: no limit
    count = connections.get(pair(egress, domain));
    if (count < 0) count = 0;
    if (count >= receiver.connections_per_ip) {
      if (backlogs.length(pair(egress, domain)) < receiver.connection_backlog) return WAITS;
      if (receiver.drops_surplus) return DROPPED;
      return run.record.reply(run.plan.run[0].too_many_connections + egress);
    }
  }
  const i64 refusal = greeting(run, queue, transaction);
  if (refusal == GREETED && receiver.connections_per_ip)
    connections.put(pair(egress, domain), count + 1);
  return refusal;
}

// The reply in place of a greeting, or GREETED.
i64 Reputation::greeting(Run& run, const QueuePlan& queue, i64 transaction) {
  const i64 domain = queue.domain;
  if (run.draws.stage[domain] == AT_GREETING && queries(run, domain)) {
    i64 reply;
    if (by_blocklists(run, queue, stream(run, transaction), IPS, &reply) != ACCEPTED) return reply;
  }
  if (queue.relay >= 0) {
    return run.relay_limits.connect(run, queue.relay, queue.egress);
  }
  return GREETED;
}

// After it `greet` must follow, or `leave_place` if the hub has stopped.
void Reputation::wait_for_place(const QueuePlan& queue, WaitingConnection connection) {
  backlogs.join(pair(queue.egress, queue.domain), connection);
}

// The reply in place of a greeting to a connection that waited, or GREETED.
i64 Reputation::greet(Run& run, const QueuePlan& queue, i64 transaction) {
  i64 refusal = unable;
  if (!outages[queue.receiver] && !lines_down[queue.line])
    refusal = greeting(run, queue, transaction);
  if (refusal != GREETED) leave_place(run, queue);
  return refusal;
}

// Gives the place of a connection to the one that waits longest.
void Reputation::leave_place(Run& run, const QueuePlan& queue) {
  const u64 place = pair(queue.egress, queue.domain);
  if (run.plan.receivers[queue.receiver].connections_per_ip && !backlogs.next(run, place))
    connections.put(place, connections.get(place) - 1);
}

void Reputation::disconnect(Run& run, const QueuePlan& queue) {
  leave_place(run, queue);
  if (queue.relay >= 0) run.relay_limits.disconnect(run, queue.relay, queue.egress);
}

// The verdict about MAIL FROM and RCPT TO. Recipients that do not exist bounce; the transaction
// continues without them. Greylisting comes last.
Verdict Reputation::envelope(Run& run, const QueuePlan& queue, i64 transaction, Hub& hub,
                             i64* reply) {
  if (queue.relay >= 0) {
    const i64 text = queue.below_baseline >= 0 ? enforcement(run, queue) : -1;
    if (text < 0) return run.relay_limits.envelope(run, queue, transaction, hub, reply);
    *reply = run.record.reply(text);
    return run.plan.codes[text] >= PERMANENT ? REFUSED : DEFERRED;
  }
  const i64 domain = queue.domain, message = run.transactions.message(transaction);
  *reply = -1;
  if (run.draws.judges[domain]) {
    const i64 number = run.record.tables.messages.stream[message];
    const StreamPlan& stream = run.plan.streams[number];
    if (run.draws.stage[domain] != AT_DATA && queries(run, domain)) {
      // A greeting comes before MAIL FROM, which has the domain of the sender.
      const i64 asked = run.draws.stage[domain] == AT_GREETING ? DOMAINS : BOTH;
      Verdict verdict = by_blocklists(run, queue, stream, asked, reply);
      if (verdict != ACCEPTED) return verdict;
    }
    if (run.plan.receivers[queue.receiver].keeps_reputation && stream.host >= 0) {  // -1: a DSN
      i64 text = refusal(run, queue.receiver, number, queue.egress);
      if (text >= 0) {
        text += queue.egress;
        *reply = run.record.reply(text, PROVIDER_CAUSE);
        return run.plan.codes[text] / 100 == 4 ? CLOSED : REFUSED;
      }
    }
  }
  if (run.record.tables.messages.recipients[message] == 1) {
    i64 recipient = run.transactions.first_recipient(transaction);
    bool exists = !(run.record.signal(recipient) & DRAWN_UNKNOWN);
    // The domain of a smart host has no list of users.
    if (exists || run.record.tables.recipients.domain[recipient] != domain)
      return known_sender(run, queue, transaction, reply);
  } else if (!all_unknown(run, queue, transaction, hub)) {
    return known_sender(run, queue, transaction, reply);
  }
  Vec<i64> unknown;
  run.transactions.recipients(transaction, unknown);
  *reply = count_unknown(run, queue, transaction, unknown);
  unknown.free_memory();
  return REFUSED;
}

// The verdict of a domain that greylists; others accept.
Verdict Reputation::known_sender(Run& run, const QueuePlan& queue, i64 transaction, i64* reply) {
  if (run.greylists.admit(run, queue, transaction)) return ACCEPTED;
  *reply = run.record.reply(run.plan.receivers[queue.receiver].greylisted + queue.egress);
  return DEFERRED;
}

// Whether no recipient exists; if some do, the others bounce.
bool Reputation::all_unknown(Run& run, const QueuePlan& queue, i64 transaction, Hub& hub) {
  Vec<i64> recipients, unknown;
  run.transactions.recipients(transaction, recipients);
  for (i64 place = 0; place < recipients.size; place++)
    if (run.record.signal(recipients[place]) & DRAWN_UNKNOWN) unknown.push(recipients[place]);
  bool all = false;
  if (!unknown.empty() && run.record.tables.recipients.domain[recipients[0]] == queue.domain) {
    all = unknown.size == recipients.size;
    if (!all) {
      i64 reply = count_unknown(run, queue, transaction, unknown);
      for (i64 place = 0; place < unknown.size; place++)
        run.record.set_final(unknown[place], STATUS_BOUNCED, run.now(), reply);
      hub.send_dsn(run, unknown[0], D_NDR);
    }
  }
  recipients.free_memory();
  unknown.free_memory();
  return all;
}

// Counts recipients that do not exist; returns the number of the reply.
i64 Reputation::count_unknown(Run& run, const QueuePlan& queue, i64 transaction,
                              const Vec<i64>& unknown) {
  const ReceiverPlan& receiver = run.plan.receivers[queue.receiver];
  const i64 number = run.record.tables.messages.stream[run.transactions.message(transaction)];
  for (i64 place = 0; place < unknown.size; place++) {
    unknown_user_bounced(run, unknown[place]);
    if (run.plan.streams[number].counted && receiver.keeps_reputation) {
      ProviderState& state = this->state(run, queue.receiver, number, queue.egress);
      state.ip->attempted += SCALE;
      state.ip->unknown += SCALE;
      state.domain->attempted += SCALE;
      state.domain->unknown += SCALE;
      run.record.tables.signals.add(SIGNAL_UNKNOWN, unknown[place], queue.egress, run.now(),
                                    queue.receiver);
    }
  }
  return run.record.reply(receiver.unknown_user + queue.egress);
}

// The verdict at the end of the content.
Verdict Reputation::content(Run& run, const QueuePlan& queue, i64 transaction, i64* reply) {
  const i64 domain = queue.domain;
  const ReceiverPlan& receiver = run.plan.receivers[queue.receiver];
  if (run.draws.stage[domain] == AT_DATA && queries(run, domain)) {
    Verdict verdict = by_blocklists(run, queue, stream(run, transaction), BOTH, reply);
    if (verdict != ACCEPTED) return verdict;
  }
  if (receiver.requirement_count) {
    Verdict verdict = required(run, queue, transaction, reply);
    if (verdict != ACCEPTED) return verdict;
  }
  if (receiver.defer) {
    u64 key = run.record.key(run.transactions.first_recipient(transaction));
    const u64 counter = relay_counter(queue.relay, run.transactions.attempts[transaction]);
    if (draw32(key, D_DEFER, counter) < receiver.defer) {
      *reply = run.record.reply(receiver.deferral + queue.egress);
      return DEFERRED;
    }
  }
  *reply = accepted;
  return ACCEPTED;
}

// The verdict for the blocklists on which a domain sees the IP or the domain of the sender.
Verdict Reputation::by_blocklists(Run& run, const QueuePlan& queue, const StreamPlan& stream,
                                  i64 asked, i64* reply) {
  const i64 domain = queue.domain, action = run.draws.action[domain];
  *reply = -1;
  if (action == SCORE) return ACCEPTED;
  const bool fault = has_resolver_fault(run, domain);
  const i64 blocklist = fault ? queried(run, domain, stream, asked)
                              : first_list(run, domain, queue.egress, stream, asked);
  if (blocklist < 0) return ACCEPTED;
  const i64 domains = larger(1, run.plan.run[0].registered_domains);
  const i64 place = ((queue.receiver * run.plan.blocklists.size + blocklist) * 2 + action) * domains +
                    larger(0, stream.registered_domain);
  // No list has the mail in a fault, so the reply has no cause that anybody could repair.
  *reply = run.record.reply(run.plan.refusals[place] + queue.egress, fault ? NO_CAUSE : blocklist);
  return action == REJECT ? REFUSED : DEFERRED;
}

// After the final reply. Sets the final status of accepted recipients, and counts them.
void Reputation::deliver(Run& run, const QueuePlan& queue, i64 transaction, Hub& hub, i64 reply) {
  const i64 domain = queue.domain, message = run.transactions.message(transaction);
  const i64 number = run.record.tables.messages.stream[message];
  const StreamPlan& stream = run.plan.streams[number];
  const ReceiverPlan& receiver = run.plan.receivers[queue.receiver];
  ProviderState* state = nullptr;
  i64 junk = 0;
  if (receiver.keeps_reputation && stream.host >= 0) {  // host -1: a DSN
    state = &this->state(run, queue.receiver, number, queue.egress);
    junk = state->junk;
  }
  if (run.draws.action[domain] == SCORE && queries(run, domain) &&
      (has_resolver_fault(run, domain)
           ? queried(run, domain, stream, BOTH)
           : first_list(run, domain, queue.egress, stream, BOTH)) >= 0 &&
      receiver.junk_share > junk)
    junk = receiver.junk_share;
  if (stream.bulk && receiver.bulk_junk > junk) junk = receiver.bulk_junk;
  if (receiver.requirement_count && takes_as_junk(run, queue, transaction)) junk = 1ll << 32;
  if (receiver.requirement_count || receiver.mitigation_limit)
    count_bulk(run, queue, transaction, run.transactions.recipient_count(transaction));
  if (!stream.counted) state = nullptr;
  if (run.record.tables.messages.recipients[message] == 1) {
    i64 recipient = run.transactions.first_recipient(transaction);
    i64 status = final_status(run, queue, stream, state, recipient, junk);
    hub.finish(run, transaction, status, reply);
    return;
  }
  Vec<i64> recipients, statuses;
  run.transactions.recipients(transaction, recipients);
  for (i64 place = 0; place < recipients.size; place++)
    statuses.push(final_status(run, queue, stream, state, recipients[place], junk));
  hub.finish_each(run, transaction, recipients, statuses, reply);
  recipients.free_memory();
  statuses.free_memory();
}

// The final status of an accepted recipient. `state` counts it, unless it is null; `junk` is a
// threshold for a 32-bit draw.
i64 Reputation::final_status(Run& run, const QueuePlan& queue, const StreamPlan& stream,
                             ProviderState* state, i64 recipient, i64 junk) {
  bool junked = junk > 0 && draw32(run.record.key(recipient), D_JUNK, 0) < junk;
  if (state) {
    state->ip->attempted += SCALE;
    state->domain->attempted += SCALE;
    if (!junked) {
      state->ip->inboxed += SCALE;
      state->domain->inboxed += SCALE;
      state->domain->inboxed_today++;
    }
  }
  // Else the recipient is behind a smart host.
  bool direct = run.record.tables.recipients.domain[recipient] == queue.domain;
  if (stream.counted && run.record.signal(recipient) && direct)
    schedule_signals(run, recipient, queue.egress, queue.receiver, junked);
  return junked ? STATUS_JUNKED : STATUS_DELIVERED;
}

static void add_hour(Ring<HourCount>& hours, i64 hour) {
  if (!hours.empty() && hours[hours.size - 1].hour == hour) {
    hours[hours.size - 1].count++;
  } else {
    hours.push({hour, 1});
  }
}

// Counts a message that went out by an IP; operators do not see those by a smart host.
void Reputation::count_volume(Run& run, const QueuePlan& queue, i64 transaction) {
  const StreamPlan& stream = this->stream(run, transaction);
  i64 recipient = run.transactions.first_recipient(transaction);
  bool direct = run.record.tables.recipients.domain[recipient] == queue.domain;
  if (!stream.counted || !direct) return;
  i64 ip = queue.egress * PARTIES + stream.listing_party, hour = run.now() / HOUR;
  add_hour(volumes[ip], hour);
  if (stream.registered_domain >= 0) add_hour(volumes[domain_number(run, stream)], hour);
  if (stream.compromised && run.plan.run[0].detects_compromise) run.watchers.compromised(ip);
}

// Calls the administrator if innocent mail bounced for the reputation of its IP or sender domain.
// No call follows for DSNs and other mail of the null sender, because no NDR is sent.
void Reputation::bounced(Run& run, const QueuePlan& queue, i64 transaction, i64 reply) {
  const StreamPlan& stream = this->stream(run, transaction);
  bool has_ndr = stream.host >= 0 && stream.sender_domain >= 0;
  const i64 cause = run.record.replies.causes[reply];
  if (cause == NO_CAUSE || !has_ndr || stream.culprit || !run.plan.run[0].reacts) return;
  const bool of_domain = cause >= 0 && run.plan.blocklists[cause].lists_domains;
  run.watchers.ndr(of_domain ? run.plan.egress.size + stream.registered_domain : queue.egress);
}
