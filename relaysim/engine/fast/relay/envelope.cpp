// The envelope: what a hub answers to MAIL FROM and RCPT TO of a host.
#include "../run.hpp"

// The reply that refuses MAIL FROM, SIZE included; -1 if it is accepted.
i64 Host::mail_from(Run& run, const Pressure& pressure, i64 connector, i64 source, i64 message) {
  const Messages& messages = run.record.tables.messages;
  const ConnectorPlan& given = run.plan.connectors[connector];
  i64 row, stream = messages.stream[message];
  const VerdictPlan& verdict = this->verdict(run, connector, &row);
  i64 reply = run.plan.mail_replies[row * run.plan.streams.size + stream];
  if (reply >= 0) return run.record.reply(reply);
  if (pressure.refuses_mail_from(OTHER, run.plan.streams[stream].sender_is_authoritative))
    return run.record.reply(given.insufficient_resources);
  i64 limit = given.max_message_size;
  if (limit >= 0 && messages.size[message] > limit && !verdict.bypasses_size_limit)
    return run.record.reply(given.message_too_large);
  i64 refusal = run.sessions_of[connector].over_rate(run, source, plan(run).account);
  return refusal >= 0 ? run.record.reply(refusal) : -1;
}

// Fills `refused` and `replies` with the recipients that are refused.
void Host::rcpt_to(Run& run, Session& self) {
  i64 row;
  self.refused.clear();
  self.replies.clear();
  const ConnectorPlan& connector = run.plan.connectors[self.connector];
  if (connector.relay >= 0) {
    RelayIntake{connector}.rcpt_to(run, self.source, self.message, self.refused, self.replies);
    return;
  }
  if (verdict(run, self.connector, &row).relays) return;
  const Messages& messages = run.record.tables.messages;
  const Recipients& recipients = run.record.tables.recipients;
  i64 first = messages.first_recipient[self.message];
  for (i64 recipient = first; recipient < first + messages.recipients[self.message]; recipient++) {
    i64 reply = run.plan.rcpt_replies[row * run.plan.receiver_of.size + recipients.domain[recipient]];
    if (reply < 0 || recipients.status[recipient]) continue;
    self.refused.push(recipient);
    self.replies.push(run.record.reply(reply));
  }
}
