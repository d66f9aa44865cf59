// Which message Postfix sends next: one with few recipients may go before one with many.
#include "../run.hpp"

// Counts a transaction that is selected for a delivery.
void DeliveryJob::select() {
  waiting--;
  selected++;
  available++;
  used++;
}

// Whether a job is before another one in the order of deliveries.
bool Run::job_comes_before(i64 one, i64 other) {
  while (jobs[one].level > jobs[other].level) {
    if (jobs[one].parent == other) return true;
    one = jobs[one].parent;
  }
  while (jobs[other].level > jobs[one].level) {
    if (jobs[other].parent == one) return false;
    other = jobs[other].parent;
  }
  while (jobs[one].parent != jobs[other].parent) {
    one = jobs[one].parent;
    other = jobs[other].parent;
  }
  const DeliveryJob &first = jobs[one], &second = jobs[other];
  if (first.parent >= 0) return first.number < second.number;
  return first.arrived_at != second.arrived_at ? first.arrived_at < second.arrived_at
                                               : first.first < second.first;
}

// Takes a job from the children of its parent. A parent that is over is itself a child only as long
// as it has children.
void Run::release_job(i64 job) {
  i64 parent = jobs[job].parent;
  while (parent >= 0) {
    jobs[parent].children--;
    if (!jobs[parent].is_over || jobs[parent].children) return;
    i64 next = jobs[parent].parent;
    jobs.give_back((u32)parent);
    parent = next;
  }
}

bool DeliverySlots::may_be_preempted(const DeliveryJob& current) const {
  return cost >= 2 && current.available > 0 && current.entries() >= minimum * cost;
}

// How many slots a job may have in the end, as far as they are not used yet.
i64 DeliverySlots::most(const DeliveryJob& current) const {
  return (current.waiting + current.available) / cost;
}

// Whether a job has collected the slots that another one needs to go first.
bool DeliverySlots::suffice(const DeliveryJob& current, const DeliveryJob& job) const {
  i64 slots = current.available / cost + loan;
  return slots * 100 >= job.waiting * (100 - discount);
}

// Gives the slots that a job did not need back to its parent.
void DeliverySlots::leave_stack(Run& run, const DeliveryJob& job) const {
  if (job.parent >= 0) run.jobs[job.parent].available -= job.used * cost;
}

// Lets a job go before another one.
void DeliverySlots::preempt(Run& run, i64 current, i64 number) const {
  DeliveryJob &before = run.jobs[current], &job = run.jobs[number];
  leave_stack(run, job);
  run.release_job(number);
  before.preemptions++;
  before.children++;
  job.parent = current;
  job.level = before.level + 1;
  job.number = before.preemptions;
  before.available -= job.waiting * cost;
  job.used = -job.waiting;
}

// Ends a job that has nothing that waits.
void DeliverySlots::retire(Run& run, i64 number) const {
  DeliveryJob& job = run.jobs[number];
  job.is_over = true;
  leave_stack(run, job);
  if (job.children) return;
  run.release_job(number);
  run.jobs.give_back((u32)number);
}

// Judges a job that waits since a second; returns whether younger jobs cannot be better.
bool Candidate::consider(Run& run, i64 number, i64 arrived_at) {
  const DeliveryJob& considered = run.jobs[number];
  i64 its_age = now - arrived_at + 1, entries = considered.entries();
  if (considered.waiting > 0 && considered.waiting <= most &&
      (job < 0 || its_age * run.jobs[job].entries() > age * entries)) {
    job = number;
    age = its_age;
  }
  return job >= 0 && considered.level == 0 && its_age * run.jobs[job].entries() <= age;
}
