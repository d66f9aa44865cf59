// What Python and C++ share. Written by relaysim/engine/fast/header.py: `make header`.
#pragma once
#include "draw.hpp"

constexpr i64 SECOND = 1000000;
constexpr i64 LONGEST_RETRY = 630720000000000;
constexpr i64 FACTOR_1 = 1000;
constexpr i64 MINUTE = 60000000;
constexpr i64 HOUR = 3600000000;
constexpr i64 DAY = 86400000000;
constexpr i64 TOO_LARGE = -1;
constexpr i64 MAILBOXES = 0;
constexpr i64 FIRST_RECIPIENTS = 20;
constexpr i64 DSN_SIZE = 5120;
constexpr i64 PARTIES = 3;
constexpr i64 IPS = 1;
constexpr i64 DOMAINS = 2;
constexpr i64 BOTH = 3;
constexpr i64 SCALE = 65536;
constexpr i64 HUB_BANDWIDTH = 100000000;
constexpr i64 WHOLE = 232792560;
constexpr i64 ONE = 0;
constexpr i64 BY_CONCURRENCY = 1;
constexpr i64 BY_ROOT = 2;
constexpr i64 MAILBOX_SUBMISSION = 2;
constexpr i64 REVIEW_INTERVAL = 900000000;
constexpr i64 LEAVE = 2400;
constexpr i64 LEAVE_WARN = 800;
constexpr i64 ENTER_BLOCK = 10000;
constexpr i64 ENTER_THROTTLE = 3000;
constexpr i64 ENTER_WARN = 1000;
constexpr i64 LATEST_COMPLAINT = 1209600000000;
constexpr i64 WAKES = 25200000000;
constexpr i64 SLEEPS = 82800000000;
constexpr i64 BACK_OFF_SOURCE = 0;
constexpr i64 BACK_OFF_STREAM = 1;
constexpr i64 BACK_OFF_NONE = 2;
constexpr i64 COLUMNS = 78;

enum Rank : i64 { END = 1, SCRIPT = 2, STATE = 3, TIMER = 4, SERVICE = 5, BATCH = 6, ATTEMPT = 7, ARRIVAL = 8 };

enum EntityKind : i64 { QUEUE = 8192, LINE = 16384, HOST = 24576, DESTINATION = 32768, EGRESS = 40960 };

enum WorkClass : i64 { SEND = 0, RECEIVE = 1, CATEGORIZE = 2 };

enum Verdict : i64 { ACCEPTED = 0, DEFERRED = 1, REFUSED = 2, CLOSED = 3 };

enum Connecting : i64 { GREETED = -1, WAITS = -2, DROPPED = -3 };

enum Stage : i64 { AT_GREETING = 0, AT_MAIL = 1, AT_RCPT = 2, AT_DATA = 3 };

enum RelayCounts : i64 { COUNTS_CONNECTIONS = 0, COUNTS_MESSAGES = 1, COUNTS_RECIPIENTS = 2, COUNTS_EXTERNAL_RECIPIENTS = 3 };

enum RelayOver : i64 { OVER_DELAY = 0, OVER_DEFER = 1, OVER_REJECT = 2 };

enum ListAction : i64 { REJECT = 0, DEFER = 1, SCORE = 2 };

enum Dmarc : i64 { DMARC_MISSING = 0, DMARC_NONE = 1, DMARC_QUARANTINE = 2, DMARC_REJECT = 3 };

enum Lacks : i64 { LACKS_AUTHENTICATION = 1, LACKS_REJECT_POLICY = 2, LACKS_QUARANTINE_POLICY = 4, LACKS_SPF = 8, LACKS_DKIM = 16, LACKS_ALIGNMENT = 32, LACKS_DMARC_RECORD = 64, LACKS_PTR = 128, LACKS_TLS = 256, LACKS_ONE_CLICK_UNSUBSCRIBE = 512 };

enum State : i64 { GOOD = 0, WARN = 1, THROTTLE = 2, BLOCK = 3 };

enum PressureLevel : i64 { NORMAL = 0, MEDIUM = 1, HIGH = 2 };

enum Peer : i64 { MAILBOX_SERVER = 0, EXCHANGE_SERVER = 1, OTHER = 2 };

enum Decision : i64 { D_RECEIVE_COST = 0, D_CATEGORIZE_COST = 1, D_ANTIVIRUS_COST = 2, D_SEND_COST = 3, D_MAILBOX_TIME = 4, D_CONNECT_TIME = 5, D_RESPONSE_TIME = 6, D_CONNECT_FAILURE = 7, D_DEFER = 8, D_NDR = 9, D_DELAY_NOTICE = 10, D_PROXY = 11, D_PUBLIC_IP = 12, D_REQUIREMENT_DEFER = 13, D_MX_HOST = 14, D_OUTBOUND_PROXY = 15, D_DESTINATION = 16, D_DOMAIN = 17, D_PROVIDER_TRAP = 18, D_UNKNOWN = 19, D_COMPLAINT = 20, D_REPORT = 21, D_DUPLICATE = 22, D_RECIPIENTS = 24, D_SIZE = 25, D_TRAP_DELAY = 26, D_COMPLAINT_DELAY = 27, D_FEEDBACK_DELAY = 28, D_JUNK = 29, D_CLEANED = 30, D_REQUIREMENT = 31, D_GAP = 32, D_BURST_FIRST = 33, D_BURST_LENGTH = 34, D_COMPROMISE = 35, D_STAGE = 40, D_ACTION = 41, D_MIRROR = 42, D_GREYLIST = 43, D_RESOLVER = 44, D_LIST_HAZARD = 48, D_LIST_COMPROMISE = 49, D_LIST_REQUEST = 50, D_LIST_VICINITY = 51, D_LIST_ESCALATE = 52, D_LIST_NEIGHBOUR = 53, D_LIST_ALTERNATION = 54, D_LIST_TIME = 55, D_ADMIN_MONITOR = 56, D_ADMIN_NDR = 57, D_ADMIN_REPAIR = 58, D_PROVIDER_WIDENING = 60, D_PROVIDER_MITIGATION = 61 };

enum Status : i64 { STATUS_IN_FLIGHT = 0, STATUS_DELIVERED = 1, STATUS_JUNKED = 2, STATUS_BOUNCED = 3, STATUS_EXPIRED = 4, STATUS_REFUSED = 5, STATUS_ABANDONED = 6, STATUS_SUPPRESSED = 7, STATUS_DISCARDED = 8 };

enum Visit : i64 { VISIT_SESSION = 0, VISIT_RECEIVE = 1, VISIT_COMMIT = 2, VISIT_CATEGORIZE = 3, VISIT_SEND = 4, VISIT_LINE = 5, VISIT_SUBMIT = 6, VISIT_SHADOW_RECEIVE = 7, VISIT_SHADOW_COMMIT = 8 };

enum Level : i64 { LEVEL_QUEUE_RETRY = 0, LEVEL_HUB_DOWN = 1, LEVEL_VERSION_BUCKETS = 2, LEVEL_QUEUE_DISK = 3, LEVEL_OUTAGE = 4, LEVEL_HOST_RETRY = 5, LEVEL_PROVIDER = 6, LEVEL_PAUSED = 7, LEVEL_LOG_DISK = 8, LEVEL_SUBMISSION_QUEUE = 9, LEVEL_MX_OUTAGE = 10, LEVEL_LINE_DOWN = 11 };

enum SignalKind : i64 { SIGNAL_TRAP = 0, SIGNAL_PROVIDER_TRAP = 1, SIGNAL_COMPLAINT = 2, SIGNAL_UNKNOWN = 3, SIGNAL_REPORT = 4 };

enum Drawn : i64 { DRAWN_TRAP = 1, DRAWN_PROVIDER_TRAP = 2, DRAWN_UNKNOWN = 4, DRAWN_COMPLAINS = 8, DRAWN_COMPLAINS_JUNKED = 16, DRAWN_REPORTS = 32 };

template <class T>
struct Array {
  const T* values;
  i64 size;

  const T& operator[](i64 place) const { return values[place]; }
};

template <>
struct Array<void> {
  const void* values;
  i64 size;
};

struct RunPlan {
  i64 duration, horizon, linked, mailbox_time, complaint_delay, feedback_delay, from_domains, back_off, week_offset, reacts, counts_volume, detects_compromise, unable_to_connect, accepted, message_expired, connection_dropped, service_not_available, queued, insufficient_resources, no_route_for_size, temporary_server_error, connection_timed_out, too_many_connections, ips, header_domains, primary_domains, registered_domains;
};

struct StreamPlan {
  i64 host, priority, sender_domain, sender_is_authoritative, from_domain, culprit, counted, compromised, bounce_removals, listing_party, ip_party, header_domain, aligned, dmarc, always_signed, primary, bulk_sender, unsubscribe, bulk, domain_party, registered_domain;
};

struct HostPlan {
  i64 by_mailbox_server, outside, account, sessions, messages_per_connection, retry_every, give_up_after, data_done_timeout, round_trip, bandwidth, first_target, target_count, first_server, server_count;
};

struct TargetPlan {
  i64 hub, connector, source;
};

struct ServerPlan {
  i64 first, length, balancer;
};

struct BalancerPlan {
  i64 first_hub, hub_count, least_connections, health_check_interval;
};

struct VerdictPlan {
  i64 opening_time, mail, recipient, content, round_trip, bandwidth, error_delay, pipelining, bypasses_size_limit, relays;
};

struct ConnectorPlan {
  i64 hub, station, max_inbound_connection, max_inbound_connection_per_source, max_inbound_connection_percentage_per_source, message_rate_limit, message_rate_per, max_message_size, max_recipients_per_message, max_acknowledgement_delay, receive_cost, relay, receiver, too_many_sessions, too_many_sessions_of_source, insufficient_resources, message_too_large, submission_rate_exceeded, queued, first_taker, taker_count, first_mailbox_taker, mailbox_taker_count;
};

struct CostPlan {
  i64 base, per_kb, factors;
};

struct HubPlan {
  i64 cores, sends_first, cpu_station, commit_station, submission_station, egress, line, dsn_stream, batch_size, batch_timeout, commit_write, connection_rate, mailbox_submissions, outbound_connections, connect_timeout, reject_time, skip_5xx_greeting, shadow, message_retry_interval, message_retry_factor, message_retry_longest, queue_glitch_retry_count, queue_glitch_retry_interval, transient_failure_retry_count, transient_failure_retry_interval, outbound_connection_failure_retry_interval, mailbox_delivery_queue_retry_interval, minimal_backoff_time, maximal_backoff_time, queue_run_delay, initial_destination_concurrency, connection_reuse_time, connection_cache_time, active_limit, in_flow_delay, process_start_time, max_idle, recipient_limit, positive_feedback, negative_feedback, slot_cost, slot_discount, slot_loan, minimum_slots, message_expiration_timeout, delay_notification_timeout, has_quotas, high_quota, normal_quota, low_quota, version_bucket_size, first_drive, drive_count, resource_monitoring_interval, low_to_medium, medium_to_high, high_to_medium, medium_to_low, version_buckets_history_depth, submission_queue_watched, queue_low_to_medium, queue_medium_to_high, queue_high_to_medium, queue_medium_to_low, submission_queue_history_depth, delay_start, delay_step, delay_longest, delays_first;
};

struct DrivePlan {
  i64 level, size, used, holds_mail, low_to_medium, medium_to_high, high_to_medium, medium_to_low;
};

struct QueuePlan {
  i64 hub, reachable, connections, per_connection, per_further_connection, rate_delay, message_retry_interval, receiver, domain, egress, line, first_peer, peer_count, first_proxy, proxy_count, has_sessions, relay, balancer, tls, below_baseline, send_cost;
};

struct ProxyPlan {
  i64 hub, egress, line;
};

struct ChoicePlan {
  i64 first, length;
};

struct WarmUpPlan {
  i64 egress, receiver, first, length;
};

struct ChoiceMemberPlan {
  i64 queue, below;
};

struct PeerPlan {
  i64 hub, refusal, connector, source, verdict, bypasses_size_limit, error_delay, receive_cost;
};

struct RelayPlan {
  i64 first_connection, connection_count, first_mail, mail_count;
};

struct RelayLimitPlan {
  i64 counter, counts, per_ip, window, rolls, limit, over, counts_refused, reply;
};

struct ReceiverPlan {
  i64 connect_time, response_time, connect_failure, mx_hosts, unreachable_mx_hosts, defer, connections_per_ip, connection_backlog, drops_surplus, junk_share, dnsbl_ttl, dnsbl_negative_ttl, deferral, unknown_user, greylisted, delay, retry_window, max_age, auto_whitelist_clients, keeps_reputation, throttled, cold, blocked, complaint_limit, unknown_limit, trap_limit, decay, domain_weight, least_inboxed, throttle_rate, persistence_time, recovery_time, block_time, mitigation_limit, first_requirement, requirement_count, bulk_from, bulk_junk;
};

struct StagePlan {
  i64 day, throttled, blocked, throttle, block;
};

struct RequirementPlan {
  i64 lacking, of_bulk, defer, refuse, junk;
};

struct LinePlan {
  i64 bandwidth, station;
};

struct EgressPlan {
  i64 network, ptr;
};

struct ScriptedPlan {
  i64 at, until, what, subject, share, count;
};

struct BlocklistPlan {
  i64 lists_domains;
};

struct OperatorPlan {
  i64 trap_delay;
};

struct SourcePlan {
  i64 stream, host, first, last;
};

struct ListPlan {
  i64 first, size;
};

struct ReputationCounters {
  i64 attempted, complaints, inboxed, traps, unknown;
};

struct DomainCounters {
  i64 attempted, complaints, inboxed, traps, unknown, inboxed_today, complaints_today, good_days;
};

struct IpCounters {
  i64 attempted, complaints, inboxed, traps, unknown, ip, hour, day, attempts, admitted, volume, busiest_day, days, cap, hours_above_rate, banned_until;
};

struct ProviderState {
  i64 number;
  IpCounters* ip;
  DomainCounters* domain;
  i64 state;
  i64 junk;
  i64 below_since;
};

// Functions in Python, called at rare events.
struct Watchers {
  void (*event)(i64 number);
  ProviderState* (*new_state)(i64 receiver, i64 stream, i64 egress);
  void (*change_state)(i64 receiver, i64 number, i64 state);
  void (*block_persistent_senders)(i64 receiver);
  void (*end_day)(i64 receiver);
  void (*start_hour)(i64 receiver, i64 ip);
  void (*trap_hit)(i64 owner, i64 ip, i64 domain);
  void (*report)(i64 ip);
  void (*compromised)(i64 ip);
  void (*ndr)(i64 egress);
  void (*scripted_listing)(i64 number, i64 begins);
  void (*breathe)();
};

struct Plan {
  Array<RunPlan> run;
  Array<StreamPlan> streams;
  Array<HostPlan> hosts;
  Array<TargetPlan> targets;
  Array<ServerPlan> servers;
  Array<BalancerPlan> balancers;
  Array<i64> balanced_hubs;
  Array<i64> verdict_of;
  Array<VerdictPlan> verdicts;
  Array<i64> mail_replies;
  Array<i64> rcpt_replies;
  Array<ConnectorPlan> connectors;
  Array<i64> takers;
  Array<HubPlan> hubs;
  Array<CostPlan> costs;
  Array<DrivePlan> drives;
  Array<QueuePlan> queues;
  Array<PeerPlan> peers;
  Array<ProxyPlan> proxies;
  Array<ReceiverPlan> receivers;
  Array<i64> receiver_of;
  Array<i64> external;
  Array<i64> has_mailboxes;
  Array<StagePlan> stages;
  Array<RequirementPlan> requirements;
  Array<i64> requirement_replies;
  Array<i64> spf;
  Array<i64> signs;
  Array<RelayPlan> relays;
  Array<RelayLimitPlan> relay_limits;
  Array<LinePlan> lines;
  Array<EgressPlan> egress;
  Array<BlocklistPlan> blocklists;
  Array<OperatorPlan> operators;
  Array<i64> routes;
  Array<i64> bands;
  Array<i64> moved;
  Array<i64> choice_of;
  Array<ChoicePlan> choices;
  Array<ChoiceMemberPlan> choice_members;
  Array<WarmUpPlan> warm_ups;
  Array<i64> volumes;
  Array<i64> refusals;
  Array<i64> reporting;
  Array<ScriptedPlan> script;
  Array<i64> codes;
  Array<i64> same_text;
  Array<Law> laws;
};

struct Draws {
  Array<i64> created;
  Array<i64> size;
  Array<i32> first_recipient;
  Array<i32> domain;
  Array<u64> key;
  Array<u8> signal;
  Array<i64> trap_recipient;
  Array<i64> trap_operator;
  Array<SourcePlan> sources;
  Array<ListPlan> lists;
  Array<i64> stage;
  Array<i64> action;
  Array<i64> mirrors;
  Array<i64> greylists;
  Array<i64> first_use;
  Array<i64> uses;
  Array<i64> judges;
  Array<i64> watched;
  Array<i64> resolvers;
  Array<i64> direct;
  Array<i64> mirrored;
};

struct Messages {
  i16* stream = nullptr;
  i32* number = nullptr;
  i64* created = nullptr;
  i64* size = nullptr;
  i32* first_recipient = nullptr;
  i32* recipients = nullptr;
  i64* connected = nullptr;
  i64* committed = nullptr;
  i64* acknowledged = nullptr;
  i32* reply = nullptr;
  i16* connector = nullptr;
  i16* hub = nullptr;
  i32* attempts = nullptr;
  i32* parent = nullptr;
  i64 rows = 0, room = 0;

  void reserve(i64 length) {
    if (length <= room) return;
    stream = grown(stream, room, length);
    number = grown(number, room, length);
    created = grown(created, room, length);
    size = grown(size, room, length);
    first_recipient = grown(first_recipient, room, length);
    recipients = grown(recipients, room, length);
    connected = grown(connected, room, length);
    committed = grown(committed, room, length);
    acknowledged = grown(acknowledged, room, length);
    reply = grown(reply, room, length);
    connector = grown(connector, room, length);
    hub = grown(hub, room, length);
    attempts = grown(attempts, room, length);
    parent = grown(parent, room, length);
    room = length;
  }
  void add(i64 stream_, i64 number_, i64 created_, i64 size_, i64 first_recipient_, i64 recipients_, i64 connected_, i64 committed_, i64 acknowledged_, i64 reply_, i64 connector_, i64 hub_, i64 attempts_, i64 parent_) {
    if (rows == room) reserve(room ? 2 * room : 256);
    stream[rows] = (i16)stream_;
    number[rows] = (i32)number_;
    created[rows] = (i64)created_;
    size[rows] = (i64)size_;
    first_recipient[rows] = (i32)first_recipient_;
    recipients[rows] = (i32)recipients_;
    connected[rows] = (i64)connected_;
    committed[rows] = (i64)committed_;
    acknowledged[rows] = (i64)acknowledged_;
    reply[rows] = (i32)reply_;
    connector[rows] = (i16)connector_;
    hub[rows] = (i16)hub_;
    attempts[rows] = (i32)attempts_;
    parent[rows] = (i32)parent_;
    rows++;
  }
};

constexpr i64 DEFAULT_MESSAGES_CONNECTED = -1;
constexpr i64 DEFAULT_MESSAGES_COMMITTED = -1;
constexpr i64 DEFAULT_MESSAGES_ACKNOWLEDGED = -1;
constexpr i64 DEFAULT_MESSAGES_REPLY = -1;
constexpr i64 DEFAULT_MESSAGES_CONNECTOR = -1;
constexpr i64 DEFAULT_MESSAGES_HUB = -1;
constexpr i64 DEFAULT_MESSAGES_ATTEMPTS = 0;
constexpr i64 DEFAULT_MESSAGES_PARENT = -1;

struct Recipients {
  i32* message = nullptr;
  i32* domain = nullptr;
  i32* transaction = nullptr;
  i64* end = nullptr;
  i8* status = nullptr;
  i32* reply = nullptr;
  i64 rows = 0, room = 0;

  void reserve(i64 length) {
    if (length <= room) return;
    message = grown(message, room, length);
    domain = grown(domain, room, length);
    transaction = grown(transaction, room, length);
    end = grown(end, room, length);
    status = grown(status, room, length);
    reply = grown(reply, room, length);
    room = length;
  }
  void add(i64 message_, i64 domain_, i64 transaction_, i64 end_, i64 status_, i64 reply_) {
    if (rows == room) reserve(room ? 2 * room : 256);
    message[rows] = (i32)message_;
    domain[rows] = (i32)domain_;
    transaction[rows] = (i32)transaction_;
    end[rows] = (i64)end_;
    status[rows] = (i8)status_;
    reply[rows] = (i32)reply_;
    rows++;
  }
};

constexpr i64 DEFAULT_RECIPIENTS_TRANSACTION = -1;
constexpr i64 DEFAULT_RECIPIENTS_END = -1;
constexpr i64 DEFAULT_RECIPIENTS_STATUS = 0;
constexpr i64 DEFAULT_RECIPIENTS_REPLY = -1;

struct Transactions {
  i32* message = nullptr;
  i32* first_recipient = nullptr;
  Short<i8> recipients;
  i16* hub = nullptr;
  i32* queue = nullptr;
  i32* parent = nullptr;
  i64* queued = nullptr;
  i64 rows = 0, room = 0;

  void reserve(i64 length) {
    if (length <= room) return;
    message = grown(message, room, length);
    first_recipient = grown(first_recipient, room, length);
    recipients = grown(recipients, room, length);
    hub = grown(hub, room, length);
    queue = grown(queue, room, length);
    parent = grown(parent, room, length);
    queued = grown(queued, room, length);
    room = length;
  }
  void add(i64 message_, i64 first_recipient_, i64 recipients_, i64 hub_, i64 queue_, i64 parent_, i64 queued_) {
    if (rows == room) reserve(room ? 2 * room : 256);
    message[rows] = (i32)message_;
    first_recipient[rows] = (i32)first_recipient_;
    recipients.set(rows, recipients_);
    hub[rows] = (i16)hub_;
    queue[rows] = (i32)queue_;
    parent[rows] = (i32)parent_;
    queued[rows] = (i64)queued_;
    rows++;
  }
};


struct Attempts {
  i32* transaction = nullptr;
  Short<i16> attempt;
  i32* queue = nullptr;
  i16* egress = nullptr;
  i64* enter = nullptr;
  Short<i32> start;
  Short<i32> end;
  i32* reply = nullptr;
  i8* opened = nullptr;
  Short<i8> recipients;
  i64 rows = 0, room = 0;

  void reserve(i64 length) {
    if (length <= room) return;
    transaction = grown(transaction, room, length);
    attempt = grown(attempt, room, length);
    queue = grown(queue, room, length);
    egress = grown(egress, room, length);
    enter = grown(enter, room, length);
    start = grown(start, room, length);
    end = grown(end, room, length);
    reply = grown(reply, room, length);
    opened = grown(opened, room, length);
    recipients = grown(recipients, room, length);
    room = length;
  }
  void add(i64 transaction_, i64 attempt_, i64 queue_, i64 egress_, i64 enter_, i64 start_, i64 end_, i64 reply_, i64 opened_, i64 recipients_) {
    if (rows == room) reserve(room ? 2 * room : 256);
    transaction[rows] = (i32)transaction_;
    attempt.set(rows, attempt_);
    queue[rows] = (i32)queue_;
    egress[rows] = (i16)egress_;
    enter[rows] = (i64)enter_;
    start.set_since(rows, start_, enter_);
    end.set_since(rows, end_, start_);
    reply[rows] = (i32)reply_;
    opened[rows] = (i8)opened_;
    recipients.set(rows, recipients_);
    rows++;
  }
};


struct Visits {
  i16* station = nullptr;
  i8* visit = nullptr;
  i32* subject = nullptr;
  Short<i8> attempt;
  i64* enter = nullptr;
  Short<i32> start;
  Short<i32> end;
  i64 rows = 0, room = 0;

  void reserve(i64 length) {
    if (length <= room) return;
    station = grown(station, room, length);
    visit = grown(visit, room, length);
    subject = grown(subject, room, length);
    attempt = grown(attempt, room, length);
    enter = grown(enter, room, length);
    start = grown(start, room, length);
    end = grown(end, room, length);
    room = length;
  }
  void add(i64 station_, i64 visit_, i64 subject_, i64 attempt_, i64 enter_, i64 start_, i64 end_) {
    if (rows == room) reserve(room ? 2 * room : 256);
    station[rows] = (i16)station_;
    visit[rows] = (i8)visit_;
    subject[rows] = (i32)subject_;
    attempt.set(rows, attempt_);
    enter[rows] = (i64)enter_;
    start.set_since(rows, start_, enter_);
    end.set_since(rows, end_, start_);
    rows++;
  }
};


struct Levels {
  i8* level = nullptr;
  i32* subject = nullptr;
  i64* time = nullptr;
  i32* value = nullptr;
  i64 rows = 0, room = 0;

  void reserve(i64 length) {
    if (length <= room) return;
    level = grown(level, room, length);
    subject = grown(subject, room, length);
    time = grown(time, room, length);
    value = grown(value, room, length);
    room = length;
  }
  void add(i64 level_, i64 subject_, i64 time_, i64 value_) {
    if (rows == room) reserve(room ? 2 * room : 256);
    level[rows] = (i8)level_;
    subject[rows] = (i32)subject_;
    time[rows] = (i64)time_;
    value[rows] = (i32)value_;
    rows++;
  }
};


struct Listings {
  i16* egress = nullptr;
  i32* sender_domain = nullptr;
  i32* blocklist = nullptr;
  i64* start = nullptr;
  i64* end = nullptr;
  i8* cause = nullptr;
  i8* against = nullptr;
  i64 rows = 0, room = 0;

  void reserve(i64 length) {
    if (length <= room) return;
    egress = grown(egress, room, length);
    sender_domain = grown(sender_domain, room, length);
    blocklist = grown(blocklist, room, length);
    start = grown(start, room, length);
    end = grown(end, room, length);
    cause = grown(cause, room, length);
    against = grown(against, room, length);
    room = length;
  }
  void add(i64 egress_, i64 sender_domain_, i64 blocklist_, i64 start_, i64 end_, i64 cause_, i64 against_) {
    if (rows == room) reserve(room ? 2 * room : 256);
    egress[rows] = (i16)egress_;
    sender_domain[rows] = (i32)sender_domain_;
    blocklist[rows] = (i32)blocklist_;
    start[rows] = (i64)start_;
    end[rows] = (i64)end_;
    cause[rows] = (i8)cause_;
    against[rows] = (i8)against_;
    rows++;
  }
};


struct Signals {
  i8* signal = nullptr;
  i32* recipient = nullptr;
  i16* egress = nullptr;
  i64* time = nullptr;
  i32* subject = nullptr;
  i64 rows = 0, room = 0;

  void reserve(i64 length) {
    if (length <= room) return;
    signal = grown(signal, room, length);
    recipient = grown(recipient, room, length);
    egress = grown(egress, room, length);
    time = grown(time, room, length);
    subject = grown(subject, room, length);
    room = length;
  }
  void add(i64 signal_, i64 recipient_, i64 egress_, i64 time_, i64 subject_) {
    if (rows == room) reserve(room ? 2 * room : 256);
    signal[rows] = (i8)signal_;
    recipient[rows] = (i32)recipient_;
    egress[rows] = (i16)egress_;
    time[rows] = (i64)time_;
    subject[rows] = (i32)subject_;
    rows++;
  }
};


struct Lookups {
  i16* egress = nullptr;
  i32* sender_domain = nullptr;
  i32* domain = nullptr;
  i64* time = nullptr;
  i64* until = nullptr;
  i8* listed = nullptr;
  i8* against = nullptr;
  i64 rows = 0, room = 0;

  void reserve(i64 length) {
    if (length <= room) return;
    egress = grown(egress, room, length);
    sender_domain = grown(sender_domain, room, length);
    domain = grown(domain, room, length);
    time = grown(time, room, length);
    until = grown(until, room, length);
    listed = grown(listed, room, length);
    against = grown(against, room, length);
    room = length;
  }
  void add(i64 egress_, i64 sender_domain_, i64 domain_, i64 time_, i64 until_, i64 listed_, i64 against_) {
    if (rows == room) reserve(room ? 2 * room : 256);
    egress[rows] = (i16)egress_;
    sender_domain[rows] = (i32)sender_domain_;
    domain[rows] = (i32)domain_;
    time[rows] = (i64)time_;
    until[rows] = (i64)until_;
    listed[rows] = (i8)listed_;
    against[rows] = (i8)against_;
    rows++;
  }
};


struct Actions {
  i8* action = nullptr;
  i16* egress = nullptr;
  i32* sender_domain = nullptr;
  i64* time = nullptr;
  i32* subject = nullptr;
  i64 rows = 0, room = 0;

  void reserve(i64 length) {
    if (length <= room) return;
    action = grown(action, room, length);
    egress = grown(egress, room, length);
    sender_domain = grown(sender_domain, room, length);
    time = grown(time, room, length);
    subject = grown(subject, room, length);
    room = length;
  }
  void add(i64 action_, i64 egress_, i64 sender_domain_, i64 time_, i64 subject_) {
    if (rows == room) reserve(room ? 2 * room : 256);
    action[rows] = (i8)action_;
    egress[rows] = (i16)egress_;
    sender_domain[rows] = (i32)sender_domain_;
    time[rows] = (i64)time_;
    subject[rows] = (i32)subject_;
    rows++;
  }
};


struct Refusals {
  i32* message = nullptr;
  i16* hub = nullptr;
  i16* connector = nullptr;
  i64* time = nullptr;
  i32* reply = nullptr;
  i32* recipients = nullptr;
  i64 rows = 0, room = 0;

  void reserve(i64 length) {
    if (length <= room) return;
    message = grown(message, room, length);
    hub = grown(hub, room, length);
    connector = grown(connector, room, length);
    time = grown(time, room, length);
    reply = grown(reply, room, length);
    recipients = grown(recipients, room, length);
    room = length;
  }
  void add(i64 message_, i64 hub_, i64 connector_, i64 time_, i64 reply_, i64 recipients_) {
    if (rows == room) reserve(room ? 2 * room : 256);
    message[rows] = (i32)message_;
    hub[rows] = (i16)hub_;
    connector[rows] = (i16)connector_;
    time[rows] = (i64)time_;
    reply[rows] = (i32)reply_;
    recipients[rows] = (i32)recipients_;
    rows++;
  }
};


struct Tables {
  Messages messages;
  Recipients recipients;
  Transactions transactions;
  Attempts attempts;
  Visits visits;
  Levels levels;
  Listings listings;
  Signals signals;
  Lookups lookups;
  Actions actions;
  Refusals refusals;
};

inline void free_columns(Tables& tables) {
  free_column(tables.messages.stream, tables.messages.room);
  free_column(tables.messages.number, tables.messages.room);
  free_column(tables.messages.created, tables.messages.room);
  free_column(tables.messages.size, tables.messages.room);
  free_column(tables.messages.first_recipient, tables.messages.room);
  free_column(tables.messages.recipients, tables.messages.room);
  free_column(tables.messages.connected, tables.messages.room);
  free_column(tables.messages.committed, tables.messages.room);
  free_column(tables.messages.acknowledged, tables.messages.room);
  free_column(tables.messages.reply, tables.messages.room);
  free_column(tables.messages.connector, tables.messages.room);
  free_column(tables.messages.hub, tables.messages.room);
  free_column(tables.messages.attempts, tables.messages.room);
  free_column(tables.messages.parent, tables.messages.room);
  free_column(tables.recipients.message, tables.recipients.room);
  free_column(tables.recipients.domain, tables.recipients.room);
  free_column(tables.recipients.transaction, tables.recipients.room);
  free_column(tables.recipients.end, tables.recipients.room);
  free_column(tables.recipients.status, tables.recipients.room);
  free_column(tables.recipients.reply, tables.recipients.room);
  free_column(tables.transactions.message, tables.transactions.room);
  free_column(tables.transactions.first_recipient, tables.transactions.room);
  free_column(tables.transactions.recipients, tables.transactions.room);
  free_column(tables.transactions.hub, tables.transactions.room);
  free_column(tables.transactions.queue, tables.transactions.room);
  free_column(tables.transactions.parent, tables.transactions.room);
  free_column(tables.transactions.queued, tables.transactions.room);
  free_column(tables.attempts.transaction, tables.attempts.room);
  free_column(tables.attempts.attempt, tables.attempts.room);
  free_column(tables.attempts.queue, tables.attempts.room);
  free_column(tables.attempts.egress, tables.attempts.room);
  free_column(tables.attempts.enter, tables.attempts.room);
  free_column(tables.attempts.start, tables.attempts.room);
  free_column(tables.attempts.end, tables.attempts.room);
  free_column(tables.attempts.reply, tables.attempts.room);
  free_column(tables.attempts.opened, tables.attempts.room);
  free_column(tables.attempts.recipients, tables.attempts.room);
  free_column(tables.visits.station, tables.visits.room);
  free_column(tables.visits.visit, tables.visits.room);
  free_column(tables.visits.subject, tables.visits.room);
  free_column(tables.visits.attempt, tables.visits.room);
  free_column(tables.visits.enter, tables.visits.room);
  free_column(tables.visits.start, tables.visits.room);
  free_column(tables.visits.end, tables.visits.room);
  free_column(tables.levels.level, tables.levels.room);
  free_column(tables.levels.subject, tables.levels.room);
  free_column(tables.levels.time, tables.levels.room);
  free_column(tables.levels.value, tables.levels.room);
  free_column(tables.listings.egress, tables.listings.room);
  free_column(tables.listings.sender_domain, tables.listings.room);
  free_column(tables.listings.blocklist, tables.listings.room);
  free_column(tables.listings.start, tables.listings.room);
  free_column(tables.listings.end, tables.listings.room);
  free_column(tables.listings.cause, tables.listings.room);
  free_column(tables.listings.against, tables.listings.room);
  free_column(tables.signals.signal, tables.signals.room);
  free_column(tables.signals.recipient, tables.signals.room);
  free_column(tables.signals.egress, tables.signals.room);
  free_column(tables.signals.time, tables.signals.room);
  free_column(tables.signals.subject, tables.signals.room);
  free_column(tables.lookups.egress, tables.lookups.room);
  free_column(tables.lookups.sender_domain, tables.lookups.room);
  free_column(tables.lookups.domain, tables.lookups.room);
  free_column(tables.lookups.time, tables.lookups.room);
  free_column(tables.lookups.until, tables.lookups.room);
  free_column(tables.lookups.listed, tables.lookups.room);
  free_column(tables.lookups.against, tables.lookups.room);
  free_column(tables.actions.action, tables.actions.room);
  free_column(tables.actions.egress, tables.actions.room);
  free_column(tables.actions.sender_domain, tables.actions.room);
  free_column(tables.actions.time, tables.actions.room);
  free_column(tables.actions.subject, tables.actions.room);
  free_column(tables.refusals.message, tables.refusals.room);
  free_column(tables.refusals.hub, tables.refusals.room);
  free_column(tables.refusals.connector, tables.refusals.room);
  free_column(tables.refusals.time, tables.refusals.room);
  free_column(tables.refusals.reply, tables.refusals.room);
  free_column(tables.refusals.recipients, tables.refusals.room);
}

// All columns in the order of the tables.
inline Array<void> column(const Tables& tables, i64 number) {
  const Array<void> columns[] = {
    {tables.messages.stream, tables.messages.rows},
    {tables.messages.number, tables.messages.rows},
    {tables.messages.created, tables.messages.rows},
    {tables.messages.size, tables.messages.rows},
    {tables.messages.first_recipient, tables.messages.rows},
    {tables.messages.recipients, tables.messages.rows},
    {tables.messages.connected, tables.messages.rows},
    {tables.messages.committed, tables.messages.rows},
    {tables.messages.acknowledged, tables.messages.rows},
    {tables.messages.reply, tables.messages.rows},
    {tables.messages.connector, tables.messages.rows},
    {tables.messages.hub, tables.messages.rows},
    {tables.messages.attempts, tables.messages.rows},
    {tables.messages.parent, tables.messages.rows},
    {tables.recipients.message, tables.recipients.rows},
    {tables.recipients.domain, tables.recipients.rows},
    {tables.recipients.transaction, tables.recipients.rows},
    {tables.recipients.end, tables.recipients.rows},
    {tables.recipients.status, tables.recipients.rows},
    {tables.recipients.reply, tables.recipients.rows},
    {tables.transactions.message, tables.transactions.rows},
    {tables.transactions.first_recipient, tables.transactions.rows},
    {tables.transactions.recipients.values, tables.transactions.rows},
    {tables.transactions.hub, tables.transactions.rows},
    {tables.transactions.queue, tables.transactions.rows},
    {tables.transactions.parent, tables.transactions.rows},
    {tables.transactions.queued, tables.transactions.rows},
    {tables.attempts.transaction, tables.attempts.rows},
    {tables.attempts.attempt.values, tables.attempts.rows},
    {tables.attempts.queue, tables.attempts.rows},
    {tables.attempts.egress, tables.attempts.rows},
    {tables.attempts.enter, tables.attempts.rows},
    {tables.attempts.start.values, tables.attempts.rows},
    {tables.attempts.end.values, tables.attempts.rows},
    {tables.attempts.reply, tables.attempts.rows},
    {tables.attempts.opened, tables.attempts.rows},
    {tables.attempts.recipients.values, tables.attempts.rows},
    {tables.visits.station, tables.visits.rows},
    {tables.visits.visit, tables.visits.rows},
    {tables.visits.subject, tables.visits.rows},
    {tables.visits.attempt.values, tables.visits.rows},
    {tables.visits.enter, tables.visits.rows},
    {tables.visits.start.values, tables.visits.rows},
    {tables.visits.end.values, tables.visits.rows},
    {tables.levels.level, tables.levels.rows},
    {tables.levels.subject, tables.levels.rows},
    {tables.levels.time, tables.levels.rows},
    {tables.levels.value, tables.levels.rows},
    {tables.listings.egress, tables.listings.rows},
    {tables.listings.sender_domain, tables.listings.rows},
    {tables.listings.blocklist, tables.listings.rows},
    {tables.listings.start, tables.listings.rows},
    {tables.listings.end, tables.listings.rows},
    {tables.listings.cause, tables.listings.rows},
    {tables.listings.against, tables.listings.rows},
    {tables.signals.signal, tables.signals.rows},
    {tables.signals.recipient, tables.signals.rows},
    {tables.signals.egress, tables.signals.rows},
    {tables.signals.time, tables.signals.rows},
    {tables.signals.subject, tables.signals.rows},
    {tables.lookups.egress, tables.lookups.rows},
    {tables.lookups.sender_domain, tables.lookups.rows},
    {tables.lookups.domain, tables.lookups.rows},
    {tables.lookups.time, tables.lookups.rows},
    {tables.lookups.until, tables.lookups.rows},
    {tables.lookups.listed, tables.lookups.rows},
    {tables.lookups.against, tables.lookups.rows},
    {tables.actions.action, tables.actions.rows},
    {tables.actions.egress, tables.actions.rows},
    {tables.actions.sender_domain, tables.actions.rows},
    {tables.actions.time, tables.actions.rows},
    {tables.actions.subject, tables.actions.rows},
    {tables.refusals.message, tables.refusals.rows},
    {tables.refusals.hub, tables.refusals.rows},
    {tables.refusals.connector, tables.refusals.rows},
    {tables.refusals.time, tables.refusals.rows},
    {tables.refusals.reply, tables.refusals.rows},
    {tables.refusals.recipients, tables.refusals.rows}};
  return columns[number];
}

// What stands apart from each column.
inline Array<void> apart(const Tables& tables, i64 number) {
  const Array<void> columns[] = {
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {tables.transactions.recipients.apart.values, tables.transactions.recipients.apart.size},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {tables.attempts.attempt.apart.values, tables.attempts.attempt.apart.size},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {tables.attempts.start.apart.values, tables.attempts.start.apart.size},
    {tables.attempts.end.apart.values, tables.attempts.end.apart.size},
    {nullptr, 0},
    {nullptr, 0},
    {tables.attempts.recipients.apart.values, tables.attempts.recipients.apart.size},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {tables.visits.attempt.apart.values, tables.visits.attempt.apart.size},
    {nullptr, 0},
    {tables.visits.start.apart.values, tables.visits.start.apart.size},
    {tables.visits.end.apart.values, tables.visits.end.apart.size},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0},
    {nullptr, 0}};
  return columns[number];
}

#define LAYOUT "fc5766620cec7ce9ef5105a34f8a0c4f"
