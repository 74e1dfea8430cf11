// Training of ELM neurons: gradients against central differences of the dense form in double precision, answers against
// the dense form and a simulation, the same bits however the work is shared.
#include <spinule/learning/elm_trainer.hpp>

#include <gmock/gmock.h>

#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include <spinule/backends/cpu.hpp>
#include <spinule/learning/fit.hpp>
#include <spinule/models/elm.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

#include "io/message.hpp"
#include "learning/compared.hpp"

namespace spinule::learning::elm_trainer_test {

using testing::HasSubstr;
using kind = classification_loss_kind;

constexpr std::uint32_t bins = 14;
constexpr index_t channels = 12, classes = 3;

struct neuron_kind {
  elm_version version = elm_version::v1;
  elm_activation activation = elm_activation::relu;
  index_t hidden_layers = 1;
  bool many_tau = false;  ///< traces of the input do not decay alike
};

/// Most channels reach several branches.
elm_weights neuron(const neuron_kind& k = {}) {
  const elm_shape shape{.inputs = channels,
                        .outputs = classes,
                        .memory = 5,
                        .branches = 4,
                        .synapses_per_branch = 6,
                        .routing = elm_routing::neuronio,
                        .hidden = 9,
                        .hidden_layers = k.hidden_layers,
                        .version = k.version,
                        .activation = k.activation,
                        .tau_memory_min = 2_ms,
                        .tau_memory_max = 60_ms,
                        .seed = 4};
  elm_weights w = shape.build();
  for (std::size_t j = 0; j < w.synapses(); ++j) w.weight[j] = 0.3F + 0.1F * static_cast<float>(j % 5);
  for (std::size_t i = 0; k.many_tau && i < w.tau_input.size(); ++i)
    w.tau_input[i] = 2 + static_cast<double>(i * 7 % 13);
  for (float& x : w.readout.weights) x *= 2;
  return w;
}

std::vector<training_sample> samples_of(std::size_t count, std::uint64_t seed = 1, bool valued = true) {
  std::vector<training_sample> all(count);
  random_stream random{seed, purpose::user, 7};
  for (training_sample& s : all) {
    s.label = static_cast<std::uint32_t>(random.below(classes));
    for (std::uint32_t t = 0; t < bins; ++t)
      for (index_t c = 0; c < channels; ++c)
        if (random.uniform() < 0.2) {
          s.events.push_back({t, c});
          if (valued) s.values.push_back(random.uniform() < 0.3 ? -1.0F : 1.0F + static_cast<float>(c % 2));
        }
  }
  return all;
}

/// y after each bin.
template <class Real>
std::vector<std::vector<double>> dense_answers(const elm_weights& w, const training_sample& s) {
  dense_elm<Real> neuron{w};
  std::vector<std::vector<double>> all;
  std::size_t e = 0;
  for (std::uint32_t t = 0; t < bins; ++t) {
    std::vector<Real> x(w.inputs, 0);
    for (; e < s.events.size() && s.events[e].bin == t; ++e)
      x[s.events[e].address] += s.values.empty() ? Real{1} : static_cast<Real>(s.values[e]);
    const auto y = neuron.step(x);
    all.emplace_back(y.begin(), y.end());
  }
  return all;
}

double cross_entropy(const std::vector<double>& scores, std::uint32_t label) {
  double sum = 0;
  for (const double x : scores) sum += std::exp(x);
  return std::log(sum) - scores[label];
}

std::vector<double> scores_of(const std::vector<std::vector<double>>& y, kind loss) {
  if (loss == kind::last_tick) return y.back();
  std::vector<double> mean(classes, 0);
  for (const auto& row : y)
    for (std::size_t c = 0; c < classes; ++c) mean[c] += row[c] / bins;
  return mean;
}

template <class Real>
double dense_loss(const elm_weights& w, std::span<const training_sample> samples, kind loss) {
  double sum = 0;
  for (const training_sample& s : samples) sum += cross_entropy(scores_of(dense_answers<Real>(w, s), loss), s.label);
  return sum / static_cast<double>(samples.size());
}

/// Central differences by the numbers that `of` names in a copy of the weights, so close that no relu turns on between.
template <class Number>
std::vector<double> differences(const elm_weights& w, std::span<const training_sample> samples, kind loss,
                                const std::function<std::vector<Number>&(elm_weights&)>& of) {
  elm_weights moved = w;
  std::vector<double> all;
  for (Number& x : of(moved)) {
    const Number at = x, above = at + Number{1.0 / 65536} * std::fmax(Number{1}, at), below = 2 * at - above;
    x = above;
    const double high = dense_loss<double>(moved, samples, loss);
    x = below;
    const double low = dense_loss<double>(moved, samples, loss);
    x = at;
    all.push_back((high - low) / (static_cast<double>(above) - static_cast<double>(below)));
  }
  return all;
}

template <class Numbers>
std::vector<double> as_double(const Numbers& x) {
  return {x.begin(), x.end()};
}

void expect_true_gradient(const neuron_kind& k, kind loss) {
  SCOPED_TRACE(testing::Message() << "v" << (k.version == elm_version::v1 ? 1 : 2)
                                  << (k.activation == elm_activation::relu ? ", relu, " : ", silu, ") << k.hidden_layers
                                  << " hidden, " << (k.many_tau ? "many" : "one") << " tau");
  const elm_weights start = neuron(k);
  elm_trainer t{start, bins, {.kind = loss}, {.tau_memory = true, .tau_memory_min = 1_ms, .tau_memory_max = 100_ms}};
  const elm_weights w = t.weights();
  const auto samples = samples_of(5);
  EXPECT_NEAR(t.differentiate(samples).loss, dense_loss<double>(w, samples, loss), 1e-6);
  const elm_gradient g = t.gradient();
  constexpr double most = 2e-4;
  const auto by = [&](auto of) { return differences<float>(w, samples, loss, of); };
  EXPECT_LT(apart(g.weight, by([](elm_weights & x) -> auto& { return x.weight; })), most);
  for (std::size_t l = 0; l < w.layers.size(); ++l) {
    const auto expected = by([l](elm_weights & x) -> auto& { return x.layers[l].weights; });
    EXPECT_LT(apart(as_double(g.layers[l].weights), expected), most) << l;
    const auto bias = by([l](elm_weights & x) -> auto& { return x.layers[l].bias; });
    EXPECT_LT(apart(as_double(g.layers[l].bias), bias), most) << l;
  }
  EXPECT_LT(apart(as_double(g.readout.weights), by([](elm_weights & x) -> auto& { return x.readout.weights; })), most);
  EXPECT_LT(apart(as_double(g.readout.bias), by([](elm_weights & x) -> auto& { return x.readout.bias; })), most);
  const auto by_tau = differences<double>(
      w, samples, loss, [](elm_weights & x) -> auto& { return x.tau_memory; });
  EXPECT_LT(apart(g.tau_memory, by_tau), most);
}

TEST(elm_trainer, gives_the_gradient_of_the_dense_form) {
  for (const elm_version version : {elm_version::v1, elm_version::v2})
    for (const elm_activation activation : {elm_activation::relu, elm_activation::silu})
      for (const bool many : {false, true})
        expect_true_gradient({version, activation, many ? 2U : 1U, many},
                             many ? kind::mean_over_ticks : kind::last_tick);
  expect_true_gradient({.hidden_layers = 2}, kind::mean_over_ticks);
}

TEST(elm_trainer, answers_as_the_dense_form_does) {
  for (const bool many : {false, true}) {
    elm_trainer t{neuron({.activation = elm_activation::silu, .many_tau = many}), bins, {.kind = kind::last_tick}};
    const auto samples = samples_of(20);
    t.learn(samples);
    const batch_result result = t.test(samples);
    EXPECT_NEAR(result.loss, dense_loss<float>(t.weights(), samples, kind::last_tick), 1e-5);
    for (std::size_t s = 0; s < samples.size(); ++s) {
      const auto y = dense_answers<float>(t.weights(), samples[s]).back();
      EXPECT_EQ(result.answers[s], std::ranges::max_element(y) - y.begin()) << s;
    }
  }
}

TEST(elm_trainer, answers_as_a_simulation_of_its_neuron_does) {
  elm_trainer t{neuron({.version = elm_version::v2}), bins, {.kind = kind::last_tick}};
  const auto samples = samples_of(3, 2, false);
  for (int k = 0; k < 5; ++k) t.learn(samples);
  for (const training_sample& s : samples) {
    spike_list spikes;
    for (const raster_event& e : s.events)
      spikes.spikes.push_back({milliseconds{static_cast<double>(e.bin)}, e.address});
    network net;
    const auto input = net.add("input", spikes, channels);
    const auto cell = net.add("cell", elm{.neurons = t.weights()}, 1);
    std::vector<listed<number>> list;
    for (index_t c = 0; c < channels; ++c) list.push_back({c, c, number{1}, 0_ms});
    net.connect(input, cell, list);
    simulation sim{net, cpu{.tick = 1_ms, .threads = 1}};
    sim.run(milliseconds{bins});
    std::vector<double> y;
    for (index_t c = 0; c < classes; ++c) y.push_back(sim.read(cell, "y[" + std::to_string(c) + "]", 0));
    const batch_result result = t.test({&s, 1});
    EXPECT_NEAR(result.loss, cross_entropy(y, s.label), 1e-5);
    EXPECT_EQ(result.answers[0], std::ranges::max_element(y) - y.begin());
  }
}

TEST(elm_trainer, gives_the_same_bits_for_any_number_of_threads) {
  for (const bool many : {false, true}) {
    const auto learned = [&](unsigned threads) {
      elm_trainer t{neuron({.hidden_layers = 2, .many_tau = many}), bins, {}, {.tau_memory = true, .threads = threads}};
      for (std::uint64_t k = 0; k < 3; ++k) t.learn(samples_of(11, k));
      return t.state();
    };
    const auto one = learned(1);
    for (const unsigned threads : {2U, 3U}) EXPECT_EQ(learned(threads), one) << threads;
  }
}

TEST(elm_trainer, moves_along_the_gradient) {
  elm_trainer t{neuron(), bins, {}, {.optimiser = sgd{}, .rate = 0.125}};
  const elm_weights before = t.weights();
  t.learn(samples_of(6));
  const elm_weights after = t.weights();
  const elm_gradient g = t.gradient();
  for (std::size_t i = 0; i < before.layers[0].weights.size(); ++i)
    EXPECT_FLOAT_EQ(after.layers[0].weights[i], before.layers[0].weights[i] - 0.125F * g.layers[0].weights[i]);
  for (std::size_t i = 0; i < before.readout.bias.size(); ++i)
    EXPECT_FLOAT_EQ(after.readout.bias[i], before.readout.bias[i] - 0.125F * g.readout.bias[i]);
  for (std::size_t j = 0; j < before.weight.size(); ++j)
    EXPECT_NEAR(after.weight[j], before.weight[j] - 0.125 * g.weight[j], 1e-6);
  EXPECT_EQ(after.tau_memory, before.tau_memory);
}

TEST(elm_trainer, scales_a_gradient_down_to_its_largest_norm) {
  elm_trainer free{neuron(), bins, {}, {.optimiser = sgd{}}}, held{neuron(), bins, {}, {.largest_gradient = 1e-3}};
  free.learn(samples_of(6));
  held.learn(samples_of(6));
  const float ratio = held.gradient().readout.bias[0] / free.gradient().readout.bias[0];
  EXPECT_NEAR(held.gradient().layers[0].weights[3], ratio * free.gradient().layers[0].weights[3], 1e-9);
  EXPECT_LT(ratio, 0.5);
}

TEST(elm_trainer, keeps_synapses_at_0_or_more_and_time_constants_within_their_bounds) {
  elm_trainer t{neuron(), bins, {}, {.rate = 2, .tau_memory = true, .tau_memory_min = 1_ms, .tau_memory_max = 70_ms}};
  for (std::uint64_t k = 0; k < 6; ++k) t.learn(samples_of(4, k));
  const elm_weights w = t.weights();
  w.check("test");
  EXPECT_EQ(*std::ranges::min_element(w.weight), 0);
  EXPECT_GE(*std::ranges::min_element(w.tau_memory), 1);
  EXPECT_LE(*std::ranges::max_element(w.tau_memory), 70);
  EXPECT_NE(w.tau_memory, neuron().tau_memory);
}

TEST(elm_trainer, leaves_what_is_not_learned) {
  elm_trainer t{neuron(), bins, {}, {.optimiser = adamw{}, .synapses = false}};
  t.learn(samples_of(4));
  EXPECT_EQ(t.weights().weight, neuron().weight);
  EXPECT_EQ(t.weights().tau_memory, neuron().tau_memory);
  EXPECT_TRUE(t.gradient().weight.empty());
}

TEST(elm_trainer, forgets_samples_it_was_shown_before) {
  const auto a = samples_of(9, 1), b = samples_of(5, 2);
  elm_trainer alone{neuron(), bins, {}}, after{neuron(), bins, {}};
  after.test(a);
  after.differentiate(a);
  EXPECT_EQ(after.test(b).loss, alone.test(b).loss);
  after.learn(b);
  alone.learn(b);
  EXPECT_EQ(after.state(), alone.state());
}

TEST(elm_trainer, answers_a_sample_alike_in_any_batch) {
  elm_trainer t{neuron(), bins, {}};
  const auto samples = samples_of(7);
  double sum = 0;
  for (const auto& s : samples) sum += t.test({&s, 1}).loss / 7;
  EXPECT_NEAR(t.test(samples).loss, sum, 1e-15);
}

TEST(elm_trainer, goes_on_to_the_same_bits) {
  elm_trainer whole{neuron(), bins, {}}, part{neuron(), bins, {}}, rest{neuron(), bins, {}};
  for (std::uint64_t k = 0; k < 4; ++k) whole.learn(samples_of(4, k));
  for (std::uint64_t k = 0; k < 2; ++k) part.learn(samples_of(4, k));
  rest.restore(part.state());
  for (std::uint64_t k = 2; k < 4; ++k) rest.learn(samples_of(4, k));
  EXPECT_EQ(rest.state(), whole.state());
  std::vector<double> wrong = rest.state();
  wrong.pop_back();
  EXPECT_THROW(rest.restore(wrong), spinule_error);
  EXPECT_EQ(rest.state(), whole.state());
}

TEST(elm_trainer, is_run_by_fit) {
  const sample_reader read = [](std::size_t i, std::uint64_t epoch) {
    random_stream random{4, purpose::user, i, epoch == no_epoch ? 0 : static_cast<std::uint32_t>(epoch + 1)};
    training_sample s{.label = static_cast<std::uint32_t>(i % classes)};
    for (std::uint32_t t = 0; t < bins; ++t)
      for (index_t c = 0; c < channels; ++c)
        if (random.uniform() < (c % classes == s.label ? 0.4 : 0.1)) s.events.push_back({t, c});
    return s;
  };
  elm_trainer t{neuron(), bins, {}};
  std::vector<std::size_t> training(90), validation(45);
  std::iota(training.begin(), training.end(), 0);
  std::iota(validation.begin(), validation.end(), 90);
  fit_progress progress;
  double accuracy = 0;
  fit(t, read, training, validation, {.epochs = 12, .batch = 8, .schedule = cosine_decay{.rate = 0.01}}, progress,
      [&](const epoch_report& r) {
        accuracy = r.validation_accuracy;
        return true;
      });
  EXPECT_GT(accuracy, 0.85);
  EXPECT_EQ(static_cast<double>(evaluate(t, read, validation).correct) / 45, accuracy);
}

TEST(elm_trainer, refuses_what_cannot_be) {
  const auto made = [](const elm_weights& w, std::uint32_t length, const elm_trainer_options& o = {},
                       const classification_loss_options& loss = {}) {
    return message_of<spinule_error>([&] { elm_trainer{w, length, loss, o}; });
  };
  elm_weights one_output = neuron(), broken = neuron();
  one_output.readout = {.outputs = 1, .inputs = 5, .weights = std::vector<float>(5), .bias = {0}};
  broken.tau_memory.pop_back();
  EXPECT_THAT(made(one_output, bins), HasSubstr("two or more"));
  EXPECT_THAT(made(broken, bins), HasSubstr("elm_trainer layer 0: it has 9 inputs"));
  EXPECT_THAT(made(neuron(), 0), HasSubstr("0 bins; give 1 or more"));
  EXPECT_THAT(made(neuron(), bins, {.rate = -1}), HasSubstr("a rate of -1"));
  EXPECT_THAT(made(neuron(), bins, {.optimiser = adamax{.beta_1 = 1}}), HasSubstr("beta_1"));
  EXPECT_THAT(made(neuron(), bins, {.tau_memory = true, .tau_memory_max = 20_ms}), HasSubstr("within which"));
  EXPECT_THAT(made(neuron(), bins, {}, {.first_tick = 99}), HasSubstr("classification loss"));

  elm_trainer t{neuron(), bins, {}};
  const auto state = t.state();
  const auto refused = [&](const training_sample& s) {
    const std::string message = message_of<spinule_error>([&] { t.learn({&s, 1}); });
    EXPECT_EQ(t.state(), state);
    return message;
  };
  EXPECT_THAT(message_of<spinule_error>([&] { t.learn({}); }), HasSubstr("the batch is empty"));
  EXPECT_THAT(refused({.label = 3}), HasSubstr("sample 0: label 3 for 3 outputs"));
  EXPECT_THAT(refused({.events = {{0, 12}}}), HasSubstr("channel 12; the input has 12"));
  EXPECT_THAT(refused({.events = {{14, 0}}}), HasSubstr("an event in bin 14"));
  EXPECT_THAT(refused({.events = {{5, 0}, {4, 0}}}), HasSubstr("give them by bin"));
  EXPECT_THAT(refused({.events = {{5, 0}}, .values = {1, 2}}), HasSubstr("2 values for 1 events"));
  EXPECT_THAT(refused({.events = {{5, 0}}, .values = {std::numeric_limits<float>::infinity()}}),
              HasSubstr("not finite"));
  EXPECT_THROW(t.set_rate(-1), spinule_error);
}

TEST(elm_trainer, refuses_losses_and_gradients_that_are_not_finite_before_anything_moves) {
  elm_weights huge = neuron();
  for (float& x : huge.readout.weights) x = 3e38F;
  elm_trainer by_loss{huge, bins, {}}, by_gradient{neuron(), bins, {}};
  training_sample many{.events = std::vector<raster_event>(4, {0, 3}), .values = std::vector<float>(4, 3e38F)};
  const auto before = std::vector{by_loss.state(), by_gradient.state()};
  EXPECT_THAT(message_of<spinule_error>([&] { by_loss.learn(samples_of(4)); }), HasSubstr("finite"));
  EXPECT_THAT(message_of<spinule_error>([&] { by_gradient.learn({&many, 1}); }), HasSubstr("gradient is not finite"));
  EXPECT_EQ((std::vector{by_loss.state(), by_gradient.state()}), before);
}

}  // namespace spinule::learning::elm_trainer_test
