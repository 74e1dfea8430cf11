// Neurons that are small networks over their own past, and what their synchronisation tells: the dynamics of the
// Continuous Thought Machine (arXiv 2505.05522). All hear one noise that repeats itself; the map of neuron d is made by
// hand to send what arrived d ticks ago, so the pair of neurons 0 and d is in step when the noise repeats after d
// ticks. A pair that forgets notices when that changes, one that does not holds on to what was longer.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/backends/reference.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/value_list.hpp>
#include <spinule/simulation.hpp>

#include "support/thought_machine.hpp"

using namespace spinule;

constexpr index_t lags = 13;  // from 0 on

/// For weights of 2 and gates of one half a neuron sends one of the values that it remembers, as it was.
neuron_level_model delay_lines() {
  neuron_level_model m{.memory = lags, .hidden = 1, .w1 = std::vector<double>(lags * 2 * lags), .w2 = {}};
  for (index_t d = 0; d < lags; ++d) {
    m.w1[d * 2 * lags + lags - 1 - d] = 2;
    m.w2.insert(m.w2.end(), {2, 0});
  }
  return m;
}

/// Noise of `ticks` ticks that repeats itself after `period`, from tick `first` on.
void append_noise(std::vector<value_list::entry>& all, index_t period, int first, int ticks) {
  random_stream random{1, purpose::user, period};
  std::vector<double> pattern(period);
  for (double& x : pattern) x = 2 * random.uniform() - 1;
  for (int t = 0; t < ticks; ++t) all.push_back({(first + t) * 1_ms, 0, pattern[t % period]});
}

/// After how many ticks the noise repeats itself, by the pair that is most in step: early, and after the change.
std::pair<index_t, index_t> periods(index_t early, index_t late, double r) {
  std::vector<value_list::entry> noise;
  append_noise(noise, early, 0, 300);
  append_noise(noise, late, 300, 100);
  network net;
  const auto world = net.add("world", value_list{noise}, 1);
  const auto neurons = net.add("neurons", delay_lines(), lags);
  const auto pairs = net.add("pairs", synchronisation{.r = r}, lags - 1);
  net.connect(world, neurons, all_to_all{}, {.weight = 1});
  for (index_t d = 1; d < lags; ++d) {
    net.connect(neurons, pairs[synchronisation::first], {{0, d - 1, number{1}}});
    net.connect(neurons, pairs[synchronisation::second], {{d, d - 1, number{1}}});
  }
  simulation sim{net, reference{1_ms}};
  const auto most_in_step = [&](milliseconds more) {
    sim.run(more);
    const auto s = sim.state(pairs, "s");
    return static_cast<index_t>(std::ranges::max_element(s) - s.begin() + 1);
  };
  const index_t then = most_in_step(300_ms);
  return {then, most_in_step(100_ms)};
}

int main() {
  const synchronisation::kernel<double> pair{{.r = -std::log(0.9)}, 1_ms};
  synchronisation::state<double> state;
  const double s0 = pair.step(state, {1, 1}), s1 = pair.step(state, {1, 0}), s2 = pair.step(state, {1, 1});
  fmt::print("products 1, 0, 1, of which 0.9 is kept: in step by {:.6f}, {:.6f}, {:.6f}\n", s0, s1, s2);
  bool right = std::abs(s0 - 1) < 5e-7 && std::abs(s1 - 0.652929) < 5e-7 && std::abs(s2 - 1.099497) < 5e-7;
  for (const auto& [early, late] : {std::pair{7u, 9u}, {12u, 8u}, {9u, 11u}}) {
    const auto forgetting = periods(early, late, 0.05), lasting = periods(early, late, 0);
    fmt::print("periods {} and {}: r = 0.05 says {}, then {}; r = 0 says {}, then {}\n", early, late, forgetting.first,
               forgetting.second, lasting.first, lasting.second);
    right = right && forgetting == std::pair{early, late} && lasting == std::pair{early, early};
  }
  return right ? 0 : 1;
}
