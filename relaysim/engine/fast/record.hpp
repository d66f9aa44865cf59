// The record of a run and the working state of its transactions: recorder.py, transactions.py.
#pragma once
#include "generated.hpp"
#include "kernel.hpp"

constexpr i64 NO_CAUSE = -1, PROVIDER_CAUSE = -2;

// The numbers of replies, given in the order in which the replies arise.
struct Replies {
  Map numbers;  // by text and cause
  Vec<i64> texts, causes, codes;

  i64 number(const Plan& plan, i64 text, i64 cause) {
    text = plan.same_text[text];
    u64 key = (u64)(cause + 2) << 32 | (u64)text;
    i64 known = numbers.get(key);
    if (known >= 0) return known;
    numbers.put(key, texts.size);
    texts.push(text);
    causes.push(cause);
    codes.push(plan.codes[text]);
    return texts.size - 1;
  }
};

struct Recorder {
  const Plan* plan = nullptr;
  Tables tables;
  Array<u64> drawn_keys;
  Array<u8> drawn_signals;
  // Of the recipients after the drawn ones, those of DSNs and duplicates:
  Vec<u64> added_keys;
  Vec<i32> original, copy_before;  // of the original message; the copy before, -1: none
  Map last_copy;                   // by recipient of an original message: of its last duplicate
  Replies replies;
  i64 open = 0;  // recipients that are not final

  void begin(const Plan& with, const Draws& draws) {
    plan = &with;
    i64 messages = draws.created.size, recipients = draws.key.size;
    tables.messages.reserve(messages);
    for (i64 stream = 0; stream < draws.sources.size; stream++) {
      const SourcePlan& source = draws.sources[stream];
      for (i64 row = source.first; row < source.last; row++) {
        i64 first = draws.first_recipient[row];
        tables.messages.add(source.stream, row - source.first, draws.created[row], draws.size[row],
                            first, draws.first_recipient[row + 1] - first,
                            DEFAULT_MESSAGES_CONNECTED, DEFAULT_MESSAGES_COMMITTED,
                            DEFAULT_MESSAGES_ACKNOWLEDGED, DEFAULT_MESSAGES_REPLY,
                            DEFAULT_MESSAGES_CONNECTOR, DEFAULT_MESSAGES_HUB,
                            DEFAULT_MESSAGES_ATTEMPTS, DEFAULT_MESSAGES_PARENT);
      }
    }
    tables.recipients.reserve(recipients);
    for (i64 row = 0; row < messages; row++)
      for (i64 recipient = draws.first_recipient[row]; recipient < draws.first_recipient[row + 1];
           recipient++)
        add_recipient(row, draws.domain[recipient]);
    drawn_keys = draws.key;
    drawn_signals = draws.signal;
    open = recipients;
  }

  // The key of the draws of a recipient, and the signals that were drawn for it: none for a DSN.
  u64 key(i64 recipient) const {
    return recipient < drawn_keys.size ? drawn_keys[recipient] : added_keys[recipient - drawn_keys.size];
  }
  i64 signal(i64 recipient) const {
    if (recipient >= drawn_signals.size) recipient = original_of(recipient);
    return recipient < drawn_signals.size ? drawn_signals[recipient] : 0;
  }
  // The recipient of the original message, if this one is of a duplicate.
  i64 original_of(i64 recipient) const {
    return recipient < drawn_keys.size ? recipient : original[recipient - drawn_keys.size];
  }

  i64 reply(i64 text, i64 cause = NO_CAUSE) { return replies.number(*plan, text, cause); }
  void visit(i64 station, i64 visit, i64 subject, i64 attempt, i64 enter, i64 start, i64 end) {
    tables.visits.add(station, visit, subject, attempt, enter, start, end);
  }
  void level(i64 level, i64 subject, i64 time, i64 value) {
    tables.levels.add(level, subject, time, value);
  }

  i64 final_recipients(i64 message) const {
    i64 first = tables.messages.first_recipient[message], count = 0;
    for (i64 row = first; row < first + tables.messages.recipients[message]; row++)
      count += tables.recipients.status[row] != STATUS_IN_FLIGHT;
    return count;
  }
  // `recipients` 0 stands for all that are not final.
  void refusal(i64 message, i64 hub, i64 connector, i64 time, i64 reply, i64 recipients = 0) {
    i64 count = recipients ? recipients
                           : tables.messages.recipients[message] - final_recipients(message);
    tables.refusals.add(message, hub, connector, time, reply, count);
  }
  void set_final(i64 recipient, i64 status, i64 time, i64 reply) {
    tables.recipients.status[recipient] = status;
    tables.recipients.end[recipient] = time;
    tables.recipients.reply[recipient] = reply;
    open--;
  }
  void add_recipient(i64 message, i64 domain) {
    tables.recipients.add(message, domain, DEFAULT_RECIPIENTS_TRANSACTION, DEFAULT_RECIPIENTS_END,
                          DEFAULT_RECIPIENTS_STATUS, DEFAULT_RECIPIENTS_REPLY);
  }
  // Adds a DSN, a message with one recipient; returns its row.
  i64 new_dsn(i64 stream, i64 number, i64 now, i64 size, i64 hub, i64 domain, u64 draws,
              i64 parent) {
    i64 message = tables.messages.rows, recipient = tables.recipients.rows;
    tables.messages.add(stream, number, now, size, recipient, 1, now,
                        DEFAULT_MESSAGES_COMMITTED, DEFAULT_MESSAGES_ACKNOWLEDGED,
                        DEFAULT_MESSAGES_REPLY, DEFAULT_MESSAGES_CONNECTOR, hub,
                        DEFAULT_MESSAGES_ATTEMPTS, parent);
    add_recipient(message, domain);
    added_keys.push(draws);
    original.push((i32)recipient);
    copy_before.push(-1);
    open++;
    return message;
  }
  // Adds a duplicate, a message that its host sends once more to the recipients that go on; returns
  // its row.
  i64 new_duplicate(i64 message, const Vec<i64>& taken) {
    const Messages& of = tables.messages;
    i64 duplicate = of.rows, parent = of.parent[message];
    tables.messages.add(of.stream[message], of.number[message], of.created[message],
                        of.size[message], tables.recipients.rows, taken.size,
                        DEFAULT_MESSAGES_CONNECTED, DEFAULT_MESSAGES_COMMITTED,
                        DEFAULT_MESSAGES_ACKNOWLEDGED, DEFAULT_MESSAGES_REPLY,
                        DEFAULT_MESSAGES_CONNECTOR, DEFAULT_MESSAGES_HUB,
                        DEFAULT_MESSAGES_ATTEMPTS,
                        parent >= 0 ? parent : of.first_recipient[message]);
    for (i64 place = 0; place < taken.size; place++) {
      i64 first = original_of(taken[place]), row = tables.recipients.rows;
      add_recipient(duplicate, tables.recipients.domain[taken[place]]);
      added_keys.push(mix(key(taken[place]), D_DUPLICATE));
      original.push((i32)first);
      copy_before.push((i32)last_copy.get((u64)first));
      last_copy.put((u64)first, row);
    }
    open += taken.size;
    return duplicate;
  }
  // Whether the mailbox of a recipient has another copy of the message.
  bool in_mailbox(i64 recipient) const {
    i64 first = original_of(recipient);
    for (i64 copy = last_copy.get((u64)first); copy >= 0; copy = copy_before[copy - drawn_keys.size])
      if (tables.recipients.status[copy] == STATUS_DELIVERED) return true;
    return tables.recipients.status[first] == STATUS_DELIVERED;
  }
  // The recipients of a message that the hub accepted at submission.
  void taken(i64 message, Vec<i64>& into) const {
    i64 first = tables.messages.first_recipient[message];
    for (i64 row = first; row < first + tables.messages.recipients[message]; row++) {
      i64 status = tables.recipients.status[row];
      if (status != STATUS_REFUSED && status != STATUS_ABANDONED) into.push(row);
    }
  }
};

// What only a transaction needs that is not final: few are at a time.
struct TransactionState {
  i64 ready = 0, expires = 0, started = -1;  // started -1: on no connection
  i32 before = -1, after = -1;               // its neighbours among those of its queue on connections
  i64 opened = 0;
  i64 egress = -1;         // of a transaction on a connection that a front end proxies
  bool is_active = false;  // in the active queue of a hub of Postfix
  bool stores = false;     // leaves its connection in the cache of Postfix
};

// One entry per row of the table `transactions`, which has message, first recipient, parent, queue.
struct TransactionStates {
  Recorder* record = nullptr;
  Vec<i32> attempts;
  Vec<u32> places;  // of its state; 0: it is final
  Pool<TransactionState> states;

  void begin(Recorder* with) {
    record = with;
    states.take();  // 0 is no place
  }
  TransactionState& operator[](i64 row) { return states[places[row]]; }
  Transactions& table() const { return record->tables.transactions; }
  i64 message(i64 row) const { return table().message[row]; }
  i64 first_recipient(i64 row) const { return table().first_recipient[row]; }
  i64 parent(i64 row) const { return table().parent[row]; }
  i64 queue(i64 row) const { return table().queue[row]; }
  i64 priority(i64 row) const {
    return record->plan->streams[record->tables.messages.stream[message(row)]].priority;
  }
  i64 hops_after(i64 parent) const { return parent >= 0 ? hops(parent) + 1 : 0; }
  i64 hops(i64 row) const { return hops_after(parent(row)); }
  bool is_final(i64 row) const { return !places[row]; }
  void set_final(i64 row) {
    states.give_back(places[row]);
    places[row] = 0;
  }

  i64 start(const i64* recipients, i64 count, i64 hub, i64 queue, i64 parent, i64 now,
            i64 expires_at) {
    i64 row = table().rows, first = recipients[0];
    table().add(record->tables.recipients.message[first], first, count, hub, queue, parent, now);
    attempts.push(0);
    places.push(states.take());
    (*this)[row].ready = now;
    (*this)[row].expires = expires_at;
    (*this)[row].is_active = false;  // states are used again
    for (i64 place = 0; place < count; place++)
      record->tables.recipients.transaction[recipients[place]] = (i32)row;
    return row;
  }
  bool has(i64 row, i64 recipient) const {
    return record->tables.recipients.transaction[recipient] == row &&
           record->tables.recipients.status[recipient] == STATUS_IN_FLIGHT;
  }
  // Appends the recipients of a transaction that are not final.
  void recipients(i64 row, Vec<i64>& into) const {
    i64 message_ = message(row), first = record->tables.messages.first_recipient[message_];
    i64 last = first + record->tables.messages.recipients[message_];
    for (i64 recipient = first; recipient < last; recipient++)
      if (has(row, recipient)) into.push(recipient);
  }
  // Their number; a message with one recipient counts as 1, even just after it became final.
  i64 recipient_count(i64 row) const {
    i64 message_ = message(row), first = record->tables.messages.first_recipient[message_];
    i64 all = record->tables.messages.recipients[message_], count = 0;
    if (all == 1) return 1;
    for (i64 recipient = first; recipient < first + all; recipient++) count += has(row, recipient);
    return count;
  }
  void free_memory() {
    attempts.free_memory();
    places.free_memory();
    states.free_memory();
  }
};
