// Spike-timing-dependent plasticity of pairs of spikes.
#pragma once

#include <cmath>
#include <string>

#include <fmt/format.h>

#include <spinule/engine/any_rule.hpp>
#include <spinule/error.hpp>
#include <spinule/learning/engine/weight_bounds.hpp>
#include <spinule/math.hpp>
#include <spinule/plasticity.hpp>

namespace spinule {

/// How a change depends on the weight. With u = w / w_max, all are multiples of w_max.
namespace weight_dependence {

/// Both changes the same for every weight; bounds cut (Song, Miller & Abbott 2000).
struct additive {
  void check(const std::string&) const {}
  template <class Real>
  Real up(Real) const {
    return 1;
  }
  template <class Real>
  Real down(Real) const {
    return 1;
  }
};
/// up 1 - u, down u (Rubin, Lee & Sompolinsky 2001).
struct multiplicative {
  void check(const std::string&) const {}
  template <class Real>
  Real up(Real u) const {
    return 1 - u;
  }
  template <class Real>
  Real down(Real u) const {
    return u;
  }
};
/// up 1, down u (van Rossum, Bi & Turrigiano 2000).
struct van_rossum {
  void check(const std::string&) const {}
  template <class Real>
  Real up(Real) const {
    return 1;
  }
  template <class Real>
  Real down(Real u) const {
    return u;
  }
};
/// up (1 - u)^mu_plus, down u^mu_minus (Guetig et al. 2003). Some ten times slower than the others.
struct guetig {
  double mu_plus = 0.4, mu_minus = 0.4;
  void check(const std::string& where) const {
    if (!(mu_plus >= 0 && mu_minus >= 0) || !std::isfinite(mu_plus) || !std::isfinite(mu_minus))
      throw spinule_error{where,
                          fmt::format("mu_plus = {}, mu_minus = {}; both must be at least 0", mu_plus, mu_minus)};
  }
  template <class Real>
  Real up(Real u) const {
    return raised(1 - u, mu_plus);
  }
  template <class Real>
  Real down(Real u) const {
    return raised(u, mu_minus);
  }

  template <class Real>
  static Real raised(Real x, double mu) {
    if (mu == 0) return 1;
    return x > 0 ? static_cast<Real>(portable_exp(mu * portable_log(x))) : Real{0};
  }
};
/// up u^mu, down u (Morrison, Aertsen & Diesmann 2007 with w_0 = w_max, which here also bounds the weight). As slow as
/// guetig.
struct power_law {
  double mu = 0.4;
  void check(const std::string& where) const {
    if (!(mu >= 0) || !std::isfinite(mu)) throw spinule_error{where, fmt::format("mu = {}; it must be at least 0", mu)};
  }
  template <class Real>
  Real up(Real u) const {
    return guetig::raised(u, mu);
  }
  template <class Real>
  Real down(Real u) const {
    return u;
  }
};

}  // namespace weight_dependence

/// Which pairs of spikes count; Morrison, Diesmann & Gerstner, Biol. Cybern. 98 (2008). A pair within one tick never
/// does.
namespace spike_pairs {

/// All of them.
struct all_to_all {
  static constexpr bool nearest_pre = false, nearest_post = false;
  static constexpr pairing counted = pairing::by_traces;
};
/// Each spike of either side with the last one of the other (NEST's stdp_nn_symm_synapse).
struct nearest_symmetric {
  static constexpr bool nearest_pre = true, nearest_post = true;
  static constexpr pairing counted = pairing::by_traces;
};
/// Each arrival with the target's last spike before it and with the first one after it (stdp_nn_pre_centered_synapse).
struct presynaptic_centred {
  static constexpr bool nearest_pre = false, nearest_post = true;
  static constexpr pairing counted = pairing::presynaptic_centred;
};
/// An arrival and a spike of the target with no other spike between them (stdp_nn_restr_synapse). Several arrivals in a
/// tick count as one.
struct reduced_symmetric {
  static constexpr bool nearest_pre = true, nearest_post = true;
  static constexpr pairing counted = pairing::reduced_symmetric;
};

}  // namespace spike_pairs

/// A spike that arrives: w <- w - alpha lambda w_max down(u) y. The target fires: w <- w + lambda w_max up(u) x. Here x
/// is the trace of arrivals (tau_plus) and y that of the target's spikes (tau_minus), of those that are paired; w stays
/// within 0 .. w_max (w_max .. 0 where that is negative, for inhibition). Morrison, Diesmann & Gerstner, Biol. Cybern.
/// 98 (2008).
template <class Unit, class Dependence = weight_dependence::multiplicative, class Pairs = spike_pairs::all_to_all>
struct pair_stdp {
  milliseconds tau_plus{20}, tau_minus{20};
  double lambda = 0.01;  ///< step of potentiation
  double alpha = 1;      ///< depression over potentiation
  Unit w_max{};          ///< must be given
  Dependence dependence{};
  Pairs paired{};

  using weight = Unit;
  static constexpr pairing pairs = Pairs::counted;
  spike_trace pre() const { return {tau_plus, Pairs::nearest_pre}; }
  spike_trace post() const { return {tau_minus, Pairs::nearest_post}; }
  Unit lowest() const { return lowest_up_to(w_max); }
  Unit highest() const { return highest_up_to(w_max); }

  void check(const std::string& where) const {
    if (!(tau_plus.value() > 0 && tau_minus.value() > 0) || !std::isfinite(tau_plus.value()) ||
        !std::isfinite(tau_minus.value()))
      throw spinule_error{where, fmt::format("tau_plus = {} ms, tau_minus = {} ms; both must be positive",
                                             tau_plus.value(), tau_minus.value())};
    if (!(lambda >= 0 && alpha >= 0) || !std::isfinite(lambda) || !std::isfinite(alpha))
      throw spinule_error{where, fmt::format("lambda = {}, alpha = {}; both must be at least 0", lambda, alpha)};
    check_largest_weight(w_max, where);
    dependence.check(where);
  }

  template <class Real>
  class kernel {
   public:
    explicit kernel(const pair_stdp& r)
        : up_{static_cast<Real>(r.lambda * r.w_max.value())},
          down_{static_cast<Real>(r.lambda * r.alpha * r.w_max.value())},
          per_w_max_{static_cast<Real>(1 / r.w_max.value())},
          dependence_{r.dependence} {}
    Real on_pre(Real w, Real y) const { return w - down_ * dependence_.down(w * per_w_max_) * y; }
    Real on_post(Real w, Real x) const { return w + up_ * dependence_.up(w * per_w_max_) * x; }

   private:
    Real up_, down_, per_w_max_;
    Dependence dependence_;
  };
};

// Compiled in the library, not where it is used.
extern template class rule_holder<pair_stdp<millivolts>>;
extern template class rule_holder<pair_stdp<millivolts, weight_dependence::additive>>;

}  // namespace spinule
