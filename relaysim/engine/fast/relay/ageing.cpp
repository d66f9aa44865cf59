// Ageing: the delay notice and the expiry of mail that a hub cannot deliver.
#include "../run.hpp"

// Acts on each transaction that is still in the hub some time after its acceptance.
void Run::follow(i64 number) {
  Vec<i64> present;
  for (;;) {
    Follower& self = followers[number];
    Hub& hub = hubs[self.hub];
    while (self.entry < hub.accepted.size && !any_in_hub(hub, self.entry)) self.entry++;
    if (self.entry == hub.accepted.size || !hub.up) {
      hub.asleep.push(number);
      break;
    }
    const Accepted entry = hub.accepted[self.entry];
    if (now() < entry.time + self.age) {
      i64 recipient = record.tables.messages.first_recipient[entry.message];
      loop.at(entry.time + self.age, TIMER, (u64)self.hub, recipient, 0, {(u32)number, 0, AGEING});
      break;
    }
    present.clear();
    in_hub(hub, self.entry, present);
    for (i64 place = 0; place < present.size; place++) {
      i64 transaction = present[place];
      if (transaction == entry.parent) continue;
      if (self.sends_notice) {
        hub.send_dsn(*this, transactions.first_recipient(transaction), D_DELAY_NOTICE);
      } else {
        hub.expire(*this, transaction);
      }
    }
    self.entry++;
  }
  present.free_memory();
}

// Whether the last transaction of a recipient is still in the hub that accepted it. Before the
// message is routed, this is the transaction that it came with (-1 from a host).
bool Run::is_in_hub(const Accepted& accepted, i64 recipient) {
  if (record.tables.recipients.status[recipient]) return false;
  i64 transaction = record.tables.recipients.transaction[recipient];
  return transaction == accepted.parent || (!transactions.is_final(transaction) &&
                                            transactions.parent(transaction) == accepted.parent);
}

bool Run::any_in_hub(Hub& hub, i64 entry) {
  const Accepted accepted = hub.accepted[entry];
  i64 first = record.tables.messages.first_recipient[accepted.message];
  i64 last = first + record.tables.messages.recipients[accepted.message];
  for (i64 recipient = first; recipient < last; recipient++)
    if (is_in_hub(accepted, recipient)) return true;
  return false;
}

// Appends the transactions of an acceptance that are still in the hub, each once.
void Run::in_hub(Hub& hub, i64 entry, Vec<i64>& into) {
  const Accepted accepted = hub.accepted[entry];
  i64 first = record.tables.messages.first_recipient[accepted.message];
  i64 last = first + record.tables.messages.recipients[accepted.message];
  Map known;
  for (i64 recipient = first; recipient < last; recipient++) {
    if (!is_in_hub(accepted, recipient)) continue;
    i64 transaction = record.tables.recipients.transaction[recipient];
    if (known.get((u64)(transaction + 1)) >= 0) continue;
    known.put((u64)(transaction + 1), 1);
    into.push(transaction);
  }
  known.free_memory();
}
