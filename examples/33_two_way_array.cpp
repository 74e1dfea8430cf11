// What a layer has heard is kept on one resistive array, which is read in both directions: forwards it gives the
// response of lateral neurons, y = H x, backwards what they send back, H^T y. In a second task the layer learns along
// x - H^T y, and so does not forget the first (Hebbian orthogonal projection, Xiao et al., ICLR 2024). The cells of H
// learn by pulses, from reads of the same array. Rows and columns each have drivers and converters, those of the preset
// random_rram_40nm, which also says how noisy a read is and what everything takes.
//
//     33_two_way_array [DATA]     DATA: a folder with mnist/, by default $SPINULE_DATA
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <tuple>

#include <fmt/format.h>

#include <spinule/backends/engine/cost_model.hpp>
#include <spinule/backends/hardware.hpp>
#include <spinule/backends/pulsed_weights.hpp>
#include <spinule/backends/resistive_array.hpp>
#include <spinule/error.hpp>
#include <spinule/io/mnist.hpp>

using namespace spinule;

constexpr std::size_t side = 14, inputs = side * side, lateral = 60, classes = 10, training = 12000, tests = 1000;
constexpr double multiply_add_pj = 0.23;  // 8 bits, 45 nm

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

/// Which end of the array is driven.
enum way : std::size_t { forwards, backwards };

/// What reads took, way by way.
struct two_way_costs {
  cost_meter meter;
  std::uint64_t both = 0;  ///< reads forwards and back

  explicit two_way_costs(const hardware& hw)
      : meter{hw,
              {{{"rows", inputs, true}, {"columns", lateral, true}},
               {{"forwards", 0, 1, inputs * lateral, {1}, true}, {"backwards", 1, 0, inputs * lateral, {}, true}}}} {}
  void add(way to, const tile_activity& did) {
    const population_activity ends[2]{};
    projection_activity ways[2];
    ways[to].array = did;
    meter.tick({ends, ways});
    both += to == backwards;
  }
  void print(const char* of) const {
    const cost_report r = meter.report();
    const auto n = static_cast<double>(both);
    fmt::print("{}, mean of {}: {:.4g} pJ, {:.3g} us\n", of, both, r.dynamic_pj() / n, r.latency_us / n);
    for (const cost& c : r.dynamic)
      if (c.count > 0)
        fmt::print("    {:10} {:15} {:8.1f} events {:8.1f} pJ\n", c.layer, c.component,
                   static_cast<double>(c.count) / n, c.energy_pj / n);
  }
};

/// Inputs at the rows, lateral neurons at the columns; half of g_max is a weight of 0, which a row and a column of such
/// cells give to be taken away.
class on_array final : public subspace {
 public:
  on_array(const hardware& hw, const array_wires& wires)
      : hw_{hw},
        wires_{wires},
        cells_{lateral, inputs, pulse_response_named("ecram_li"), mixed_precision_sgd{}, 1, 9, 0, pulse_cost_of(hw)},
        learning_{hw},
        projecting_{hw} {
    cells_.put(start());
  }
  /// By what the array itself answers; wires are left out.
  void learn(const numbers& x) override {
    const numbers g = conductances();
    for (effective_array* e : {&ways_[forwards], &ways_[backwards], &zeros_[forwards], &zeros_[backwards]}) *e = {};
    const double zero = hw_.device.g_max.value / 2;
    for (const way to : {forwards, backwards}) {
      const std::size_t n = to == forwards ? inputs : lateral, m = inputs * lateral / n;
      ways_[to].transfer.resize(g.size());
      ways_[to].input.resize(n);
      zeros_[to] = {.transfer = numbers(g.size(), zero), .input = numbers(n, zero * static_cast<double>(m))};
      for (std::size_t a = 0; a < n; ++a)
        for (std::size_t b = 0; b < m; ++b) {
          ways_[to].transfer[a * m + b] = to == forwards ? g[a * m + b] : g[b * n + a];
          ways_[to].input[a] += ways_[to].transfer[a * m + b];
        }
    }
    const numbers y = read(forwards, x, learning_), back = read(backwards, y, learning_);
    cells_.step(change(y, x, back), 0.01);
  }
  void freeze() {
    const numbers none(inputs * lateral, hw_.device.g_max.value / 2);
    const resistive_array all{inputs, lateral, conductances(), wires_}, zero{inputs, lateral, none, wires_};
    ways_[forwards] = all.effective();
    ways_[backwards] = all.transposed().effective();
    zeros_[forwards] = zero.effective();
    zeros_[backwards] = zero.transposed().effective();
  }
  numbers project(const numbers& x) override {
    const numbers y = read(forwards, x, projecting_), back = read(backwards, y, projecting_);
    numbers left = x;
    for (std::size_t c = 0; c < left.size(); ++c) left[c] -= back[c];
    return left;
  }
  const two_way_costs& learning() const { return learning_; }
  const two_way_costs& projecting() const { return projecting_; }
  const pulse_ledger& pulses() const { return cells_.ledger(); }

 private:
  /// [inputs][lateral] uS.
  numbers conductances() const {
    numbers g(inputs * lateral);
    for (std::size_t r = 0; r < lateral; ++r)
      for (std::size_t c = 0; c < inputs; ++c)
        g[c * lateral + r] =
            std::max(hw_.device.g_max.value / 2 * (1 + static_cast<double>(cells_.weights()[r * inputs + c])), 0.0);
    return g;
  }
  /// The largest input is the read voltage; currents stand for sums. The converters' full scale is the largest current
  /// that has come so far.
  numbers read(way to, const numbers& x, two_way_costs& spent) {
    const effective_array &cells = ways_[to], &zero = zeros_[to];
    const auto larger = [](double a, double b) { return std::abs(a) < std::abs(b); };
    const double largest = std::max(std::abs(*std::max_element(x.begin(), x.end(), larger)), 1e-9);
    const auto steps = [](const constant& bits) { return std::exp2(bits.value - 1) - 1; };
    const double volt = hw_.array.read_voltage.value, ns = hw_.array.read_time.value;
    const std::size_t m = cells.transfer.size() / x.size();
    numbers sums(m), squares(m);
    tile_activity did{.tiles_read = 1,
                      .conversions = m,
                      .additions = m,
                      .phases = 1,
                      .bands = 1,
                      .widest = static_cast<std::uint32_t>(m),
                      .rounds = 1};
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double v = volt * std::round(x[i] / largest * steps(hw_.dac.bits)) / steps(hw_.dac.bits);
      if (v == 0) continue;
      ++did.rows_driven;
      did.cells_read += m + 1;
      did.cell_energy_pj += (cells.input[i] + zero.input[i] / static_cast<double>(m)) * v * v * ns * 1e-3;
      for (std::size_t j = 0; j < m; ++j) {
        const double plus = cells.transfer[i * m + j] * v, minus = zero.transfer[i * m + j] * v;
        sums[j] += plus - minus;
        squares[j] += plus * plus + minus * minus;
      }
    }
    did.lines = did.row_conversions = did.rows_driven;
    spent.add(to, did);
    for (std::size_t j = 0; j < m; ++j)
      sums[j] += hw_.device.read_noise.value * std::sqrt(squares[j]) * noise_.normal();
    for (const double s : sums) full_scale_[to] = std::max(full_scale_[to], std::abs(s));
    const double step = full_scale_[to] / steps(hw_.adc.bits);
    for (double& s : sums) s = std::round(s / step) * step * largest / volt / (hw_.device.g_max.value / 2);
    return sums;
  }

  hardware hw_;
  array_wires wires_;
  pulsed_weights cells_;
  effective_array ways_[2], zeros_[2];
  double full_scale_[2] = {1e-9, 1e-9};  ///< uA
  random_stream noise_{7, purpose::user, 3};
  two_way_costs learning_, projecting_;
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
  const hardware hw = load_hardware("random_rram_40nm");
  on_array array{hw, {}}, wired{hw, {.row = 1, .column = 1, .driver = 100, .sense = 100}};
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
  array.projecting().print("a projection");
  fmt::print("    the same as multiply-adds of 8 bits: {:.4g} pJ\n",
             2 * static_cast<double>(lateral * inputs) * multiply_add_pj);
  array.learning().print("a step of learning, without its pulses");
  const pulse_ledger& did = array.pulses();
  fmt::print("pulses of learning: {:.3g}, {:.3g} uJ at {} pJ, {:.3g} s at {} ns\n", static_cast<double>(did.pulses()),
             1e-6 * did.energy_pj(), did.cost.energy_pj, 1e-9 * did.time_ns(), did.cost.time_ns);
  return kept[2] > kept[0] + 3 ? 0 : 1;
} catch (const spinule_error& problem) {
  return fmt::print(stderr, "{}\n", problem.what()), 1;
}
