// The script of a run: streams create messages, and scripted events begin and end.
#include "run.hpp"

enum What { STOP, OUTAGE, LISTING, RESOLVER_FAULT, MX_OUTAGE, LINE_OUTAGE };

// Schedules the next message of a stream, at its time.
void Run::next_message(i64 number) {
  const Source& source = sources[number];
  if (source.next == source.last) return;
  const Messages& messages = record.tables.messages;
  loop.at(messages.created[source.next], ARRIVAL, HOST | (u64)source.host,
          messages.first_recipient[source.next], 0, {(u32)number, 0, SOURCE});
}

void Run::create_message(i64 number) {
  i64 message = sources[number].next++;
  Host& host = hosts[sources[number].host];
  // The stream may have been paused meanwhile, and the address removed from its list.
  if (reputation.suppress(*this, message)) {
    loop.finished = !record.open;
  } else if (host.plan(*this).by_mailbox_server) {
    submit_by_mailbox(host, message);
  } else {
    host.submit(*this, message);
  }
  next_message(number);
}

// Keeps a run with blocklists open until `duration`: the length of a listing is a result.
void Run::keep_open() {
  if (!plan.blocklists.size) return;
  record.open++;  // as if one more recipient were not final
  loop.at(plan.run[0].duration, SCRIPT, 0, 0, 0, {0, 0, KEPT_OPEN});
}

// Schedules the scripted events. Where one ends when the next one of the same kind and subject
// begins, the later one begins first: the state lasts.
void Run::play() {
  const u64 kinds[] = {0, DESTINATION, EGRESS, DESTINATION, DESTINATION, LINE};
  for (i64 number = 0; number < plan.script.size; number++) {
    const ScriptedPlan& event = plan.script[number];
    u64 entity = kinds[event.what] | (u64)event.subject;
    loop.at(event.at, SCRIPT, entity, 0, 0, {(u32)number, 0, SCRIPT_BEGINS});
    loop.at(event.until, SCRIPT, entity, 1, 0, {(u32)number, 0, SCRIPT_ENDS});
  }
}

void Run::script(i64 number, bool begins) {
  const ScriptedPlan& event = plan.script[number];
  switch (event.what) {
    case STOP:
      if (begins) hubs[event.subject].stop(*this);
      else hubs[event.subject].start(*this);
      break;
    case OUTAGE:
      reputation.outage(*this, event.subject, begins);
      if (event.subject == MAILBOXES && !reputation.outages[MAILBOXES]) resume_mailboxes();
      break;
    case LINE_OUTAGE:
      reputation.line_outage(*this, event.subject, begins);
      break;
    case MX_OUTAGE:
      reputation.lose_hosts(*this, event.subject, begins ? event.count : -event.count);
      break;
    case RESOLVER_FAULT:
      reputation.resolver_fault(*this, number, begins);
      break;
    case LISTING:
      watchers.scripted_listing(number, begins);
      break;
  }
}
