// Leaky integrate-and-fire with reset by subtraction, delta synapses.
#pragma once

#include <string>

#include <spinule/engine/any_model.hpp>
#include <spinule/model.hpp>
#include <spinule/models/engine/firing_rule.hpp>
#include <spinule/models/engine/lif_kernel.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// `lif` with a soft reset, or reset by subtraction, as trained networks have it: where v >= threshold it fires, and v
/// falls by threshold - reset instead of to reset, so that no input is lost. What is left may be enough for another
/// spike in the next tick, unless there is a refractory time, during which v is held where it fell.
struct soft_reset_lif {
  milliseconds tau{20};
  millivolts rest{0}, threshold{15}, reset{0};
  milliseconds refractory{0};
  millivolts bias{0};  ///< constant drive: input resistance times current

  using input = millivolts;
  static constexpr int ports = 2;
  static constexpr port<soft_reset_lif, millivolts> jump{0, "jump"};    ///< weight added to v at once
  static constexpr port<soft_reset_lif, millivolts> drive{1, "drive"};  ///< weight added to the bias for one tick
  static constexpr auto receptors = std::tuple{jump, drive};

  static constexpr auto parameters = std::tuple{parameter{"tau", &soft_reset_lif::tau, positive},
                                                parameter{"rest", &soft_reset_lif::rest},
                                                parameter{"threshold", &soft_reset_lif::threshold},
                                                parameter{"reset", &soft_reset_lif::reset},
                                                parameter{"refractory", &soft_reset_lif::refractory, not_negative},
                                                parameter{"bias", &soft_reset_lif::bias}};
  void check(const std::string& where) const { check_reset(threshold, reset, where); }

  template <class Real>
  using state = lif::state<Real>;
  template <class Real>
  using kernel = lif_kernel<soft_reset_lif, Real, true>;
};

// Compiled in the library, not where it is used.
extern template class neuron_holder<soft_reset_lif>;

}  // namespace spinule
