// Quadratic integrate-and-fire, delta synapses.
#pragma once

#include <spinule/engine/any_model.hpp>
#include <spinule/error.hpp>
#include <spinule/math.hpp>
#include <spinule/model.hpp>

namespace spinule {

/// tau v' = v^2 + bias, without units: the theta neuron of Ermentrout & Kopell (SIAM J. Appl. Math. 46 (1986) 233) with
/// v = tan(theta / 2). It fires as v passes infinity, to return from minus infinity; an arriving spike adds its weight.
/// Exact on the grid, before the tick's input: v <- (v + bias T) / (1 - T v), T = tan(k h / tau) / k, k^2 = bias.
struct quadratic_lif {
  milliseconds tau{10};
  double bias = 0;

  using input = number;
  static constexpr int ports = 1;
  static constexpr auto parameters =
      std::tuple{parameter{"tau", &quadratic_lif::tau, positive}, parameter{"bias", &quadratic_lif::bias}};

  template <class Real>
  struct state {
    Real v = 0;
    static constexpr auto fields = std::tuple{field{"v", &state::v}};
  };

  template <class Real>
  class kernel {
   public:
    kernel(const quadratic_lif& m, milliseconds tick) {
      double t = tick.in(m.tau) / 1024;
      if (!(m.bias * t * t < 2.4 / 1024 / 1024))  // (pi / 2)^2: half a turn from infinity to infinity
        throw spinule_error{"quadratic_lif", "a tick is half an interval between spikes or more; use a shorter one"};
      t += m.bias * t * t * t / 3;
      for (int i = 0; i < 10; ++i) t = 2 * t / (1 - m.bias * t * t);  // of twice the angle
      turn_ = static_cast<Real>(t), lift_ = static_cast<Real>(m.bias * t);
    }
    bool step(state<Real>& s, Real in) const {
      const Real left = 1 - turn_ * s.v;  // 0 at infinity
      s.v = (s.v + lift_) / choose(left == 0, Real(-1e-30), left) + in;
      return left <= 0;
    }

   private:
    Real turn_, lift_;
  };
};

// Compiled in the library, not where it is used.
extern template class neuron_holder<quadratic_lif>;

}  // namespace spinule
