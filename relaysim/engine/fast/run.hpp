// A run: all actors, and how an event finds the one that continues.
#pragma once
#include "actors.hpp"
#include "reputation/reputation.hpp"

struct Run {
  Plan plan;
  Draws draws;
  Watchers watchers;
  EventLoop loop;
  Recorder record;
  TransactionStates transactions;
  Reputation reputation;
  RelayLimits relay_limits;
  Greylists greylists;
  bool culprits_moved = false;
  Vec<Line> lines;
  Vec<Hub> hubs;
  Vec<ConnectorSessions> sessions_of;  // by receive connector
  Vec<DeliveryQueue> queues;
  Vec<Host> hosts;
  Vec<LoadBalancer> balancers;
  Vec<WarmUp> warm_ups;
  Vec<QueuePlan> as_proxied;  // by place among the proxies of the plan
  Vec<SubmissionPlaces> places_of;  // by hub
  Vec<Follower> followers;
  Vec<Source> sources;
  Pool<Session> sessions;
  Pool<Place> places;
  Pool<Connection> connections;
  Pool<DeliveryJob> jobs;
  Pool<JobEntries> job_entries;
  Pool<WaitingEntry> waiting_entries;
  Vec<Vec<Target>> batches;  // what waits for each batch
  Vec<u32> unused_batches;
  Vec<i32> session_of;  // by message: the session that waits for its acknowledgement; -1: none

  i64 now() const { return loop.tick; }
  const Law& law(i64 number) const { return plan.laws[number]; }
  void check_end() {
    if (!record.open) loop.finished = 1;
  }
  Cost cost(i64 number) const {
    const CostPlan& given = plan.costs[number];
    return Cost{given.base, given.per_kb, law(given.factors)};
  }
  // The cost of a connector; -1: that of the hub.
  Cost own_cost(i64 number, const Cost& of_hub) const {
    return number >= 0 ? cost(number) : of_hub;
  }

  void begin();
  void wire();
  i64 execute();
  void resume(Target);
  void step(const Event&);
  void free_actors();

  // relay/ageing
  void follow(i64 follower);
  bool is_in_hub(const Accepted&, i64 recipient);
  bool any_in_hub(Hub&, i64 entry);
  void in_hub(Hub&, i64 entry, Vec<i64>& into);
  // relay/delivery_slots
  bool job_comes_before(i64 one, i64 other);
  void release_job(i64 job);
  // relay/front_end
  i64 one_that_runs(i64 first, i64 count, u64 key, i64 attempt) const;
  bool has_mailbox(i64 row, i64 message) const;
  i64 taker(i64 hub, const ConnectorPlan&, i64 row, i64 message, i64 attempt) const;
  // relay/outbound_proxy
  i64 outbound_proxy(const QueuePlan&, u64 key, i64 attempt) const;
  void begin_proxies();
  // relay/public_ip_choice
  i64 by_public_ip(i64 queue, i64 message, i64 recipients);
  i64 of_pool(i64 queue, i64 message, i64 recipients);
  bool admits(i64 queue, i64 recipients);
  // relay/shadow_copy
  bool copy_to_shadow(ShadowCopy&, Target, const Hub&, i64 epoch, u64 entity, i64 message,
                      i64 mails);
  // relay/mailbox_server
  void submit_by_mailbox(Host&, i64 message);
  Hub& mailbox_hub(const HostPlan&, i64 first, i64 turn);
  void queue_submission(const Submission&);
  void queue_at_next(const Submission&, i64 reply);
  void run_place(u32 number);
  bool submission(u32 number, Place&);
  void record_submission(const Place&, i64 end);
  void mailbox_submission_failed(i64 host, i64 message, i64 reply);
  void close_mailbox(Host&);
  void resume_mailboxes();
  // relay/connection
  void deliver(DeliveryQueue&, i64 transaction, const CachedConnection* cached);
  void outside(u32 number);
  void inside(u32 number);
  void deliver_copies(Hub&, i64 transaction);
  // script
  void next_message(i64 source);
  void create_message(i64 source);
  void keep_open();
  void play();
  void script(i64 number, bool begins);
};
