// Neurons that repeat a source.
#pragma once

#include <tuple>

#include <spinule/engine/any_model.hpp>
#include <spinule/model.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// Neurons that repeat what a source sends: a spike in every tick in which the sum on port `repeated` is positive, and
/// nothing else. A source is no target, so a recording whose spikes shall be the postsynaptic side of a plasticity rule
/// goes through a relay: source to `relay::repeated`, one to one, with delay 0; the synapses that learn to
/// `relay::learning`, which moves nothing (as port 1 of NEST's parrot_neuron). Several events in a tick are one spike.
struct relay {
  using input = number;
  static constexpr int ports = 2;
  static constexpr port<relay, number> repeated{0, "repeated", any_finite, takes::spikes};
  static constexpr port<relay, number> learning{1, "learning", any_finite, takes::spikes};
  static constexpr auto receptors = std::tuple{repeated, learning};

  template <class Real>
  struct state {
    Real received = 0;  ///< in the last tick
    static constexpr auto fields = std::tuple{field{"received", &state::received}};
  };

  template <class Real>
  class kernel {
   public:
    kernel(const relay&, milliseconds) {}
    bool step(state<Real>& s, const arriving<Real, 2>& in) const {
      s.received = in[0];
      return s.received > 0;
    }
    void skip(state<Real>& s, ticks n) const { s.received = n > 0 ? Real{0} : s.received; }
  };
};

// Compiled in the library, not where it is used.
extern template class neuron_holder<relay>;

}  // namespace spinule
