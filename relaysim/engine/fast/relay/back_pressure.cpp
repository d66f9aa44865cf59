// Back pressure: a hub polls its resources and refuses mail while they run short.
#include "../run.hpp"

// The thresholds are those of a hub (version buckets), of its submission queue, or of a drive.
template <typename Thresholds>
static PressureLevel rated(PressureLevel before, i64 value, const Thresholds& thresholds) {
  if (value >= thresholds.medium_to_high) return HIGH;
  if (value <= thresholds.medium_to_low) return NORMAL;
  if (before == HIGH && value > thresholds.high_to_medium) return HIGH;
  if (before == NORMAL && value < thresholds.low_to_medium) return NORMAL;
  return MEDIUM;
}

struct QueueThresholds {
  i64 low_to_medium, medium_to_high, high_to_medium, medium_to_low;
};

// What refusals follow of a resource with patience: Medium counts from so many polls on.
static PressureLevel counted(PressureLevel level, i64 polls, i64 patience) {
  return level == MEDIUM && polls < patience ? NORMAL : level;
}

void Pressure::begin(Run& run) {
  const HubPlan& plan = run.plan.hubs[hub];
  disks.fill(plan.drive_count, NORMAL);
  if (plan.version_bucket_size || plan.drive_count || plan.submission_queue_watched)
    run.loop.at(run.now() + plan.resource_monitoring_interval, TIMER, (u64)hub, 0, 0,
                {0, (u16)hub, PRESSURE_POLL});
}

void Pressure::hold(i64 size) {
  held += size;
  most_held = larger(held, most_held);
}

bool Pressure::refuses_connection(Run& run) const {
  return level == HIGH && !run.plan.hubs[hub].delays_first;
}

bool Pressure::refuses_mail_from(Peer peer, bool sender_is_authoritative) const {
  if (level == HIGH) return true;
  return level == MEDIUM && peer == OTHER && !sender_is_authoritative;
}

// Measures the resources, also while the hub is stopped: its drives still hold the mail.
void Pressure::poll(Run& run) {
  const HubPlan& plan = run.plan.hubs[hub];
  if (plan.version_bucket_size) {
    i64 used = (uncommitted + plan.version_bucket_size - 1) / plan.version_bucket_size;
    PressureLevel before = buckets;
    buckets = rated(before, used, plan);
    if (buckets != before) run.record.level(LEVEL_VERSION_BUCKETS, hub, run.now(), buckets);
    pressed_polls = buckets != NORMAL ? pressed_polls + 1 : 0;
  }
  if (plan.submission_queue_watched) {
    QueueThresholds thresholds{plan.queue_low_to_medium, plan.queue_medium_to_high,
                               plan.queue_high_to_medium, plan.queue_medium_to_low};
    PressureLevel before = queue;
    queue = rated(before, submitted, thresholds);
    if (queue != before) run.record.level(LEVEL_SUBMISSION_QUEUE, hub, run.now(), queue);
    queue_polls = queue != NORMAL ? queue_polls + 1 : 0;
  }
  if (plan.delays_first) {
    if (buckets != NORMAL || queue != NORMAL) {
      delay = delay ? smaller(delay + plan.delay_step, plan.delay_longest) : plan.delay_start;
    } else {
      delay = delay > plan.delay_start ? larger(delay - plan.delay_step, 0) : 0;
    }
  }
  PressureLevel worst = NORMAL;
  for (i64 number = 0; number < plan.drive_count; number++) {
    const DrivePlan& drive = run.plan.drives[plan.first_drive + number];
    i64 used = drive.used + (drive.holds_mail ? most_held : 0);
    i64 use = (i64)((i128)100 * used / drive.size);
    PressureLevel before = (PressureLevel)disks[number];
    PressureLevel after = rated(before, use, drive);
    if (after != before) run.record.level(drive.level, hub, run.now(), after);
    disks[number] = after;
    if (after > worst) worst = after;
  }
  i64 patience = plan.delays_first ? plan.version_buckets_history_depth : 0;
  i64 queue_patience = plan.delays_first ? plan.submission_queue_history_depth : 0;
  PressureLevel by_buckets = counted(buckets, pressed_polls, patience);
  PressureLevel by_queue = counted(queue, queue_polls, queue_patience);
  level = worst > by_buckets ? worst : by_buckets;
  if (by_queue > level) level = by_queue;
  run.loop.at(run.now() + plan.resource_monitoring_interval, TIMER, (u64)hub, 0, 0,
              {0, (u16)hub, PRESSURE_POLL});
}
