// A block model with a closed form: a dense linear recurrence.
#pragma once

#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include <spinule/block_model.hpp>
#include <spinule/error.hpp>

namespace spinule {

/// x <- scale A x + B u, with x of `order` numbers; fires in every tick in which x[0] >= threshold, without a
/// reset, so that x stays linear in what arrives: x after n ticks is the sum over k of (scale A)^(n - k) B u(k).
/// A graded one sends x[0] instead, cut to -threshold .. threshold.
template <bool Graded>
struct linear_block_of {
  std::vector<double> a;  ///< [order][order]
  std::vector<double> b;  ///< [lanes][order]: what one unit on a lane adds to x
  double threshold = 1, scale = 1;

  using input = number;
  static constexpr int ports = 2;
  static constexpr port<linear_block_of, number> branches{0, "branches"};  ///< one lane for each row of b
  static constexpr port<linear_block_of, number> first{1, "first"};        ///< added to x[0]
  static constexpr auto receptors = std::tuple{branches, first};
  static constexpr auto parameters =
      std::tuple{parameter{"threshold", &linear_block_of::threshold}, parameter{"scale", &linear_block_of::scale}};
  double largest_output() const requires Graded { return threshold; }

  index_t order() const { return static_cast<index_t>(std::lround(std::sqrt(static_cast<double>(a.size())))); }
  index_t width(int p) const { return p == 0 && !a.empty() ? static_cast<index_t>(b.size() / order()) : 1; }
  std::vector<block_field> fields() const { return {{.name = "x", .length = order()}, {.name = "peak"}}; }
  void check(const std::string& where) const {
    if (a.empty() || a.size() != std::size_t{order()} * order() || b.empty() || b.size() % order() != 0)
      throw spinule_error{where, "`a` is a square matrix and each row of `b` as long as one of its rows"};
  }

  template <class Real>
  class kernel {
   public:
    kernel(const linear_block_of& m, milliseconds)
        : b_(m.b.begin(), m.b.end()),
          threshold_{static_cast<Real>(m.threshold)},
          order_{m.order()},
          lanes_{m.width(0)} {
      for (const double x : m.a) a_.push_back(static_cast<Real>(m.scale * x));
    }
    void step(const block_tick<Real>& tick) const {
      const auto x = tick.field(0), peak = tick.field(1), next = tick.scratch(order_);
      for (std::size_t n = 0; n < tick.count; ++n) {
        Real* mine = &x[n * order_];
        for (std::size_t i = 0; i < order_; ++i) {
          next[i] = 0;
          for (std::size_t k = 0; k < order_; ++k) next[i] += a_[i * order_ + k] * mine[k];
        }
        for (std::size_t i = 0; i < order_; ++i) mine[i] = next[i];
      }
      const auto [places, amounts] = tick.port(0);
      for (std::size_t j = 0; j < places.size(); ++j)
        for (std::size_t i = 0; i < order_; ++i)
          x[places[j] / lanes_ * order_ + i] += amounts[j] * b_[places[j] % lanes_ * order_ + i];
      for (std::size_t j = 0; j < tick.port(1).lanes.size(); ++j)
        x[std::size_t{tick.port(1).lanes[j]} * order_] += tick.port(1).amounts[j];
      for (index_t n = 0; n < tick.count; ++n) {
        const Real now = x[std::size_t{n} * order_];
        peak[n] = std::fmax(peak[n], now);
        if constexpr (Graded)
          tick.send(n, std::fmin(std::fmax(now, -threshold_), threshold_));
        else if (now >= threshold_)
          tick.fire(n);
      }
    }

   private:
    std::vector<Real> a_, b_;
    Real threshold_;
    std::size_t order_;
    index_t lanes_;
  };
};

using linear_block = linear_block_of<false>;
using graded_linear_block = linear_block_of<true>;

/// Turns by `angle` and shrinks by `decay` each tick; lane l pushes in the direction l * 0.7.
template <class Block = linear_block>
Block spiral(index_t lanes, double angle = 0.4, double decay = 0.95, double threshold = 1) {
  const double c = decay * std::cos(angle), s = decay * std::sin(angle);
  Block m{.a = {c, -s, s, c}, .b = {}, .threshold = threshold};
  for (index_t l = 0; l < lanes; ++l) {
    m.b.push_back(std::cos(0.7 * l));
    m.b.push_back(std::sin(0.7 * l));
  }
  return m;
}

}  // namespace spinule
