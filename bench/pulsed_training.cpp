// How well does a network learn whose weights live on pulsed cells: plain descent, mixed precision and Tiki-Taka beside
// descent in floats, on published cells?
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <spinule/backends/hardware.hpp>
#include <spinule/backends/pulsed_weights.hpp>

#include "mnist_images.hpp"
#include "report.hpp"

namespace spinule::bench {
namespace {

constexpr std::size_t side = 14, pixels = side * side, units = 64, classes = 10;

/// Weight of state 1.
constexpr double scale = 0.5;

struct options {
  std::size_t samples = 60000, tests = 10000, epochs = 1;
  double rate = 0.01, fast_rate = 0.1, transfer_rate = 0.03;
  std::string cells, json, hardware = "random_rram_40nm";
};

/// [pixels + 1] means of 2 x 2 grey values, and 1.
std::vector<float> means_of(const std::vector<double>& grey) {
  std::vector<float> pixel(pixels + 1);
  for (std::size_t k = 0; k < grey.size(); ++k)
    pixel[k / 28 / 2 * side + k % 28 / 2] += static_cast<float>(grey[k] / 4);
  pixel.back() = 1;
  return pixel;
}

/// [rows][columns] of a layer, in floats or on cells.
class layer {
 public:
  layer(std::size_t rows, std::size_t columns, const pulse_response* on, const pulsed_update& how, std::uint64_t seed,
        const pulse_cost& cost)
      : rows_{rows}, columns_{columns}, floats_(rows * columns) {
    random_stream random{seed, purpose::user, 1};
    const double reach = std::sqrt(3.0 / static_cast<double>(columns));
    for (float& w : floats_) w = static_cast<float>(0.5 * reach * (2 * random.uniform() - 1));
    if (!on) return;
    cells_.emplace_back(rows, columns, *on, how, scale, seed, 0, cost);
    cells_.back().put(floats_);
  }
  std::span<const float> weights() const {
    return cells_.empty() ? std::span<const float>{floats_} : cells_[0].weights();
  }
  void step(std::span<const float> gradient, double rate) {
    if (!cells_.empty()) return cells_[0].step(gradient, rate);
    for (std::size_t i = 0; i < floats_.size(); ++i) floats_[i] -= static_cast<float>(rate) * gradient[i];
  }
  std::vector<float> forward(const std::vector<float>& x) const {
    std::vector<float> y(rows_);
    for (std::size_t r = 0; r < rows_; ++r)
      y[r] =
          std::inner_product(x.begin(), x.end(), weights().begin() + static_cast<std::ptrdiff_t>(r * columns_), 0.0f);
    return y;
  }
  std::vector<float> backward(const std::vector<float>& error) const {
    std::vector<float> back(columns_);
    for (std::size_t r = 0; r < rows_; ++r)
      for (std::size_t c = 0; c < columns_; ++c) back[c] += error[r] * weights()[r * columns_ + c];
    return back;
  }
  pulse_ledger ledger() const { return cells_.empty() ? pulse_ledger{} : cells_[0].ledger(); }

 private:
  std::size_t rows_, columns_;
  std::vector<float> floats_;
  std::vector<pulsed_weights> cells_;
};

std::vector<float> outer(const std::vector<float>& error, const std::vector<float>& x) {
  std::vector<float> all;
  all.reserve(error.size() * x.size());
  for (const float e : error)
    for (const float v : x) all.push_back(e * v);
  return all;
}

/// One hidden layer of tanh, softmax, cross-entropy, one sample a step.
struct perceptron {
  layer hidden, output;

  std::vector<float> seen(const image& x) const {
    auto h = hidden.forward(x.pixel);
    for (float& v : h) v = std::tanh(v);
    h.push_back(1);
    return h;
  }
  void learn(const image& x, double rate) {
    const auto h = seen(x);
    auto error = output.forward(h);
    const float top = *std::max_element(error.begin(), error.end());
    float sum = 0;
    for (float& v : error) sum += v = std::exp(v - top);
    for (float& v : error) v /= sum;
    error[x.label] -= 1;
    auto back = output.backward(error);
    back.pop_back();
    for (std::size_t i = 0; i < back.size(); ++i) back[i] *= 1 - h[i] * h[i];
    output.step(outer(error, h), rate);
    hidden.step(outer(back, x.pixel), rate);
  }
  double accuracy(const std::vector<image>& images) const {
    std::size_t right = 0;
    for (const image& x : images) {
      const auto y = output.forward(seen(x));
      right += static_cast<std::uint32_t>(std::max_element(y.begin(), y.end()) - y.begin()) == x.label;
    }
    return static_cast<double>(right) / static_cast<double>(images.size());
  }
};

struct outcome {
  double accuracy, seconds;
  std::uint64_t updates, fast;    // pulses
  double update_uj, fast_uj, ms;  // layers are written at the same time
};

outcome train(const options& o, const std::vector<image>& train, const std::vector<image>& test,
              const pulse_response* on, const pulsed_update& how, double rate) {
  const auto start = std::chrono::steady_clock::now();
  const pulse_cost cost = pulse_cost_of(load_hardware(o.hardware));
  perceptron net{{units, pixels + 1, on, how, 1, cost}, {classes, units + 1, on, how, 2, cost}};
  for (std::size_t e = 0; e < o.epochs; ++e)
    for (const image& x : train) net.learn(x, rate);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const pulse_ledger h = net.hidden.ledger(), y = net.output.ledger();
  return {.accuracy = net.accuracy(test),
          .seconds = seconds,
          .updates = h.updates + y.updates,
          .fast = h.fast + y.fast,
          .update_uj = 1e-6 * (h.update_pj() + y.update_pj()),
          .fast_uj = 1e-6 * (h.fast_pj() + y.fast_pj()),
          .ms = 1e-6 * std::max(h.time_ns(), y.time_ns())};
}

void measure(const options& o) {
  const auto train_images = mnist_images("pulsed_training", data_part::train, o.samples, means_of),
             test_images = mnist_images("pulsed_training", data_part::test, o.tests, means_of);
  nlohmann::json out{
      {"bench", "pulsed_training"}, {"samples", o.samples}, {"epochs", o.epochs}, {"hardware", o.hardware}};
  fmt::print("pulses of {}; rows one after the other, their cells at once\n", o.hardware);
  const auto show = [&](const std::string& cells, const std::string& update, const outcome& got) {
    fmt::print(
        "{:<20} {:<16} {:6.2f} %  weights {:8.3g} pulses {:8.3g} uJ  fast {:8.3g} pulses {:8.3g} uJ  {:8.3g} ms  ran "
        "{:5.1f} s\n",
        cells, update, 100 * got.accuracy, static_cast<double>(got.updates), got.update_uj,
        static_cast<double>(got.fast), got.fast_uj, got.ms, got.seconds);
    std::fflush(stdout);
    out[cells][update] = {{"accuracy", got.accuracy}, {"pulses", got.updates + got.fast},
                          {"fast_pulses", got.fast},  {"pulse_uj", got.update_uj + got.fast_uj},
                          {"fast_uj", got.fast_uj},   {"pulse_ms", got.ms}};
  };
  if (o.cells.empty()) show("floats", "sgd", train(o, train_images, test_images, nullptr, pulsed_sgd{}, o.rate));
  for (const pulse_response& cells :
       {pulse_response{.name = "ideal", .law = pulse_law::constant, .step = 0.001}, pulse_response_named("ecram_li"),
        pulse_response_named("reram_soft_bounds"), pulse_response_named("reram_exponential")}) {
    if (!o.cells.empty() && o.cells != cells.name) continue;
    show(cells.name, "sgd", train(o, train_images, test_images, &cells, pulsed_sgd{}, o.rate));
    show(cells.name, "mixed_precision", train(o, train_images, test_images, &cells, mixed_precision_sgd{}, o.rate));
    if (cells.law == pulse_law::constant) continue;  // A would forget nothing, and the weights would swing
    show(cells.name, "tiki_taka",
         train(o, train_images, test_images, &cells, tiki_taka{.fast_rate = o.fast_rate}, o.transfer_rate));
  }
  write_json(o.json, out);
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  options o;
  CLI::App app{"A network learns MNIST on pulsed cells, by plain descent, in mixed precision and by Tiki-Taka."};
  app.add_option("--samples", o.samples, "of training");
  app.add_option("--tests", o.tests);
  app.add_option("--epochs", o.epochs);
  app.add_option("--rate", o.rate, "of plain descent and mixed precision");
  app.add_option("--fast-rate", o.fast_rate, "of the fast matrix of Tiki-Taka");
  app.add_option("--transfer-rate", o.transfer_rate, "from it to the weights");
  app.add_option("--cells", o.cells, "of one kind only");
  app.add_option("--hardware", o.hardware, "whose energy and time of a pulse count")->capture_default_str();
  add_json_option(app, o.json);
  return run_main(app, count, words, [&] { measure(o); });
}
