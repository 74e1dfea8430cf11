// Where spikes come from: recordings, lists, chance, and constant currents.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <spinule/engine/any_model.hpp>
#include <spinule/engine/tick_grid.hpp>
#include <spinule/error.hpp>
#include <spinule/model.hpp>
#include <spinule/models/engine/spike_queue.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// Emits what `simulation::play` gives it: an event at time t fires channel c in the tick that contains t. Several
/// events of a channel within one tick count several times. Ties are emitted by channel.
struct replay {
  bool nearest = false;  ///< to the nearest tick instead: for times that are whole ticks but for their rounding

  static constexpr auto parameters = std::tuple{parameter{"nearest", &replay::nearest}};

  class kernel {
   public:
    kernel(const replay& r, const source_setting& setting) : grid_{setting.tick}, nearest_{r.nearest} {}
    void emit(moment now, std::vector<index_t>& fired) { queue_.emit(now, fired); }
    void reset(std::uint64_t) { queue_.clear(); }
    void play(std::span<const event> events, moment start) {
      queue_.drop_emitted();
      queue_.add(events, start, grid_, nearest_);
      queue_.sort();
    }

   private:
    tick_grid grid_;
    bool nearest_;
    spike_queue queue_;
  };
};

/// Every neuron fires as an independent Poisson process, in all ticks that begin in [start, stop); several spikes may
/// share a tick.
struct poisson {
  kilohertz rate{0};
  milliseconds start{0}, stop{1e300};

  void check(const std::string& where) const { check_window(start, stop, where); }
  static constexpr auto parameters =
      std::tuple{parameter{"rate", &poisson::rate, range{.low = 0, .high = 1e3}},
                 parameter{"start", &poisson::start, any_number}, parameter{"stop", &poisson::stop, any_number}};

  class kernel {
   public:
    kernel(const poisson& p, const source_setting& setting)
        : setting_{setting},
          mean_{p.rate.value() * setting.tick.value() * setting.size},
          window_{p.start, p.stop, setting.tick} {}
    /// The superposition of all trains is one Poisson law; each of its spikes belongs to any neuron alike.
    void emit(moment now, std::vector<index_t>& fired) {
      if (!window_.holds(now) || mean_ <= 0) return;
      random_stream random{setting_.seed ^ (episode_ >> 32), purpose::source,
                           (std::uint64_t{setting_.population} << 44) ^ static_cast<std::uint64_t>(now),
                           static_cast<std::uint32_t>(episode_)};
      const auto first = static_cast<std::ptrdiff_t>(fired.size());
      for (std::uint64_t n = random.poisson(mean_); n > 0; --n)
        fired.push_back(static_cast<index_t>(random.below(setting_.size)));
      std::sort(fired.begin() + first, fired.end());
    }
    void reset(std::uint64_t episode) { episode_ = episode; }

   private:
    source_setting setting_;
    double mean_;
    tick_window window_;
    std::uint64_t episode_ = 0;
  };
};

/// Fires at given times, the same in every episode: each in the tick that contains it.
struct spike_list {
  struct entry {
    milliseconds when;
    index_t neuron;
  };
  std::vector<entry> spikes;

  class kernel {
   public:
    kernel(const spike_list& list, const source_setting& setting) {
      const tick_grid grid{setting.tick};
      for (const auto& s : list.spikes) {
        if (s.neuron >= setting.size)
          throw spinule_error{setting.where, fmt::format("a listed spike names neuron {}; the population has {}",
                                                         s.neuron, setting.size)};
        if (!(s.when.value() >= 0))
          throw spinule_error{setting.where,
                              fmt::format("a listed spike lies at {} ms, before the start", s.when.value())};
        if (!(grid.count(s.when) < 0x1p62))
          throw spinule_error{setting.where,
                              fmt::format("a listed spike lies at {} ms, which no run reaches", s.when.value())};
        queue_.add(grid.containing(s.when), s.neuron);
      }
      queue_.sort();
    }
    void emit(moment now, std::vector<index_t>& fired) { queue_.emit(now, fired); }
    void reset(std::uint64_t) { queue_.rewind(); }
    std::uint32_t most_events() const { return queue_.most_events(); }

   private:
    spike_queue queue_;
  };
};

/// A constant current: in every tick that begins in [start, stop) each neuron sends weight * amplitude. Connect it to a
/// port that takes currents (`lif::drive`, `current_lif::current`), with delay 0 so that it begins at `start`.
struct direct_current {
  double amplitude = 1;  ///< multiplies the weights of its projections
  milliseconds start{0}, stop{1e300};

  double gain() const { return amplitude; }
  void check(const std::string& where) const { check_window(start, stop, where); }
  static constexpr auto parameters = std::tuple{parameter{"amplitude", &direct_current::amplitude},
                                                parameter{"start", &direct_current::start, any_number},
                                                parameter{"stop", &direct_current::stop, any_number}};

  class kernel {
   public:
    kernel(const direct_current& d, const source_setting& setting)
        : size_{setting.size}, window_{d.start, d.stop, setting.tick} {}
    void emit(moment now, std::vector<index_t>& fired) {
      if (!window_.holds(now)) return;
      for (index_t i = 0; i < size_; ++i) fired.push_back(i);
    }
    void reset(std::uint64_t) {}
    std::uint32_t most_events() const { return 1; }

   private:
    index_t size_;
    tick_window window_;
  };
};

// Compiled in the library, not where it is used.
extern template class source_holder<replay>;
extern template class source_holder<poisson>;
extern template class source_holder<spike_list>;
extern template class source_holder<direct_current>;

}  // namespace spinule
