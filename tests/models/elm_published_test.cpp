// The 15 published ELM neurons against traces of an independent implementation.
#include <gtest/gtest.h>

#include <cmath>

#include <spinule/models/elm_weights.hpp>

#include "io/real_data.hpp"

namespace spinule::elm_published_test {

struct published {
  const char* name;
  double y[8];  ///< y0, y1 after bins 0, 1, 19, 39
};

// Computed with numpy in double from the tensors as PyTorch reads them. Input of bin t: channels (97 t + 211 k) mod
// 1278 for k = 0 .. 7, +1 for those below 639, which excite, and -1 for the others.
const published models[] = {
    {"num_memory_1",
     {-12.005535, -0.83483068, -11.999103, -0.83363837, -11.102828, -0.66748485, -10.617685, -0.57754791}},
    {"num_memory_2",
     {-8.7122209, -0.25548081, -8.8886917, -0.29316065, -9.7556943, -0.47333496, -10.012412, -0.52261874}},
    {"num_memory_3", {-9.4505317, -0.39760019, -9.165959, -0.3394964, -9.750626, -0.40038681, -10.080737, -0.46919113}},
    {"num_memory_5",
     {-7.0672151, -0.25775296, -7.0361379, -0.16802969, -10.0499, -0.34174844, -10.946728, -0.45046892}},
    {"num_memory_7",
     {-4.7948967, -0.12070546, -5.6917302, -0.11411807, -11.352695, -0.40521378, -11.245713, -0.43056232}},
    {"num_memory_10",
     {-5.920046, -0.22044754, -6.1901404, -0.049824055, -12.211313, -0.38437261, -12.831315, -0.44552145}},
    {"num_memory_15",
     {-6.0285854, -0.27507988, -7.1337052, -0.22813217, -10.524577, -0.34019453, -11.836509, -0.45140201}},
    {"num_memory_20",
     {-6.1264589, -0.19226911, -7.6052968, -0.31766861, -10.336578, -0.36057892, -11.973411, -0.4581482}},
    {"num_memory_25",
     {-6.9443936, -0.33414563, -8.2862542, -0.3291071, -10.221891, -0.36780907, -11.797246, -0.44809494}},
    {"num_memory_30",
     {-5.8621789, -0.17349857, -7.1773681, -0.18596157, -10.719151, -0.35346057, -12.173824, -0.45253773}},
    {"num_memory_40",
     {-6.4807832, -0.28144415, -7.5471452, -0.2983694, -10.438114, -0.35618721, -12.236574, -0.46893473}},
    {"num_memory_50",
     {-6.318301, -0.36651168, -6.6518233, -0.33337354, -9.5946433, -0.42041237, -11.249989, -0.50076869}},
    {"num_memory_75",
     {-6.6300015, -0.3222139, -7.3034521, -0.29890661, -9.9813089, -0.3703229, -11.389083, -0.48753622}},
    {"num_memory_100",
     {-6.356064, -0.33870633, -6.7872756, -0.25125051, -10.303601, -0.36182042, -11.712155, -0.45153979}},
    {"best_elm_neuron",
     {-7.2136549, -0.25817395, -8.2316686, -0.26747674, -10.3525, -0.36834241, -11.839345, -0.46083481}}};

std::vector<double> input_of(int t) {
  std::vector<double> x(1278, 0);
  for (int k = 0; k < 8; ++k) {
    const int channel = (97 * t + 211 * k) % 1278;
    x[static_cast<std::size_t>(channel)] = channel < 639 ? 1 : -1;
  }
  return x;
}

std::filesystem::path weights_of(const std::filesystem::path& folder, const std::string& name) {
  return folder / name / "neuronio_best_model_state.pt";
}

template <class Real>
double largest_deviation(const elm_weights& weights, const published& expected) {
  dense_elm<Real> neuron{weights};
  double largest = 0;
  for (int t = 0, next = 0; t < 40; ++t) {
    const auto x = input_of(t);
    const auto y = neuron.step(std::vector<Real>(x.begin(), x.end()));
    if (t != 0 && t != 1 && t != 19 && t != 39) continue;
    for (const Real value : y) {
      const double golden = expected.y[next++];
      largest = std::max(largest, std::fabs(static_cast<double>(value) - golden) / std::fabs(golden));
    }
  }
  return largest;
}

TEST(published_elm, all_fifteen_follow_their_golden_traces) {
  SPINULE_REAL_DATA(folder, "elm_neuron");
  for (const published& m : models) {
    const elm_weights w = load_elm(weights_of(folder, m.name));
    EXPECT_LT(largest_deviation<double>(w, m), 1e-7) << m.name << ": golden numbers have eight digits";
    EXPECT_LT(largest_deviation<float>(w, m), 1e-5) << m.name;
  }
}

TEST(published_elm, have_as_many_parameters_as_their_authors_say) {
  SPINULE_REAL_DATA(folder, "elm_neuron");
  const std::pair<const char*, std::size_t> counts[] = {
      {"num_memory_1", 4601},   {"num_memory_2", 4708},    {"num_memory_3", 4823},    {"num_memory_5", 5077},
      {"num_memory_7", 5363},   {"num_memory_10", 5852},   {"num_memory_15", 6827},   {"num_memory_20", 8002},
      {"num_memory_25", 9377},  {"num_memory_30", 10952},  {"num_memory_40", 14702},  {"num_memory_50", 19252},
      {"num_memory_75", 34127}, {"num_memory_100", 54002}, {"best_elm_neuron", 54002}};
  for (const auto& [name, count] : counts)
    EXPECT_EQ(load_elm(weights_of(folder, name)).parameter_count(), count) << name;
}

TEST(published_elm, are_routed_as_the_neuronio_rule_says) {
  SPINULE_REAL_DATA(folder, "elm_neuron");
  const elm_weights published = load_elm(weights_of(folder, "num_memory_20"));
  const elm_shape shape{.inputs = 1278,
                        .outputs = 2,
                        .memory = 20,
                        .branches = 45,
                        .synapses_per_branch = 100,
                        .routing = elm_routing::neuronio};
  EXPECT_EQ(published.input, shape.build().input);
  EXPECT_EQ(published.activation, elm_activation::relu);
  EXPECT_EQ(load_elm(weights_of(folder, "best_elm_neuron")).activation, elm_activation::silu);
}

/// y after each bin, with `x` in bin 0 alone.
std::vector<std::pair<double, double>> response(const elm_weights& w, std::vector<std::pair<int, double>> spikes,
                                                int bins) {
  dense_elm<double> neuron{w};
  std::vector<double> x(1278, 0);
  for (const auto& [channel, value] : spikes) x[static_cast<std::size_t>(channel)] = value;
  std::vector<std::pair<double, double>> trace;
  for (int t = 0; t < bins; ++t) {
    const auto y = neuron.step(x);
    trace.push_back({y[0], y[1]});
    x.assign(1278, 0);
  }
  return trace;
}

void expect_trace(const std::vector<std::pair<double, double>>& trace,
                  const std::vector<std::pair<double, double>>& golden) {
  for (std::size_t t = 0; t < golden.size(); ++t) {
    EXPECT_NEAR(trace[t].first, golden[t].first, 1e-7 * std::fabs(golden[t].first));
    EXPECT_NEAR(trace[t].second, golden[t].second, 1e-7 * std::fabs(golden[t].second));
  }
}

TEST(published_elm, one_memory_unit_rests_and_answers_as_computed_by_hand) {
  SPINULE_REAL_DATA(folder, "elm_neuron");
  const elm_weights w = load_elm(weights_of(folder, "num_memory_1"));
  const auto silent = response(w, {}, 3000);
  expect_trace(silent, {{-12.0535287, -0.8437280}, {-12.1268497, -0.8573204}, {-12.1977196, -0.8704584}});
  EXPECT_NEAR(silent.back().first, -13.799361, 1e-6);
  EXPECT_NEAR(silent.back().second, -1.167374, 1e-6);
  expect_trace(response(w, {{0, 1}}, 3),
               {{-12.0363616, -0.8405455}, {-12.0962017, -0.8516388}, {-12.1565960, -0.8628348}});
  dense_elm<double> neuron{w};
  std::vector<double> x(1278, 0);
  x[0] = 1;
  neuron.step(x);
  x[0] = 0;
  neuron.step(x);
  neuron.step(x);
  EXPECT_NEAR(neuron.branches()[0], 0.415881, 1e-6);
  for (std::size_t i = 1; i < 45; ++i) EXPECT_EQ(neuron.branches()[i], 0) << "only branch 0 reads channel 0";
}

TEST(published_elm, twenty_memory_units_rest_and_answer_as_computed_by_hand) {
  SPINULE_REAL_DATA(folder, "elm_neuron");
  const elm_weights w = load_elm(weights_of(folder, "num_memory_20"));
  const auto silent = response(w, {}, 5000);
  expect_trace(silent, {{-5.4956253, -1.0139058}, {-6.7486303, -1.1521719}, {-7.5889096, -1.2170102}});
  EXPECT_NEAR(silent[299].first, -16.259694, 2e-3) << "not yet at rest";
  EXPECT_NEAR(silent.back().first, -16.244264, 1e-6);
  EXPECT_NEAR(silent.back().second, -1.349067, 1e-6);
  expect_trace(response(w, {{0, 1}, {639, -1}}, 3),
               {{-5.5160047, -0.9508476}, {-6.7658777, -1.1204777}, {-7.5671028, -1.1907490}});
}

}  // namespace spinule::elm_published_test
