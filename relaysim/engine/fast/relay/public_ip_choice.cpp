// Which of its public IPs a hub sends a message by.
#include "../run.hpp"

// The queue that a message joins in place of the one of its route.
i64 Run::by_public_ip(i64 queue, i64 message) const {
  if (!plan.choice_of.size) return queue;
  const Messages& messages = record.tables.messages;
  const i64 row = queue * (plan.run[0].from_domains + 1);
  i64 choice = plan.choice_of[row + 1 + plan.streams[messages.stream[message]].from_domain];
  if (choice < 0) choice = plan.choice_of[row];
  if (choice < 0) return queue;
  const u32 bits = draw32(record.key(messages.first_recipient[message]), D_PUBLIC_IP, 0);
  i64 place = plan.choices[choice].first;
  while ((i64)bits >= plan.choice_members[place].below) place++;
  return plan.choice_members[place].queue;
}
