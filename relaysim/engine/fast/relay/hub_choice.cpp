// The hubs that a delivery queue hands mail to.
#include "../run.hpp"

// Chooses the hub of the next connection. The hubs take turns; a hub that would refuse the
// connection is passed over. If all would refuse, the hub whose turn it is does. A load balancer
// chooses by itself, and a refusal of its hub is final. Returns the hub, -1 if the queue leads to the
// mailbox server or all refuse; `reply` is the refusal, or -1.
i64 DeliveryQueue::next_hub(Run& run, i64* reply) {
  const QueuePlan& plan = this->plan(run);
  *reply = -1;
  if (!plan.peer_count) return -1;
  if (plan.balancer >= 0) return by_balancer(run, reply);
  if (plan.has_sessions) return enter(run, reply);
  i64 start = connections++, taken = -1, refusal_of_first = -1;
  for (i64 turn = 0; turn < plan.peer_count; turn++) {
    i64 peer = run.plan.peers[plan.first_peer + (start + turn) % plan.peer_count].hub;
    i64 reason = refusal(run, run.hubs[peer]);  // of every hub: the replies get their numbers
    if (reason < 0 && taken < 0) taken = peer;
    if (turn == 0) refusal_of_first = reason;
  }
  if (taken < 0) *reply = refusal_of_first;
  return taken;
}

// The reply with which another hub refuses mail of this hub now; -1 for none.
i64 DeliveryQueue::refusal(Run& run, Hub& peer) {
  const RunPlan& texts = run.plan.run[0];
  if (!peer.up) return run.record.reply(texts.unable_to_connect);
  if (peer.pressure.refuses_connection(run)) return run.record.reply(texts.service_not_available);
  const QueuePlan& plan = this->plan(run);
  for (i64 place = plan.first_peer; place < plan.first_peer + plan.peer_count; place++)
    if (run.plan.peers[place].hub == peer.number) {
      if (run.plan.peers[place].refusal >= 0)
        return run.record.reply(run.plan.peers[place].refusal);
      break;
    }
  // As a client the hub gets this reply to MAIL FROM: see `envelope`.
  if (!plan.has_sessions && peer.pressure.refuses_mail_from(EXCHANGE_SERVER, true))
    return run.record.reply(texts.insufficient_resources);
  return -1;
}

// A smart host that is a hub: this hub is a client there, like any other.

const PeerPlan& DeliveryQueue::peer_plan(Run& run, i64 hub) const {
  const QueuePlan& plan = this->plan(run);
  i64 place = plan.first_peer;
  while (run.plan.peers[place].hub != hub) place++;
  return run.plan.peers[place];
}

// Opens a session at another hub, or returns the reply that refuses it.
i64 DeliveryQueue::admission(Run& run, const PeerPlan& peer) {
  i64 reason = refusal(run, run.hubs[peer.hub]);
  if (reason < 0 && peer.connector >= 0) {
    reason = run.sessions_of[peer.connector].admit(run, peer.source);
    if (reason >= 0) reason = run.record.reply(reason);
  }
  return reason;
}

// Opens a session at the hub that a load balancer chooses.
i64 DeliveryQueue::by_balancer(Run& run, i64* reply) {
  const QueuePlan& plan = this->plan(run);
  LoadBalancer& balancer = run.balancers[plan.balancer];
  i64 place = balancer.choose(run);
  if (place < 0) {  // it has no hub that runs
    *reply = run.record.reply(run.plan.run[0].unable_to_connect);
    return -1;
  }
  const PeerPlan& peer = run.plan.peers[plan.first_peer + place];
  *reply = admission(run, peer);
  if (*reply >= 0) return -1;
  balancer.opened(run, place);
  return peer.hub;
}

// Opens a session at the first hub that admits it; else `reply` is the first refusal.
i64 DeliveryQueue::enter(Run& run, i64* reply) {
  const QueuePlan& plan = this->plan(run);
  i64 start = connections++, first = -1;
  for (i64 turn = 0; turn < plan.peer_count; turn++) {
    const PeerPlan& peer = run.plan.peers[plan.first_peer + (start + turn) % plan.peer_count];
    i64 reason = admission(run, peer);
    if (reason < 0) return peer.hub;
    if (first < 0) first = reason;
  }
  *reply = first;
  return -1;
}

// Ends the session at another hub that has not stopped since.
void DeliveryQueue::leave(Run& run, i64 peer, i64 epoch) {
  if (peer < 0 || !plan(run).has_sessions || run.hubs[peer].epoch != epoch) return;
  const PeerPlan& given = peer_plan(run, peer);
  if (given.connector < 0) return;
  run.sessions_of[given.connector].leave(given.source);
  const QueuePlan& plan = this->plan(run);
  if (plan.balancer >= 0)
    run.balancers[plan.balancer].closed(run, &given - &run.plan.peers[plan.first_peer]);
}

// How another hub answers MAIL FROM and RCPT TO of a transaction: the reply that refuses it, or -1.
// A transaction is refused as a whole if one of its recipients is refused (assumption).
i64 DeliveryQueue::envelope(Run& run, Hub& peer, i64 transaction, i64* delay) {
  const PeerPlan& given = peer_plan(run, peer.number);
  *delay = 0;
  if (given.connector < 0) return -1;
  *delay = given.error_delay;
  const ConnectorPlan& connector = run.plan.connectors[given.connector];
  const Messages& messages = run.record.tables.messages;
  i64 message = run.transactions.message(transaction), stream = messages.stream[message];
  i64 refused = run.plan.mail_replies[given.verdict * run.plan.streams.size + stream];
  if (refused >= 0) return run.record.reply(refused);
  if (peer.pressure.refuses_mail_from(OTHER, run.plan.streams[stream].sender_is_authoritative))
    return run.record.reply(connector.insufficient_resources);
  i64 limit = connector.max_message_size;
  if (limit >= 0 && messages.size[message] > limit && !given.bypasses_size_limit)
    return run.record.reply(connector.message_too_large);
  refused = run.sessions_of[given.connector].over_rate(run, given.source, -1);
  if (refused >= 0) return run.record.reply(refused);
  const Recipients& recipients = run.record.tables.recipients;
  i64 first = messages.first_recipient[message], domains = run.plan.receiver_of.size;
  for (i64 recipient = first; recipient < first + messages.recipients[message]; recipient++) {
    if (recipients.transaction[recipient] != transaction || recipients.status[recipient]) continue;
    refused = run.plan.rcpt_replies[given.verdict * domains + recipients.domain[recipient]];
    if (refused >= 0) return run.record.reply(refused);
  }
  *delay = 0;
  return -1;
}
