// How many N-MNIST recordings per second go through 1000 units with dense weights?
#include <spinule/io/nmnist.hpp>

#include "replay_dense.hpp"

namespace spinule::bench {
namespace {

constexpr milliseconds length = 300_ms;

/// The weights follow the recordings, so that units fire at 15 to 18 Hz whatever is replayed.
struct task {
  double input_sd;
  recordings data;
};

task load(const dense_options& o) {
  if (o.random_events)
    return {0.072, take("random events", o.samples, o.samples, length,
                        [](std::size_t i) { return random_recording(4000, 2312, length, i); })};
  if (const auto folder = real_data("nmnist")) {
    const nmnist set{*folder};
    return {0.057, take("N-MNIST", o.samples, set.size(), length, [&](std::size_t i) { return set.read(i).events; })};
  }
  return {0.055, take("generated digits", o.samples, o.samples, length,
                      [](std::size_t i) { return draw_digit(static_cast<std::uint32_t>(i % 10), 1, i); })};
}

void run(const dense_options& o) {
  const task t = load(o);
  run_dense({.name = "replay_nmnist",
             .inputs = 2312,
             .hidden = 1000,
             .answers = 10,
             .input_sd = t.input_sd,
             .length = length},
            o, t.data);
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"Replay of N-MNIST through 2312-1000-10 units, dense, ticks of 1 ms", "./dev bench replay_nmnist"};
  dense_options o;
  add_options(app, o);
  return run_main(app, count, words, [&] { run(o); });
}
