// Signals: complaints, spam trap hits and unknown users that follow the delivery of a recipient.
#include "../run.hpp"

// A time itself if it is within waking hours, else the next morning: mail/office_hours.py.
static i64 waking(i64 moment) {
  i64 day = moment / DAY, clock = moment % DAY;
  if (WAKES <= clock && clock < SLEEPS) return moment;
  return (clock < WAKES ? day : day + 1) * DAY + WAKES;
}

// Schedules the signals of a recipient that has just been delivered or junked.
void Reputation::schedule_signals(Run& run, i64 recipient, i64 egress, i64 receiver, bool junked) {
  const u64 key = run.record.key(recipient);
  const i64 flags = run.record.signal(recipient), now = run.now();
  const Law& feedback_delay = run.law(run.plan.run[0].feedback_delay);
  if (flags & DRAWN_TRAP) {
    const Array<i64>& traps = run.draws.trap_recipient;
    const i64 drawn = run.record.original_of(recipient);
    i64 low = 0, high = traps.size;
    while (low < high) {
      i64 middle = (low + high) / 2;
      if (traps[middle] < drawn) low = middle + 1; else high = middle;
    }
    for (; low < traps.size && traps[low] == drawn; low++) {
      i64 owner = run.draws.trap_operator[low];
      const Law& delay = run.law(run.plan.operators[owner].trap_delay);
      schedule_signal(run, now + delay.looked_up(draw32(key, D_TRAP_DELAY, 0)), SIGNAL_TRAP,
                      recipient, egress, owner);
    }
  } else if (flags & DRAWN_PROVIDER_TRAP) {
    schedule_signal(run, now + feedback_delay.looked_up(draw32(key, D_TRAP_DELAY, 0)),
                    SIGNAL_PROVIDER_TRAP, recipient, egress, receiver);
  } else if (flags & (junked ? DRAWN_COMPLAINS_JUNKED : DRAWN_COMPLAINS)) {
    // What follows when the user opens the message, within waking hours.
    i64 delay = run.law(run.plan.run[0].complaint_delay).looked_up(draw32(key, D_COMPLAINT_DELAY, 0));
    if (delay > LATEST_COMPLAINT) delay = LATEST_COMPLAINT;
    i64 offset = run.plan.run[0].week_offset, opened = waking(now + delay + offset) - offset;
    i64 feedback = feedback_delay.looked_up(draw32(key, D_FEEDBACK_DELAY, 0));
    if (run.plan.receivers[receiver].keeps_reputation)
      schedule_signal(run, opened + feedback, SIGNAL_COMPLAINT, recipient, egress, receiver);
    if (flags & DRAWN_REPORTS)
      schedule_signal(run, opened, SIGNAL_REPORT, recipient, egress, -1);
  }
}

void Reputation::schedule_signal(Run& run, i64 due, i64 signal, i64 recipient, i64 egress,
                                 i64 subject) {
  u32 number = pending.take();
  pending[number].signal = signal;
  pending[number].recipient = recipient;
  pending[number].egress = egress;
  pending[number].subject = subject;
  run.loop.at(due, STATE, EGRESS | (u64)egress, recipient, 0, {number, 0, SIGNAL});
}

// A signal arrives.
void Reputation::signal(Run& run, u32 number) {
  const PendingSignal given = pending[number];
  pending.give_back(number);
  Signals& signals = run.record.tables.signals;
  i64 message = run.record.tables.recipients.message[given.recipient];
  i64 stream = run.record.tables.messages.stream[message];
  i64 ip = given.egress * PARTIES + run.plan.streams[stream].listing_party;
  switch (given.signal) {
    case SIGNAL_TRAP:
      signals.add(SIGNAL_TRAP, given.recipient, given.egress, run.now(), given.subject);
      run.watchers.trap_hit(given.subject, ip, domain_number(run, run.plan.streams[stream]));
      break;
    case SIGNAL_REPORT:
      for (i64 place = 0; place < run.plan.reporting.size; place++)
        signals.add(SIGNAL_REPORT, given.recipient, given.egress, run.now(),
                    run.plan.reporting[place]);
      run.watchers.report(ip);
      break;
    case SIGNAL_PROVIDER_TRAP:
      if (!run.plan.receivers[given.subject].keeps_reputation) break;
      signals.add(SIGNAL_PROVIDER_TRAP, given.recipient, given.egress, run.now(), given.subject);
      {
        ProviderState& state = this->state(run, given.subject, stream, given.egress);
        state.ip->traps += SCALE;
        state.domain->traps += SCALE;
      }
      break;
    case SIGNAL_COMPLAINT:
      signals.add(SIGNAL_COMPLAINT, given.recipient, given.egress, run.now(), given.subject);
      {
        ProviderState& state = this->state(run, given.subject, stream, given.egress);
        state.ip->complaints += SCALE;
        state.domain->complaints += SCALE;
        state.domain->complaints_today++;
      }
      break;
  }
}
