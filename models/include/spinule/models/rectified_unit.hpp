// A graded unit without memory: what arrives in a tick, rectified.
#pragma once

#include <algorithm>

#include <spinule/engine/any_model.hpp>
#include <spinule/model.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// y <- min(max(bias + input, 0), largest); sends y. `threshold_unit` for values: layers of it without delay are a
/// network of rectifiers.
struct rectified_unit {
  double bias = 0, largest = 1;

  using input = number;
  static constexpr int ports = 1;

  static constexpr auto parameters =
      std::tuple{parameter{"bias", &rectified_unit::bias}, parameter{"largest", &rectified_unit::largest, positive}};
  double largest_output() const { return largest; }

  template <class Real>
  struct state {
    Real y = 0;  ///< as it was sent last
    static constexpr auto fields = std::tuple{field{"y", &state::y}};
  };

  template <class Real>
  class kernel {
   public:
    kernel(const rectified_unit& u, milliseconds)
        : bias_{static_cast<Real>(u.bias)}, largest_{static_cast<Real>(u.largest)} {}
    Real step(state<Real>& s, Real in) const { return s.y = std::min(std::max(bias_ + in, Real{0}), largest_); }

   private:
    Real bias_, largest_;
  };
};

// Compiled in the library, not where it is used.
extern template class neuron_holder<rectified_unit>;

}  // namespace spinule
