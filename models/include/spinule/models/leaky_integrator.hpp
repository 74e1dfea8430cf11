// A membrane that never fires: the usual readout unit.
#pragma once

#include <spinule/engine/any_model.hpp>
#include <spinule/math.hpp>
#include <spinule/model.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// m <- d m + (1 - d) input with d = exp(-dt / tau): the exact response to an input that is constant over a tick.
struct leaky_integrator {
  milliseconds tau{20};

  using input = number;
  static constexpr int ports = 1;

  static constexpr auto parameters = std::tuple{parameter{"tau", &leaky_integrator::tau, positive}};

  template <class Real>
  struct state {
    Real m = 0;
    static constexpr auto fields = std::tuple{field{"m", &state::m}};
  };

  template <class Real>
  class kernel {
   public:
    kernel(const leaky_integrator& model, milliseconds tick)
        : decay_{portable_exp(-tick.in(model.tau))}, d_{static_cast<Real>(decay_)} {}
    bool step(state<Real>& x, Real in) const {
      x.m = d_ * x.m + (1 - d_) * in;
      return false;
    }
    template <class X>
    void flow(state<X>& x, const X& in) const {
      x.m = d_ * x.m + (1 - d_) * in;
    }
    void skip(state<Real>& x, ticks n) const { x.m = static_cast<Real>(x.m * power(decay_, n)); }

   private:
    double decay_;
    Real d_;
  };
};

// Compiled in the library, not where it is used.
extern template class neuron_holder<leaky_integrator>;

}  // namespace spinule
