// A unit without memory: it fires when enough arrives in one tick.
#pragma once

#include <spinule/engine/any_model.hpp>
#include <spinule/model.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// sum <- bias + input; sum >= threshold: fire (McCulloch & Pitts, Bull. Math. Biophys. 5, 1943, in plain numbers and
/// discrete time). All memory lies in the delays of its synapses. Where the bias alone reaches the threshold it fires
/// in every tick in which nothing inhibits it.
struct threshold_unit {
  double bias = 0, threshold = 1;

  using input = number;
  static constexpr int ports = 1;

  static constexpr auto parameters =
      std::tuple{parameter{"bias", &threshold_unit::bias}, parameter{"threshold", &threshold_unit::threshold}};

  template <class Real>
  struct state {
    Real sum = 0;  ///< of the last tick, with the bias
    static constexpr auto fields = std::tuple{field{"sum", &state::sum}};
  };

  template <class Real>
  class kernel {
   public:
    kernel(const threshold_unit& u, milliseconds)
        : bias_{static_cast<Real>(u.bias)}, threshold_{static_cast<Real>(u.threshold)} {}
    state<Real> start() const { return {.sum = bias_}; }
    bool step(state<Real>& s, Real in) const {
      s.sum = bias_ + in;
      return s.sum >= threshold_;
    }
    void skip(state<Real>& s, ticks n) const { s.sum = n > 0 ? bias_ : s.sum; }
    ticks quiet(const state<Real>&) const { return bias_ >= threshold_ ? 0 : forever; }

   private:
    Real bias_, threshold_;
  };
};

// Compiled in the library, not where it is used.
extern template class neuron_holder<threshold_unit>;

}  // namespace spinule
