// A leaky integrate-and-fire soma behind dendritic segments that detect coincidences.
#pragma once

#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include <spinule/block_model.hpp>
#include <spinule/engine/block_holder.hpp>
#include <spinule/engine/tick_grid.hpp>
#include <spinule/math.hpp>
#include <spinule/models/engine/firing_rule.hpp>

namespace spinule {

/// Segment k keeps a trace of what arrives on its lane, which decays with `window`: window de_k/dt = -e_k. When e_k
/// reaches `coincidence` the segment has a dendritic spike and is active for the time `plateau`, in which it can have
/// no other. The soma is a `lif` that each of n active segments depolarises: tau dv/dt = rest + bias + n depolarisation
/// + drive(t) - v; with `gated` it fires only while a segment is active, and v goes on above the threshold until then.
///
/// On the grid: in each tick e decays and takes the tick's input, segments become active, and then v steps as that of a
/// `lif`, in the same tick. A segment whose spike is in tick t is active up to t + plateau / h - 1.
///
/// That a segment counts which of its synapses are active and compares with a threshold is the model of Ahmad & Hawkins
/// (arXiv 1601.00720, 2016), as are the ranges: 8 to 20 synapses within 1 to 5 ms, a plateau of 50 to 200 ms. Theirs
/// has no time; the trace, the plateau and what it does to the soma are ours. With weights of 1 and volleys that come
/// within one tick and far apart, the chances of `segment_statistics.hpp` hold exactly.
struct dendritic_lif {
  milliseconds tau{20};
  millivolts rest{0}, threshold{15}, reset{0};
  milliseconds refractory{2};
  millivolts bias{0};
  index_t segments = 16;           ///< 1 or more
  double coincidence = 10;         ///< in the unit of weights: synapses of weight 1 that are active together
  milliseconds window{3};          ///< time constant of a segment
  milliseconds plateau{100};       ///< whole ticks, 1 or more
  millivolts depolarisation{7.5};  ///< of the soma at rest, by each active segment
  bool gated = false;

  using input = number;
  static constexpr int ports = 3;
  static constexpr port<dendritic_lif, number> segment{0, "segment"};  ///< a lane each: weight added to its trace
  static constexpr port<dendritic_lif, millivolts> jump{1, "jump"};    ///< weight added to v at once
  static constexpr port<dendritic_lif, millivolts> drive{2, "drive"};  ///< weight added to the bias for one tick
  static constexpr auto receptors = std::tuple{segment, jump, drive};

  static constexpr auto parameters =
      std::tuple{parameter{"tau", &dendritic_lif::tau, positive},
                 parameter{"rest", &dendritic_lif::rest},
                 parameter{"threshold", &dendritic_lif::threshold},
                 parameter{"reset", &dendritic_lif::reset},
                 parameter{"refractory", &dendritic_lif::refractory, not_negative},
                 parameter{"bias", &dendritic_lif::bias},
                 parameter{"coincidence", &dendritic_lif::coincidence, positive},
                 parameter{"window", &dendritic_lif::window, positive},
                 parameter{"plateau", &dendritic_lif::plateau, positive},
                 parameter{"depolarisation", &dendritic_lif::depolarisation},
                 parameter{"gated", &dendritic_lif::gated, range{.low = 0, .high = 1, .whole = true}}};
  void check(const std::string& where) const { check_reset(threshold, reset, where); }
  index_t width(int of) const { return of == 0 ? segments : 1; }
  /// Ticks left are whole numbers of which single precision holds 2^24.
  std::vector<block_field> fields() const {
    const range left{.low = 0, .high = 0x1p24, .whole = true};
    return {{.name = "v", .unit = millivolts{}, .start = rest.value()},
            {.name = "hold", .allowed = left},
            {.name = "trace", .length = segments},
            {.name = "left", .length = segments, .allowed = left}};
  }
  /// Of a population whose segments are updated in every tick.
  double work() const { return 4 + 0.5 * segments; }

  template <class Real>
  class kernel {
   public:
    kernel(const dendritic_lif& m, milliseconds tick)
        : segments_{m.segments},
          trace_decay_{static_cast<Real>(portable_exp(-tick.in(m.window)))},
          coincidence_{static_cast<Real>(m.coincidence)},
          plateau_{static_cast<Real>(whole_ticks(m.plateau, tick, "plateau"))},
          gated_{m.gated},
          decay_{static_cast<Real>(portable_exp(-tick.in(m.tau)))},
          gain_{static_cast<Real>(1 - portable_exp(-tick.in(m.tau)))},
          step_bias_{static_cast<Real>((m.rest.value() + m.bias.value()) * (1 - portable_exp(-tick.in(m.tau))))},
          depolarisation_{static_cast<Real>(m.depolarisation.value())},
          threshold_{static_cast<Real>(m.threshold.value())},
          reset_{static_cast<Real>(m.reset.value())},
          refractory_{static_cast<Real>(whole_ticks(m.refractory, tick, "refractory time"))} {}

    void step(const block_tick<Real>& tick) const {
      const auto input = tick.scratch(2 * std::size_t{tick.count});
      const auto jumps = input.first(tick.count), drives = input.last(tick.count);
      take(tick.port(1), jumps);
      take(tick.port(2), drives);
      step_segments(tick.port(0), tick.field(2), tick.field(3));
      for (index_t i = 0; i < tick.count; ++i) {
        const int active = count_active(tick.field(3).subspan(std::size_t{i} * segments_, segments_));
        if (step_soma(tick.field(0)[i], tick.field(1)[i], active, drives[i], jumps[i])) tick.fire(i);
      }
    }

   private:
    static void take(const lane_input<Real>& in, std::span<Real> dense) {
      std::fill(dense.begin(), dense.end(), Real{0});
      for (std::size_t j = 0; j < in.lanes.size(); ++j) dense[in.lanes[j]] = in.amounts[j];
    }

    void step_segments(const lane_input<Real>& in, std::span<Real> trace, std::span<Real> left) const {
      for (Real& e : trace) e *= trace_decay_;
      for (std::size_t j = 0; j < in.lanes.size(); ++j) trace[in.lanes[j]] += in.amounts[j];
      Real* const l = left.data();
      const Real* const e = trace.data();
      for (std::size_t k = 0; k < left.size(); ++k) {
        const Real next = l[k] > 0 ? l[k] - 1 : Real{0};
        l[k] = next == 0 && e[k] >= coincidence_ ? plateau_ : next;
      }
    }

    static int count_active(std::span<const Real> left) {
      int n = 0;
      for (const Real l : left) n += l > 0 ? 1 : 0;
      return n;
    }

    /// `push`: to the bias for this tick; `kick`: to v.
    bool step_soma(Real& v, Real& hold, int active, Real push, Real kick) const {
      if (hold > 0) {
        hold -= 1;
        return false;
      }
      v = v * decay_ + (step_bias_ + (static_cast<Real>(active) * depolarisation_ + push) * gain_) + kick;
      if (v < threshold_ || (gated_ && active == 0)) return false;
      v = reset_;
      hold = refractory_;
      return true;
    }

    std::size_t segments_;
    Real trace_decay_, coincidence_, plateau_;
    bool gated_;
    Real decay_, gain_, step_bias_, depolarisation_, threshold_, reset_, refractory_;
  };
};

// Compiled in the library, not where it is used.
extern template class block_holder<dendritic_lif>;

}  // namespace spinule
