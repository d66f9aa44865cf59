// Front ends: they have no queue and proxy each message to the Transport service of a hub.
#include "../run.hpp"

// One of the hubs that run, at random; -1 if none runs.
i64 Run::one_that_runs(i64 first, i64 count, u64 key, i64 attempt) const {
  i64 up = 0;
  for (i64 place = first; place < first + count; place++) up += hubs[plan.takers[place]].up;
  if (!up) return -1;
  i64 turn = (i64)((u64)draw32(key, D_PROXY, attempt) * up >> 32);
  i64 place = first;
  while (!hubs[plan.takers[place]].up || turn--) place++;
  return plan.takers[place];
}

// Whether one of the first recipients that are accepted has a mailbox; `row` is that of the
// replies to RCPT TO.
bool Run::has_mailbox(i64 row, i64 message) const {
  const Messages& messages = record.tables.messages;
  const Recipients& recipients = record.tables.recipients;
  i64 first = messages.first_recipient[message], seen = 0;
  for (i64 recipient = first; recipient < first + messages.recipients[message]; recipient++) {
    const i64 domain = recipients.domain[recipient];
    if (plan.rcpt_replies[row * plan.receiver_of.size + domain] >= 0) continue;
    if (recipients.status[recipient]) continue;
    if (plan.has_mailboxes[domain]) return true;
    if (++seen == FIRST_RECIPIENTS) return false;
  }
  return false;
}

// The number of the hub that takes a message of a session.
i64 Run::taker(i64 hub, const ConnectorPlan& connector, i64 row, i64 message, i64 attempt) const {
  if (!connector.taker_count) return hub;
  const u64 key = record.key(record.tables.messages.first_recipient[message]);
  i64 number = -1;
  if (connector.mailbox_taker_count && has_mailbox(row, message))
    number = one_that_runs(connector.first_mailbox_taker, connector.mailbox_taker_count, key, attempt);
  if (number >= 0) return number;
  return one_that_runs(connector.first_taker, connector.taker_count, key, attempt);
}
