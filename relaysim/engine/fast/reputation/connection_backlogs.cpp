// Connections that a receiver has taken but not greeted, because it serves as many as it can.
#include "../run.hpp"

void ConnectionBacklogs::free_memory() {
  number_of.free_memory();
  for (i64 number = 0; number < waiting.size; number++) waiting[number].free_memory();
  waiting.free_memory();
}

i64 ConnectionBacklogs::length(u64 place) {
  const i64 number = number_of.get(place);
  return number < 0 ? 0 : waiting[number].size;
}

void ConnectionBacklogs::join(u64 place, WaitingConnection connection) {
  if (number_of.get(place) < 0) {
    number_of.put(place, waiting.size);
    waiting.push(Ring<WaitingConnection>());
  }
  waiting[number_of.get(place)].push(connection);
}

// Gives a free place to the connection that waits longest; false if none waits.
bool ConnectionBacklogs::next(Run& run, u64 place) {
  if (!length(place)) return false;
  const WaitingConnection first = waiting[number_of.get(place)].pop();
  run.loop.at(run.now(), ATTEMPT, (u64)first.hub, first.recipient, first.attempt, first.target);
  return true;
}
