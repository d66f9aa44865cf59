// The sessions of a receive connector: the number that is open, by source, and their messages.
#include "../run.hpp"

static i64& counted(Vec<i64>& counts, i64 place) {
  while (counts.size <= place) counts.push(0);
  return counts[place];
}

i64 ConnectorSessions::admit(Run& run, i64 source) {
  const ConnectorPlan& plan = run.plan.connectors[number];
  bool anywhere = source < 0;
  i64 per_source = anywhere ? -1 : plan.max_inbound_connection_per_source;
  i64 percentage = anywhere ? 100 : plan.max_inbound_connection_percentage_per_source;
  i64 from = anywhere ? 0 : counted(from_source, source), maximum = plan.max_inbound_connection;
  if (maximum >= 0 && open >= maximum) return plan.too_many_sessions;
  i64 limit = per_source;
  if (maximum >= 0 && percentage != 100) {
    i64 share = percentage * (maximum - open) / 100;
    if (limit < 0 || share < limit) limit = share;
  }
  if (limit >= 0 && from >= limit) return plan.too_many_sessions_of_source;
  open++;
  if (!anywhere) from_source[source]++;
  return -1;
}

void ConnectorSessions::leave(i64 source) {
  open--;
  if (source >= 0) counted(from_source, source)--;
}

void ConnectorSessions::reset() {
  open = 0;
  from_source.clear();
}

i64 ConnectorSessions::over_rate(Run& run, i64 source, i64 account) {
  const ConnectorPlan& plan = run.plan.connectors[number];
  i64 by[] = {-1, 0, source, account}, place = by[plan.message_rate_per];
  if (plan.message_rate_limit < 0 || place < 0) return -1;
  if (run.now() / MINUTE != minute) {
    minute = run.now() / MINUTE;
    submitted.clear();
  }
  if (counted(submitted, place) >= plan.message_rate_limit)
    return plan.submission_rate_exceeded;
  submitted[place]++;
  return -1;
}
