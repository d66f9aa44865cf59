// Scripted outages: of destinations, of their MX hosts, of the mailbox server and of lines.
#include "../run.hpp"

// Makes so many more MX hosts of each domain unreachable; a negative number: fewer.
void Reputation::lose_hosts(Run& run, i64 receiver, i64 hosts) {
  lost_hosts[receiver] += hosts;
  run.record.level(LEVEL_MX_OUTAGE, receiver, run.now(), lost_hosts[receiver]);
}

// Scripted outages; they may overlap.
void Reputation::outage(Run& run, i64 receiver, bool begins) {
  outages[receiver] += begins ? 1 : -1;
  mailbox_stops += begins && receiver == MAILBOXES;
  if (outages[receiver] == (begins ? 1 : 0))
    run.record.level(LEVEL_OUTAGE, receiver, run.now(), begins);
}

// Scripted outages of a line; they may overlap. Connections by it are cut, and new ones fail.
void Reputation::line_outage(Run& run, i64 line, bool begins) {
  lines_down[line] += begins ? 1 : -1;
  if (begins) line_cut_at[line] = run.now();
  if (lines_down[line] == (begins ? 1 : 0))
    run.record.level(LEVEL_LINE_DOWN, run.plan.lines[line].station, run.now(), begins);
}
