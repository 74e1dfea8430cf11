// What a layer has heard is kept on one resistive array, which is read in both directions: forwards it gives the
// response of lateral neurons, y = H x, backwards what they send back, H^T y. In a second task the layer learns along
// x - H^T y, and so does not forget the first (Hebbian orthogonal projection, Xiao et al., ICLR 2024). The cells of H
// learn by pulses.
//
//     33_two_way_array [DATA]     DATA: a folder with mnist/, by default $SPINULE_DATA
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <tuple>

#include <fmt/format.h>

#include <spinule/backends/pulsed_weights.hpp>
#include <spinule/backends/resistive_array.hpp>
#include <spinule/error.hpp>
#include <spinule/io/mnist.hpp>

using namespace spinule;

constexpr std::size_t side = 14, inputs = side * side, lateral = 60, classes = 10, training = 12000, tests = 1000;
constexpr double volt = 0.2, read_ns = 10, g_max = 20, pulse_pj = 10, multiply_add_pj = 0.23;  // 8 bits, 45 nm

using numbers = std::vector<double>;
struct picture {
  numbers pixel;
  std::uint32_t label;
};

/// [rows][columns] times x [columns], and its transpose times y [rows].
numbers times(std::span<const double> m, const numbers& x) {
  numbers y(m.size() / x.size());
  for (std::size_t r = 0; r < y.size(); ++r)
    y[r] = std::inner_product(x.begin(), x.end(), m.begin() + static_cast<std::ptrdiff_t>(r * x.size()), 0.0);
  return y;
}
numbers transposed_times(std::span<const double> m, const numbers& y) {
  numbers x(m.size() / y.size());
  for (std::size_t r = 0; r < y.size(); ++r)
    for (std::size_t c = 0; c < x.size(); ++c) x[c] += m[r * x.size() + c] * y[r];
  return x;
}

/// H of lateral neurons, dH = y (x - H^T y)^T.
struct subspace {
  virtual ~subspace() = default;
  virtual void learn(const numbers& x) = 0;
  virtual numbers project(const numbers& x) = 0;  ///< x - H^T H x

 protected:
  static std::vector<float> change(const numbers& y, const numbers& x, const numbers& back) {
    std::vector<float> d;
    for (const double a : y)
      for (std::size_t c = 0; c < x.size(); ++c) d.push_back(static_cast<float>(-a * (x[c] - back[c])));
    return d;
  }
  static std::vector<float> start() {
    random_stream random{5, purpose::user, 2};
    std::vector<float> w(lateral * inputs);
    for (float& x : w) x = static_cast<float>(random.normal() / std::sqrt(static_cast<double>(inputs)));
    return w;
  }
};

struct in_floats final : subspace {
  numbers h;
  in_floats() {
    for (const float w : start()) h.push_back(static_cast<double>(w));
  }
  void learn(const numbers& x) override {
    const numbers y = times(h, x);
    const auto d = change(y, x, transposed_times(h, y));
    for (std::size_t i = 0; i < h.size(); ++i) h[i] -= 0.01 * static_cast<double>(d[i]);
  }
  numbers project(const numbers& x) override {
    numbers left = x;
    const numbers back = transposed_times(h, times(h, x));
    for (std::size_t c = 0; c < left.size(); ++c) left[c] -= back[c];
    return left;
  }
};

/// Inputs at the rows, lateral neurons at the columns; half of g_max is a weight of 0, which a column of such cells
/// gives to be taken away.
class on_array final : public subspace {
 public:
  explicit on_array(const array_wires& wires)
      : wires_{wires}, cells_{lateral, inputs, pulse_response_named("ecram_li"), mixed_precision_sgd{}, 1, 9} {
    cells_.put(start());
  }
  void learn(const numbers& x) override {
    const numbers h{cells_.weights().begin(), cells_.weights().end()}, y = times(h, x);
    cells_.step(change(y, x, transposed_times(h, y)), 0.01);
  }
  void freeze() {
    numbers g(inputs * lateral), none(g.size(), g_max / 2);
    for (std::size_t r = 0; r < lateral; ++r)
      for (std::size_t c = 0; c < inputs; ++c)
        g[c * lateral + r] = std::max(g_max / 2 * (1 + static_cast<double>(cells_.weights()[r * inputs + c])), 0.0);
    const resistive_array all{inputs, lateral, g, wires_}, zero{inputs, lateral, none, wires_};
    forwards_ = all.effective();
    backwards_ = all.transposed().effective();
    without_ = zero.effective();
    without_back_ = zero.transposed().effective();
  }
  numbers project(const numbers& x) override {
    const numbers y = read(forwards_, without_, x), back = read(backwards_, without_back_, y);
    numbers left = x;
    for (std::size_t c = 0; c < left.size(); ++c) left[c] -= back[c];
    ++projections_;
    return left;
  }
  double read_pj() const { return read_pj_ / static_cast<double>(projections_); }
  std::uint64_t pulses() const { return cells_.pulses(); }

 private:
  /// The largest input is the read voltage; currents stand for sums.
  numbers read(const effective_array& array, const effective_array& zero, const numbers& x) {
    const auto larger = [](double a, double b) { return std::abs(a) < std::abs(b); };
    const double largest = std::max(std::abs(*std::max_element(x.begin(), x.end(), larger)), 1e-9);
    numbers sums(array.transfer.size() / x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double v = volt * x[i] / largest;
      for (std::size_t j = 0; j < sums.size(); ++j)
        sums[j] += (array.transfer[i * sums.size() + j] - zero.transfer[i * sums.size() + j]) * v;
      read_pj_ += (array.input[i] + zero.input[i] / static_cast<double>(sums.size())) * v * v * read_ns * 1e-3;
    }
    for (double& s : sums) s *= largest / volt / (g_max / 2);
    return sums;
  }

  array_wires wires_;
  pulsed_weights cells_;
  effective_array forwards_, backwards_, without_, without_back_;
  double read_pj_ = 0;
  std::uint64_t projections_ = 0;
};

std::vector<picture> pictures(const mnist& digits, std::size_t first, std::size_t count,
                              const std::vector<std::size_t>& order) {
  std::vector<picture> all;
  for (std::size_t i = first; i < first + count; ++i) {
    const auto p = digits.probabilities(i);
    const double brightest = *std::max_element(p.begin(), p.end());
    picture one{numbers(inputs), digits.label(i)};
    for (std::size_t k = 0; k < p.size(); ++k) one.pixel[order[k / 28 / 2 * side + k % 28 / 2]] += p[k] / brightest / 4;
    all.push_back(std::move(one));
  }
  return all;
}

/// Softmax of a matrix in floats, by descent.
struct classifier {
  numbers w = numbers(classes * inputs);
  void learn(const std::vector<picture>& shown, subspace* heard, bool project) {
    for (const picture& s : shown) {
      numbers error = times(w, s.pixel);
      const double top = *std::max_element(error.begin(), error.end());
      for (double& e : error) e = std::exp(e - top);
      const double sum = std::accumulate(error.begin(), error.end(), 0.0);
      for (double& e : error) e /= sum;
      error[s.label] -= 1;
      const numbers x = heard && project ? heard->project(s.pixel) : s.pixel;
      for (std::size_t r = 0; r < classes; ++r)
        for (std::size_t c = 0; c < inputs; ++c) w[r * inputs + c] -= 0.05 * error[r] * x[c];
      if (heard && !project) heard->learn(s.pixel);
    }
  }
  double accuracy(const std::vector<picture>& shown) const {
    std::size_t right = 0;
    for (const picture& s : shown) {
      const numbers y = times(w, s.pixel);
      right += static_cast<std::size_t>(std::max_element(y.begin(), y.end()) - y.begin()) == s.label;
    }
    return 100 * static_cast<double>(right) / static_cast<double>(shown.size());
  }
};

int main(int count, char** arguments) try {
  const char* data = count > 1 ? arguments[1] : std::getenv("SPINULE_DATA");
  const auto folder = std::filesystem::path{data == nullptr ? "" : data} / "mnist";
  if (!std::filesystem::exists(folder)) return fmt::print("{} is not there; nothing to show\n", folder.string()), 77;
  const mnist digits{folder, {.part = data_part::train}};
  std::vector<std::size_t> order(inputs), other(inputs);
  std::iota(order.begin(), order.end(), 0);
  other = order;
  random_stream random{7, purpose::user, 1};
  for (std::size_t c = inputs; c > 1; --c) std::swap(other[c - 1], other[random.below(static_cast<std::uint32_t>(c))]);
  const auto first = pictures(digits, 0, training, order), second = pictures(digits, 0, training, other),
             first_test = pictures(digits, 50000, tests, order), second_test = pictures(digits, 50000, tests, other);

  in_floats floats;
  on_array array{{}}, wired{{.row = 1, .column = 1, .driver = 100, .sense = 100}};
  numbers kept;
  fmt::print("                 first task, then after the second   second\n");
  for (const auto& [name, heard] : {std::tuple<const char*, subspace*>{"plain", nullptr},
                                    {"on cpu", &floats},
                                    {"on one array", &array},
                                    {"with its wires", &wired}}) {
    classifier net;
    net.learn(first, heard, false);
    const double before = net.accuracy(first_test);
    if (auto* cells = dynamic_cast<on_array*>(heard)) cells->freeze();
    net.learn(second, heard, true);
    kept.push_back(net.accuracy(first_test));
    fmt::print("{:15} {:8.1f} % {:22.1f} % {:10.1f} %\n", name, before, kept.back(), net.accuracy(second_test));
  }
  fmt::print(
      "a projection: {:.3g} pJ in the cells of the array, without drivers and converters; as multiply-adds of 8 bits: "
      "{:.3g} pJ\n",
      array.read_pj(), 2 * static_cast<double>(lateral * inputs) * multiply_add_pj);
  fmt::print("learning it: {:.3g} pulses, {:.3g} uJ at {} pJ each\n", static_cast<double>(array.pulses()),
             static_cast<double>(array.pulses()) * pulse_pj * 1e-6, pulse_pj);
  return kept[2] > kept[0] + 3 ? 0 : 1;
} catch (const spinule_error& problem) {
  return fmt::print(stderr, "{}\n", problem.what()), 1;
}
