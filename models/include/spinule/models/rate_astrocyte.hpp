// An astrocyte that knows how much the neurons around it fire, and sends that.
#pragma once

#include <algorithm>

#include <spinule/engine/any_model.hpp>
#include <spinule/model.hpp>
#include <spinule/models/engine/leaky_rate.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// a <- a e^(-h / tau) + n / tau with n the events of the tick; it sends a in kHz, `largest` at most. Our own design,
/// for the domains of `astrocyte_modulated_lif` that are larger than a unit: let the P presynaptic neurons of the
/// domain come with a weight of 1 / P, and a is their mean rate; postsynaptic ones may come with weights of their own,
/// a tick or more later.
struct rate_astrocyte {
  milliseconds tau{500};
  kilohertz largest{1};

  using input = number;
  static constexpr int ports = 1;
  static constexpr port<rate_astrocyte, number> spikes{0, "spikes"};
  static constexpr auto receptors = std::tuple{spikes};

  static constexpr auto parameters = std::tuple{parameter{"tau", &rate_astrocyte::tau, positive},
                                                parameter{"largest", &rate_astrocyte::largest, positive}};
  double largest_output() const { return largest.value(); }

  template <class Real>
  struct state {
    Real a = 0;  ///< kHz
    static constexpr auto fields = std::tuple{field{"a", &state::a, kilohertz{}}};
  };

  template <class Real>
  class kernel {
   public:
    kernel(const rate_astrocyte& m, milliseconds tick)
        : rate_{m.tau, tick}, largest_{static_cast<Real>(m.largest.value())} {}
    Real step(state<Real>& s, Real in) const {
      s.a = rate_.after(s.a, in);
      return std::min(std::max(s.a, -largest_), largest_);
    }
    void skip(state<Real>& s, ticks n) const { s.a = rate_.silent(s.a, n); }

   private:
    leaky_rate<Real> rate_;
    Real largest_;
  };
};

// Compiled in the library, not where it is used.
extern template class neuron_holder<rate_astrocyte>;

}  // namespace spinule
