// A linear layer learns digits, then pieces of clothing with the same ten outputs. Plain learning forgets the digits.
// With the presynaptic factor projected out of the subspace that lateral neurons learned from them, it keeps more.
// Needs mnist and fashion_mnist in the folder that SPINULE_DATA names.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include <spinule/io/dataset.hpp>
#include <spinule/learning/activity_subspace.hpp>

using namespace spinule;

constexpr std::size_t pixels = 784, classes = 10, training = 2000, fresh = 500;

struct digit {
  std::vector<double> x;  ///< [pixels] events, over fifty
  std::uint32_t label;
};

std::vector<double> scores(const std::vector<double>& w, const std::vector<double>& x) {
  std::vector<double> y(classes);
  for (std::size_t k = 0; k < classes; ++k) y[k] = std::inner_product(x.begin(), x.end(), &w[k * pixels], 0.0);
  return y;
}

double accuracy(const std::vector<double>& w, const std::vector<digit>& digits) {
  double right = 0;
  for (std::size_t i = training; i < digits.size(); ++i) {
    const auto y = scores(w, digits[i].x);
    right += std::ranges::max_element(y) - y.begin() == digits[i].label;
  }
  return 100 * right / fresh;
}

/// One step of softmax regression for each digit.
void learn(std::vector<double>& w, learning::activity_subspace& lateral, const std::vector<digit>& digits) {
  std::vector<double> batch;
  for (std::size_t i = 0; i < training; ++i) {
    auto error = scores(w, digits[i].x);
    const double most = *std::ranges::max_element(error);
    for (double& e : error) e = std::exp(e - most);
    const double sum = std::accumulate(error.begin(), error.end(), 0.0);
    for (std::size_t k = 0; k < classes; ++k) error[k] = error[k] / sum - (k == digits[i].label);
    std::vector<double> factor = digits[i].x;
    lateral.project(factor);
    for (std::size_t k = 0; k < classes; ++k)
      for (std::size_t j = 0; j < pixels; ++j) w[k * pixels + j] -= 0.2 * error[k] * factor[j];
    batch.insert(batch.end(), digits[i].x.begin(), digits[i].x.end());
    if (i % 50 == 49) lateral.learn(batch), batch.clear();
  }
}

std::vector<digit> read(const char* kind, const std::filesystem::path& folder) {
  const auto data = open_dataset(kind, folder, {.part = data_part::test, .length = 100_ms});
  std::vector<digit> all;
  for (std::size_t i = 0; i < training + fresh; ++i) {
    const auto [events, label] = data->read(i);
    all.push_back({std::vector<double>(pixels), label});
    for (const event& e : events.events) all.back().x[e.channel] += 0.02;
  }
  return all;
}

int main() {
  const std::filesystem::path folder = std::getenv("SPINULE_DATA") ? std::getenv("SPINULE_DATA") : "";
  if (!std::filesystem::exists(folder / "mnist") || !std::filesystem::exists(folder / "fashion_mnist")) {
    fmt::print("SPINULE_DATA must name a folder with mnist and fashion_mnist\n");
    return 77;
  }
  const auto first = read("mnist", folder / "mnist"), second = read("fashion-mnist", folder / "fashion_mnist");
  double kept[2] = {};
  for (const std::size_t neurons : {0u, 80u}) {
    std::vector<double> w(classes * pixels, 0.0);
    learning::activity_subspace lateral{pixels, {.learning_rate = 0.01}};
    lateral.begin_task(neurons);
    learn(w, lateral, first);
    const double before = accuracy(w, first);
    lateral.begin_task(0);
    learn(w, lateral, second);
    kept[neurons > 0] = accuracy(w, first);
    fmt::print("{:2} lateral neurons: first task {:.1f} %, after the second {:.1f} %; second task {:.1f} %\n", neurons,
               before, kept[neurons > 0], accuracy(w, second));
  }
  return kept[1] > kept[0] + 10 ? 0 : 1;
}
