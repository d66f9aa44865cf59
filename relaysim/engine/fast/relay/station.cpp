// Stations of a hub: its cores, its queue database, and the Internet line of its public IP.
#include "../run.hpp"

// Cores. Returns true if the work takes no time; else `target` continues at its end.
bool Cores::serve(Run& run, WorkClass work_class, Target target, i64 visit, i64 subject,
                  i64 attempt, i64 recipient, i64 length) {
  if (length == 0) return true;
  Job job = {target, visit, subject, attempt, recipient, length, run.now()};
  if (free && !stopped) {
    free--;
    begin(run, job);
  } else {
    waiting[work_class].push(job);
  }
  return false;
}

// Gives the free core the next work, inside the event that freed it.
void Cores::end(Run& run) {
  if (!stopped) {
    Ring<Job>& jobs = next();
    if (!jobs.empty()) {
      begin(run, jobs.pop());
      return;
    }
  }
  free++;
}

// The queue that a free core serves next; it is empty if no work waits.
Ring<Job>& Cores::next() {
  Ring<Job>* result = &waiting[SEND];
  for (Ring<Job>& jobs : waiting) {
    // Of work that came at the same time, sending is first in any case.
    bool earlier = result->empty() || (!sends_first && !jobs.empty() && jobs[0].enter < (*result)[0].enter);
    if (earlier) result = &jobs;
  }
  return *result;
}

void Cores::begin(Run& run, const Job& job) {
  i64 now = run.now();
  run.record.visit(station, job.visit, job.subject, job.attempt, job.enter, now, now + job.length);
  Target target = job.target;
  target.ends_service = 1;
  target.second = (u16)hub;
  run.loop.at(now + job.length, SERVICE, (u64)hub, job.recipient, job.attempt, target);
}

void Cores::stop(Run& run) {
  stopped = true;
  const WorkClass cut_off[] = {SEND, RECEIVE};
  for (WorkClass work_class : cut_off) {
    // Those that wait are cut off; none of them waits here again, because the hub is down.
    Ring<Job> jobs = waiting[work_class];
    waiting[work_class] = Ring<Job>();
    for (i64 place = 0; place < jobs.size; place++) {
      record_wait(run, jobs[place], run.now());
      run.resume(jobs[place].target);
    }
    jobs.free_memory();
  }
}

void Cores::start(Run& run) {
  stopped = false;
  while (free && !next().empty()) {
    free--;
    begin(run, next().pop());
  }
}

void Cores::close(Run& run) {
  for (Ring<Job>& jobs : waiting)
    for (i64 place = 0; place < jobs.size; place++) record_wait(run, jobs[place], -1);
}

void Cores::record_wait(Run& run, const Job& job, i64 end) {
  run.record.visit(station, job.visit, job.subject, job.attempt, job.enter, -1, end);
}

// Queue database. Returns true if the commit takes no time.
bool QueueDatabase::commit(Run& run, Target target, i64 message, i64 recipient, i64 visit) {
  if (batch < 0) {
    if (write_time == 0 && batch_size == 1) return true;
    if (run.unused_batches.empty()) {
      batch = run.batches.size;
      run.batches.push(Vec<Target>());
    } else {
      batch = run.unused_batches[--run.unused_batches.size];
    }
    if (batch_size > 1) {
      Target timed = {0, (u16)hub, BATCH_TIMEOUT};
      timer = (i64)run.loop.at(run.now() + batch_timeout, BATCH, (u64)hub, recipient, 0, timed);
    }
  }
  members.push({message, run.now(), visit});
  run.batches[batch].push(target);
  if (members.size >= batch_size) close_batch(run, recipient);
  return false;
}

void QueueDatabase::timeout(Run& run, u64 sequence) {
  if ((i64)sequence == timer) close_batch(run, 0);  // else its batch was full earlier, or was lost
}

void QueueDatabase::close_batch(Run& run, i64 recipient) {
  i64 start = larger(run.now(), writer_free_at), end = start + write_time;
  writer_free_at = end;
  for (i64 place = 0; place < members.size; place++)
    run.record.visit(station, members[place].visit, members[place].message, 0, members[place].enter, start,
                     end);
  run.loop.at(end, BATCH, (u64)hub, recipient, 0, {(u32)batch, (u16)hub, BATCH_WRITTEN});
  batch = timer = -1;
  members.clear();
}

void QueueDatabase::stop(Run& run) {
  i64 lost = batch;
  record_wait(run, run.now());
  batch = timer = -1;
  members.clear();
  if (lost >= 0) run.resume({(u32)lost, (u16)hub, BATCH_WRITTEN});
}

void QueueDatabase::close(Run& run) { record_wait(run, -1); }

void QueueDatabase::record_wait(Run& run, i64 end) {
  for (i64 place = 0; place < members.size; place++)
    run.record.visit(station, members[place].visit, members[place].message, 0, members[place].enter, -1,
                     end);
}

// Line. Returns true if the line has no limit.
bool Line::transfer(Run& run, Target target, i64 transaction, i64 attempt, i64 recipient,
                    i64 size) {
  if (bandwidth == 0) return true;
  i64 now = run.now(), start = larger(free_at, run.now());
  i64 end = free_at = at_most_never((i128)start + transfer_time(size, bandwidth));
  run.record.visit(station, VISIT_LINE, transaction, attempt, now, start, end);
  run.loop.at(end, SERVICE, (u64)entity, recipient, attempt, target);
  return false;
}
