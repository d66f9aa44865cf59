// Shadow copies: a hub acknowledges a message when another server of its site has a copy of it.
#include "../run.hpp"

#define WAIT_FOR_COPY(schedule) do { self.step = __LINE__; schedule; return false; case __LINE__:; } while (0)
#define WAIT_FOR_COPY_UNLESS(done) do { self.step = __LINE__; if (!(done)) return false; [[fallthrough]]; case __LINE__:; } while (0)

static bool takes_copies(Run& run, const Hub& shadow) {
  return shadow.up && !shadow.pressure.refuses_connection(run) &&
         !shadow.pressure.refuses_mail_from(EXCHANGE_SERVER, true);
}

// Sends a copy of a committed message to the shadow server and waits for its commit; returns true
// at the end. After each wait either hub may have stopped. The caller compares the epochs of `hub`.
bool Run::copy_to_shadow(ShadowCopy& self, Target me, const Hub& hub, i64 epoch, u64 entity,
                         i64 message, i64 mails) {
  const i64 number = hub.plan(*this).shadow;  // -1: none
  if (number < 0) return true;
  Hub& shadow = hubs[number];
  const Messages& messages = record.tables.messages;
  const i64 size = messages.size[message], recipient = messages.first_recipient[message];
  BEGIN
  if (hub.epoch != epoch || !takes_copies(*this, shadow)) return true;
  self.epoch = shadow.epoch;
  shadow.pressure.uncommitted += size;
  WAIT_FOR_COPY(loop.at(
      at_most_never((i128)now() + shadow.pressure.delay + (i128)mails * transfer_time(size, HUB_BANDWIDTH)),
      ATTEMPT, entity, recipient, messages.attempts[message], me));
  if (shadow.epoch == self.epoch && hub.epoch == epoch)
    WAIT_FOR_COPY_UNLESS(shadow.cores.serve(
        *this, RECEIVE, me, VISIT_SHADOW_RECEIVE, message, 0, recipient,
        at_most_never((i128)mails * shadow.receive.of(size, draw32(record.key(recipient), D_RECEIVE_COST, 0)))));
  if (shadow.epoch == self.epoch && hub.epoch == epoch)
    WAIT_FOR_COPY_UNLESS(shadow.database.commit(*this, me, message, recipient, VISIT_SHADOW_COMMIT));
  shadow.pressure.uncommitted -= size;
  FINISH
  return true;
}
