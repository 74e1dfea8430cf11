// Spikes that wait for their tick; what sources that know their spikes beforehand are made of.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <spinule/engine/tick_grid.hpp>
#include <spinule/recording.hpp>
#include <spinule/time.hpp>

namespace spinule {

/// Sorts at most `Most` numbers below 2^26 by counting, for each, those before it: nothing for a processor to foresee.
template <std::size_t Most>
inline void sort_by_rank(std::span<index_t> list) {
  static_assert(Most <= 32);
  std::array<std::int32_t, Most> key, rank{};
  for (std::size_t i = 0; i < Most; ++i)  // all different, so that ranks are
    key[i] = i < list.size() ? static_cast<std::int32_t>(32 * list[i] + i) : INT32_MAX;
  for (std::size_t k = 0; k < list.size(); ++k)
    for (std::size_t i = 0; i < Most; ++i) rank[i] += key[k] < key[i];
  for (std::size_t i = 0; i < list.size(); ++i)
    list[static_cast<std::size_t>(rank[i])] = static_cast<index_t>(key[i]) / 32;
}

inline void sort_neurons(std::span<index_t> list) {
  if (list.size() < 2) return;
  const bool small = *std::max_element(list.begin(), list.end()) < index_t{1} << 26;
  if (small && list.size() <= 8)
    sort_by_rank<8>(list);
  else if (small && list.size() <= 16)
    sort_by_rank<16>(list);
  else if (small && list.size() <= 32)
    sort_by_rank<32>(list);
  else
    std::sort(list.begin(), list.end());
}

/// Spikes in a row of time, emitted tick by tick, those of a tick by neuron.
class spike_queue {
 public:
  void clear() {
    neurons_.clear(), runs_.clear();
    next_ = sorted_ = 0;
    ordered_ = true;
  }
  void rewind() { next_ = 0; }
  /// Drops what has been emitted once it is more than what waits, so that one may add for ever. No `rewind` after it.
  void drop_emitted() {
    if (next_ == runs_.size()) return clear();
    if (next_ <= runs_.size() - next_) return;
    const std::size_t first = runs_[next_].first;
    neurons_.erase(neurons_.begin(), neurons_.begin() + static_cast<std::ptrdiff_t>(first));
    runs_.erase(runs_.begin(), runs_.begin() + static_cast<std::ptrdiff_t>(next_));
    for (run& r : runs_) r.first -= first;
    sorted_ = std::max(sorted_, next_) - next_;
    next_ = 0;
  }
  /// Spikes that are kept, emitted ones among them.
  std::size_t size() const { return neurons_.size(); }
  void add(moment when, index_t neuron) { *add_many(when, 1) = neuron; }
  /// Room for `count` neurons that spike then; valid until more are added.
  index_t* add_many(moment when, std::size_t count) {
    if (runs_.empty() || runs_.back().when != when) {
      ordered_ = ordered_ && (runs_.empty() || runs_.back().when < when);
      runs_.push_back({when, neurons_.size()});
    }
    neurons_.resize(neurons_.size() + count);
    return neurons_.data() + neurons_.size() - count;
  }
  /// The events of a recording that begins at tick `start`.
  void add(std::span<const event> events, moment start, const tick_grid& grid, bool nearest) {
    neurons_.reserve(neurons_.size() + events.size());
    for (std::size_t i = 0, next; i < events.size(); i = next) {  // events of a tick mostly follow each other
      const auto [tick, first, last] = grid.of_microsecond(events[i].time_us, nearest);
      for (next = i + 1; next < events.size(); ++next)
        if (events[next].time_us < first || events[next].time_us > last) break;
      index_t* neuron = add_many(start + tick, next - i);
      for (std::size_t k = i; k < next; ++k) *neuron++ = events[k].channel;
    }
  }
  /// Call after the last `add`. Recordings come in order of time; only ties then have to be brought in order.
  void sort() {
    if (!ordered_) sort_times();
    for (std::size_t r = std::max(next_, sorted_); r < runs_.size(); ++r) sort_neurons(neurons_of(r));
    sorted_ = runs_.empty() ? 0 : runs_.size() - 1;  // more may be added to the last
  }
  /// What is due, by neuron.
  void emit(moment now, std::vector<index_t>& fired) {
    for (; next_ < runs_.size() && runs_[next_].when <= now; ++next_) {
      const auto due = neurons_of(next_);
      fired.insert(fired.end(), due.begin(), due.end());
    }
  }
  /// Of one neuron in one tick, of all that wait; call after `sort`.
  std::uint32_t most_events() const {
    std::uint32_t most = 0, same = 0;
    for (std::size_t r = 0; r < runs_.size(); ++r) {
      const std::size_t end = r + 1 < runs_.size() ? runs_[r + 1].first : neurons_.size();
      for (std::size_t i = runs_[r].first; i < end; ++i) {
        same = i > runs_[r].first && neurons_[i] == neurons_[i - 1] ? same + 1 : 1;
        most = std::max(most, same);
      }
    }
    return most;
  }

 private:
  struct run {
    moment when;
    std::size_t first;
  };

  std::span<index_t> neurons_of(std::size_t r) {
    const std::size_t end = r + 1 < runs_.size() ? runs_[r + 1].first : neurons_.size();
    return {neurons_.data() + runs_[r].first, end - runs_[r].first};
  }

  /// What has been emitted is dropped on the way.
  void sort_times() {
    struct entry {
      moment when;
      index_t neuron;
    };
    std::vector<entry> all;
    for (std::size_t r = next_; r < runs_.size(); ++r)
      for (const index_t i : neurons_of(r)) all.push_back({runs_[r].when, i});
    std::stable_sort(all.begin(), all.end(), [](const entry& a, const entry& b) { return a.when < b.when; });
    clear();
    for (const entry& e : all) add(e.when, e.neuron);
  }

  std::vector<index_t> neurons_;  ///< run by run
  std::vector<run> runs_;         ///< of one tick each
  std::size_t next_ = 0;          ///< run to emit
  std::size_t sorted_ = 0;        ///< runs whose neurons are in order
  bool ordered_ = true;
};

}  // namespace spinule
