// What receivers require of mail: mail that lacks something is deferred, refused or junked.
#include "../run.hpp"

// Whether one of the hubs that had the message signs it.
static bool is_signed(Run& run, i64 stream, i64 transaction) {
  for (; transaction >= 0; transaction = run.transactions.parent(transaction)) {
    const i64 hub = run.plan.queues[run.transactions.queue(transaction)].hub;
    if (run.plan.signs[stream * run.plan.hubs.size + hub]) return true;
  }
  return false;
}

// What a transaction lacks; nothing for DSNs, and at a smart host. See mail/authentication.py.
static i64 missing(Run& run, const QueuePlan& queue, i64 transaction) {
  if (!run.plan.receivers[queue.receiver].requirement_count) return 0;
  const i64 recipient = run.transactions.first_recipient(transaction);
  if (run.record.tables.recipients.domain[recipient] != queue.domain) return 0;
  const i64 number = run.record.tables.messages.stream[run.transactions.message(transaction)];
  const StreamPlan& stream = run.plan.streams[number];
  if (stream.header_domain < 0) return 0;  // a DSN
  const bool spf = run.plan.spf[number * run.plan.egress.size + queue.egress];
  const bool dkim = stream.always_signed || is_signed(run, number, transaction);
  i64 result = 0;
  if (!spf) result |= LACKS_SPF;
  if (!dkim) result |= LACKS_DKIM;
  if (!spf && !dkim) result |= LACKS_AUTHENTICATION;
  if (!dkim && !(spf && stream.aligned)) {
    result |= LACKS_ALIGNMENT;
    if (stream.dmarc == DMARC_REJECT) result |= LACKS_REJECT_POLICY;
    if (stream.dmarc == DMARC_QUARANTINE) result |= LACKS_QUARANTINE_POLICY;
  }
  if (stream.dmarc == DMARC_MISSING) result |= LACKS_DMARC_RECORD;
  if (!run.plan.egress[queue.egress].ptr) result |= LACKS_PTR;
  if (!queue.tls) result |= LACKS_TLS;
  if (!stream.unsubscribe) result |= LACKS_ONE_CLICK_UNSUBSCRIBE;
  return result;
}

static i64 requirement_reply(Run& run, const QueuePlan& queue, i64 transaction, i64 requirement,
                             bool refuses) {
  const i64 number = run.record.tables.messages.stream[run.transactions.message(transaction)];
  const i64 domains = run.plan.run[0].header_domains;
  const i64 place = (requirement * domains + run.plan.streams[number].header_domain) * 2 + refuses;
  return run.record.reply(run.plan.requirement_replies[place] + queue.egress);
}

// Whether the domain of a stream is a bulk sender; see engine/reputation/bulk_senders.py.
static i64 bulk_place(Run& run, i64 receiver, const StreamPlan& stream) {
  return (receiver * run.plan.run[0].primary_domains + stream.primary) * PARTIES + stream.domain_party;
}

static bool is_unmet(const RequirementPlan& requirement, i64 lacking, bool bulk) {
  return (requirement.lacking & lacking) && (bulk || !requirement.of_bulk);
}

bool Reputation::is_bulk_sender(Run& run, i64 receiver, const StreamPlan& stream) {
  return stream.bulk_sender || !run.plan.receivers[receiver].bulk_from ||
         bulk_senders[bulk_place(run, receiver, stream)];
}

// The verdict at the end of the content.
Verdict Reputation::required(Run& run, const QueuePlan& queue, i64 transaction, i64* reply) {
  const i64 lacking = missing(run, queue, transaction);
  *reply = -1;
  if (!lacking) return ACCEPTED;
  const ReceiverPlan& receiver = run.plan.receivers[queue.receiver];
  const i64 first = receiver.first_requirement, end = first + receiver.requirement_count;
  const u64 key = run.record.key(run.transactions.first_recipient(transaction));
  const bool bulk = is_bulk_sender(run, queue.receiver, stream(run, transaction));
  const i64 outcome = draw32(key, D_REQUIREMENT, 0);
  for (i64 place = first; place < end; place++) {
    const RequirementPlan& requirement = run.plan.requirements[place];
    if (is_unmet(requirement, lacking, bulk) && outcome < requirement.refuse) {
      *reply = requirement_reply(run, queue, transaction, place, true);
      return REFUSED;
    }
  }
  const i64 bits = draw32(key, D_REQUIREMENT_DEFER, run.transactions.attempts[transaction]);
  for (i64 place = first; place < end; place++) {
    const RequirementPlan& requirement = run.plan.requirements[place];
    if (is_unmet(requirement, lacking, bulk) && bits < requirement.defer) {
      *reply = requirement_reply(run, queue, transaction, place, false);
      return DEFERRED;
    }
  }
  return ACCEPTED;
}

// Whether accepted recipients go to the junk folder.
bool Reputation::takes_as_junk(Run& run, const QueuePlan& queue, i64 transaction) {
  const StreamPlan& stream = this->stream(run, transaction);
  if (stream.header_domain < 0) return false;  // a DSN
  const ReceiverPlan& receiver = run.plan.receivers[queue.receiver];
  const i64 recipient = run.transactions.first_recipient(transaction);
  const i64 lacking = missing(run, queue, transaction);
  const bool bulk = is_bulk_sender(run, queue.receiver, stream);
  const i64 outcome = draw32(run.record.key(recipient), D_REQUIREMENT, 0);
  for (i64 row = 0; row < receiver.requirement_count; row++) {
    const RequirementPlan& requirement = run.plan.requirements[receiver.first_requirement + row];
    if (is_unmet(requirement, lacking, bulk) && outcome < requirement.junk) return true;
  }
  return false;
}

// Counts accepted recipients for the domain that sent them.
void Reputation::count_bulk(Run& run, const QueuePlan& queue, i64 transaction, i64 recipients) {
  const StreamPlan& stream = this->stream(run, transaction);
  const i64 recipient = run.transactions.first_recipient(transaction);
  const i64 most = run.plan.receivers[queue.receiver].bulk_from;
  if (stream.header_domain < 0 || !most || !stream.counted) return;
  if (run.record.tables.recipients.domain[recipient] != queue.domain) return;
  const i64 place = bulk_place(run, queue.receiver, stream);
  if (bulk_senders[place]) return;
  Ring<RelayEntry>& entries = bulk_entries[place];
  while (!entries.empty() && entries[0].time <= run.now() - DAY)
    bulk_used[place] -= entries.pop().amount;
  bulk_used[place] += recipients;
  entries.push({run.now(), recipients});
  if (bulk_used[place] >= most) bulk_senders[place] = 1;
}
