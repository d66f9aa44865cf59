// Hosts: a spool of messages, and the SMTP sessions that submit them.
#include "../run.hpp"

const HostPlan& Host::plan(Run& run) const { return run.plan.hosts[number]; }

const VerdictPlan& Host::verdict(Run& run, i64 connector, i64* row) const {
  i64 place = run.plan.verdict_of[number * run.plan.connectors.size + connector];
  if (row) *row = place;
  return run.plan.verdicts[place];
}

// Step 1: a message is created and waits in the spool.

void Host::submit(Run& run, i64 message) {
  spool.push(message);
  open_session(run);
}

void Host::open_session(Run& run) {
  if (sessions < limit && !waiting_to_retry && !spool.empty()) {
    sessions++;
    u32 session = run.sessions.take();
    run.sessions[session].host = number;
    run_session(run, session);
  }
}

// Step 2: connections. Opens one after another, as long as messages wait in the spool.

void Host::run_session(Run& run, u32 session) {
  Session& self = run.sessions[session];
  const HostPlan& plan = this->plan(run);
  Messages& messages = run.record.tables.messages;
  const u64 entity = HOST | (u64)number;
  const Target me = {session, 0, SESSION};
  BEGIN
  while (!spool.empty() && !waiting_to_retry) {
    self.message = spool.pop();
    self.requested = run.now();
    self.recipient = messages.first_recipient[self.message];
    self.connection = connections++;
    for (self.turn = 0; self.turn < plan.server_count; self.turn++) {
      choose_target(run, self);
      self.answer = run.record.reply(run.plan.run[0].unable_to_connect);  // -1: a greeting
      if (self.target_hub >= 0 && reaches(run, self.target_hub)) {  // -1: no hub has the address
        self.hub = self.target_hub;
        self.accepted_at = run.hubs[self.hub].next_connection_time(run);
        if (self.connector >= 0 && run.plan.connectors[self.connector].relay >= 0)  // -1: none
          self.accepted_at +=
              RelayIntake{run.plan.connectors[self.connector]}.connect_time(run, self.message);
        if (self.accepted_at > run.now())
          WAIT(run.loop.at(self.accepted_at, ATTEMPT, entity, self.recipient, 0, me));
        // The hub may have stopped meanwhile: `greeting` checks again.
        self.answer = greeting(run, run.hubs[self.hub], self.connector, self.source, self.message);
        if (self.answer < 0) break;
      }
      run.record.refusal(self.message, self.target_hub, self.connector, run.now(), self.answer);
      if (plan.round_trip)
        WAIT(run.loop.at(run.now() + plan.round_trip, ATTEMPT, entity, self.recipient,
                         messages.attempts[self.message], me));
    }
    if (self.answer >= 0) {
      if (connection_refused(run, self.message, self.answer)) break;
      continue;
    }
    self.epoch = run.hubs[self.hub].epoch;
    self.accepted_at = run.now();
    connected++;
    if (self.balancer >= 0) run.balancers[self.balancer].opened(run, self.place);
    self.first_message = self.message;
    self.before = last_open;
    self.after = -1;
    (last_open >= 0 ? run.sessions[last_open].after : first_open) = session;
    last_open = session;
    if (verdict(run, self.connector).opening_time)
      WAIT(run.loop.at(self.accepted_at + verdict(run, self.connector).opening_time, ATTEMPT,
                       entity, self.recipient, messages.attempts[self.message], me));
    // The hub may have stopped since it accepted the session: `dialogue` compares epochs.
    messages.connected[self.message] = self.accepted_at;
    self.carried = 0;
    for (;;) {
      self.dialogue_step = 0;
      RUN_PART(dialogue(run, session, self));
      if (!self.lasts) break;
      self.carried++;
      if (self.carried == plan.messages_per_connection || spool.empty()) break;
      self.message = spool.pop();
      messages.connected[self.message] = run.now();
    }
    if (self.timed_out) break;  // `reply_timeout` has closed it
    close_session(run, session);
  }
  FINISH
  if (!self.timed_out) sessions--;
  self.refused.free_memory();
  self.replies.free_memory();
  run.sessions.give_back(session);
}

// Sets the target of the next connection of a session, by the address whose turn it is.
void Host::choose_target(Run& run, Session& self) {
  const HostPlan& plan = this->plan(run);
  i64 turn = (self.connection + self.turn) % plan.server_count;
  const ServerPlan& server = run.plan.servers[plan.first_server + turn];
  self.balancer = server.balancer;
  self.place = server.balancer < 0 ? 0 : run.balancers[server.balancer].choose(run);
  self.target_hub = self.connector = self.source = -1;
  if (self.place < 0) return;  // the load balancer has no hub that runs
  const TargetPlan& target = run.plan.targets[server.first + self.place];
  self.target_hub = target.hub;
  self.connector = target.connector;
  self.source = target.source;
}

// Whether a hub answers: it is up, and so is its line for a host outside.
bool Host::reaches(Run& run, i64 hub) const {
  return run.hubs[hub].up &&
         !(plan(run).outside && run.reputation.lines_down[run.plan.hubs[hub].line]);
}

// The reply with which a hub refuses a session now; -1 if it greets the host.
i64 Host::greeting(Run& run, Hub& hub, i64 connector, i64 source, i64 message) {
  if (!hub.up) return run.record.reply(run.plan.run[0].unable_to_connect);
  if (connector < 0 || hub.pressure.refuses_connection(run))  // -1: no connector matches
    return run.record.reply(run.plan.run[0].service_not_available);
  if (run.plan.connectors[connector].relay >= 0) {  // -1: no relay service
    i64 answer = RelayIntake{run.plan.connectors[connector]}.greeting(run, source, message);
    if (answer >= 0) return answer;
  }
  i64 refusal = run.sessions_of[connector].admit(run, source);
  return refusal >= 0 ? run.record.reply(refusal) : -1;
}

void Host::close_session(Run& run, u32 session) {
  Session& self = run.sessions[session];
  (self.before >= 0 ? run.sessions[self.before].after : first_open) = self.after;
  (self.after >= 0 ? run.sessions[self.after].before : last_open) = self.before;
  connected--;
  i64 end = run.now();
  const Hub& hub = run.hubs[self.hub];
  if (hub.epoch == self.epoch) {
    run.sessions_of[self.connector].leave(self.source);
    i64 relay = run.plan.connectors[self.connector].relay;
    if (relay >= 0) run.relay_limits.disconnect(run, relay, self.source);
    if (self.balancer >= 0) run.balancers[self.balancer].closed(run, self.place);
  } else {
    end = hub.stopped_at[self.epoch];
  }
  record_session(run, self, end);
}

void Host::record_session(Run& run, const Session& session, i64 end) {
  run.record.visit(run.plan.connectors[session.connector].station, VISIT_SESSION,
                   session.first_message, 0, session.requested, session.accepted_at, end);
}

// Steps 3 to 5: the SMTP dialogue of a message, commit and acknowledgement. Returns true at its
// end; `lasts` is whether the session goes on. After each wait the hub may have stopped: then its
// epoch differs, and the session is lost.
#define WAIT_IN_PART(schedule) do { self.dialogue_step = __LINE__; schedule; return false; case __LINE__:; } while (0)
#define WAIT_IN_PART_UNLESS(done) do { self.dialogue_step = __LINE__; if (!(done)) return false; [[fallthrough]]; case __LINE__:; } while (0)

#define RUN_IN_PART(part) do { self.dialogue_step = __LINE__; [[fallthrough]]; case __LINE__: if (!(part)) return false; } while (0)

// Whether a server refuses recipients for now only: a host tries again.
static bool all_deferred(Run& run, const Vec<i64>& replies) {
  for (i64 place = 0; place < replies.size; place++)
    if (run.record.replies.codes[replies[place]] >= PERMANENT) return false;
  return true;
}

bool Host::dialogue(Run& run, u32 session, Session& self) {
  const ConnectorPlan& connector = run.plan.connectors[self.connector];
  const VerdictPlan& verdict = this->verdict(run, self.connector);
  const Hub& hub = run.hubs[self.hub];
  if (!self.dialogue_step) self.taker = self.hub;
  Hub* takes = &run.hubs[self.taker];
  Messages& messages = run.record.tables.messages;
  const u64 entity = HOST | (u64)number;
  const Target me = {session, 0, SESSION};
  i64 size = messages.size[self.message];
  switch (self.dialogue_step) {
  case 0:
    self.recipient = messages.first_recipient[self.message];
    messages.attempts[self.message]++;
    messages.connector[self.message] = self.connector;
    self.attempt = messages.attempts[self.message];
    if (hub.epoch != self.epoch) {
      submission_failed(run, self.message, run.record.reply(run.plan.run[0].connection_dropped));
      self.lasts = false;
      return true;
    }
    {
      const u64 key = run.record.key(self.recipient);
      i64 row;
      this->verdict(run, self.connector, &row);
      self.taker = run.taker(self.hub, connector, row, self.message, self.attempt);
      takes = &run.hubs[self.taker];
      self.taking = takes->epoch;
      run.own_cost(connector.receive_cost, takes->receive).factors.prefetch(draw32(key, D_RECEIVE_COST, 0));
      takes->categorize.factors.prefetch(draw32(key, D_CATEGORIZE_COST, 0));
    }

    // MAIL FROM and RCPT TO. The replies are decided now, the time for them passes afterwards.
    self.refusal = mail_from(run, takes->pressure, self.connector, self.source, self.message);
    if (self.refusal >= 0) {
      self.closes = run.record.replies.codes[self.refusal] == CLOSES;
      {
        i64 recipients = messages.recipients[self.message] - run.record.final_recipients(self.message);
        i64 errors = verdict.pipelining && !self.closes ? 1 + recipients : 1;
        self.due = run.now() + takes->pressure.delay + verdict.mail * verdict.round_trip +
                   errors * verdict.error_delay;
      }
      WAIT_IN_PART(run.loop.at(self.due, ATTEMPT, entity, self.recipient, self.attempt, me));
      // The hub may have stopped meanwhile: the next message of the session compares epochs.
      submission_failed(run, self.message, self.refusal);
      self.lasts = !self.closes;
      return true;
    }
    rcpt_to(run, self);
    {
      i64 recipients = messages.recipients[self.message] - run.record.final_recipients(self.message);
      self.accepted = recipients - self.refused.size;
      // A message with more recipients than the connector accepts is sent several times.
      i64 most = connector.max_recipients_per_message;
      if (!most) most = self.accepted ? self.accepted : 1;
      self.mails = (self.accepted + most - 1) / most;
      i64 trips = (self.mails ? self.mails : 1) * verdict.mail + recipients * verdict.recipient +
                  self.mails * verdict.content;
      i128 content = verdict.bandwidth ? (i128)self.mails * transfer_time(size, verdict.bandwidth) : 0;
      self.due = run.now() + takes->pressure.delay + trips * verdict.round_trip +
                 self.refused.size * verdict.error_delay + at_most_never(content);
      if (self.accepted) self.due += takes->active.intake_delay();
      if (self.accepted && connector.relay >= 0)
        self.due += RelayIntake{connector}.reply_time(run, self.source, self.message);
    }
    if (self.accepted) takes->pressure.uncommitted += size;
    if (self.due > run.now())
      WAIT_IN_PART(run.loop.at(self.due, ATTEMPT, entity, self.recipient, self.attempt, me));
    // If the hub has stopped meanwhile, the host has the replies to RCPT TO all the same.
    if (!self.refused.empty() && !self.accepted && all_deferred(run, self.replies)) {
      submission_failed(run, self.message, self.replies[0]);
      self.lasts = hub.epoch == self.epoch;
      return true;
    }
    if (!self.refused.empty()) {
      // One row for each reply, in the order of their first recipients.
      for (i64 place = 0; place < self.refused.size; place++) {
        i64 reply = self.replies[place], count = 0;
        bool is_first = true;
        for (i64 other = 0; other < self.refused.size; other++) {
          if (self.replies[other] != reply) continue;
          if (other < place) is_first = false;
          count++;
        }
        if (is_first)
          run.record.refusal(self.message, self.hub, self.connector, run.now(), reply, count);
      }
      for (i64 place = 0; place < self.refused.size; place++) {
        // A host does not send a message again for some of its recipients (assumption).
        bool is_final = run.record.replies.codes[self.replies[place]] >= PERMANENT;
        run.record.set_final(self.refused[place], is_final ? STATUS_REFUSED : STATUS_ABANDONED,
                             run.now(), self.replies[place]);
        messages.reply[self.message] = self.replies[place];
      }
    }
    if (!self.accepted) {
      run.check_end();
      self.lasts = hub.epoch == self.epoch;
      return true;
    }

    // A relay service has neither cores nor a queue database.
    if (connector.relay >= 0) {
      takes->pressure.uncommitted -= size;
      i64 deferral = RelayIntake{connector}.content(run, self.message);
      self.lasts = true;
      if (deferral >= 0) {
        submission_failed(run, self.message, deferral);
        return true;
      }
      takes->accept(run, self.message);
      messages.acknowledged[self.message] = run.now();
      messages.reply[self.message] = run.record.reply(connector.queued);
      return true;
    }

    // Commit.
    self.complete = hub.epoch == self.epoch;  // else the session was lost before the end of DATA
    if (self.complete && plan(run).data_done_timeout)
      self.reply_timer = (i64)run.loop.at(run.now() + plan(run).data_done_timeout, TIMER, entity,
                                          self.recipient, self.attempt, {session, 0, REPLY_TIMEOUT});
    if (self.complete && takes->epoch == self.taking) {
      WAIT_IN_PART_UNLESS(takes->cores.serve(
          run, RECEIVE, me, VISIT_RECEIVE, self.message, 0, self.recipient,
          at_most_never((i128)self.mails * run.own_cost(connector.receive_cost, takes->receive).of(size, draw32(run.record.key(self.recipient), D_RECEIVE_COST, 0)))));
      // Else the hub stopped before the work was done.
      if (takes->epoch == self.taking)
        WAIT_IN_PART_UNLESS(takes->database.commit(run, me, self.message, self.recipient));
    }
    takes->pressure.uncommitted -= size;
    if (self.complete) {
      self.copy.step = 0;
      RUN_IN_PART(run.copy_to_shadow(self.copy, me, *takes, self.taking, entity, self.message, self.mails));
    }
    if (!self.complete || takes->epoch != self.taking) {  // not committed
      self.lasts = false;
      if (self.timed_out) {
        give_up(run, self.message, STATUS_ABANDONED, messages.reply[self.message]);
        return true;
      }
      self.reply_timer = -1;
      if (hub.epoch != self.epoch) {
        submission_failed(run, self.message, run.record.reply(run.plan.run[0].connection_dropped));
        return true;
      }
      submission_failed(run, self.message, run.record.reply(run.plan.run[0].temporary_server_error));
      self.lasts = true;
      return true;
    }

    // Acknowledgement.
    if (connector.max_acknowledgement_delay && hub.epoch == self.epoch && !self.timed_out) {
      self.acknowledgement = Session::DELAYED;
      self.remaining = -1;
      takes->delay_acknowledgement(run, session);
      takes->accept(run, self.message);
      if (self.acknowledgement != Session::ACKNOWLEDGED) {  // else every transaction is done already
        self.acknowledgement = Session::WAITING;
        WAIT_IN_PART(run.loop.at(
            run.now() + connector.max_acknowledgement_delay, TIMER, (u64)self.taker, self.recipient, 0,
            {(u32)self.message, (u16)self.taker, ACKNOWLEDGEMENT_DELAY_OVER}));
      }
      self.acknowledgement = Session::NOT_DELAYED;
    } else {
      takes->accept(run, self.message);
    }
    self.lasts = false;
    if (self.timed_out) return true;
    self.reply_timer = -1;
    if (hub.epoch != self.epoch || takes->epoch != self.taking) {
      acknowledgement_lost(run, self.message, run.record.reply(run.plan.run[0].connection_dropped));
      return true;
    }
    messages.acknowledged[self.message] = run.now();
    messages.reply[self.message] = run.record.reply(run.plan.connectors[self.connector].queued);
    self.lasts = true;
  }
  return true;
}

// Closes a session whose reply to the end of DATA does not come in time. The timer of an earlier
// message of the session has no effect.
void Host::reply_timeout(Run& run, u32 number, u64 sequence) {
  Session& self = run.sessions[number];
  if (self.reply_timer != (i64)sequence) return;
  self.reply_timer = -1;
  self.timed_out = true;
  close_session(run, number);
  sessions--;
  acknowledgement_lost(run, self.message, run.record.reply(run.plan.run[0].connection_timed_out));
  open_session(run);
}

// Step 10: a refused or failed submission.

void Host::submission_failed(Run& run, i64 message, i64 reply) {
  const HostPlan& plan = this->plan(run);
  Messages& messages = run.record.tables.messages;
  messages.reply[message] = reply;
  i64 connector = messages.connector[message];
  run.record.refusal(message, run.plan.connectors[connector].hub, connector, run.now(), reply);
  bool permanent = run.record.replies.codes[reply] >= PERMANENT;
  i64 due = run.now() + plan.retry_every;
  if (permanent || !plan.retry_every || too_old(run, message, due)) {  // 0: no retry
    give_up(run, message, permanent ? STATUS_REFUSED : STATUS_ABANDONED, reply);
    return;
  }
  run.loop.at(due, TIMER, HOST | (u64)number, messages.first_recipient[message],
              messages.attempts[message], {(u32)message, 0, SUBMISSION_RETRY});
}

// Handles a message that a hub has, but that its host counts as failed. A host that retries sends it
// once more: a duplicate.
void Host::acknowledgement_lost(Run& run, i64 message, i64 reply) {
  const HostPlan& plan = this->plan(run);
  Messages& messages = run.record.tables.messages;
  messages.reply[message] = reply;
  i64 connector = messages.connector[message];
  Vec<i64> taken;
  run.record.taken(message, taken);
  run.record.refusal(message, run.plan.connectors[connector].hub, connector, run.now(), reply,
                     taken.size);
  i64 due = run.now() + plan.retry_every;
  if (plan.retry_every && !too_old(run, message, due)) {  // 0: no retry
    i64 duplicate = run.record.new_duplicate(message, taken);
    run.loop.at(due, TIMER, HOST | (u64)number, messages.first_recipient[duplicate], 0,
                {(u32)duplicate, 0, SUBMISSION_RETRY});
  }
  taken.free_memory();
}

bool Host::too_old(Run& run, i64 message, i64 due) {
  return due >= run.record.tables.messages.created[message] + plan(run).give_up_after;
}

void Host::give_up(Run& run, i64 message, i64 status, i64 reply) {
  i64 first = run.record.tables.messages.first_recipient[message];
  i64 last = first + run.record.tables.messages.recipients[message];
  for (i64 recipient = first; recipient < last; recipient++)
    if (!run.record.tables.recipients.status[recipient])
      run.record.set_final(recipient, status, run.now(), reply);
  run.check_end();
}

// Handles a message for which no server took a connection; returns whether its session ends.
bool Host::connection_refused(Run& run, i64 message, i64 reply) {
  const HostPlan& plan = this->plan(run);
  Messages& messages = run.record.tables.messages;
  messages.attempts[message]++;
  messages.reply[message] = reply;
  bool permanent = run.record.replies.codes[reply] >= PERMANENT;
  i64 due = run.now() + plan.retry_every;
  if (permanent || !plan.retry_every || too_old(run, message, due)) {  // 0: no retry
    give_up(run, message, permanent ? STATUS_REFUSED : STATUS_ABANDONED, reply);
    return false;
  }
  // Before all messages that were created later.
  i64 place = 0;
  while (place < spool.size && messages.created[spool[place]] <= messages.created[message]) place++;
  spool.insert(place, message);
  if (!connected && !waiting_to_retry) {
    waiting_to_retry = true;
    run.record.level(LEVEL_HOST_RETRY, number, run.now(), 1);
    run.loop.at(due, TIMER, HOST | (u64)number, 0, 0, {(u32)number, 0, HOST_RETRY_OVER});
  }
  return true;
}

void Host::retry_interval_over(Run& run) {
  waiting_to_retry = false;
  run.record.level(LEVEL_HOST_RETRY, number, run.now(), 0);
  i64 count = smaller(limit - sessions, spool.size);
  while (count-- > 0) open_session(run);
}

// Records the sessions that are open when the run ends.
void Host::close(Run& run) {
  for (i64 session = first_open; session >= 0; session = run.sessions[session].after) {
    const Session& self = run.sessions[session];
    const Hub& hub = run.hubs[run.plan.connectors[self.connector].hub];
    bool stopped = hub.epoch != self.epoch;
    record_session(run, self, stopped ? hub.stopped_at[self.epoch] : -1);
  }
}
