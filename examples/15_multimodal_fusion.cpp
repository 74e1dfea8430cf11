// Ten digits, seen by one liquid and heard by another, with most of the events lost: the less sure eye and ear are by
// themselves, the more the classifier that has both learns. Inverse effectiveness after He, Zhao et al. (arXiv
// 2505.10176; without their noise), on made-up recordings. Encoders are fixed here and classifiers linear, so it does
// what larger steps would.
#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/io/generator.hpp>
#include <spinule/models/liquid.hpp>
#include <spinule/simulation.hpp>

#include "support/softmax_head.hpp"

using namespace spinule;

constexpr std::uint32_t classes = 10, batch = 20, trained = 300, all = 500;
/// From 0 to 2 gamma; gamma where the fused classifier is as sure of the right classes as the others are on average.
double inverse_effectiveness(double heard, double seen, double fused, double gamma = 1) {
  return gamma * (1 + std::tanh(1 - (heard + seen) / 2 / fused));
}

/// [all] roots of the spike counts of a liquid that a share `kept` of the events reaches, and a 1 for the bias.
template <class Draw>
std::vector<numbers> features(const liquid& l, Draw draw, double kept) {
  std::vector<numbers> table(all);
  simulation sim{l.net, cpu{.tick = 1_ms}};
  for (std::uint32_t i = 0; i < all; ++i) {
    random_stream random{7, purpose::user, i};
    recording r = draw(i % classes, 1, i);
    std::erase_if(r.events, [&](const event&) { return random.uniform() >= kept; });
    sim.reset();
    sim.play(l.input, r);
    sim.run(400_ms);
    for (const auto& layer : l.layers)
      for (const auto n : sim.counts(layer)) table[i].push_back(std::sqrt(n));
    table[i].push_back(1);
  }
  return table;
}

/// The mean probability that a classifier gives the right class of samples that it was not trained on.
double sureness(const softmax_head& h) {
  double sum = 0;
  for (std::uint32_t i = trained; i < all; ++i) sum += h.probabilities(i)[i % classes];
  return sum / (all - trained);
}

/// Prints how sure the three classifiers are in the end; returns the passes after which that of both is sure to 0.7.
int train(softmax_head seen, softmax_head heard, softmax_head both, bool inverse) {
  double xi = 1;
  int passes = 0;
  for (int pass = 1; pass <= 45; ++pass) {
    for (std::uint32_t first = 0; first < trained; first += batch) {
      double v = 0, a = 0, av = 0;
      for (std::uint32_t i = first; i < first + batch; ++i) {
        v += seen.learn(i, i % classes);
        a += heard.learn(i, i % classes);
        av += both.learn(i, i % classes);
      }
      if (inverse) xi = inverse_effectiveness(a, v, av);
      for (auto* h : {&seen, &heard, &both}) h->step(h == &both ? 2e-4 * xi : 2e-4);
    }
    if (passes == 0 && sureness(both) >= 0.7) passes = pass;
  }
  fmt::print("sure by sight to {:.2f}, by ear to {:.2f}, by both to {:.2f} (last xi {:.2f}); to 0.70 after {} passes\n",
             sureness(seen), sureness(heard), sureness(both), xi, passes);
  return passes;
}

int main() {
  const liquid eye = grid_liquid{.neurons = 125, .weight = 6_mV, .input_weight = 8_mV}.build({2312, 34, 34});
  const liquid ear = tonotopic_liquid{.neurons = 150, .tick = 1_ms, .threshold = 0.03}.build({700});
  const auto seen = features(eye, draw_digit, 0.2), heard = features(ear, draw_word, 0.01);
  auto both = seen;
  for (std::size_t i = 0; i < all; ++i) both[i].insert(both[i].end(), heard[i].begin(), heard[i].end());
  const int plain = train({classes, seen}, {classes, heard}, {classes, both}, false);
  const int inverse = train({classes, seen}, {classes, heard}, {classes, both}, true);
  return std::abs(inverse_effectiveness(0.2, 0.3, 0.5) - 1.462117) < 5e-7 && inverse > 0 && inverse < plain ? 0 : 1;
}
