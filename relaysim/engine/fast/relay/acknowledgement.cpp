// Delayed acknowledgements: sessions that wait for delivery before their 250.
#include "../run.hpp"

void Hub::delay_acknowledgement(Run& run, u32 session) {
  Session& self = run.sessions[session];
  while (run.session_of.size <= self.message) run.session_of.push(-1);  // duplicates are added
  run.session_of[self.message] = (i32)session;
  self.delayed_before = last_delayed;
  self.delayed_after = -1;
  (last_delayed >= 0 ? run.sessions[last_delayed].delayed_after : first_delayed) = session;
  last_delayed = session;
}

// The session that waits for the acknowledgement of a message by this hub; -1: none.
i64 Hub::delayed_session(Run& run, i64 message) const {
  i64 session = message < run.session_of.size ? run.session_of[message] : -1;
  return session >= 0 && run.sessions[session].taker == number ? session : -1;
}

// Ends the wait of the session of a message, if it still waits.
void Hub::acknowledge(Run& run, i64 message) {
  i64 session = delayed_session(run, message);
  if (session < 0) return;
  Session& self = run.sessions[session];
  (self.delayed_before >= 0 ? run.sessions[self.delayed_before].delayed_after : first_delayed) =
      self.delayed_after;
  (self.delayed_after >= 0 ? run.sessions[self.delayed_after].delayed_before : last_delayed) =
      self.delayed_before;
  run.session_of[message] = -1;
  bool waits = self.acknowledgement == Session::WAITING;
  self.acknowledgement = Session::ACKNOWLEDGED;
  if (waits) run.resume({(u32)session, 0, SESSION});
}

// Ends all waits, because the hub stops.
void Hub::acknowledge_all(Run& run) {
  Vec<i64> messages;
  for (i64 session = first_delayed; session >= 0; session = run.sessions[session].delayed_after)
    messages.push(run.sessions[session].message);
  for (i64 place = 0; place < messages.size; place++) acknowledge(run, messages[place]);
  messages.free_memory();
}
