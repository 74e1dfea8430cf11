// The two parts of the Continuous Thought Machine (Darlow et al., arXiv 2505.05522) that are dynamics: neurons that are
// small networks over their own past, and the synchronisation of pairs of them. A tick is one of its internal ticks.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include <spinule/block_model.hpp>
#include <spinule/error.hpp>

namespace spinule {

/// Each neuron has a map of its own from what arrived in its last `memory` ticks, a[0] the earliest, to what it sends:
///
///     z = GLU(w2 GLU(w1 a)),  GLU(x) = the first half of x times the logistic function of its second half
struct neuron_level_model {
  index_t memory = 1, hidden = 1;
  std::vector<double> w1;  ///< [neurons][2 hidden][memory]
  std::vector<double> w2;  ///< [neurons][2][hidden]
  double largest = 16;     ///< no neuron sends more; the run stops with an error where one would

  using input = number;
  static constexpr int ports = 1;
  index_t width(int) const { return 1; }
  std::vector<block_field> fields() const { return {{.name = "a", .length = memory}}; }
  double largest_output() const { return largest; }
  void check_size(std::int64_t neurons, const std::string& where) const {
    const auto n = static_cast<std::size_t>(neurons);
    if (w1.size() != n * 2 * hidden * memory || w2.size() != n * 2 * hidden)
      throw spinule_error{where, "w1 needs 2 hidden memory numbers for each neuron, w2 2 hidden"};
  }

  template <class Real>
  class kernel {
   public:
    kernel(const neuron_level_model& m, milliseconds)
        : memory_{m.memory}, hidden_{m.hidden}, w1_(m.w1.begin(), m.w1.end()), w2_(m.w2.begin(), m.w2.end()) {}
    void step(const block_tick<Real>& tick) const {
      const auto a = tick.field(0);
      for (std::size_t i = 0; i < a.size(); ++i) a[i] = (i + 1) % memory_ == 0 ? 0 : a[i + 1];
      const auto [lanes, amounts] = tick.port(0);
      for (std::size_t j = 0; j < lanes.size(); ++j) a[(lanes[j] + 1) * memory_ - 1] = amounts[j];
      for (index_t i = 0; i < tick.count; ++i) tick.send(i, sent(tick.first + i, &a[i * memory_]));
    }

   private:
    static Real gated(Real x, Real by) { return x / (1 + std::exp(-by)); }
    Real sent(std::size_t neuron, const Real* a) const {
      const Real *w1 = &w1_[neuron * 2 * hidden_ * memory_], *w2 = &w2_[neuron * 2 * hidden_];
      Real z[2] = {0, 0};
      for (std::size_t h = 0; h < hidden_; ++h) {
        Real x = 0, by = 0;
        for (std::size_t k = 0; k < memory_; ++k) {
          x += w1[h * memory_ + k] * a[k];
          by += w1[(hidden_ + h) * memory_ + k] * a[k];
        }
        for (int half : {0, 1}) z[half] += w2[half * hidden_ + h] * gated(x, by);
      }
      return gated(z[0], z[1]);
    }

    std::size_t memory_, hidden_;
    std::vector<Real> w1_, w2_;
  };
};

/// Of a pair with the outputs y and z: alpha <- e^-r alpha + y z, beta <- e^-r beta + 1, both 0 before the first tick;
/// sends s = alpha / sqrt(beta).
struct synchronisation {
  double r = 0;         ///< how much is forgotten in a tick, 0 to 15: learned for each pair by the authors
  double largest = 64;  ///< with y and z from -1 to 1 |s| reaches the root of the ticks, or of 1 / (1 - e^-r)

  using input = number;
  static constexpr int ports = 2;
  static constexpr port<synchronisation, number> first{0, "first"}, second{1, "second"};
  static constexpr auto receptors = std::tuple{first, second};
  static constexpr auto parameters = std::tuple{parameter{"r", &synchronisation::r, range{.low = 0, .high = 15}},
                                                parameter{"largest", &synchronisation::largest, positive}};
  double largest_output() const { return largest; }

  template <class Real>
  struct state {
    Real alpha = 0, beta = 0, s = 0;
    static constexpr auto fields =
        std::tuple{field{"alpha", &state::alpha}, field{"beta", &state::beta}, field{"s", &state::s}};
  };
  template <class Real>
  class kernel {
   public:
    kernel(const synchronisation& m, milliseconds) : kept_{static_cast<Real>(std::exp(-m.r))} {}
    Real step(state<Real>& x, const arriving<Real, 2>& in) const {
      x.alpha = kept_ * x.alpha + in[0] * in[1];
      x.beta = kept_ * x.beta + 1;
      return x.s = x.alpha / std::sqrt(x.beta);
    }

   private:
    Real kept_;
  };
};

}  // namespace spinule
