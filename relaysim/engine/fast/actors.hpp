// The state of the actors of a run. What they do stands in relay/ and reputation/, one file each.
#pragma once
#include "record.hpp"

struct Run;

constexpr i64 NO_LIMIT = 1ll << 62;
constexpr i64 PERMANENT = 500;  // the codes of permanent replies begin here
constexpr i64 CLOSES = 421;     // the code of a reply with which a server closes the session

// The longest time of an event from now on: above 2^63 - 2^60 microseconds a time is "never".
constexpr i64 NEVER = INT64_MAX - (1ll << 60);

inline i64 at_most_never(i128 time) { return time > NEVER ? NEVER : (i64)time; }

// Microseconds of a transfer; a product of a size above a terabyte needs more than 64 bits.
inline i64 transfer_time(i64 size, i64 bandwidth) {
  if (size < 1ll << 40) return size * 8000000 / bandwidth;
  return at_most_never((i128)size * 8000000 / bandwidth);
}

struct Cost {
  i64 base, per_kb;
  Law factors;

  i64 of(i64 size, u32 bits) const {
    i128 whole = base + ((i128)per_kb * size >> 10);
    return at_most_never(whole * factors.looked_up(bits) >> 16);
  }
};

// relay/station
struct Job {
  Target target;
  i64 visit, subject, attempt, recipient, length, enter;
};

struct Cores {
  i64 hub = 0, station = 0, free = 0;
  bool stopped = false, sends_first = true;
  Ring<Job> waiting[3];

  bool serve(Run&, WorkClass, Target, i64 visit, i64 subject, i64 attempt, i64 recipient,
             i64 length);
  void end(Run&);
  Ring<Job>& next();
  void begin(Run&, const Job&);
  void stop(Run&);
  void start(Run&);
  void close(Run&);
  void record_wait(Run&, const Job&, i64 end);
};

struct Member {
  i64 message, enter, visit;
};

struct QueueDatabase {
  i64 hub = 0, station = 0, batch_size = 1, batch_timeout = 0, write_time = 0, writer_free_at = 0;
  i64 batch = -1;      // number of the open batch; -1: none
  i64 timer = -1;      // sequence number of its timeout; -1: none
  Vec<Member> members;

  bool commit(Run&, Target, i64 message, i64 recipient, i64 visit = VISIT_COMMIT);
  void timeout(Run&, u64 sequence);
  void close_batch(Run&, i64 recipient);
  void stop(Run&);
  void close(Run&);
  void record_wait(Run&, i64 end);
};

struct Line {
  i64 station, bandwidth, entity, free_at;

  bool transfer(Run&, Target, i64 transaction, i64 attempt, i64 recipient, i64 size);
};

// relay/back_pressure
struct Pressure {
  i64 hub = 0, uncommitted = 0, submitted = 0, held = 0, most_held = 0;
  i64 pressed_polls = 0, queue_polls = 0, delay = 0;
  PressureLevel buckets = NORMAL, queue = NORMAL, level = NORMAL;
  Vec<i64> disks;

  void begin(Run&);
  void hold(i64 size);
  void poll(Run&);
  bool refuses_connection(Run&) const;
  bool refuses_mail_from(Peer, bool sender_is_authoritative) const;
};

// relay/receive_connector_sessions
struct ConnectorSessions {
  i64 number = 0, open = 0, minute = -1;
  Vec<i64> from_source, submitted;  // by source; by what MessageRateSource counts

  i64 admit(Run&, i64 source);  // the text of the refusal; -1: open
  void leave(i64 source);
  void reset();
  i64 over_rate(Run&, i64 source, i64 account);
};

// relay/delivery_processes
struct DeliveryProcesses {
  i64 start_time = 0, max_idle = 0, started_at = 0;
  Vec<i64> idle;  // when each idle process became idle, in this order

  i64 wait(i64 now);
  void end(i64 now);
  void reset();
};

// relay/outbound_connections
struct OutboundConnections {
  i64 limit = 0, open = 0;
  bool has_jobs = false;
  Vec<i64> starved;  // numbers of queues, the one that waits longest first
  DeliveryProcesses processes;
  bool feeding = false;

  bool may_open(Run&, i64 queue);
  void opened(Run&, i64 queue);
  void closed(Run&, i64 queue);
  i64 next(Run&);
  bool another_is_next(Run&, i64 queue);
  void forget(i64 queue);
  void reset();
};

// relay/active_queue
struct ActiveQueue {
  i64 limit = 0, delay = 0, members = 0;  // members: messages
  Map transactions_of;                    // of a message with several recipients
  bool feeding = false;
  Ring<i64> waiting;

  bool has_room(Run&, i64 transaction) const;
  void enter(Run&, i64 transaction);
  void enter_all(Run&, const i64* transactions, i64 count);
  void left(Run&, i64 transaction);
  i64 intake_delay() const;
  void close(Run&);
};

// relay/delivery_slots
struct DeliveryJob {
  i64 message = 0, arrived_at = 0, first = 0;  // first: its first transaction
  i64 waiting = 0, selected = 0, available = 0, used = 0;
  i64 parent = -1, level = 0, number = 0, children = 0, preemptions = 0;
  bool is_over = false;
  i64 first_place = -1, places = 0;  // what waits for each next hop, in `Run::job_entries`

  i64 entries() const { return waiting + selected; }
  void select();
};

struct DeliverySlots {
  i64 cost = 0, discount = 0, loan = 0, minimum = 0;

  bool may_be_preempted(const DeliveryJob& current) const;
  i64 most(const DeliveryJob& current) const;
  bool suffice(const DeliveryJob& current, const DeliveryJob& job) const;
  void leave_stack(Run&, const DeliveryJob& job) const;
  void preempt(Run&, i64 current, i64 job) const;
  void retire(Run&, i64 job) const;
};

struct Candidate {
  i64 now = 0, most = 0, job = -1, age = 0;

  bool consider(Run&, i64 job, i64 arrived_at);
};

// relay/job_list
struct JobList {
  DeliverySlots slots;
  Map of_message;  // the jobs of messages with several recipients

  void exercise(Run&, const i64* queues, i64 count);
  i64 job_of(Run&, i64 transaction);
  void retire(Run&, i64 job);
};

struct JobEntries {  // what of a job waits for one next hop
  i64 job = 0, queue = 0, first = -1, last = -1;
  i64 before = -1, after = -1, next_place = -1;  // in the order of the queue; of the job
};

struct WaitingEntry {
  i64 transaction = 0, next = -1;
};

struct WaitingJobs {
  i64 queue = 0, first = -1, last = -1, jobs = 0, size = 0;  // size: transactions

  i64 next(Run&) const;
  i64 entries_of(Run&, i64 job) const;
  void append(Run&, i64 transaction);
  void append_left(Run&, i64 transaction);
  i64 pop(Run&);
  i64 discard(Run&);
  i64 take(Run&);
  void move(Run&, i64 entries);
  JobList& list(Run&) const;
  i64 open(Run&, i64 job);
  void close(Run&, i64 entries);
  void link(Run&, i64 entries, i64 before);
  void unlink(Run&, i64 entries);
};

// relay/ageing
struct Follower {
  i64 hub = 0, age = 0, entry = 0;
  bool sends_notice = false;
};

// relay/hub
struct Accepted {
  i64 time;
  i32 message, parent;
};

struct Hub {
  i64 number = 0;
  bool up = true;
  i64 epoch = 0, stops = 0, dsns = 0;
  Vec<i64> stopped_at, started_at;
  Cores cores;
  QueueDatabase database;
  Pressure pressure;
  OutboundConnections outbound;
  ActiveQueue active;
  JobList jobs;
  Vec<i64> opened_queues;      // their numbers, ascending
  Ring<i64> connection_times;  // as many as the rate allows in a minute
  i64 first_delayed = -1, last_delayed = -1;  // sessions with a delayed acknowledgement, in order
  Vec<Accepted> accepted;
  Vec<i64> asleep;             // followers that wait for mail
  Cost receive, categorize, antivirus, send;
  bool scans = false;

  const HubPlan& plan(Run&) const;
  i64 next_connection_time(Run&);
  void accept(Run&, i64 message, i64 parent = -1);
  void route(Run&, i64 message, i64 parent, i64 accepted_at);
  i64 linked_to(Run&, i64 message, i64 parent) const;
  i64 parts(Run&, i64 hop, i64 recipients) const;
  void queue_group(Run&, i64 message, i64 queue, const i64* rows, i64 count, i64 parent,
                   i64 expires, Vec<i64>& entering);
  void finish(Run&, i64 transaction, i64 status, i64 reply);
  void finish_each(Run&, i64 transaction, const Vec<i64>& recipients, const Vec<i64>& statuses,
                   i64 reply);
  void hand_over(Run&, i64 transaction, Hub& peer);
  bool expire_if_due(Run&, i64 transaction);
  void expire(Run&, i64 transaction);
  void send_dsn(Run&, i64 recipient, i64 decision);
  bool ran_at(i64 tick) const;
  void transaction_done(Run&, i64 message, i64 size);
  void wake(Run&);
  void stop(Run&);
  void start(Run&);
  void close(Run&);
  // relay/acknowledgement
  void delay_acknowledgement(Run&, u32 session);
  i64 delayed_session(Run&, i64 message) const;
  void acknowledge(Run&, i64 message);
  void acknowledge_all(Run&);
};

// relay/public_ip_choice
struct WarmUp {
  i64 number = 0, day = -1, days = 0, sent = 0;  // the last day with traffic, and those before it

  bool has_room(const Run&, i64 today, i64 recipients) const;
  void take(i64 today, i64 recipients);
};

// relay/shadow_copy
struct ShadowCopy {
  i64 step = 0, epoch = 0;
};

// relay/host
struct Session {
  i64 step = 0, dialogue_step = 0;
  i64 host = 0, message = 0, first_message = 0, requested = 0, accepted_at = 0, connection = 0;
  i64 turn = 0, connector = -1, hub = -1, target_hub = -1, answer = -1, epoch = 0, carried = 0;
  i64 source = -1, balancer = -1, place = 0;  // the place of the hub behind the balancer
  i64 recipient = 0, attempt = 0, refusal = -1, accepted = 0, mails = 0, due = 0;
  i64 taker = -1, taking = 0;  // the hub that takes the message, and its epoch
  bool closes = false;
  i64 remaining = -1;  // transactions before the delayed acknowledgement; -1: not routed
  enum { NOT_DELAYED, DELAYED, WAITING, ACKNOWLEDGED } acknowledgement = NOT_DELAYED;
  bool lasts = false, complete = false, timed_out = false;
  i64 reply_timer = -1;                         // sequence number of the time-out; -1: none
  i64 before = -1, after = -1;                  // neighbours among the open sessions of the host
  i64 delayed_before = -1, delayed_after = -1;  // and among the delayed ones of the hub
  Vec<i64> refused, replies;
  ShadowCopy copy;
};

struct Host {
  i64 number = 0, sessions = 0, connected = 0, connections = 0, limit = 0;
  bool waiting_to_retry = false;
  Ring<i64> spool;
  i64 first_open = -1, last_open = -1;  // the open sessions, in the order of acceptance
  // Of a mailbox server:
  i64 turn = 0;
  Vec<i64> held;  // messages that wait for its return

  const HostPlan& plan(Run&) const;
  const VerdictPlan& verdict(Run&, i64 connector, i64* row = nullptr) const;
  void submit(Run&, i64 message);
  void open_session(Run&);
  void run_session(Run&, u32 number);
  bool dialogue(Run&, u32 number, Session&);
  void choose_target(Run&, Session&);
  bool reaches(Run&, i64 hub) const;
  i64 greeting(Run&, Hub&, i64 connector, i64 source, i64 message);
  void close_session(Run&, u32 number);
  void record_session(Run&, const Session&, i64 end);
  i64 mail_from(Run&, const Pressure&, i64 connector, i64 source, i64 message);
  void rcpt_to(Run&, Session&);
  void submission_failed(Run&, i64 message, i64 reply);
  bool too_old(Run&, i64 message, i64 due);
  void reply_timeout(Run&, u32 number, u64 sequence);
  void acknowledgement_lost(Run&, i64 message, i64 reply);
  void give_up(Run&, i64 message, i64 status, i64 reply);
  bool connection_refused(Run&, i64 message, i64 reply);
  void retry_interval_over(Run&);
  void close(Run&);
};

// relay/relay_intake
struct RelayIntake {
  const ConnectorPlan& connector;

  u32 drawn(Run&, u64 decision, i64 message) const;
  i64 connect_time(Run&, i64 message) const;
  i64 greeting(Run&, i64 ip, i64 message) const;
  void rcpt_to(Run&, i64 ip, i64 message, Vec<i64>& refused, Vec<i64>& replies) const;
  i64 reply_time(Run&, i64 ip, i64 message) const;
  i64 content(Run&, i64 message) const;
};

// relay/load_balancer
struct BalancedSessions {
  i64 epoch = 0, count = 0;
};

struct LoadBalancer {
  i64 number = 0, connections = 0;
  Vec<BalancedSessions> sessions;  // by place of the hub

  Hub& hub(Run&, i64 place) const;
  i64 choose(Run&);
  i64 open(Run&, i64 place) const;
  void opened(Run&, i64 place);
  void closed(Run&, i64 place);
};

// relay/mailbox_server
struct Submission {
  i64 host, message, first, turn;
};

struct Place {
  i64 step = 0, hub = 0;  // the hub whose place it is
  Submission submission = {0, 0, 0, 0};
  i64 submission_step = 0, start = 0, epoch = 0, recipient = 0, due = 0;
  bool is_open = false;
  ShadowCopy copy;
  i64 before = -1, after = -1;  // the neighbours among the open submissions of the mailbox server
};

struct SubmissionPlaces {
  i64 limit = 0, in_use = 0;
  Ring<Submission> waiting;
};

// relay/suspended_streams
struct SuspendedStream {
  i64 stream = 0, failures = 0, probe = -1;
  Ring<i64> held;
};

// relay/destination_concurrency
struct Concurrency {
  i64 initial = 0, most = 0, positive = 0, negative = 0, dead_for = 0, reuse_time = 0;
  i64 window = 0, success = 0, failure = 0, failed_cohorts = 0;

  void begin(const HubPlan&, i64 limit);
  void restart();
  void succeeded(i64 busy);
  void failed();
};

// relay/connection_cache
struct CachedConnection {
  i64 opened_at = 0, carried = 0, timer = -1;  // timer: sequence number of its end
};

struct ConnectionCache {
  i64 time_limit = 0, last_done = -2;  // second of the last delivery; -2: none since it was empty
  bool loads = false, stores = false;
  Vec<CachedConnection> connections;  // the last one is taken first

  void forget();
  bool selected(i64 now, i64 busy);
  bool take(CachedConnection* taken);
  void done(i64 now);
};

// relay/delivery_queue
struct DeliveryQueue {
  i64 number = 0, hub = 0, limit = 0;
  bool leads_outside = false, has_quotas = false, is_open = false, retrying = false;
  bool is_of_postfix = false, pumping = false;
  Concurrency concurrency;
  ConnectionCache cache;
  i64 free_at = 0;          // when the rate allows the next attempt
  bool rate_waits = false;  // a timer runs that ends then
  i64 dead_timer = -1;  // sequence number of the end of the dead time; -1: the next hop lives
  Ring<i64> ready[3];
  WaitingJobs waiting;  // of Postfix, which has nothing in `ready`
  JobList own_jobs;     // of a queue that does not lead outside
  i64 in_use[3] = {0, 0, 0};
  i64 connecting = 0, open = 0, connections = 0, failures = 0, losses = 0;
  i64 timer = -1;                             // sequence number of the retry clock; -1: none
  i64 first_started = -1, last_started = -1;  // transactions on connections, in order
  Vec<SuspendedStream> suspended;             // in the order of suspension

  const QueuePlan& plan(Run&) const;
  void open_at(Run&);
  i64 priority(Run&, i64 transaction) const;
  bool any_ready() const {
    return ready[0].size || ready[1].size || ready[2].size || waiting.size;
  }
  bool long_enough(Run&);
  void add(Run&, i64 transaction);
  void make_ready(Run&, i64 transaction);
  void pump(Run&);
  i64 limit_now() const;
  void open_connections(Run&);
  i64 next_transaction(Run&, i64 opens = 0);
  i64 next_waiting(Run&);
  bool is_before(Run&, DeliveryQueue& other);
  i64 next_hub(Run&, i64* reply);
  i64 refusal(Run&, Hub& peer);
  const PeerPlan& peer_plan(Run&, i64 hub) const;
  i64 by_balancer(Run&, i64* reply);
  i64 enter(Run&, i64* reply);
  i64 admission(Run&, const PeerPlan&);
  void leave(Run&, i64 peer, i64 epoch);
  i64 envelope(Run&, Hub& peer, i64 transaction, i64* delay);
  void connection_opened();
  void connection_works(Run&, i64 transaction);
  void connection_closed(Run&);
  void end_attempt(Run&, i64 transaction, i64 reply);
  void end(Run&, i64 transaction, i64 reply);
  void record_attempt(Run&, i64 transaction, i64 start, i64 end, i64 reply, i64 opened);
  void connection_failed(Run&, i64 transaction, i64 reply);
  void bounced_by_greeting(Run&, i64 transaction, i64 reply);
  void connection_dropped(Run&, i64 transaction);
  void close_connection(Run&, i64 transaction, i64 reply);
  bool throttled(Run&, i64 transaction, i64 reply);
  void connection_lost(Run&, i64 transaction);
  void put_back(Run&, i64 transaction);
  void expire(Run&, i64 transaction);
  void stop(Run&);
  void start(Run&);
  void record_wait(Run&, i64 transaction, i64 end = -1);
  void close(Run&);
  // relay/connection_cache
  bool leaves(Run&, i64 transaction) const;
  void keep(Run&, i64 opened_at, i64 carried);
  void cached_too_long(Run&, u64 sequence);
  void close_cached(Run&);
  // relay/delivery_rate
  bool rate_admits(Run&);
  void rate_over(Run&);
  // relay/destination_concurrency
  void destination_answered(Run&);
  void destination_failed(Run&);
  void dead_time_over(Run&, u64 sequence);
  void destination_lives(Run&);
  void restart_concurrency(Run&);
  // relay/message_retry
  void defer(Run&, i64 transaction);
  i64 next_attempt(Run&, i64 transaction);
  // relay/postfix_queue
  i64 take_next(Run&, i64 opened_at);
  bool may_be_used_again(Run&, i64 opened_at) const;
  void attempt_over();
  void defer_lost(Run&, i64 transaction);
  // relay/queue_retry
  void enter_retry(Run&);
  i64 retry_delay(Run&, i64 failures);
  void retry_due(Run&, u64 sequence);
  void leave_retry_if_empty(Run&);
  void leave_retry(Run&);
  // relay/suspended_streams
  SuspendedStream* suspended_stream(i64 stream);
  bool hold(Run&, i64 transaction);
  void suspend(Run&, i64 transaction);
  void probe(Run&, i64 stream);
  void probe_succeeded(Run&, i64 transaction);
  void probe_expired(Run&, i64 transaction);
  void resume_stream(Run&, i64 stream);
};

// relay/connection
struct Connection {
  i64 step = 0, queue = 0, transaction = 0, epoch = 0, recipient = 0, attempt = 0, carried = 0;
  i64 refusal = -1, verdict = 0, reply = -1, size = 0, due = 0, opened_at = 0, in_vain = 0;
  i64 mailbox_stops = 0;
  u64 key = 0;
  i64 peer = -1, peer_epoch = 0, message = 0;
  i64 proxy = -1, proxy_epoch = 0;  // the front end that proxies it, by place; -1: none
  bool is_cached = false;  // it comes from the cache of its queue
  bool leaves = false;     // its transaction leaves it to others
};

struct Source {
  i64 host, next, last;
};
