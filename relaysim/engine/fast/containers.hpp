// Containers of plain values. They need no C++ runtime library; the run frees their memory.
#pragma once
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE  // for mremap
#endif
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

using i8 = int8_t;
using i16 = int16_t;
using i32 = int32_t;
using i64 = int64_t;
using u8 = uint8_t;
using u16 = uint16_t;
using u32 = uint32_t;
using u64 = uint64_t;
using i128 = __int128;

inline i64 smaller(i64 one, i64 other) { return one < other ? one : other; }
inline i64 larger(i64 one, i64 other) { return one > other ? one : other; }

// Without memory the process ends: nothing could go on.
inline void out_of_memory(i64 bytes) {
  fprintf(stderr, "relaysim: the memory is not enough for %lld bytes more\n", (long long)bytes);
  abort();
}

// A block of memory of a new size.
inline void* resized(void* block, i64 bytes) {
  void* moved = realloc(block, (size_t)bytes);
  if (!moved) out_of_memory(bytes);
  return moved;
}

// A column of a table, for a number of rows. Linux moves the pages of a large column, where realloc
// might copy it and leave a hole.
constexpr i64 LARGE_COLUMN = 1 << 20;

template <class T>
inline T* grown(T* column, i64 rows_before, i64 rows) {
  const i64 bytes = rows * (i64)sizeof(T);
#ifdef __linux__
  if (bytes >= LARGE_COLUMN) {
    const i64 before = rows_before * (i64)sizeof(T);
    void* moved;
    if (before >= LARGE_COLUMN) {
      moved = mremap(column, (size_t)before, (size_t)bytes, MREMAP_MAYMOVE);
    } else {
      moved = mmap(nullptr, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (moved != MAP_FAILED && before) memcpy(moved, column, (size_t)before);
      free(column);
    }
    if (moved == MAP_FAILED) out_of_memory(bytes);
    return (T*)moved;
  }
#endif
  (void)rows_before;
  return (T*)resized(column, bytes);
}

template <class T>
inline void free_column(T* column, i64 rows) {
#ifdef __linux__
  if (rows * (i64)sizeof(T) >= LARGE_COLUMN) {
    munmap(column, (size_t)(rows * (i64)sizeof(T)));
    return;
  }
#endif
  (void)rows;
  free(column);
}

// A growing array.
template <class T>
struct Vec {
  T* values = nullptr;
  i64 size = 0, room = 0;

  T& operator[](i64 place) { return values[place]; }
  const T& operator[](i64 place) const { return values[place]; }
  bool empty() const { return size == 0; }
  T& last() { return values[size - 1]; }

  void reserve(i64 length) {
    if (length <= room) return;
    room = length;
    values = (T*)resized(values, room * (i64)sizeof(T));
  }
  void push(T value) {
    if (size == room) reserve(room ? room * 2 : 16);
    values[size++] = value;
  }
  void fill(i64 length, T value) {
    reserve(length);
    for (size = 0; size < length; size++) values[size] = value;
  }
  void remove(i64 place) {
    memmove(values + place, values + place + 1, (size_t)(size - place - 1) * sizeof(T));
    size--;
  }
  void clear() { size = 0; }
  void free_memory() {
    free(values);
    values = nullptr;
    size = room = 0;
  }
};

// A column of a table whose values mostly need few bits. The others stand apart, each with its row.
template <class T>
struct Short {
  static constexpr i64 MOST = (1ll << (8 * sizeof(T) - 1)) - 1, APART = -MOST - 1;
  T* values = nullptr;
  Vec<i64> apart;  // row, value, row, value, ...

  void set(i64 row, i64 value) {
    bool fits = value > APART && value <= MOST;
    values[row] = (T)(fits ? value : APART);
    if (!fits) set_apart(row, value);
  }
  // A time as what passed since another one; -1 stays -1.
  void set_since(i64 row, i64 value, i64 since) {
    i64 passed = value - since;
    bool fits = value == -1 || (since >= 0 && passed >= 0 && passed <= MOST);
    values[row] = (T)(value == -1 ? -1 : fits ? passed : APART);
    if (!fits) set_apart(row, value);
  }
  void set_apart(i64 row, i64 value) {
    apart.push(row);
    apart.push(value);
  }
};

template <class T>
inline Short<T> grown(Short<T> column, i64 rows_before, i64 rows) {
  column.values = grown(column.values, rows_before, rows);
  return column;
}

template <class T>
inline void free_column(Short<T> column, i64 rows) {
  free_column(column.values, rows);
  column.apart.free_memory();
}

// A queue with two ends: a ring whose length is a power of two.
template <class T>
struct Ring {
  T* values = nullptr;
  i64 size = 0, room = 0, first = 0;

  T& operator[](i64 place) { return values[(first + place) & (room - 1)]; }
  bool empty() const { return size == 0; }

  void grow() {
    i64 larger = room ? room * 2 : 8;
    T* moved = (T*)resized(nullptr, larger * (i64)sizeof(T));
    for (i64 place = 0; place < size; place++) moved[place] = (*this)[place];
    free(values);
    values = moved;
    room = larger;
    first = 0;
  }
  void push(T value) {
    if (size == room) grow();
    values[(first + size++) & (room - 1)] = value;
  }
  void push_front(T value) {
    if (size == room) grow();
    first = (first - 1) & (room - 1);
    values[first] = value;
    size++;
  }
  T pop() {
    T value = values[first];
    first = (first + 1) & (room - 1);
    size--;
    return value;
  }
  void insert(i64 place, T value) {
    push(value);
    for (i64 at = size - 1; at > place; at--) (*this)[at] = (*this)[at - 1];
    (*this)[place] = value;
  }
  void clear() { size = 0; }
  void free_memory() {
    free(values);
    values = nullptr;
    size = room = first = 0;
  }
};

// Numbered entries that keep their place in memory; a number that was given back is used again.
template <class T>
struct Pool {
  static constexpr i64 PART = 256;
  Vec<T*> parts;
  Vec<u32> unused;
  i64 size = 0;

  T& operator[](i64 number) { return parts[number / PART][number % PART]; }

  u32 take() {
    u32 number;
    if (!unused.empty()) {
      number = unused[--unused.size];
    } else {
      if (size == parts.size * PART) parts.push((T*)resized(nullptr, PART * (i64)sizeof(T)));
      number = (u32)size++;
    }
    (*this)[number] = T();
    return number;
  }
  void give_back(u32 number) { unused.push(number); }
  void free_memory() {
    for (i64 part = 0; part < parts.size; part++) free(parts[part]);
    parts.free_memory();
    unused.free_memory();
    size = 0;
  }
};

// Values by a key from 0 on; -1 stands for a key that is not there.
struct Map {
  Vec<u64> keys;  // key + 1; 0 is a free place
  Vec<i64> values;
  i64 size = 0;

  static u64 spread(u64 key) { return (key ^ key >> 31) * 0x9E3779B97F4A7C15ull; }

  i64 place(u64 key) const {
    u64 mask = (u64)keys.size - 1, at = spread(key) >> 20 & mask;
    while (keys[(i64)at] && keys[(i64)at] != key + 1) at = (at + 1) & mask;
    return (i64)at;
  }
  i64 get(u64 key) const {
    if (!keys.size) return -1;
    i64 at = place(key);
    return keys[at] ? values[at] : -1;
  }
  void put(u64 key, i64 value) {
    if (2 * size >= keys.size) grow();
    i64 at = place(key);
    if (!keys[at]) size++;
    keys[at] = key + 1;
    values[at] = value;
  }
  void grow() {
    Map larger;
    i64 length = keys.size ? keys.size * 2 : 64;
    larger.keys.fill(length, 0);
    larger.values.fill(length, 0);
    for (i64 at = 0; at < keys.size; at++)
      if (keys[at]) larger.put(keys[at] - 1, values[at]);
    free_memory();
    *this = larger;
  }
  void free_memory() {
    keys.free_memory();
    values.free_memory();
    size = 0;
  }
};
