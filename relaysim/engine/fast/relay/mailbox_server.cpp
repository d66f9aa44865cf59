// The mailbox server: it submits the mail of the users to the hubs of the site in turn.
#include "../run.hpp"

Hub& Run::mailbox_hub(const HostPlan& host, i64 first, i64 turn) {
  return hubs[plan.targets[host.first_target + (first + turn) % host.target_count].hub];
}

// Begins an attempt for a message that a user has sent.
void Run::submit_by_mailbox(Host& host, i64 message) {
  const HostPlan& given = plan.hosts[host.number];
  if (reputation.outages[MAILBOXES]) {
    host.held.push(message);
    return;
  }
  i64 first = host.turn;
  host.turn = (first + 1) % given.target_count;
  for (i64 turn = 0; turn < given.target_count; turn++)
    if (mailbox_hub(given, first, turn).up) {
      queue_submission({host.number, message, first, turn});
      return;
    }
  record.tables.messages.attempts[message]++;
  i64 unable = record.reply(plan.run[0].unable_to_connect);
  record.refusal(message, mailbox_hub(given, first, 0).number, -1, now(), unable);
  mailbox_submission_failed(host.number, message, unable);
}

// Submits what waited for the return of the mailbox server.
void Run::resume_mailboxes() {
  for (i64 number = 0; number < hosts.size; number++) {
    Vec<i64> held = hosts[number].held;
    hosts[number].held = Vec<i64>();
    for (i64 place = 0; place < held.size; place++) submit_by_mailbox(hosts[number], held[place]);
    held.free_memory();
  }
}

// Queues for a place at a hub; the submission begins at once if a place is free.
void Run::queue_submission(const Submission& submission) {
  const HostPlan& host = plan.hosts[submission.host];
  i64 hub = mailbox_hub(host, submission.first, submission.turn).number;
  SubmissionPlaces& of = places_of[hub];
  of.waiting.push(submission);
  if (of.limit && of.in_use >= of.limit) return;
  of.in_use++;
  u32 place = places.take();
  places[place].hub = hub;
  run_place(place);
}

// Queues for a place at the next hub that is up; else the message waits for its retry.
void Run::queue_at_next(const Submission& failed, i64 reply) {
  const HostPlan& host = plan.hosts[failed.host];
  i64 refused = mailbox_hub(host, failed.first, failed.turn).number;
  record.refusal(failed.message, refused, -1, now(), reply);
  for (i64 later = failed.turn + 1; later < host.target_count; later++)
    if (mailbox_hub(host, failed.first, later).up) {
      queue_submission({failed.host, failed.message, failed.first, later});
      return;
    }
  mailbox_submission_failed(failed.host, failed.message, reply);
}

// A place carries out one submission after another, in the order of requests.
void Run::run_place(u32 number) {
  Place& self = places[number];
  BEGIN
  while (!places_of[self.hub].waiting.empty()) {
    self.submission = places_of[self.hub].waiting.pop();
    self.submission_step = 0;
    RUN_PART(submission(number, self));
  }
  FINISH
  places_of[self.hub].in_use--;
  places.give_back(number);
}

#define WAIT_IN_SUBMISSION(schedule) do { self.submission_step = __LINE__; schedule; return false; case __LINE__:; } while (0)
#define WAIT_IN_SUBMISSION_UNLESS(done) do { self.submission_step = __LINE__; if (!(done)) return false; [[fallthrough]]; case __LINE__:; } while (0)

#define RUN_IN_SUBMISSION(part) do { self.submission_step = __LINE__; [[fallthrough]]; case __LINE__: if (!(part)) return false; } while (0)

// Submits a message that has a place at a hub; returns true at its end.
bool Run::submission(u32 number, Place& self) {
  const Submission given = self.submission;
  const HostPlan& host = plan.hosts[given.host];
  Hub& hub = hubs[self.hub];
  Messages& messages = record.tables.messages;
  const i64 message = given.message, size = messages.size[message];
  const Target me = {number, 0, SUBMISSION_PLACE};
  switch (self.submission_step) {
  case 0:
    if (reputation.outages[MAILBOXES] || !hub.up) {  // since the message waited for a place
      submit_by_mailbox(hosts[given.host], message);
      return true;
    }
    messages.attempts[message]++;
    if (hub.pressure.refuses_mail_from(MAILBOX_SERVER, true)) {
      queue_at_next(given, record.reply(plan.run[0].insufficient_resources));
      return true;
    }
    self.recipient = messages.first_recipient[message];
    self.start = now();
    self.epoch = hub.epoch;
    messages.connected[message] = self.start;
    {
      Host& of = hosts[given.host];
      self.before = of.last_open;
      self.after = -1;
      (of.last_open >= 0 ? places[of.last_open].after : of.first_open) = number;
      of.last_open = number;
    }
    hub.pressure.uncommitted += size;
    self.due = MAILBOX_SUBMISSION * host.round_trip +
               (host.bandwidth ? transfer_time(size, host.bandwidth) : 0);
    if (self.due)
      WAIT_IN_SUBMISSION(loop.at(self.start + self.due, ATTEMPT, HOST | (u64)given.host,
                                 self.recipient, messages.attempts[message], me));
    if (hub.epoch == self.epoch)  // else the hub stopped during the transfer
      WAIT_IN_SUBMISSION_UNLESS(hub.cores.serve(
          *this, RECEIVE, me, VISIT_RECEIVE, message, 0, self.recipient,
          hub.receive.of(size, draw32(record.key(self.recipient), D_RECEIVE_COST, 0))));
    if (hub.epoch == self.epoch)  // else it stopped before the work was done
      WAIT_IN_SUBMISSION_UNLESS(hub.database.commit(*this, me, message, self.recipient));
    hub.pressure.uncommitted -= size;
    self.copy.step = 0;
    RUN_IN_SUBMISSION(copy_to_shadow(self.copy, me, hub, self.epoch, HOST | (u64)given.host, message, 1));
    // The hub may have stopped during commit or copy: the epochs are compared once more below.
    record_submission(self, now());
    {
      Host& of = hosts[given.host];
      (self.before >= 0 ? places[self.before].after : of.first_open) = self.after;
      (self.after >= 0 ? places[self.after].before : of.last_open) = self.before;
    }
    if (hub.epoch != self.epoch) {  // it stopped before the message was safe
      queue_at_next(given, record.reply(plan.run[0].unable_to_connect));
    } else {
      messages.acknowledged[message] = now();
      hub.accept(*this, message);
    }
  }
  return true;
}

void Run::record_submission(const Place& place, i64 end) {
  const Hub& hub = hubs[place.hub];
  if (hub.epoch != place.epoch) end = hub.stopped_at[place.epoch];
  record.visit(plan.hubs[place.hub].submission_station, VISIT_SUBMIT, place.submission.message, 0,
               place.start, place.start, end);
}

// Schedules another attempt for a message that no hub accepted, or gives it up.
void Run::mailbox_submission_failed(i64 host, i64 message, i64 reply) {
  const HostPlan& given = plan.hosts[host];
  Messages& messages = record.tables.messages;
  messages.reply[message] = reply;
  i64 due = now() + given.retry_every, first = messages.first_recipient[message];
  // retry_every 0: no retry
  if (!given.retry_every || due >= messages.created[message] + given.give_up_after) {
    for (i64 recipient = first; recipient < first + messages.recipients[message]; recipient++)
      record.set_final(recipient, STATUS_ABANDONED, now(), reply);
    check_end();
    return;
  }
  loop.at(due, TIMER, HOST | (u64)host, first, messages.attempts[message],
          {(u32)message, 0, SUBMISSION_RETRY});
}

// Records the submissions that are under way when the run ends.
void Run::close_mailbox(Host& host) {
  for (i64 place = host.first_open; place >= 0; place = places[place].after)
    record_submission(places[place], -1);
}
