// The volume of each IP: the denominator of a blocklist that decides by a ratio.
#include "../run.hpp"

// How many messages an IP sent since the hour in which a window began. Older counts are dropped.
i64 Reputation::volume_within(Run& run, i64 ip, i64 window) {
  Ring<HourCount>& hours = volumes[ip];
  i64 start = run.now() - window;
  i64 first = start >= 0 ? start / HOUR : -1, count = 0;  // before the run there is no hour
  while (!hours.empty() && hours[0].hour < first) hours.pop();
  for (i64 place = 0; place < hours.size; place++) count += hours[place].count;
  return count;
}
