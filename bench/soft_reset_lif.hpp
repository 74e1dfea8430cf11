// A model of a user's own: the plainest unit of event-driven replay, as trained networks use it.
#pragma once

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

  static constexpr auto parameters =
      std::tuple{parameter{"leak", &soft_reset_lif::leak, range{.low = 0, .high = 1, .above = true}},
                 parameter{"threshold", &soft_reset_lif::threshold, positive}};

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
