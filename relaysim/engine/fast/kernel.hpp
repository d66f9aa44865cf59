// The event loop: a heap of events in the order of relaysim/engine/kernel.py.
#pragma once
#include "generated.hpp"

// What an event does. Those from SESSION to CATEGORIZED may also wait for a core or a commit.
enum Kind : u8 {
  NOTHING,
  SESSION,
  SUBMISSION_PLACE,
  CONNECTION_OUTSIDE,
  CONNECTION_INSIDE,
  CATEGORIZED,
  BATCH_WRITTEN,
  BATCH_TIMEOUT,
  ACKNOWLEDGEMENT_DELAY_OVER,
  REPLY_TIMEOUT,
  SUBMISSION_RETRY,
  HOST_RETRY_OVER,
  MESSAGE_RETRY,
  QUEUE_RETRY_DUE,
  RATE_OVER,
  DEAD_TIME_OVER,
  CACHED_TOO_LONG,
  SUSPENSION_OVER,
  SOURCE,
  AGEING,
  PRESSURE_POLL,
  SIGNAL,
  SCRIPT_BEGINS,
  SCRIPT_ENDS,
  REVIEW,
  WATCHER,
  KEPT_OPEN,
  HORIZON,
};

// What continues at an event: its kind, the number of what it is about, and a second number.
struct Target {
  u32 number = 0;
  u16 second = 0;
  Kind kind = NOTHING;
  u8 ends_service = 0;  // 1: a core of the hub `second` is free first

  // As one word: events are copied often, and words are copied faster than parts of words.
  u64 packed() const {
    return (u64)number | (u64)second << 32 | (u64)kind << 48 | (u64)ends_service << 56;
  }
  static Target of(u64 packed) {
    return {(u32)packed, (u16)(packed >> 32), (Kind)(u8)(packed >> 48), (u8)(packed >> 56)};
  }
};

struct Event {
  i64 tick;
  u64 order;
  u64 sequence;
  u64 target;

  bool is_before(const Event& other) const {
    if (tick != other.tick) return tick < other.tick;
    if (order != other.order) return order < other.order;
    return sequence < other.sequence;
  }
};

struct EventLoop {
  i64 tick = 0;  // microseconds since the start of the run
  i64 finished = 0;
  i64 processed = 0;
  u64 sequence = 0;
  Vec<Event> heap;  // of four branches: fewer levels than two, and siblings share a cache line

  // Schedules an event, see EventLoop.schedule_at in Python; returns its sequence number.
  u64 at(i64 when, u64 rank, u64 entity, i64 recipient, i64 attempt, Target target) {
    if (attempt > 4095) attempt = 4095;
    u64 order = rank << 60 | entity << 44 | (u64)recipient << 12 | (u64)attempt;
    Event event = {when, order, sequence++, target.packed()};
    heap.push(event);
    i64 place = heap.size - 1;
    while (place) {
      i64 above = (place - 1) >> 2;
      if (!event.is_before(heap[above])) break;
      heap[place] = heap[above];
      place = above;
    }
    heap[place] = event;
    return event.sequence;
  }

  Event next() {
    Event first = heap[0], last = heap[--heap.size];
    i64 place = 0;
    for (;;) {
      i64 below = 4 * place + 1;
      if (below >= heap.size) break;
      i64 end = smaller(below + 4, heap.size), least = below;
      for (i64 other = below + 1; other < end; other++)
        if (heap[other].is_before(heap[least])) least = other;
      if (!heap[least].is_before(last)) break;
      heap[place] = heap[least];
      place = least;
    }
    if (heap.size) heap[place] = last;
    tick = first.tick;
    processed++;
    return first;
  }
};

// Processes are functions that return at each wait and continue there. `self.step` is the place.
#define BEGIN switch (self.step) { case 0:
#define FINISH }
// Waits for an event that `schedule` has scheduled.
#define WAIT(schedule) do { self.step = __LINE__; schedule; return; case __LINE__:; } while (0)
// Waits, unless `done` is true: then the event is in the past, and the process goes on at once.
#define WAIT_UNLESS(done) do { self.step = __LINE__; if (!(done)) return; [[fallthrough]]; case __LINE__:; } while (0)
// Runs a part of the process that has waits of its own, and returns true at its end.
#define RUN_PART(part) do { self.step = __LINE__; [[fallthrough]]; case __LINE__: if (!(part)) return; } while (0)
