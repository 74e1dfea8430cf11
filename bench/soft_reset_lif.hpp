// A model of a user's own: the plainest unit of event-driven replay, as trained networks use it.
#pragma once

#include <cmath>
#include <string>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/math.hpp>
#include <spinule/model.hpp>
#include <spinule/units.hpp>

namespace spinule::bench {

/// Each tick v <- leak v + input; v >= threshold: fire, and v <- v - threshold. No units: weights are numbers.
struct soft_reset_lif {
  double leak = 0.95;  ///< per tick, whatever its length
  double threshold = 1;

  using input = number;
  static constexpr int ports = 1;

  void check(const std::string& where) const {
    if (!(leak > 0 && leak < 1)) throw error{where, fmt::format("leak = {}; it must lie between 0 and 1", leak)};
    if (!(threshold > 0) || !std::isfinite(threshold))
      throw error{where, fmt::format("threshold = {}; it must be positive", threshold)};
  }

  template <class Real>
  struct state {
    Real v = 0;
    static constexpr auto fields = std::tuple{field{"v", &state::v}};
  };

  template <class Real>
  class kernel {
   public:
    kernel(const soft_reset_lif& m, milliseconds)
        : exact_leak_{m.leak}, leak_{static_cast<Real>(m.leak)}, threshold_{static_cast<Real>(m.threshold)} {}

    bool step(state<Real>& s, Real input) const {
      const Real v = s.v * leak_ + input;
      const bool fires = v >= threshold_;
      s.v = fires ? v - threshold_ : v;
      return fires;
    }
    void skip(state<Real>& s, ticks n) const { s.v = static_cast<Real>(s.v * power(exact_leak_, n)); }
    /// What is left after a spike may be enough for another.
    ticks quiet(const state<Real>& s) const { return s.v * leak_ >= threshold_ ? 0 : forever; }

   private:
    double exact_leak_;
    Real leak_, threshold_;
  };
};

}  // namespace spinule::bench
