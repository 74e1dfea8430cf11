// A learning rule of one's own on N-MNIST. While a digit is shown, the teacher of its class fires, and the synapses
// onto it move towards the activity of their inputs: what digits of the class look like. Others are compared with it.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/io/nmnist.hpp>
#include <spinule/models/relay.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>
using namespace spinule;

struct follow_input {  // the teacher fires: w <- w + (x - w) / 1000, x the trace of the input
  using weight = number;
  spike_trace pre() const { return {.tau = 50_ms}; }
  spike_trace post() const { return {.tau = 50_ms}; }
  number lowest() const { return 1e-3; }
  number highest() const { return 10; }
  void check(const std::string&) const {}
  template <class Real>
  struct kernel {
    explicit kernel(const follow_input&) {}
    Real on_pre(Real w, Real) const { return w; }
    Real on_post(Real w, Real x) const { return w + (x - w) / 1000; }
  };
};

int main() {
  const char* data = std::getenv("SPINULE_DATA");
  const auto folder = std::filesystem::path{data ? data : ""} / "nmnist";  // holds Train/<digit>/<number>.bin and Test
  if (!std::filesystem::exists(folder)) return fmt::print("there is no {}\n", folder.string()), 77;
  const nmnist shown{folder, {.part = data_part::train, .last = 1000}}, others{folder, {.part = data_part::test}};
  network net{1};
  const auto retina = net.add("retina", replay{}, 2312), label = net.add("label", replay{}, 10);
  const auto teacher = net.add("teacher", relay{}, 10);
  for (int t = 0; t < 340; t += 10) net.connect(label, teacher, one_to_one{}, {.weight = 1, .delay = t * 1_ms});
  const auto wires = net.connect(retina, teacher[relay::learning], all_to_all{}, {.weight = 0.1}, follow_input{});
  simulation sim{net, cpu{.tick = 1_ms}};
  for (std::size_t i = 0; i < shown.size(); ++i) {
    sim.begin_episode(i);  // keeps what was learned
    sim.play(retina, shown.read(i).events);
    sim.play(label, std::vector{event{0, shown.label(i)}});
    sim.run(340_ms);
  }
  const auto weights = sim.weights(wires);  // [2312 x 10]
  std::vector<double> total(10);
  for (std::size_t i = 0; i < weights.size(); ++i) total[i % 10] += weights[i];
  std::size_t right = 0;
  for (const auto& [digit, its_class] : others) {
    std::vector<double> score(10);  // the logarithm of how likely the events are in each class
    for (const event& e : digit.events)
      for (index_t k = 0; k < 10; ++k) score[k] += std::log(weights[e.channel * 10 + k] / total[k]);
    right += std::ranges::max_element(score) - score.begin() == its_class;
  }
  return fmt::print("{} of {} digits right\n", right, others.size()), 2 * right > others.size() ? 0 : 1;
}
