// A neuron model of one's own, in one's own file: that of Izhikevich, IEEE Trans. Neural Netw. 14 (2003), and the
// network of that paper: 800 excitatory and 200 inhibitory neurons, no two alike, all connected, driven by noise.
#include <cmath>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/simulation.hpp>

using namespace spinule;

/// dv/dt = 0.04 v^2 + 5 v + 140 - u, du/dt = a (b v - u), in ms; what arrives is added to v.
/// v >= 30: fire, v <- c, u <- u + d.
struct izhikevich {
  double a = 0.02, b = 0.2, c = -65, d = 8;
  using input = number;
  static constexpr int ports = 1;
  template <class Real>
  struct state {
    Real v = -65, u = -13;
    static constexpr auto fields = std::tuple{field{"v", &state::v}, field{"u", &state::u}};
  };
  template <class Real>
  struct kernel {
    Real a, b, c, d, h;
    kernel(const izhikevich& m, milliseconds tick)
        : a{Real(m.a)}, b{Real(m.b)}, c{Real(m.c)}, d{Real(m.d)}, h{Real(tick.value())} {}
    bool step(state<Real>& s, Real in) const {
      for (int half = 0; half < 2; ++half)  // v takes two steps, as in the paper
        s.v += h / 2 * (Real(0.04) * s.v * s.v + 5 * s.v + 140 - s.u) + in / 2;
      s.u += h * a * (b * s.v - s.u);
      const bool fires = s.v >= 30;
      s.v = fires ? c : s.v;
      s.u = fires ? s.u + d : s.u;
      return fires;
    }
  };
};

int main() {
  random_stream random{1, purpose::user, 0};
  std::vector<izhikevich> regular(800), fast(200);
  for (izhikevich& m : regular) m.c += 15 * std::pow(random.uniform(), 2), m.d -= 6 * (m.c + 65) / 15;
  for (izhikevich& m : fast) m.a += 0.08 * random.uniform(), m.b = 0.25 - 0.05 * (m.a - 0.02) / 0.08, m.d = 2;
  network net{1};
  const auto e = net.add("excitatory", regular), i = net.add("inhibitory", fast);
  for (const auto& [cells, noise] : {std::pair{e, 5.0}, std::pair{i, 2.0}}) {
    net.connect(e, cells, all_to_all{}, {.weight = uniform{0, 0.5}, .delay = 1_ms});
    net.connect(i, cells, all_to_all{}, {.weight = uniform{-1, 0}, .delay = 1_ms});
    for (const double sign : {-1, 1}) net.drive(cells, {.rate = 1_kHz, .weight = sign * noise / std::sqrt(2)});
  }
  simulation sim{net, cpu{.tick = 1_ms}};
  sim.run(10_s);
  const double rate = static_cast<double>(sim.spike_count()) / 1000 / 10;
  fmt::print("{} synapses, {:.1f} spikes per second and neuron\n", sim.synapse_count(), rate);
  return rate > 4 && rate < 20 ? 0 : 1;
}
