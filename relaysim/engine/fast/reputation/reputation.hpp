// What a run does about reputation for each message, and what the watchers in Python do for it.
#pragma once
#include "../actors.hpp"

// What a provider reviews, each in the order of its making.
struct Provider {
  Vec<ProviderState*> states;
  Vec<IpCounters*> ips;
  Vec<DomainCounters*> domains;
};

struct PendingSignal {
  i64 signal = 0, recipient = 0, egress = 0, subject = 0;
};

struct HourCount {
  i64 hour, count;
};

// The mailing list of a stream: recipient number i goes to address i modulo its size.
struct MailingList {
  Vec<u8> removed;   // by address; empty before the first removal
  Vec<i32> bounces;  // by address; empty before the first bounce
  bool paused = false;
  i64 cleanups = 0;
};

struct RelayEntry {
  i64 time, amount;
};

struct RelayWindow {
  i64 used = 0, number = -1;
  Ring<RelayEntry> entries;

  i64 used_at(const RelayLimitPlan&, i64 time);
  void add(const RelayLimitPlan&, i64 time, i64 amount);
  i64 book(const RelayLimitPlan&, i64 time);
};

struct RelayLimits {
  Vec<i64> open;             // connections by counter and IP
  Vec<RelayWindow> windows;  // by counter and IP

  void begin(Run&);
  void free_memory();
  i64 connect(Run&, i64 relay, i64 ip);
  void disconnect(Run&, i64 relay, i64 ip);
  void admit(Run&, i64 relay, i64 ip, Vec<i64>& kept, Vec<i64>& refused, Vec<i64>& replies);
  Verdict envelope(Run&, const QueuePlan&, i64 transaction, Hub&, i64* reply);
  i64 held_until(Run&, i64 relay, i64 ip);
};

// A connection that has no place yet, and the order of the event at which it has.
struct WaitingConnection {
  Target target;
  i64 hub, recipient, attempt;
};

// The accept queues of all receivers, by egress and domain; each first in, first out.
struct ConnectionBacklogs {
  Map number_of;
  Vec<Ring<WaitingConnection>> waiting;

  void free_memory();
  i64 length(u64 place);
  void join(u64 place, WaitingConnection connection);
  bool next(Run&, u64 place);
};

struct GreylistTriplet {
  i64 first, last;
};

struct GreylistClient {
  i64 passes, last;
};

struct Greylists {
  Map triplet_of;  // by domain, network and person: its number
  Vec<GreylistTriplet> triplets;
  Map client_of;  // by domain, IP and party: its number
  Vec<GreylistClient> clients;

  void free_memory();
  bool admit(Run&, const QueuePlan&, i64 transaction);
  bool admits(i64 now, const ReceiverPlan& rules, u64 client, u64 triplet);
};

i64 domain_number(Run&, const StreamPlan&);

struct Reputation {
  i64 unable = 0, accepted = 0, mailbox_stops = 0;
  Vec<i64> outages;      // by destination: those that last now
  Vec<i64> lost_hosts;   // by destination: MX hosts that scripted outages keep unreachable
  Vec<i64> lines_down;   // by line: outages that last now,
  Vec<i64> line_cut_at;  // and when the last one began; -1: none did
  Map connections;       // open connections by egress and domain, where the destination limits them
  ConnectionBacklogs backlogs;
  Vec<ProviderState*> known;  // by destination, stream and egress
  Vec<Provider> providers;    // by destination
  i64* until = nullptr;  // cached answers by domain and IP or sender domain: their end,
  i64* listed = nullptr;  // and the first blocklist with it, or -1
  Vec<MailingList> lists;  // by stream
  bool suppresses = false;
  Pool<PendingSignal> pending;
  Vec<Ring<HourCount>> volumes;  // by IP, then by registered domain
  Vec<u8> faults;          // by event of the script: whether it is a resolver fault that lasts now
  Vec<i64> fault_shares;   // by destination: the share of its domains with a resolver fault
  // By destination, registered domain and party: whether it is a bulk sender, and until then the
  // recipients of the last 24 hours.
  Vec<u8> bulk_senders;
  Vec<i64> bulk_used;
  Vec<Ring<RelayEntry>> bulk_entries;

  void begin(Run&);
  void free_memory();
  // receiver
  const StreamPlan& stream(Run&, i64 transaction) const;
  i64 unanswered(Run&, const QueuePlan&, i64 transaction);
  i64 connect(Run&, const QueuePlan&, i64 transaction);
  i64 greeting(Run&, const QueuePlan&, i64 transaction);
  void wait_for_place(const QueuePlan&, WaitingConnection);
  i64 greet(Run&, const QueuePlan&, i64 transaction);
  void leave_place(Run&, const QueuePlan&);
  void disconnect(Run&, const QueuePlan&);
  Verdict envelope(Run&, const QueuePlan&, i64 transaction, Hub&, i64* reply);
  Verdict known_sender(Run&, const QueuePlan&, i64 transaction, i64* reply);
  bool all_unknown(Run&, const QueuePlan&, i64 transaction, Hub&);
  i64 count_unknown(Run&, const QueuePlan&, i64 transaction, const Vec<i64>& unknown);
  Verdict content(Run&, const QueuePlan&, i64 transaction, i64* reply);
  Verdict by_blocklists(Run&, const QueuePlan&, const StreamPlan&, i64 asked, i64* reply);
  void deliver(Run&, const QueuePlan&, i64 transaction, Hub&, i64 reply);
  i64 final_status(Run&, const QueuePlan&, const StreamPlan&, ProviderState*, i64 recipient,
                   i64 junk);
  void count_volume(Run&, const QueuePlan&, i64 transaction);
  void bounced(Run&, const QueuePlan&, i64 transaction, i64 reply);
  // outages
  void lose_hosts(Run&, i64 receiver, i64 hosts);
  void outage(Run&, i64 receiver, bool begins);
  void line_outage(Run&, i64 line, bool begins);
  // resolver_faults
  void resolver_fault(Run&, i64 number, bool begins);
  bool has_resolver_fault(Run&, i64 domain) const;
  // transport_enforcement
  i64 enforcement(Run&, const QueuePlan&);
  // requirements
  Verdict required(Run&, const QueuePlan&, i64 transaction, i64* reply);
  bool is_bulk_sender(Run&, i64 receiver, const StreamPlan&);
  bool takes_as_junk(Run&, const QueuePlan&, i64 transaction);
  void count_bulk(Run&, const QueuePlan&, i64 transaction, i64 recipients);
  // listings
  bool queries(Run&, i64 domain) const;
  i64 queried(Run&, i64 domain, const StreamPlan&, i64 asked) const;
  i64 first_list(Run&, i64 domain, i64 egress, const StreamPlan&, i64 asked);
  i64 seen(Run&, i64 domain, i64 ip, bool of_domains);
  // mailbox_provider
  ProviderState& state(Run&, i64 receiver, i64 stream, i64 egress);
  i64 refusal(Run&, i64 receiver, i64 stream, i64 egress);
  void schedule_review(Run&, i64 receiver, i64 due);
  void review(Run&, i64 receiver);
  // mailing_lists
  bool suppress(Run&, i64 message);
  void unknown_user_bounced(Run&, i64 recipient);
  bool clean(Run&, i64 stream, i64 threshold);
  void set_paused(i64 stream, bool paused);
  // signals
  void schedule_signals(Run&, i64 recipient, i64 egress, i64 receiver, bool junked);
  void schedule_signal(Run&, i64 due, i64 signal, i64 recipient, i64 egress, i64 subject);
  void signal(Run&, u32 number);
  // ip_volume
  i64 volume_within(Run&, i64 ip, i64 window);
};
