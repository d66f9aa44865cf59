// Wiring: creates the actors of a run, in the order of relaysim/engine/wiring.py, and leads each
// event to the actor that continues.
#include "run.hpp"

void Reputation::begin(Run& run) {
  const Plan& plan = run.plan;
  outages.fill(plan.receivers.size, 0);
  lost_hosts.fill(plan.receivers.size, 0);
  lines_down.fill(plan.lines.size, 0);
  line_cut_at.fill(plan.lines.size, -1);
  known.fill(plan.receivers.size * plan.streams.size * plan.egress.size, nullptr);
  providers.fill(plan.receivers.size, Provider());
  const i64 numbers = PARTIES * (plan.egress.size + plan.run[0].registered_domains);
  i64 answers = plan.receiver_of.size * numbers;
  until = (i64*)calloc((size_t)answers + 1, sizeof(i64));
  listed = (i64*)calloc((size_t)answers + 1, sizeof(i64));
  lists.fill(plan.streams.size, MailingList());
  volumes.fill(numbers, Ring<HourCount>());
  faults.fill(plan.script.size, 0);
  fault_shares.fill(plan.receivers.size, 0);
  i64 domains = plan.receivers.size * plan.run[0].primary_domains * PARTIES;
  bulk_senders.fill(domains, 0);
  bulk_used.fill(domains, 0);
  bulk_entries.fill(domains, Ring<RelayEntry>());
}

void Reputation::free_memory() {
  outages.free_memory();
  lost_hosts.free_memory();
  lines_down.free_memory();
  line_cut_at.free_memory();
  connections.free_memory();
  backlogs.free_memory();
  known.free_memory();
  for (i64 receiver = 0; receiver < providers.size; receiver++) {
    providers[receiver].states.free_memory();
    providers[receiver].ips.free_memory();
    providers[receiver].domains.free_memory();
  }
  providers.free_memory();
  free(until);
  free(listed);
  for (i64 stream = 0; stream < lists.size; stream++) {
    lists[stream].removed.free_memory();
    lists[stream].bounces.free_memory();
  }
  lists.free_memory();
  pending.free_memory();
  for (i64 ip = 0; ip < volumes.size; ip++) volumes[ip].free_memory();
  volumes.free_memory();
  for (i64 place = 0; place < bulk_entries.size; place++) bulk_entries[place].free_memory();
  faults.free_memory();
  fault_shares.free_memory();
  bulk_senders.free_memory();
  bulk_used.free_memory();
  bulk_entries.free_memory();
}

void Run::begin() {
  record.begin(plan, draws);
  transactions.begin(&record);
  reputation.begin(*this);
  relay_limits.begin(*this);
}

void Run::wire() {
  reputation.unable = record.reply(plan.run[0].unable_to_connect);
  reputation.accepted = record.reply(plan.run[0].accepted);
  session_of.fill(record.tables.messages.rows, -1);
  for (i64 number = 0; number < plan.lines.size; number++)
    lines.push({plan.lines[number].station, plan.lines[number].bandwidth, (i64)(LINE | (u64)number), 0});
  for (i64 number = 0; number < plan.connectors.size; number++) {
    sessions_of.push(ConnectorSessions());
    sessions_of.last().number = number;
  }
  for (i64 number = 0; number < plan.queues.size; number++) {
    queues.push(DeliveryQueue());
    queues.last().number = number;
    queues.last().hub = plan.queues[number].hub;
    queues.last().waiting.queue = number;
  }
  hubs.reserve(plan.hubs.size);  // hubs keep their place in memory
  followers.reserve(2 * plan.hubs.size);
  for (i64 number = 0; number < plan.hubs.size; number++) {
    const HubPlan& given = plan.hubs[number];
    hubs.push(Hub());
    Hub& hub = hubs.last();
    hub.number = hub.cores.hub = hub.database.hub = hub.pressure.hub = number;
    hub.cores.station = given.cpu_station;
    hub.cores.free = given.cores;
    hub.cores.sends_first = given.sends_first;
    hub.database.station = given.commit_station;
    hub.database.batch_size = given.batch_timeout ? given.batch_size : 1;
    hub.database.batch_timeout = given.batch_timeout;
    hub.database.write_time = given.commit_write;
    hub.outbound.limit = given.outbound_connections;
    hub.outbound.has_jobs = given.queue_run_delay > 0;
    hub.active.limit = given.active_limit;
    hub.active.delay = given.in_flow_delay;
    hub.jobs.slots = {given.slot_cost, given.slot_discount, given.slot_loan, given.minimum_slots};
    hub.outbound.processes.start_time = given.process_start_time;
    hub.outbound.processes.max_idle = given.max_idle;
    hub.receive = cost(4 * number);
    hub.categorize = cost(4 * number + 1);
    hub.antivirus = cost(4 * number + 2);
    hub.send = cost(4 * number + 3);
    hub.scans = hub.antivirus.base > 0 || hub.antivirus.per_kb > 0;
    hub.pressure.begin(*this);
    record.reply(plan.run[0].message_expired);
    for (int sends_notice = 1; sends_notice >= 0; sends_notice--) {
      i64 age = sends_notice ? given.delay_notification_timeout : given.message_expiration_timeout;
      if (sends_notice && age >= given.message_expiration_timeout) continue;
      Follower follower;
      follower.hub = number;
      follower.age = age;
      follower.sends_notice = sends_notice;
      followers.push(follower);
      follow(followers.size - 1);
    }
    places_of.push(SubmissionPlaces());
    places_of.last().limit = given.mailbox_submissions;
  }
  begin_proxies();
  for (i64 number = 0; number < plan.warm_ups.size; number++) {
    warm_ups.push(WarmUp());
    warm_ups.last().number = number;
  }
  for (i64 number = 0; number < plan.balancers.size; number++) {
    balancers.push(LoadBalancer());
    balancers.last().number = number;
    balancers.last().sessions.fill(plan.balancers[number].hub_count, BalancedSessions());
  }
  hosts.reserve(plan.hosts.size);
  for (i64 number = 0; number < plan.hosts.size; number++) {
    const HostPlan& given = plan.hosts[number];
    hosts.push(Host());
    hosts.last().number = number;
    hosts.last().limit = given.sessions ? given.sessions : NO_LIMIT;
    if (given.by_mailbox_server) {
      record.reply(plan.run[0].insufficient_resources);
      record.reply(plan.run[0].unable_to_connect);
    } else {
      record.reply(plan.run[0].unable_to_connect);
      record.reply(plan.run[0].connection_dropped);
      record.reply(plan.run[0].service_not_available);
      record.reply(plan.run[0].queued);
    }
  }
}

// Events between two looks of Python at its signals, such as Ctrl-C: some milliseconds.
constexpr i64 BREATH = 1 << 16;

i64 Run::execute() {
  play();
  for (i64 number = 0; number < draws.sources.size; number++) {
    const SourcePlan& given = draws.sources[number];
    sources.push({given.host, given.first, given.last});
    next_message(number);
  }
  if (!record.open) return 0;  // no mail at all
  keep_open();
  loop.at(plan.run[0].horizon, END, 0, 0, 0, {0, 0, HORIZON});
  while (!loop.finished) {
    const Event event = loop.next();
    step(event);
    if (loop.processed % BREATH == 0) watchers.breathe();
  }
  for (i64 number = 0; number < hubs.size; number++) hubs[number].close(*this);
  for (i64 number = 0; number < hosts.size; number++) {
    if (hosts[number].plan(*this).by_mailbox_server) {
      close_mailbox(hosts[number]);
    } else {
      hosts[number].close(*this);
    }
  }
  return loop.tick;
}

// Continues what waits: a process, or the categorizer.
void Run::resume(Target target) {
  switch (target.kind) {
    case SESSION:
      hosts[sessions[target.number].host].run_session(*this, target.number);
      break;
    case SUBMISSION_PLACE:
      run_place(target.number);
      break;
    case CONNECTION_OUTSIDE:
      outside(target.number);
      break;
    case CONNECTION_INSIDE:
      inside(target.number);
      break;
    case CATEGORIZED: {
      Hub& hub = hubs[target.second];
      const Accepted entry = hub.accepted[target.number];
      hub.route(*this, entry.message, entry.parent, entry.time);
      break;
    }
    case BATCH_WRITTEN: {
      // A process may open a batch with the number of this one.
      Vec<Target> waiting = batches[target.number];
      batches[target.number] = Vec<Target>();
      unused_batches.push(target.number);
      for (i64 place = 0; place < waiting.size; place++) resume(waiting[place]);
      waiting.free_memory();
      break;
    }
    default:
      break;
  }
}

void Run::step(const Event& event) {
  const Target target = Target::of(event.target);
  const i64 number = target.number;
  if (target.ends_service) hubs[target.second].cores.end(*this);
  switch (target.kind) {
    case BATCH_TIMEOUT:
      hubs[target.second].database.timeout(*this, event.sequence);
      break;
    case ACKNOWLEDGEMENT_DELAY_OVER:
      hubs[target.second].acknowledge(*this, number);
      break;
    case REPLY_TIMEOUT:
      hosts[sessions[target.number].host].reply_timeout(*this, target.number, event.sequence);
      break;
    case SUBMISSION_RETRY: {
      Host& host = hosts[plan.streams[record.tables.messages.stream[number]].host];
      if (host.plan(*this).by_mailbox_server) {
        submit_by_mailbox(host, number);
      } else {
        host.submit(*this, number);
      }
      break;
    }
    case HOST_RETRY_OVER:
      hosts[number].retry_interval_over(*this);
      break;
    case MESSAGE_RETRY:
      // It may have expired while it waited.
      if (!transactions.is_final(number))
        hubs[queues[transactions.queue(number)].hub].active.enter(*this, number);
      break;
    case QUEUE_RETRY_DUE:
      queues[number].retry_due(*this, event.sequence);
      break;
    case RATE_OVER:
      queues[number].rate_over(*this);
      break;
    case DEAD_TIME_OVER:
      queues[number].dead_time_over(*this, event.sequence);
      break;
    case CACHED_TOO_LONG:
      queues[number].cached_too_long(*this, event.sequence);
      break;
    case SUSPENSION_OVER:
      queues[number].probe(*this, target.second);
      break;
    case SOURCE:
      create_message(number);
      break;
    case AGEING:
      follow(number);
      break;
    case PRESSURE_POLL:
      hubs[target.second].pressure.poll(*this);
      break;
    case SIGNAL:
      reputation.signal(*this, target.number);
      break;
    case SCRIPT_BEGINS:
      script(number, true);
      break;
    case SCRIPT_ENDS:
      script(number, false);
      break;
    case REVIEW:
      reputation.review(*this, number);
      break;
    case WATCHER:
      watchers.event(number);
      break;
    case KEPT_OPEN:
      record.open--;
      loop.finished = !record.open;
      break;
    case HORIZON:
      loop.finished = 1;
      break;
    default:
      resume(target);
  }
}

// Frees all but the tables and the replies.
void Run::free_actors() {
  for (i64 number = 0; number < hubs.size; number++) {
    Hub& hub = hubs[number];
    for (Ring<Job>& jobs : hub.cores.waiting) jobs.free_memory();
    hub.database.members.free_memory();
    hub.pressure.disks.free_memory();
    hub.outbound.starved.free_memory();
    hub.active.waiting.free_memory();
    hub.active.transactions_of.free_memory();
    hub.jobs.of_message.free_memory();
    hub.outbound.processes.idle.free_memory();
    hub.stopped_at.free_memory();
    hub.started_at.free_memory();
    hub.connection_times.free_memory();
    hub.accepted.free_memory();
    hub.asleep.free_memory();
  }
  for (i64 number = 0; number < queues.size; number++) {
    DeliveryQueue& queue = queues[number];
    for (Ring<i64>& ready : queue.ready) ready.free_memory();
    queue.own_jobs.of_message.free_memory();
    queue.cache.connections.free_memory();
    for (i64 place = 0; place < queue.suspended.size; place++)
      queue.suspended[place].held.free_memory();
    queue.suspended.free_memory();
  }
  for (i64 number = 0; number < hosts.size; number++) {
    hosts[number].spool.free_memory();
    hosts[number].held.free_memory();
  }
  for (i64 number = 0; number < places_of.size; number++) places_of[number].waiting.free_memory();
  for (i64 number = 0; number < sessions_of.size; number++) {
    sessions_of[number].from_source.free_memory();
    sessions_of[number].submitted.free_memory();
  }
  for (i64 number = 0; number < sessions.size; number++) {
    sessions[number].refused.free_memory();
    sessions[number].replies.free_memory();
  }
  for (i64 number = 0; number < batches.size; number++) batches[number].free_memory();
  for (i64 number = 0; number < balancers.size; number++) balancers[number].sessions.free_memory();
  balancers.free_memory();
  jobs.free_memory();
  job_entries.free_memory();
  waiting_entries.free_memory();
  warm_ups.free_memory();
  as_proxied.free_memory();
  lines.free_memory();
  hubs.free_memory();
  sessions_of.free_memory();
  queues.free_memory();
  hosts.free_memory();
  places_of.free_memory();
  followers.free_memory();
  sources.free_memory();
  sessions.free_memory();
  places.free_memory();
  connections.free_memory();
  batches.free_memory();
  unused_batches.free_memory();
  session_of.free_memory();
  transactions.free_memory();
  reputation.free_memory();
  relay_limits.free_memory();
  greylists.free_memory();
  record.added_keys.free_memory();
  record.original.free_memory();
  record.copy_before.free_memory();
  record.last_copy.free_memory();
  loop.heap.free_memory();
}
