// The volume of each IP: what a blocklist weighs the hits of an IP against.
#include "../run.hpp"

// How many messages an IP sent since the hour in which a window began. Operators have windows of
// different lengths, so all counts are kept.
i64 Reputation::volume_within(Run& run, i64 ip, i64 window) {
  Ring<HourCount>& hours = volumes[ip];
  i64 start = run.now() - window;
  i64 first = start >= 0 ? start / HOUR : -1, count = 0;  // before the run there is no hour
  for (i64 place = hours.size - 1; place >= 0 && hours[place].hour >= first; place--)
    count += hours[place].count;
  return count;
}
