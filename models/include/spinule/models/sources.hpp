// Where spikes come from: recordings, lists, chance, and constant currents.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/model.hpp>
#include <spinule/models/engine/spike_queue.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// Emits what `simulation::play` gives it: an event at time t fires channel c in the tick that contains t. Several
/// events of a channel within one tick count several times. Ties are emitted by channel.
struct replay {
  bool nearest = false;  ///< to the nearest tick instead: for times that are whole ticks but for their rounding

  class kernel {
   public:
    kernel(const replay& r, const source_setting& setting)
        : tick_us_{setting.tick.in(1_us)}, shift_{r.nearest ? 0.5 : 1e-9} {}
    void emit(moment now, std::vector<index_t>& fired) { queue_.emit(now, fired); }
    void reset(std::uint64_t) { queue_.clear(); }
    void play(std::span<const event> events, moment start) {
      queue_.reserve(events.size());
      const auto whole = static_cast<std::int64_t>(tick_us_);
      if (shift_ < 0.5 && static_cast<double>(whole) == tick_us_) {
        for (std::size_t i = 0, next; i < events.size(); i = next) {  // events of a tick mostly follow each other
          const std::int64_t tick = events[i].time_us / whole, begin = tick * whole;
          for (next = i + 1; next < events.size(); ++next)
            if (events[next].time_us < begin || events[next].time_us >= begin + whole) break;
          index_t* neuron = queue_.add_many(start + tick, next - i);
          for (std::size_t k = i; k < next; ++k) *neuron++ = events[k].channel;
        }
      } else {
        for (const event& e : events)
          queue_.add(start + static_cast<moment>(std::floor(static_cast<double>(e.time_us) / tick_us_ + shift_)),
                     e.channel);
      }
      queue_.sort();
    }

   private:
    double tick_us_, shift_;
    spike_queue queue_;
  };
};

/// Throws `error{where, ...}` for a bound that is no number; either may be infinite.
inline void check_interval(milliseconds start, milliseconds stop, const std::string& where) {
  if (std::isnan(start.value()) || std::isnan(stop.value()))
    throw error{where,
                fmt::format("start = {} ms, stop = {} ms; neither may be no number", start.value(), stop.value())};
}

/// Every neuron fires as an independent Poisson process; several spikes may share a tick.
struct poisson {
  kilohertz rate{0};
  milliseconds start{0}, stop{1e300};

  void check(const std::string& where) const {
    if (!(rate.value() >= 0) || !(rate.value() <= 1e3))
      throw error{where, fmt::format("rate = {} Hz; it must lie between 0 and 1 MHz", rate.value() * 1e3)};
    check_interval(start, stop, where);
  }

  class kernel {
   public:
    kernel(const poisson& p, const source_setting& setting)
        : setting_{setting},
          mean_{p.rate.value() * setting.tick.value() * setting.size},
          start_{p.start.in(setting.tick)},
          stop_{p.stop.in(setting.tick)} {}
    /// The superposition of all trains is one Poisson law; each of its spikes belongs to any neuron alike.
    void emit(moment now, std::vector<index_t>& fired) {
      const auto t = static_cast<double>(now);
      if (t < start_ || t >= stop_ || mean_ <= 0) return;
      random_stream random{setting_.seed, purpose::source,
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
    double mean_, start_, stop_;
    std::uint64_t episode_ = 0;
  };
};

/// Fires at given times, the same in every episode.
struct spike_list {
  struct entry {
    milliseconds when;
    index_t neuron;
  };
  std::vector<entry> spikes;

  class kernel {
   public:
    kernel(const spike_list& list, const source_setting& setting) {
      for (const auto& s : list.spikes) {
        if (s.neuron >= setting.size)
          throw error{setting.where,
                      fmt::format("a listed spike names neuron {}; the population has {}", s.neuron, setting.size)};
        if (!(s.when.value() >= 0))
          throw error{setting.where, fmt::format("a listed spike lies at {} ms, before the start", s.when.value())};
        if (!(s.when.in(setting.tick) < 0x1p62))
          throw error{setting.where, fmt::format("a listed spike lies at {} ms, which no run reaches", s.when.value())};
        queue_.add(static_cast<moment>(std::floor(s.when.in(setting.tick) + 1e-9)), s.neuron);
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

/// A constant current: in every tick from `start` to `stop` each neuron sends weight * amplitude. Connect it to a port
/// that takes currents (`lif::drive`, `current_lif::current`), with delay 0 so that it begins at `start`.
struct direct_current {
  double amplitude = 1;  ///< multiplies the weights of its projections
  milliseconds start{0}, stop{1e300};

  double gain() const { return amplitude; }
  void check(const std::string& where) const {
    if (!std::isfinite(amplitude)) throw error{where, "the amplitude is not finite"};
    check_interval(start, stop, where);
  }

  class kernel {
   public:
    kernel(const direct_current& d, const source_setting& setting)
        : size_{setting.size}, start_{d.start.in(setting.tick)}, stop_{d.stop.in(setting.tick)} {}
    void emit(moment now, std::vector<index_t>& fired) {
      const auto t = static_cast<double>(now);
      if (t < start_ || t >= stop_) return;
      for (index_t i = 0; i < size_; ++i) fired.push_back(i);
    }
    void reset(std::uint64_t) {}
    std::uint32_t most_events() const { return 1; }

   private:
    index_t size_;
    double start_, stop_;
  };
};

}  // namespace spinule
