// Keyed draws, as in relaysim/traffic/draw.py, and the laws that turn them into values.
#pragma once
#include "containers.hpp"

inline u64 mix(u64 key, u64 salt) {
  u64 z = key + (salt + 1) * 0x9E3779B97F4A7C15ull;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ z >> 27) * 0x94D049BB133111EBull;
  return z ^ z >> 31;
}

inline u32 draw32(u64 key, u64 decision, u64 counter) {
  return (u32)(mix(key, decision + 64 * counter) >> 32);
}

inline u64 hop_counter(i64 hop, i64 attempt) { return (u64)hop << 32 | (u64)attempt; }

// An attempt at a relay service draws apart from those at the receiver behind; -1: no service.
inline u64 relay_counter(i64 relay, i64 attempt) { return hop_counter(relay >= 0, attempt); }

// The counter of the choice of an MX host, after so many that did not answer.
inline u64 mx_counter(i64 relay, i64 attempt, i64 tried) {
  return (u64)tried << 40 | relay_counter(relay, attempt);
}

// A law: 65,536 values, and after them perhaps 65,536 parts of the top value.
struct Law {
  const void* values;
  i64 length;
  i64 is_wide;  // 64 bits a value, else 32

  i64 value(i64 place) const {
    return is_wide ? ((const i64*)values)[place] : ((const i32*)values)[place];
  }
  // Brings the value of a draw near: the look-up of a law at random costs more than its event.
  void prefetch(u32 bits) const {
    __builtin_prefetch((const char*)values + (bits >> 16) * (is_wide ? 8 : 4));
  }
  i64 looked_up(u32 bits) const {
    i64 place = bits >> 16;
    if (place == 65535 && length > 65536) place = 65536 + (bits & 0xFFFF);
    return value(place);
  }
};
