// Which of 36 motions does a texture make, and how many weights does it take to tell?
#include <array>
#include <atomic>
#include <cmath>
#include <optional>
#include <thread>

#include <spinule/learning/moving_textures.hpp>

#include "measure.hpp"
#include "report.hpp"

namespace spinule::bench {
namespace {

using namespace learning;

constexpr std::array<std::size_t, 6> shares{3, 10, 30, 100, 300, 700};  ///< one weight in so many is kept

struct options {
  moving_textures movies;
  double training_steady = 10;             ///< mean frames of a motion in movies of training: changes count more
  std::size_t training = 700, tests = 25;  ///< movies
  std::uint32_t test_places = 121, delays = 21;
  /// `again`: after each pruning, what is kept.
  motif_training learn{.epochs = 4, .batch = 8, .learning_rate = 0.02, .threads = 2};
  motif_training again{.epochs = 1, .batch = 8, .learning_rate = 0.01};
  std::string json;
};

/// Frames that have a whole kernel of frames before them, and in how many the motion is told.
struct tally {
  std::size_t frames = 0, right = 0;
  std::size_t steady = 0, steady_right = 0;  ///< of those whose kernel sees nothing but the motion of the frame
};

/// [bins x motions] probability that a layer and its mirror image give to each motion, summed over the places.
std::vector<double> probability(const motif_layer& both, const std::vector<motif_sample>& seen) {
  const std::size_t motions = both.shape().motifs / 2;
  std::vector<double> p(seen[0].events.bins() * motions);
  for (const motif_sample& s : seen) {
    const auto evidence = both.evidence(s.events);
    for (std::size_t i = 0; i < p.size(); ++i) {
      const double* b = evidence.data() + i / motions * 2 * motions + i % motions;
      p[i] += 1 / (1 + std::exp(-std::max(b[0], b[motions])));
    }
  }
  return p;
}

tally count_right(const motif_layer& both, const std::vector<motif_sample>& seen) {
  const std::size_t motions = both.shape().motifs / 2, delays = both.shape().delays;
  const auto p = probability(both, seen);
  const auto truth = seen[0].motifs.events();  // one a frame
  tally n;
  std::size_t steady_for = 0;
  for (std::size_t t = 0; t < truth.size(); ++t) {
    steady_for = t > 0 && truth[t].address == truth[t - 1].address ? steady_for + 1 : 1;
    if (t + 1 < delays) continue;
    const auto first = p.begin() + static_cast<std::ptrdiff_t>(t * motions);
    const auto best = std::max_element(first, first + static_cast<std::ptrdiff_t>(motions));
    const bool right = best - first == truth[t].address, steady = steady_for >= delays;
    ++n.frames, n.right += right, n.steady += steady, n.steady_right += right && steady;
  }
  return n;
}

/// Test movies follow those of training.
tally ask(const motif_layer& layer, const options& o) {
  moving_textures m = o.movies;
  m.places = o.test_places;
  const motif_layer both = layer.mirrored(m.mirror());
  std::vector<tally> each(o.tests);
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < each.size(); i = next++) each[i] = count_right(both, m.movie(o.training + i));
  };
  {
    std::vector<std::jthread> helpers;
    for (unsigned i = 1; i < o.learn.threads; ++i) helpers.emplace_back(work);
    work();
  }
  tally all;
  for (const tally& n : each) {
    all.frames += n.frames, all.right += n.right;
    all.steady += n.steady, all.steady_right += n.steady_right;
  }
  return all;
}

double part(std::size_t right, std::size_t of) {
  return static_cast<double>(right) / static_cast<double>(std::max<std::size_t>(of, 1));
}

nlohmann::json row(std::size_t share, const motif_layer& layer, const options& o) {
  const tally n = ask(layer, o);
  nlohmann::json r{{"one_in", share},
                   {"weights", layer.synapses()},
                   {"accuracy", part(n.right, n.frames)},
                   {"steady_accuracy", part(n.steady_right, n.steady)}};
  fmt::print("{}\n", r.dump());
  std::fflush(stdout);
  return r;
}

std::vector<motif_sample> draw(const options& o) {
  moving_textures m = o.movies;
  m.steady = o.training_steady;
  std::vector<motif_sample> samples;
  for (std::size_t i = 0; i < o.training; ++i)
    for (motif_sample& s : m.movie(i)) samples.push_back(std::move(s));
  return samples;
}

void run(options o) {
  o.learn.mirror = o.again.mirror = o.movies.mirror();
  o.again.threads = o.learn.threads;
  std::vector<motif_sample> samples;
  const seconds drawing = time_once([&] { samples = draw(o); });
  std::optional<motif_layer> layer;
  const seconds training = time_once([&] { layer = train_motifs(samples, o.delays, o.learn); });
  const motif_layer whole = *layer;
  auto curve = nlohmann::json::array(), only_pruned = curve;
  curve.push_back(row(1, whole, o));
  seconds again{0, 0};
  for (const std::size_t share : shares) {
    const std::size_t keep = whole.shape().weights() / share;
    only_pruned.push_back(row(share, whole.pruned(keep), o));
    const seconds took = time_once([&] { layer = train_motifs(samples, layer->pruned(keep), o.again); });
    again.wall += took.wall, again.cpu += took.cpu;
    curve.push_back(row(share, *layer, o));
  }
  const nlohmann::json out{{"accuracy", curve[0]["accuracy"]},
                           {"steady_accuracy", curve[0]["steady_accuracy"]},
                           {"curve", curve},
                           {"curve_only_pruned", only_pruned},
                           {"train_seconds", drawing.wall + training.wall},
                           {"train_cpu_seconds", drawing.cpu + training.cpu},
                           {"again_seconds", again.wall},
                           {"again_cpu_seconds", again.cpu},
                           {"threads", o.learn.threads},
                           {"recordings", samples.size()}};
  for (const auto& [name, value] : out.items())
    if (!value.is_array()) fmt::print("{:20} {}\n", name, value.dump());
  write_json(o.json, out);
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"Detection of the motion of textures (Grimaldi & Perrinet, Biol. Cybern. 2023)", "./dev bench motion"};
  options o;
  auto& m = o.movies;
  const CLI::Range some(1, 100000);
  app.add_option("--training", o.training, "Movies to learn from")->check(some)->capture_default_str();
  app.add_option("--places", m.places, "Windows on each of them")->check(some)->capture_default_str();
  app.add_option("--tests", o.tests, "Movies of the test")->check(some)->capture_default_str();
  app.add_option("--test-places", o.test_places, "Windows on each of them")->check(some)->capture_default_str();
  app.add_option("--directions", m.directions, "Of motion")->check(some)->capture_default_str();
  app.add_option("--speeds", m.speeds, "Of motion, pixels per frame")->capture_default_str();
  app.add_option("--steady", m.steady, "Mean frames of a motion, in the test")->capture_default_str();
  app.add_option("--training-steady", o.training_steady, "The same in training")->capture_default_str();
  app.add_option("--frames", m.frames, "Of a movie")->check(some)->capture_default_str();
  app.add_option("--width", m.width, "Of a window, in pixels")->check(CLI::Range(1, 128))->capture_default_str();
  app.add_option("--threshold", m.threshold, "Of an event, in deviations of light")->capture_default_str();
  app.add_option("--delays", o.delays, "D")->check(some)->capture_default_str();
  app.add_option("--batch", o.learn.batch, "Recordings per step")->check(some)->capture_default_str();
  app.add_option("--epochs", o.learn.epochs, "Of learning")->check(some)->capture_default_str();
  app.add_option("--rate", o.learn.learning_rate, "Of learning, at first")->check(CLI::PositiveNumber);
  app.add_option("--epochs-again", o.again.epochs, "Of learning after each pruning")->check(some);
  app.add_option("--rate-again", o.again.learning_rate, "The same, at first")->check(CLI::PositiveNumber);
  app.add_option("--threads", o.learn.threads, "Of learning and test")->check(CLI::Range(1, 1024));
  app.add_option("--seed", m.seed, "Of the movies")->capture_default_str();
  add_json_option(app, o.json);
  return run_main(app, count, words, [&] { run(o); });
}
