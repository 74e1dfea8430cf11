#include <spinule/classifier.hpp>

#include <algorithm>

#include <spinule/error.hpp>

namespace spinule {

void classifier::show(simulation& sim, const recording& events, std::uint64_t episode,
                      const std::function<void(const simulation&)>& at_end) const {
  if (windows.empty()) throw spinule_error{"classifier", "there is no window to show a sample in; give its end"};
  sim.reset(episode);
  sim.play(input, encode ? encode(events) : events);
  milliseconds now{0};
  for (const milliseconds end : windows) {
    sim.run(end - now);
    now = end;
    at_end(sim);
    sim.clear_counts();
  }
}

std::vector<float> classifier::features(simulation& sim, const recording& events, std::uint64_t episode) const {
  std::vector<float> all;
  show(sim, events, episode, [&](const simulation& shown) {
    if (read) read(shown, all);
  });
  return all;
}

verdict classifier::verdict_from(const simulation& sim, std::span<const float> features) const {
  if (!scores) throw spinule_error{"classifier", "is not trained: it has no scores to answer with"};
  std::vector<double> y = scores(sim, features);
  const auto label = static_cast<std::uint32_t>(std::ranges::max_element(y) - y.begin());
  return {label, std::move(y)};
}

verdict classifier::classify(simulation& sim, const recording& events, std::uint64_t episode) const {
  return verdict_from(sim, features(sim, events, episode));
}

}  // namespace spinule
