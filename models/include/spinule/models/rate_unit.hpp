// A leaky integrator that sends its state: the simplest graded unit.
#pragma once

#include <algorithm>

#include <spinule/engine/any_model.hpp>
#include <spinule/math.hpp>
#include <spinule/model.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// m <- d m + (1 - d) (input + bias) with d = exp(-dt / tau), the exact response to an input that is constant over a
/// tick; sends m, cut to -largest .. largest, in every tick.
struct rate_unit {
  milliseconds tau{20};
  double bias = 0;
  double largest = 1;

  using input = number;
  static constexpr int ports = 1;

  static constexpr auto parameters =
      std::tuple{parameter{"tau", &rate_unit::tau, positive}, parameter{"bias", &rate_unit::bias},
                 parameter{"largest", &rate_unit::largest, positive}};
  double largest_output() const { return largest; }

  template <class Real>
  struct state {
    Real m = 0;
    static constexpr auto fields = std::tuple{field{"m", &state::m}};
  };

  template <class Real>
  class kernel {
   public:
    kernel(const rate_unit& model, milliseconds tick)
        : decay_{static_cast<Real>(portable_exp(-tick.in(model.tau)))},
          bias_{static_cast<Real>(model.bias)},
          largest_{static_cast<Real>(model.largest)} {}
    Real step(state<Real>& s, Real in) const {
      s.m = decay_ * s.m + (1 - decay_) * (in + bias_);
      return std::min(std::max(s.m, -largest_), largest_);
    }

   private:
    Real decay_, bias_, largest_;
  };
};

// Compiled in the library, not where it is used.
extern template class neuron_holder<rate_unit>;

}  // namespace spinule
