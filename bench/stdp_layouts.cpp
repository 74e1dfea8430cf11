// Are postsynaptic spikes better taken down the columns of the weights, or by the rows when they are next passed over?
#include <cstdint>
#include <numeric>
#include <vector>

#include <spinule/random.hpp>

#include "measure.hpp"
#include "report.hpp"

namespace spinule::bench {
namespace {

/// Rows of weights, and for each column where its synapses lie and from which row they come.
struct matrix {
  std::vector<std::uint64_t> row, column;  ///< offsets
  std::vector<std::uint16_t> target, source;
  std::vector<std::uint32_t> at;  ///< [synapses] by column
  std::vector<float> weight;      ///< [synapses] by row
};

matrix draw(std::uint16_t neurons, double p) {
  matrix m;
  m.row.push_back(0);
  m.column.assign(neurons + std::size_t{1}, 0);
  random_stream random{1, purpose::user, 0};
  for (std::uint16_t s = 0; s < neurons; ++s) {
    for (std::uint64_t t = random.geometric(p); t < neurons; t += 1 + random.geometric(p)) {
      m.target.push_back(static_cast<std::uint16_t>(t));
      ++m.column[t + 1];
    }
    m.row.push_back(m.target.size());
  }
  std::partial_sum(m.column.begin(), m.column.end(), m.column.begin());
  m.weight.assign(m.target.size(), 0.1f);
  m.at.resize(m.target.size());
  m.source.resize(m.target.size());
  auto next = m.column;
  for (std::uint16_t s = 0; s < neurons; ++s)
    for (auto i = m.row[s]; i < m.row[s + 1u]; ++i) {
      m.at[next[m.target[i]]] = static_cast<std::uint32_t>(i);
      m.source[next[m.target[i]]++] = s;
    }
  return m;
}

/// ns per synapse of what `pass(neuron)` does to so many synapses, for neurons in random order.
template <class Pass>
double cost(std::uint16_t neurons, Pass pass) {
  constexpr int passes = 20000;
  random_stream random{2, purpose::user, 0};
  std::uint64_t synapses = 0;
  const seconds time = time_once([&] {
    for (int k = 0; k < passes; ++k) synapses += pass(random.below(neurons));
  });
  return 1e9 * time.wall / static_cast<double>(synapses);
}

void run(std::uint16_t neurons, double p, const std::string& json) {
  matrix m = draw(neurons, p);
  const std::vector<float> pre(neurons, 0.5f), post(neurons, 0.5f);
  std::vector<std::int32_t> sums(neurons, 0);
  const auto by_row = [&](std::size_t s) {
    for (auto i = m.row[s]; i < m.row[s + 1]; ++i) {
      m.weight[i] -= 0.01f * m.weight[i] * post[m.target[i]];
      sums[m.target[i]] += static_cast<std::int32_t>(m.weight[i] * 1e3f);
    }
    return m.row[s + 1] - m.row[s];
  };
  const auto by_column = [&](std::size_t t) {
    for (auto i = m.column[t]; i < m.column[t + 1]; ++i) {
      float& w = m.weight[m.at[i]];
      w += 0.01f * (0.2f - w) * pre[m.source[i]];
    }
    return m.column[t + 1] - m.column[t];
  };
  std::vector<double> rows, columns;
  for (int r = 0; r < 5; ++r) {
    rows.push_back(cost(neurons, by_row));
    columns.push_back(cost(neurons, by_column));
  }
  fmt::print("{} synapses: {:.2f} ns per synapse of a row, {:.2f} ns per synapse of a column (medians of 5)\n",
             m.weight.size(), median(rows), median(columns));
  write_json(json, {{"name", "stdp_layouts"},
                    {"synapses", m.weight.size()},
                    {"row_ns", median(rows)},
                    {"column_ns", median(columns)}});
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"A pass over a row of plastic weights against a pass down a column", "./dev bench stdp_layouts"};
  std::uint16_t neurons = 10000;
  double p = 0.1;
  std::string json;
  app.add_option("--neurons", neurons, "Sources, and targets")->check(CLI::Range(100, 60000))->capture_default_str();
  app.add_option("--density", p, "Probability of a synapse")->check(CLI::Range(0.001, 1.0))->capture_default_str();
  add_json_option(app, json);
  return run_main(app, count, words, [&] { run(neurons, p, json); });
}
