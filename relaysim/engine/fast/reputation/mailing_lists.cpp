// Mailing lists: addresses that are off a list, and streams that are paused, get no mail.
#include "../run.hpp"

static i64 address_of(Run& run, i64 stream, i64 recipient) {
  const ListPlan& list = run.draws.lists[stream];
  return (run.record.original_of(recipient) - list.first) % list.size;
}

static void remove_address(Run& run, MailingList& list, i64 stream, i64 address) {
  if (list.removed.empty()) list.removed.fill(run.draws.lists[stream].size, 0);
  list.removed[address] = 1;
  run.reputation.suppresses = true;
}

// Suppresses a message that is due, if its stream is paused or its address is off the list.
bool Reputation::suppress(Run& run, i64 message) {
  if (!suppresses) return false;
  const Messages& messages = run.record.tables.messages;
  i64 stream = messages.stream[message], first = messages.first_recipient[message];
  const MailingList& list = lists[stream];
  if (!list.paused && (list.removed.empty() || !list.removed[address_of(run, stream, first)]))
    return false;
  for (i64 recipient = first; recipient < first + messages.recipients[message]; recipient++)
    run.record.set_final(recipient, STATUS_SUPPRESSED, messages.created[message], -1);
  return true;
}

// Counts a bounce of an unknown user, and removes the address after `bounce_removals`.
void Reputation::unknown_user_bounced(Run& run, i64 recipient) {
  i64 stream = run.record.tables.messages.stream[run.record.tables.recipients.message[recipient]];
  i64 size = run.draws.lists[stream].size;
  if (!size) return;
  MailingList& list = lists[stream];
  if (list.bounces.empty()) list.bounces.fill(size, 0);
  i64 address = address_of(run, stream, recipient);
  if (++list.bounces[address] >= run.plan.streams[stream].bounce_removals)
    remove_address(run, list, stream, address);
}

// Removes each spam trap and each unknown user from a list with some probability; returns whether
// the stream has a list.
bool Reputation::clean(Run& run, i64 stream, i64 threshold) {
  const ListPlan& plan = run.draws.lists[stream];
  if (!plan.size) return false;
  MailingList& list = lists[stream];
  u64 cleanup = (u64)++list.cleanups;
  i64 last = plan.first + plan.size;
  if (last > run.draws.key.size) last = run.draws.key.size;
  for (i64 recipient = plan.first; recipient < last; recipient++)
    if (run.record.signal(recipient) & (DRAWN_TRAP | DRAWN_PROVIDER_TRAP | DRAWN_UNKNOWN) &&
        draw32(run.record.key(recipient), D_CLEANED, cleanup) < threshold)
      remove_address(run, list, stream, recipient - plan.first);
  return true;
}

void Reputation::set_paused(i64 stream, bool paused) {
  lists[stream].paused = paused;
  if (paused) suppresses = true;
}
