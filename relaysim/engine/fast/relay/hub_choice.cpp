// The hubs that a delivery queue hands mail to.
#include "../run.hpp"

// Chooses the hub of the next connection. The hubs take turns; a hub that would refuse the connection is passed
// over. If all would refuse, the hub whose turn it is does. Returns the hub, -1 if the queue leads to
// the mailbox server or all refuse; `reply` is the refusal, or -1.
i64 DeliveryQueue::next_hub(Run& run, i64* reply) {
  const QueuePlan& plan = this->plan(run);
  *reply = -1;
  if (!plan.peer_count) return -1;
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
  if (peer.pressure.refuses_mail_from(EXCHANGE_SERVER, true))
    return run.record.reply(texts.insufficient_resources);
  return -1;
}
