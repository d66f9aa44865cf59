// Relay services that hosts submit to straight: connections, limits and replies.
#include "../run.hpp"

// The draws are those that a hub has at the service: of the first recipient and the attempt.
u32 RelayIntake::drawn(Run& run, u64 decision, i64 message) const {
  const Messages& messages = run.record.tables.messages;
  u64 key = run.record.key(messages.first_recipient[message]);
  return draw32(key, decision, relay_counter(connector.relay, messages.attempts[message]));
}

// Connections.

// How long a connection takes, up to the first MAIL FROM.
i64 RelayIntake::connect_time(Run& run, i64 message) const {
  const ReceiverPlan& receiver = run.plan.receivers[connector.receiver];
  return run.law(receiver.connect_time).looked_up(drawn(run, D_CONNECT_TIME, message));
}

// The reply that refuses a connection; -1: it counts as open.
i64 RelayIntake::greeting(Run& run, i64 ip, i64 message) const {
  const Reputation& reputation = run.reputation;
  if (reputation.outages[connector.receiver] || reputation.lost_hosts[connector.receiver])
    return reputation.unable;
  i64 failure = run.plan.receivers[connector.receiver].connect_failure;
  if (failure && drawn(run, D_CONNECT_FAILURE, message) < failure) return reputation.unable;
  return run.relay_limits.connect(run, connector.relay, ip);
}

// Messages.

// Fills `refused` and `replies` with the recipients that a limit refuses, and counts the others.
void RelayIntake::rcpt_to(Run& run, i64 ip, i64 message, Vec<i64>& refused,
                          Vec<i64>& replies) const {
  const Messages& messages = run.record.tables.messages;
  const Recipients& recipients = run.record.tables.recipients;
  Vec<i64> waiting;
  i64 first = messages.first_recipient[message];
  for (i64 recipient = first; recipient < first + messages.recipients[message]; recipient++)
    if (!recipients.status[recipient]) waiting.push(recipient);
  run.relay_limits.admit(run, connector.relay, ip, waiting, refused, replies);
  waiting.free_memory();
  for (i64 place = 0; place < replies.size; place++)
    if (replies[place] < 0) replies[place] = replies[place - 1];
}

// Books a message that the service takes; returns the wait for its replies. A limit may hold it
// until a later window.
i64 RelayIntake::reply_time(Run& run, i64 ip, i64 message) const {
  const ReceiverPlan& receiver = run.plan.receivers[connector.receiver];
  i64 held = run.relay_limits.held_until(run, connector.relay, ip) - run.now();
  return held + run.law(receiver.response_time).looked_up(drawn(run, D_RESPONSE_TIME, message));
}

// The reply that defers a message after its content; -1: none.
i64 RelayIntake::content(Run& run, i64 message) const {
  const ReceiverPlan& receiver = run.plan.receivers[connector.receiver];
  if (receiver.defer && drawn(run, D_DEFER, message) < receiver.defer)
    return run.record.reply(receiver.deferral);
  return -1;
}
