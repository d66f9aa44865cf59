// The limit of an engine: a heap of events and nothing else. Each event schedules the next one of
// its entity, as many as a run of mm4 has messages in the system.
#include "../relaysim/engine/fast/kernel.hpp"

#include <time.h>

int main() {
  EventLoop loop;
  u64 state = 1;
  const i64 events = 4000000;
  for (i64 entity = 0; entity < 16; entity++) loop.at(entity, ATTEMPT, 0, entity, 0, {});
  clock_t start = clock();
  for (i64 count = 0; count < events; count++) {
    Event event = loop.next();
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    loop.at(event.tick + (i64)(state >> 44), ATTEMPT, 0, (i64)(event.order >> 12 & 15), 0, {});
  }
  printf("%.0f\n", (double)events / ((double)(clock() - start) / CLOCKS_PER_SEC));
  return loop.tick == 0;
}
