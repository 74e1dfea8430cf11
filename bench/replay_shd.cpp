// How many recordings of spoken digits (SHD) per second go through 256 recurrent units with dense weights?
#include <spinule/io/shd.hpp>

#include "replay_dense.hpp"

namespace spinule::bench {
namespace {

constexpr milliseconds length = 1000_ms;

/// The weights follow the recordings, so that units fire at 15 to 18 Hz whatever is replayed.
struct task {
  double input_sd;
  recordings data;
};

task load(const dense_options& o) {
  if (o.random_events)
    return {0.09, take("random events", o.samples, o.samples, length,
                       [](std::size_t i) { return random_recording(8000, 700, length, i); })};
  if (const auto file = real_data("shd/shd_train_12.h5")) {
    const shd set{*file};
    return {0.088, take(fmt::format("SHD, {} recordings over and over", set.size()), o.samples, set.size(), length,
                        [&](std::size_t i) { return set.read(i).events; })};
  }
  return {0.073, take("generated words", o.samples, o.samples, length,
                      [](std::size_t i) { return draw_word(static_cast<std::uint32_t>(i % 20), 1, i); })};
}

void run(const dense_options& o) {
  const task t = load(o);
  run_dense({.name = "replay_shd",
             .inputs = 700,
             .hidden = 256,
             .answers = 20,
             .input_sd = t.input_sd,
             .recurrent_sd = 0.03,
             .length = length},
            o, t.data);
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"Replay of SHD through 700-256-20 units, the hidden ones recurrent, dense, ticks of 1 ms",
               "./dev bench replay_shd"};
  dense_options o;
  add_options(app, o);
  return run_main(app, count, words, [&] { run(o); });
}
