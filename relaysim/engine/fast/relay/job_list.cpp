// The order in which a hub of Postfix sends the messages that wait.
#include "../run.hpp"

// Lets the best job go before the one that is next, if this has collected enough slots. Only jobs
// that wait for these queues count.
void JobList::exercise(Run& run, const i64* queues, i64 count) {
  i64 current = -1;
  for (i64 place = 0; place < count; place++) {
    i64 first = run.queues[queues[place]].waiting.first;
    if (first < 0) continue;
    i64 head = run.job_entries[first].job;
    if (current < 0 || run.job_comes_before(head, current)) current = head;
  }
  if (current < 0 || !slots.may_be_preempted(run.jobs[current])) return;
  Candidate best;
  best.now = run.now() / SECOND;
  best.most = slots.most(run.jobs[current]);
  for (i64 place = 0; place < count; place++)
    for (i64 at = run.queues[queues[place]].waiting.first; at >= 0; at = run.job_entries[at].after) {
      i64 job = run.job_entries[at].job;
      if (job == current || run.jobs[job].children) continue;
      if (best.consider(run, job, run.jobs[job].arrived_at / SECOND)) break;
    }
  if (best.job < 0 || !slots.suffice(run.jobs[current], run.jobs[best.job])) return;
  slots.preempt(run, current, best.job);
  for (i64 at = run.jobs[best.job].first_place; at >= 0; at = run.job_entries[at].next_place)
    run.queues[run.job_entries[at].queue].waiting.move(run, at);
}

// The job of the message of a transaction: a new one if none waits. A message with one recipient
// has no other transaction.
i64 JobList::job_of(Run& run, i64 transaction) {
  i64 message = run.transactions.message(transaction);
  bool several = run.record.tables.messages.recipients[message] > 1;
  i64 job = several ? of_message.get((u64)message) : -1;
  if (job >= 0) return job;
  job = run.jobs.take();
  run.jobs[job].message = message;
  run.jobs[job].arrived_at = run.transactions[transaction].ready;
  run.jobs[job].first = transaction;
  if (several) of_message.put((u64)message, job);
  return job;
}

// Ends a job that has nothing that waits.
void JobList::retire(Run& run, i64 job) {
  i64 message = run.jobs[job].message;
  if (run.record.tables.messages.recipients[message] > 1) of_message.put((u64)message, -1);
  slots.retire(run, job);
}

// The transaction that is next.
i64 WaitingJobs::next(Run& run) const {
  return run.waiting_entries[run.job_entries[first].first].transaction;
}

// What of a job waits here; -1: nothing.
i64 WaitingJobs::entries_of(Run& run, i64 job) const {
  const DeliveryJob& its = run.jobs[job];
  if (its.places < jobs) {
    for (i64 at = its.first_place; at >= 0; at = run.job_entries[at].next_place)
      if (run.job_entries[at].queue == queue) return at;
  } else {
    for (i64 at = last; at >= 0; at = run.job_entries[at].before)
      if (run.job_entries[at].job == job) return at;
  }
  return -1;
}

// Adds a transaction: to the job of its message if this waits, else as a new job.
void WaitingJobs::append(Run& run, i64 transaction) {
  i64 job = list(run).job_of(run, transaction), at = entries_of(run, job);
  if (at < 0) {
    at = open(run, job);
    i64 before = last;
    // A job that waits for another next hop already keeps its place.
    while (run.jobs[job].waiting && before >= 0 &&
           run.job_comes_before(job, run.job_entries[before].job))
      before = run.job_entries[before].before;
    link(run, at, before);
  }
  JobEntries& entries = run.job_entries[at];
  i64 entry = run.waiting_entries.take();
  run.waiting_entries[entry].transaction = transaction;
  (entries.last >= 0 ? run.waiting_entries[entries.last].next : entries.first) = entry;
  entries.last = entry;
  run.jobs[job].waiting++;
  size++;
}

// Adds a transaction that is the next one.
void WaitingJobs::append_left(Run& run, i64 transaction) {
  i64 job = list(run).job_of(run, transaction), at = entries_of(run, job);
  if (at < 0) {
    at = open(run, job);
    link(run, at, -1);
  }
  JobEntries& entries = run.job_entries[at];
  i64 entry = run.waiting_entries.take();
  run.waiting_entries[entry].transaction = transaction;
  run.waiting_entries[entry].next = entries.first;
  if (entries.first < 0) entries.last = entry;
  entries.first = entry;
  run.jobs[job].waiting++;
  size++;
}

// Selects the transaction that is next for a delivery.
i64 WaitingJobs::pop(Run& run) {
  run.jobs[run.job_entries[first].job].select();
  return take(run);
}

// Takes the next transaction out without a delivery.
i64 WaitingJobs::discard(Run& run) {
  run.jobs[run.job_entries[first].job].waiting--;
  return take(run);
}

i64 WaitingJobs::take(Run& run) {
  const i64 at = first, job = run.job_entries[at].job, entry = run.job_entries[at].first;
  const i64 transaction = run.waiting_entries[entry].transaction;
  run.job_entries[at].first = run.waiting_entries[entry].next;
  run.waiting_entries.give_back((u32)entry);
  size--;
  if (run.job_entries[at].first < 0) {
    unlink(run, at);
    close(run, at);
  }
  if (!run.jobs[job].waiting) list(run).retire(run, job);
  return transaction;
}

// Moves what of a job waits here to its new place in the order.
void WaitingJobs::move(Run& run, i64 at) {
  unlink(run, at);
  i64 before = -1, next = first;
  while (next >= 0 && run.job_comes_before(run.job_entries[next].job, run.job_entries[at].job)) {
    before = next;
    next = run.job_entries[next].after;
  }
  link(run, at, before);
}

JobList& WaitingJobs::list(Run& run) const {
  DeliveryQueue& own = run.queues[queue];
  return own.leads_outside ? run.hubs[own.hub].jobs : own.own_jobs;
}

// Notes that a job waits here.
i64 WaitingJobs::open(Run& run, i64 job) {
  i64 at = run.job_entries.take();
  run.job_entries[at].job = job;
  run.job_entries[at].queue = queue;
  run.job_entries[at].next_place = run.jobs[job].first_place;
  run.jobs[job].first_place = at;
  run.jobs[job].places++;
  return at;
}

// Notes that nothing of a job waits here.
void WaitingJobs::close(Run& run, i64 at) {
  DeliveryJob& job = run.jobs[run.job_entries[at].job];
  i64* place = &job.first_place;
  while (*place != at) place = &run.job_entries[*place].next_place;
  *place = run.job_entries[at].next_place;
  job.places--;
  run.job_entries.give_back((u32)at);
}

// Puts what of a job waits here into the order, behind another one; -1: in front.
void WaitingJobs::link(Run& run, i64 at, i64 before) {
  JobEntries& entries = run.job_entries[at];
  entries.before = before;
  entries.after = before >= 0 ? run.job_entries[before].after : first;
  (before >= 0 ? run.job_entries[before].after : first) = at;
  (entries.after >= 0 ? run.job_entries[entries.after].before : last) = at;
  jobs++;
}

void WaitingJobs::unlink(Run& run, i64 at) {
  const JobEntries& entries = run.job_entries[at];
  (entries.before >= 0 ? run.job_entries[entries.before].after : first) = entries.after;
  (entries.after >= 0 ? run.job_entries[entries.after].before : last) = entries.before;
  jobs--;
}
