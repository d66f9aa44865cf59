// Connections of a hub: to other organizations, to the mailbox server, and to hubs of the site.
#include "../run.hpp"

// Runs a connection, new or cached, which begins with a transaction.
void Run::deliver(DeliveryQueue& queue, i64 transaction, const CachedConnection* cached) {
  u32 connection = connections.take();
  connections[connection].queue = queue.number;
  connections[connection].transaction = transaction;
  connections[connection].is_cached = cached != nullptr;
  connections[connection].opened_at = cached ? cached->opened_at : now();
  connections[connection].carried = cached ? cached->carried : 0;
  if (queue.leads_outside) {
    const i64 proxy = outbound_proxy(queue.plan(*this),
                                     record.key(transactions.first_recipient(transaction)),
                                     transactions.attempts[transaction]);
    connections[connection].proxy = proxy;
    if (proxy >= 0) connections[connection].proxy_epoch = hubs[plan.proxies[proxy].hub].epoch;
    outside(connection);
  } else {
    inside(connection);
  }
}

// Carries mail over a connection to another organization. If the hub stops, its queue takes the
// transaction back (`DeliveryQueue::stop`); the process sees another epoch after its wait and ends.
// If the server of a front end stops that proxies the connection, this hub notices as it notices a
// line that goes down.
void Run::outside(u32 number) {
  Connection& self = connections[number];
  DeliveryQueue& queue = queues[self.queue];
  const QueuePlan& plan = self.proxy < 0 ? queue.plan(*this) : as_proxied[self.proxy];
  const bool cut = self.proxy >= 0 &&
                   hubs[this->plan.proxies[self.proxy].hub].epoch != self.proxy_epoch;
  Hub& hub = hubs[queue.hub];
  const HubPlan& hub_plan = this->plan.hubs[queue.hub];
  const ReceiverPlan& receiver = this->plan.receivers[plan.receiver];
  const bool watched = draws.watched[plan.domain];
  const u64 entity = (u64)queue.hub;
  const Target me = {number, 0, CONNECTION_OUTSIDE};
  BEGIN
  self.epoch = hub.epoch;
  self.recipient = transactions.first_recipient(self.transaction);
  self.attempt = transactions.attempts[self.transaction];
  self.key = record.key(self.recipient);
  if (self.proxy >= 0) transactions[self.transaction].egress = plan.egress;

  // Connect: a process, MX hosts that do not answer, TCP and greeting. A cached connection needs the
  // process alone.
  self.in_vain = self.is_cached ? 0 : reputation.unanswered(*this, plan, self.transaction);
  self.due = self.in_vain * hub_plan.connect_timeout + hub.outbound.processes.wait(now());
  if (!self.is_cached)
    self.due += law(receiver.connect_time).looked_up(draw32(self.key, D_CONNECT_TIME, relay_counter(plan.relay, self.attempt)));
  if (self.due) WAIT(loop.at(now() + self.due, ATTEMPT, entity, self.recipient, self.attempt, me));
  self.refusal = -1;  // the reply that refuses the connection; -1: a greeting
  if (hub.epoch != self.epoch && self.is_cached) reputation.disconnect(*this, plan);
  if (hub.epoch == self.epoch && !self.is_cached) {  // else the hub stopped while it connected
    self.refusal = reputation.unable;
    if (self.in_vain < receiver.mx_hosts && !cut)
      self.refusal = reputation.connect(*this, plan, self.transaction);
    if (self.refusal == WAITS) {
      reputation.wait_for_place(plan, {me, queue.hub, self.recipient, self.attempt});
      WAIT_UNLESS(false);
      if (hub.epoch == self.epoch) {
        self.refusal = reputation.greet(*this, plan, self.transaction);
      } else {
        reputation.leave_place(*this, plan);
      }
    } else if (self.refusal == DROPPED) {
      WAIT(loop.at(now() + hub_plan.connect_timeout, ATTEMPT, entity, self.recipient, self.attempt, me));
      self.refusal = reputation.unable;
    }
    if (self.refusal >= 0 && self.refusal != reputation.unable)
      WAIT(loop.at(now() + hub_plan.reject_time, ATTEMPT, entity, self.recipient, self.attempt, me));
  }
  if (hub.epoch != self.epoch) goto over;
  if (self.refusal >= 0) {
    if (record.replies.codes[self.refusal] >= PERMANENT && !hub_plan.skip_5xx_greeting) {
      reputation.bounced(*this, plan, self.transaction, self.refusal);
      queue.bounced_by_greeting(*this, self.transaction, self.refusal);
    } else {
      queue.connection_failed(*this, self.transaction, self.refusal);
    }
    goto over;
  }
  queue.connection_opened();

  // A domain that is not watched accepts every MAIL FROM and RCPT TO.
  if (!watched) queue.connection_works(*this, self.transaction);
  for (;;) {
    self.leaves = queue.leaves(*this, self.transaction);
    self.recipient = transactions.first_recipient(self.transaction);
    self.attempt = transactions.attempts[self.transaction];
    self.key = record.key(self.recipient);
    self.size = record.tables.messages.size[transactions.message(self.transaction)];
    law(receiver.response_time).prefetch(draw32(self.key, D_RESPONSE_TIME, relay_counter(plan.relay, self.attempt)));
    own_cost(plan.send_cost, hub.send).factors.prefetch(draw32(
        self.key, D_SEND_COST, hop_counter(transactions.hops(self.transaction), self.attempt)));

    // MAIL FROM and RCPT TO.
    self.verdict = ACCEPTED;
    self.reply = -1;
    if (watched) {
      self.verdict = reputation.envelope(*this, plan, self.transaction, hub, &self.reply);
      if (self.verdict != CLOSED) queue.connection_works(*this, self.transaction);
    }
    if (self.verdict != ACCEPTED) {
      WAIT(loop.at(now() + hub_plan.reject_time, ATTEMPT, entity, self.recipient, self.attempt, me));
    } else if (plan.relay >= 0) {
      self.due = relay_limits.held_until(*this, plan.relay, plan.egress);
      if (self.due > now())
        WAIT(loop.at(self.due, ATTEMPT, entity, self.recipient, self.attempt, me));
    }
    if (self.verdict == ACCEPTED && hub.epoch == self.epoch) {
      // Content: core time, transfer over the line, final reply.
      WAIT_UNLESS(hub.cores.serve(
          *this, SEND, me, VISIT_SEND, self.transaction, self.attempt, self.recipient,
          own_cost(plan.send_cost, hub.send).of(self.size, draw32(self.key, D_SEND_COST,
                                        hop_counter(transactions.hops(self.transaction), self.attempt)))));
      if (hub.epoch == self.epoch) {  // else the hub stopped before a core was free
        WAIT_UNLESS(lines[plan.line].transfer(*this, me, self.transaction, self.attempt,
                                              self.recipient, self.size));
        // The hub may have stopped meanwhile: the reply then has no effect, see below.
        WAIT(loop.at(now() + law(receiver.response_time)
                                 .looked_up(draw32(self.key, D_RESPONSE_TIME, relay_counter(plan.relay, self.attempt))),
                     ATTEMPT, entity, self.recipient, self.attempt, me));
        self.verdict = reputation.content(*this, plan, self.transaction, &self.reply);
      }
    }
    if (hub.epoch != self.epoch) {
      reputation.disconnect(*this, plan);
      goto over;
    }
    // The line went down meanwhile, or the server that proxies.
    if (reputation.line_cut_at[plan.line] > self.opened_at || cut) {
      reputation.disconnect(*this, plan);
      queue.connection_dropped(*this, self.transaction);
      goto over;
    }

    // The verdict. The queue may be in Retry now, because another connection failed.
    if (self.verdict == CLOSED) {
      if (queue.throttled(*this, self.transaction, self.reply)) {
        reputation.disconnect(*this, plan);
        goto over;
      }
    } else {
      queue.end_attempt(*this, self.transaction, self.reply);
      if (self.verdict == ACCEPTED) {
        if (this->plan.run[0].counts_volume) reputation.count_volume(*this, plan, self.transaction);
        if (plan.relay >= 0) {
          hub.hand_over(*this, self.transaction, hubs[this->plan.peers[plan.first_peer].hub]);
        } else if (!watched) {
          hub.finish(*this, self.transaction, STATUS_DELIVERED, self.reply);
        } else {
          reputation.deliver(*this, plan, self.transaction, hub, self.reply);
        }
      } else if (self.verdict == DEFERRED) {
        queue.defer(*this, self.transaction);
      } else {
        reputation.bounced(*this, plan, self.transaction, self.reply);
        hub.finish(*this, self.transaction, STATUS_BOUNCED, self.reply);
      }
    }
    self.carried++;
    if (self.carried == plan.per_connection || !self.leaves) break;
    self.transaction = queue.take_next(*this, self.opened_at);
    if (self.transaction < 0) break;
    if (self.proxy >= 0) transactions[self.transaction].egress = plan.egress;
  }
  if (self.transaction < 0 && queue.may_be_used_again(*this, self.opened_at)) {
    queue.keep(*this, self.opened_at, self.carried);
  } else {
    reputation.disconnect(*this, plan);
  }
  queue.connection_closed(*this);
  FINISH
over:
  connections.give_back(number);
}

// Delivers to mailboxes, which discard a copy of a message that they have.
void Run::deliver_copies(Hub& hub, i64 transaction) {
  Vec<i64> recipients, statuses;
  transactions.recipients(transaction, recipients);
  for (i64 place = 0; place < recipients.size; place++)
    statuses.push(record.in_mailbox(recipients[place]) ? STATUS_DISCARDED : STATUS_DELIVERED);
  hub.finish_each(*this, transaction, recipients, statuses, reputation.accepted);
  recipients.free_memory();
  statuses.free_memory();
}

// Carries mail over a connection to the mailbox server, or to another hub of the site. If the other
// hub stops, this hub notices when it has sent its message or waits for the commit. A hub short of
// resources takes no further message over an open connection either; its delay of replies applies
// to other hubs too (confirmed for Exchange 2013).
void Run::inside(u32 number) {
  Connection& self = connections[number];
  DeliveryQueue& queue = queues[self.queue];
  const QueuePlan& plan = queue.plan(*this);
  Hub& hub = hubs[queue.hub];
  const HubPlan& hub_plan = this->plan.hubs[queue.hub];
  const u64 entity = (u64)queue.hub;
  const Target me = {number, 0, CONNECTION_INSIDE};
  Hub* peer = self.peer >= 0 ? &hubs[self.peer] : nullptr;
  BEGIN
  self.epoch = hub.epoch;
  self.opened_at = now();
  self.mailbox_stops = reputation.mailbox_stops;
  self.peer = queue.next_hub(*this, &self.refusal);
  if (self.peer < 0 && self.refusal < 0 && reputation.outages[MAILBOXES])
    self.refusal = reputation.unable;
  if (self.refusal >= 0) {
    queue.connection_failed(*this, self.transaction, self.refusal);
    goto over;
  }
  peer = self.peer >= 0 ? &hubs[self.peer] : nullptr;
  self.peer_epoch = peer ? peer->epoch : 0;
  queue.connection_opened();
  queue.connection_works(*this, self.transaction);
  self.carried = 0;
  for (;;) {
    self.recipient = transactions.first_recipient(self.transaction);
    self.attempt = transactions.attempts[self.transaction];
    self.key = record.key(self.recipient);
    self.message = transactions.message(self.transaction);
    self.size = record.tables.messages.size[self.message];
    if (peer && self.carried && peer->up && !plan.has_sessions) {
      self.refusal = queue.refusal(*this, *peer);
      if (self.refusal >= 0) {
        queue.close_connection(*this, self.transaction, self.refusal);
        goto over;
      }
    }

    // MAIL FROM and RCPT TO at a smart host that is a hub.
    self.refusal = -1;
    if (peer && plan.has_sessions && peer->epoch == self.peer_epoch)
      self.refusal = queue.envelope(*this, *peer, self.transaction, &self.due);
    if (self.refusal >= 0) {
      WAIT(loop.at(now() + hub_plan.reject_time + peer->pressure.delay + self.due, ATTEMPT, entity,
                   self.recipient, self.attempt, me));
      if (hub.epoch != self.epoch) {
        queue.leave(*this, self.peer, self.peer_epoch);
        goto over;
      }
      if (record.replies.codes[self.refusal] == CLOSES) {
        queue.leave(*this, self.peer, self.peer_epoch);
        queue.close_connection(*this, self.transaction, self.refusal);
        goto over;
      }
      queue.end_attempt(*this, self.transaction, self.refusal);
      if (record.replies.codes[self.refusal] >= PERMANENT) {
        hub.finish(*this, self.transaction, STATUS_BOUNCED, self.refusal);
      } else {
        queue.defer(*this, self.transaction);
      }
      self.carried++;
      if (self.carried == plan.per_connection) break;
      self.transaction = queue.take_next(*this, self.opened_at);
      if (self.transaction < 0) break;
      continue;
    }

    // Core time to send.
    WAIT_UNLESS(hub.cores.serve(
        *this, SEND, me, VISIT_SEND, self.transaction, self.attempt, self.recipient,
        own_cost(plan.send_cost, hub.send).of(self.size, draw32(self.key, D_SEND_COST,
                                      hop_counter(transactions.hops(self.transaction), self.attempt)))));
    if (hub.epoch == self.epoch) {  // else the hub stopped before a core was free
      if (!peer) {
        // Delivery to the mailbox.
        WAIT(loop.at(now() + law(this->plan.run[0].mailbox_time)
                                 .looked_up(draw32(self.key, D_MAILBOX_TIME, (u64)self.attempt)),
                     ATTEMPT, entity, self.recipient, self.attempt, me));
      } else {
        // Transfer, core time to receive, and commit at the other hub.
        self.due = now() + peer->pressure.delay + peer->active.intake_delay() +
                   transfer_time(self.size, HUB_BANDWIDTH);
        peer->pressure.uncommitted += self.size;
        WAIT(loop.at(self.due, ATTEMPT, entity, self.recipient, self.attempt, me));
        // Either hub may have stopped during the transfer,
        if (peer->epoch == self.peer_epoch && hub.epoch == self.epoch)
          WAIT_UNLESS(peer->cores.serve(
              *this, RECEIVE, me, VISIT_RECEIVE, self.message, 0, self.recipient,
              own_cost(queue.peer_plan(*this, self.peer).receive_cost, peer->receive).of(self.size, draw32(self.key, D_RECEIVE_COST,
                                                 (u64)transactions.hops(self.transaction) + 1))));
        // or while the message waited for a core,
        if (peer->epoch == self.peer_epoch && hub.epoch == self.epoch)
          WAIT_UNLESS(peer->database.commit(*this, me, self.message, self.recipient));
        // or while it waited for the commit: see below.
        peer->pressure.uncommitted -= self.size;
      }
    }
    if (hub.epoch != self.epoch) {
      queue.leave(*this, self.peer, self.peer_epoch);
      goto over;
    }
    if (peer ? peer->epoch != self.peer_epoch : reputation.mailbox_stops != self.mailbox_stops) {
      queue.connection_dropped(*this, self.transaction);
      goto over;
    }

    queue.end_attempt(*this, self.transaction, reputation.accepted);
    if (!peer && record.last_copy.size) {
      deliver_copies(hub, self.transaction);
    } else if (!peer) {
      hub.finish(*this, self.transaction, STATUS_DELIVERED, reputation.accepted);
    } else {
      hub.hand_over(*this, self.transaction, *peer);
    }
    self.carried++;
    if (self.carried == plan.per_connection) break;
    self.transaction = queue.take_next(*this, self.opened_at);
    if (self.transaction < 0) break;
  }
  queue.leave(*this, self.peer, self.peer_epoch);
  queue.connection_closed(*this);
  FINISH
over:
  connections.give_back(number);
}
