// Which of its public IPs a hub sends a message by.
#include "../run.hpp"

// Whether the volume of a day leaves room for some recipients.
bool WarmUp::has_room(const Run& run, i64 today, i64 recipients) const {
  const WarmUpPlan& plan = run.plan.warm_ups[number];
  const bool is_new = day != -1 && day != today;
  const i64 past = days + is_new;
  if (past >= plan.length) return true;
  return (is_new ? 0 : sent) + recipients <= run.plan.volumes[plan.first + past];
}

// Counts recipients on a day.
void WarmUp::take(i64 today, i64 recipients) {
  if (day != -1 && day != today) {
    days++;
    sent = 0;
  }
  day = today;
  sent += recipients;
}

// The queue that a message joins in place of the one of its route.
i64 Run::by_public_ip(i64 queue, i64 message, i64 recipients) {
  const i64 chosen = plan.choice_of.size ? of_pool(queue, message, recipients) : queue;
  if (culprits_moved && plan.streams[record.tables.messages.stream[message]].culprit)
    return plan.moved[chosen] >= 0 ? plan.moved[chosen] : chosen;
  return chosen;
}

// The queue by one of the IPs of a pool.
i64 Run::of_pool(i64 queue, i64 message, i64 recipients) {
  const Messages& messages = record.tables.messages;
  const i64 row = queue * (plan.run[0].from_domains + 1);
  i64 choice = plan.choice_of[row + 1 + plan.streams[messages.stream[message]].from_domain];
  if (choice < 0) choice = plan.choice_of[row];
  if (choice < 0) return queue;
  const ChoicePlan& members = plan.choices[choice];
  const u32 bits = draw32(record.key(messages.first_recipient[message]), D_PUBLIC_IP, 0);
  i64 drawn = 0;
  while ((i64)bits >= plan.choice_members[members.first + drawn].below) drawn++;
  if (warm_ups.empty()) return plan.choice_members[members.first + drawn].queue;
  for (i64 turn = 0; turn < members.length; turn++) {
    i64 place = members.first + (drawn + turn) % members.length;
    if (admits(plan.choice_members[place].queue, recipients))
      return plan.choice_members[place].queue;
  }
  return plan.choice_members[members.first + drawn].queue;
}

// Counts recipients in the warm-up plans of a queue, if all of them have room.
bool Run::admits(i64 queue, i64 recipients) {
  const QueuePlan& target = plan.queues[queue];
  const i64 today = now() / DAY;
  for (int counts = 0; counts < 2; counts++)
    for (i64 number = 0; number < warm_ups.size; number++) {
      const WarmUpPlan& given = plan.warm_ups[number];
      if (given.egress != target.egress) continue;
      if (given.receiver >= 0 && given.receiver != target.receiver) continue;
      if (counts) {
        warm_ups[number].take(today, recipients);
      } else if (!warm_ups[number].has_room(*this, today, recipients)) {
        return false;
      }
    }
  return true;
}
