// A source of values that are given.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <spinule/engine/any_model.hpp>
#include <spinule/engine/tick_grid.hpp>
#include <spinule/error.hpp>
#include <spinule/model.hpp>

namespace spinule {

/// Sends values that are given, the same in every episode: from the tick that contains an entry's time a neuron sends
/// its value in every tick, until its next entry; before its first one nothing. Entries in any order, no two of a
/// neuron within one tick.
struct value_list {
  struct entry {
    milliseconds when;
    index_t neuron;
    double value;
  };
  std::vector<entry> values;

  double largest_output() const {
    double largest = 0;
    for (const entry& e : values) largest = std::fmax(largest, std::fabs(e.value));
    return largest;
  }
  void check(const std::string& where) const {
    for (const entry& e : values)
      if (!std::isfinite(e.value) || !(e.when.value() >= 0))
        throw spinule_error{where,
                            fmt::format("a value of {} is listed at {} ms; values are finite and none lies before "
                                        "the start",
                                        e.value, e.when.value())};
  }

  class kernel {
   public:
    kernel(const value_list& list, const source_setting& setting) : now_(setting.size, 0) {
      const tick_grid grid{setting.tick};
      for (const entry& e : list.values) {
        if (e.neuron >= setting.size)
          throw spinule_error{setting.where, fmt::format("a listed value names neuron {}; the population has {}",
                                                         e.neuron, setting.size)};
        if (!(grid.count(e.when) < 0x1p62))
          throw spinule_error{setting.where,
                              fmt::format("a value is listed at {} ms, which no run reaches", e.when.value())};
        changes_.push_back({grid.containing(e.when), e.neuron, static_cast<float>(e.value)});
      }
      std::sort(changes_.begin(), changes_.end(), before);
      for (std::size_t i = 1; i < changes_.size(); ++i)
        if (!before(changes_[i - 1], changes_[i]))
          throw spinule_error{setting.where, fmt::format("neuron {} has two values in tick {}; list one of them",
                                                         changes_[i].neuron, changes_[i].when)};
    }
    void emit(moment now, std::vector<index_t>& neurons, std::vector<float>& sent) {
      for (; next_ < changes_.size() && changes_[next_].when <= now; ++next_)
        now_[changes_[next_].neuron] = changes_[next_].value;
      for (index_t i = 0; i < now_.size(); ++i) {
        if (now_[i] == 0) continue;
        neurons.push_back(i);
        sent.push_back(now_[i]);
      }
    }
    void reset(std::uint64_t) {
      next_ = 0;
      std::fill(now_.begin(), now_.end(), 0.0f);
    }

   private:
    struct change {
      moment when;
      index_t neuron;
      float value;
    };
    static bool before(const change& a, const change& b) {
      return std::pair{a.when, a.neuron} < std::pair{b.when, b.neuron};
    }
    std::vector<change> changes_;  ///< by time, then neuron
    std::size_t next_ = 0;
    std::vector<float> now_;  ///< [neurons]
  };
};

// Compiled in the library, not where it is used.
extern template class source_holder<value_list>;

}  // namespace spinule
