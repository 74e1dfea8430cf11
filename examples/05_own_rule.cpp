// A plasticity rule of one's own, in one's own file: inhibitory synapses that learn until all neurons of a recurrent
// network fire at the rate that the rule asks for. Vogels, Sprekeler, Zenke, Clopath & Gerstner, Science 334 (2011).
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/models/conductance_lif.hpp>
#include <spinule/simulation.hpp>

using namespace spinule;

/// A spike arrives: w += eta w_max (y - alpha). The target fires: w += eta w_max x. Both traces have the same tau;
/// where the two sides fire independently, the weight rests when the target fires at alpha / (2 tau).
template <class Unit>
struct vogels {
  milliseconds tau{20};
  double eta = 0.001, alpha = 0.12;
  Unit w_max{};

  using weight = Unit;
  spike_trace pre() const { return {.tau = tau}; }
  spike_trace post() const { return {.tau = tau}; }
  Unit lowest() const { return Unit{}; }
  Unit highest() const { return w_max; }
  void check(const std::string& where) const {
    if (!(tau.value() > 0 && eta >= 0 && alpha >= 0))
      throw spinule_error{where, "tau must be positive, eta and alpha not negative"};
  }

  template <class Real>
  class kernel {
   public:
    explicit kernel(const vogels& r)
        : step_{static_cast<Real>(r.eta * r.w_max.value())}, alpha_{static_cast<Real>(r.alpha)} {}
    Real on_pre(Real w, Real y) const { return w + step_ * (y - alpha_); }
    Real on_post(Real w, Real x) const { return w + step_ * x; }

   private:
    Real step_, alpha_;
  };
};

/// Mean and standard deviation, over neurons, of their rates in Hz in the next `span`.
std::pair<double, double> rates_hz(simulation& sim, population cells, milliseconds span) {
  sim.clear_counts();
  sim.run(span);
  const auto counts = sim.counts(cells);
  const auto n = static_cast<double>(counts.size());
  double sum = 0, squares = 0;
  for (const double k : counts) sum += k, squares += k * k;
  return {sum / n / span.in(1_s), std::sqrt(squares / n - sum / n * (sum / n)) / span.in(1_s)};
}

int main() {
  network net;
  const auto e = net.add("excitatory", conductance_lif{}, 800);
  const auto i = net.add("inhibitory", conductance_lif{}, 200);
  for (const auto& cells : {e, i}) {
    net.drive(cells[conductance_lif::excitatory], {.rate = 2_kHz, .weight = 3_nS});
    net.connect(e, cells[conductance_lif::excitatory], fixed_probability{0.02}, {.weight = 3_nS, .delay = 1_ms});
  }
  net.connect(i, i[conductance_lif::inhibitory], fixed_probability{0.02}, {.weight = 30_nS, .delay = 1_ms});
  const vogels rule{.eta = 0.001, .alpha = 0.2, .w_max = 100_nS};
  net.connect(i, e[conductance_lif::inhibitory], fixed_probability{0.1}, {.weight = 0.1_nS, .delay = 1_ms}, rule);

  simulation sim{net, cpu{.tick = 0.5_ms}};
  const double target = rule.alpha / (2 * rule.tau.in(1_s));
  const auto [before, spread_before] = rates_hz(sim, e, 0.5_s);
  sim.run(20_s);
  const auto [after, spread_after] = rates_hz(sim, e, 10_s);
  fmt::print("at first {:5.2f} +- {:4.2f} Hz\nlearned  {:5.2f} +- {:4.2f} Hz\ntarget   {:5.2f} Hz\n", before,
             spread_before, after, spread_after, target);
  return before > 2 * target && std::fabs(after - target) < 0.1 * target ? 0 : 1;
}
