// Leaky integrate-and-fire, delta synapses.
#pragma once

#include <string>

#include <spinule/engine/any_model.hpp>
#include <spinule/model.hpp>
#include <spinule/models/engine/firing_rule.hpp>
#include <spinule/models/engine/lif_kernel.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// tau dv/dt = rest + bias + drive(t) - v; a spike that arrives adds its weight to v; v >= threshold: fire, then v is
/// held at reset for the refractory time, and what arrives meanwhile is lost. v starts at rest.
///
/// Exact on the grid: each tick v decays, takes the tick's input, and is tested (Rotter & Diesmann 1999; the order of
/// NEST's iaf_psc_delta).
struct lif {
  milliseconds tau{20};
  millivolts rest{0}, threshold{15}, reset{0};
  milliseconds refractory{2};
  millivolts bias{0};  ///< constant drive: input resistance times current

  using input = millivolts;
  static constexpr int ports = 2;
  static constexpr port<lif, millivolts> jump{0, "jump"};    ///< weight added to v at once
  static constexpr port<lif, millivolts> drive{1, "drive"};  ///< weight added to the bias for one tick
  static constexpr auto receptors = std::tuple{jump, drive};

  static constexpr auto parameters = std::tuple{parameter{"tau", &lif::tau, positive},
                                                parameter{"rest", &lif::rest},
                                                parameter{"threshold", &lif::threshold},
                                                parameter{"reset", &lif::reset},
                                                parameter{"refractory", &lif::refractory, not_negative},
                                                parameter{"bias", &lif::bias}};
  void check(const std::string& where) const { check_reset(threshold, reset, where); }

  template <class Real>
  struct state {
    Real v = 0;      ///< mV
    ticks hold = 0;  ///< ticks of refractoriness left
    static constexpr auto fields = std::tuple{field{"v", &state::v, millivolts{}}, field{"hold", &state::hold}};
  };

  template <class Real>
  using kernel = lif_kernel<lif, Real, false>;
};

// Compiled in the library, not where it is used.
extern template class neuron_holder<lif>;

}  // namespace spinule
