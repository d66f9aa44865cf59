// The compiled engine: one run from plan and draws to the tables of a trace. It does what
// relaysim/engine does on SimPy, in the same order; each file has the name of its twin.
#include <new>

#include "run.hpp"

#include "relay/acknowledgement.cpp"
#include "relay/active_queue.cpp"
#include "relay/ageing.cpp"
#include "relay/back_pressure.cpp"
#include "relay/connection.cpp"
#include "relay/connection_cache.cpp"
#include "relay/delivery_processes.cpp"
#include "relay/delivery_queue.cpp"
#include "relay/delivery_rate.cpp"
#include "relay/delivery_slots.cpp"
#include "relay/destination_concurrency.cpp"
#include "relay/envelope.cpp"
#include "relay/front_end.cpp"
#include "relay/outbound_proxy.cpp"
#include "relay/host.cpp"
#include "relay/hub.cpp"
#include "relay/hub_choice.cpp"
#include "relay/job_list.cpp"
#include "relay/load_balancer.cpp"
#include "relay/mailbox_server.cpp"
#include "relay/message_retry.cpp"
#include "relay/outbound_connections.cpp"
#include "relay/postfix_queue.cpp"
#include "relay/public_ip_choice.cpp"
#include "relay/queue_retry.cpp"
#include "relay/receive_connector_sessions.cpp"
#include "relay/relay_intake.cpp"
#include "relay/shadow_copy.cpp"
#include "relay/station.cpp"
#include "relay/suspended_streams.cpp"
#include "reputation/connection_backlogs.cpp"
#include "reputation/greylists.cpp"
#include "reputation/ip_volume.cpp"
#include "reputation/listings.cpp"
#include "reputation/mailbox_provider.cpp"
#include "reputation/mailing_lists.cpp"
#include "reputation/outages.cpp"
#include "reputation/receiver.cpp"
#include "reputation/relay_limits.cpp"
#include "reputation/requirements.cpp"
#include "reputation/resolver_faults.cpp"
#include "reputation/transport_enforcement.cpp"
#include "reputation/signals.cpp"
#include "script.cpp"
#include "wiring.cpp"

// What Python calls.
#define EXPORTED __attribute__((visibility("default")))

extern "C" {
EXPORTED const char* relaysim_layout() { return LAYOUT; }
EXPORTED const char* relaysim_sources() { return SOURCES; }

EXPORTED Run* relaysim_create(const Plan* plan, const Draws* draws, const Watchers* watchers) {
  Run* run = new (resized(nullptr, sizeof(Run))) Run();
  run->plan = *plan;
  run->draws = *draws;
  run->watchers = *watchers;
  run->begin();
  return run;
}

EXPORTED EventLoop* relaysim_loop(Run* run) { return &run->loop; }

EXPORTED void relaysim_at(Run* run, i64 tick, i64 rank, i64 entity, i64 recipient, i64 attempt, i64 number) {
  run->loop.at(tick, (u64)rank, (u64)entity, recipient, attempt, {(u32)number, 0, WATCHER});
}

EXPORTED void relaysim_schedule_review(Run* run, i64 receiver, i64 due) {
  run->reputation.schedule_review(*run, receiver, due);
}

EXPORTED void relaysim_level(Run* run, i64 level, i64 subject, i64 time, i64 value) {
  run->record.level(level, subject, time, value);
}

EXPORTED i64 relaysim_volume(Run* run, i64 ip, i64 window) {
  return run->reputation.volume_within(*run, ip, window);
}

EXPORTED i64 relaysim_is_bulk_sender(Run* run, i64 receiver, i64 stream) {
  return run->reputation.is_bulk_sender(*run, receiver, run->plan.streams[stream]);
}

EXPORTED i64 relaysim_clean(Run* run, i64 stream, i64 threshold) {
  return run->reputation.clean(*run, stream, threshold);
}

EXPORTED void relaysim_pause(Run* run, i64 stream, i64 paused) {
  run->reputation.set_paused(stream, paused);
}

EXPORTED void relaysim_move_culprits(Run* run) { run->culprits_moved = true; }

// Runs to the end, and frees all but the tables; returns the time of the end.
EXPORTED i64 relaysim_run(Run* run) {
  run->wire();
  i64 end = run->execute();
  run->free_actors();
  return end;
}

EXPORTED i64 relaysim_processed(Run* run) { return run->loop.processed; }

EXPORTED const void* relaysim_column(Run* run, i64 number, i64* length) {
  Array<void> values = column(run->record.tables, number);
  *length = values.size;
  return values.values;
}

EXPORTED const void* relaysim_apart(Run* run, i64 number, i64* length) {
  Array<void> values = apart(run->record.tables, number);
  *length = values.size;
  return values.values;
}

EXPORTED const i64* relaysim_replies(Run* run, i64 causes, i64* length) {
  Vec<i64>& values = causes ? run->record.replies.causes : run->record.replies.texts;
  *length = values.size;
  return values.values;
}

EXPORTED void relaysim_free(Run* run) {
  free_columns(run->record.tables);
  run->record.replies.numbers.free_memory();
  run->record.replies.texts.free_memory();
  run->record.replies.causes.free_memory();
  run->record.replies.codes.free_memory();
  free(run);
}
}
