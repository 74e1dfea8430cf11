// What `spinule train` writes answers a C++ program as its parts would: spike counts weighed by a readout, or the
// traces of an output population; and files that say wrong things are refused.
#include <spinule/io/classifier_file.hpp>

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/parallel.hpp>
#include <spinule/error.hpp>
#include <spinule/models/catalogue.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/liquid_recipe.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/random.hpp>
#include <spinule/simulation.hpp>

#include "io/scratch.hpp"

namespace spinule::classifier_file_test {

using testing::HasSubstr;

constexpr liquid_input camera{.channels = 2 * 12 * 12, .width = 12, .height = 12};

recording noise(std::uint64_t which) {
  random_stream random{which, purpose::user, 0};
  recording r{{}, 340_ms};
  for (std::int64_t ms = 0; ms < 340; ++ms)
    for (std::uint32_t c = 0; c < camera.channels; ++c)
      if (random.uniform() < 0.01) r.events.push_back({1000 * ms, c});
  return r;
}

/// A liquid with a readout of three classes whose weights are drawn.
trained_liquid drawn(index_t neurons = 60) {
  const auto how = liquid_for("nmnist", neurons, 3);
  random_stream random{7, purpose::user, 1};
  const std::size_t features = features_of(how, camera.channels);
  const auto numbers = [&](std::size_t n) {
    std::vector<float> all(n);
    for (float& x : all) x = static_cast<float>(random.normal());
    return all;
  };
  return {how,
          camera,
          {3, {scaling::root_standardise, numbers(features), numbers(features)}, numbers(3 * features), numbers(3)},
          {"a", "b", "c"},
          "nmnist"};
}

classifier loaded(const std::filesystem::path& path) { return load_classifier(path, model_catalogue(), build_liquid); }

classifier stored(const trained_liquid& model) {
  const scratch folder;
  save_trained_liquid(folder / "l.spn", model, build_liquid);
  return loaded(folder / "l.spn");
}

TEST(stored_liquid, answers_with_its_counts_window_by_window_weighed_by_its_readout) {
  const trained_liquid model = drawn();
  const classifier c = stored(model);
  EXPECT_EQ(c.labels, model.labels);
  EXPECT_EQ(c.dataset, "nmnist");
  EXPECT_EQ(c.channels, camera.channels);
  simulation asked = c.on(cpu{.threads = 1});
  const verdict said = c.classify(asked, noise(1));

  const liquid l = build_liquid(model.how, camera);
  simulation sim{l.net, cpu{.tick = 1_ms, .threads = 1}};
  sim.play(l.input, noise(1));
  std::vector<float> counts;
  for (const milliseconds span : {105_ms, 105_ms, 130_ms}) {
    sim.clear_counts();
    sim.run(span);
    for (const population& layer : l.layers)
      counts.insert(counts.end(), sim.counts(layer).begin(), sim.counts(layer).end());
  }
  EXPECT_GT(sim.spike_count(), 1000u);
  EXPECT_EQ(c.features(asked, noise(1)), counts);
  const readout_parameters& r = model.readout;
  for (std::size_t k = 0; k < 3; ++k) {
    double score = r.bias[k];
    for (std::size_t f = 0; f < counts.size(); ++f)
      score += r.weights[k * counts.size() + f] * r.scaling.gain[f] * (std::sqrt(counts[f]) - r.scaling.mean[f]);
    EXPECT_NEAR(said.scores[k], score, 1e-3);
    EXPECT_LE(said.scores[k], said.scores[said.label]);
  }
}

TEST(stored_liquid, knows_what_it_was_trained_on) {
  trained_liquid model = drawn();
  model.trained_on = {.dataset = "nmnist", .part = "train", .paths = {"digits"}, .training = {}, .validation = {}};
  model.trained_on.training.add(3, 77);
  const scratch folder;
  save_trained_liquid(folder / "l.spn", model, build_liquid);
  EXPECT_EQ(load_trained_liquid(model_file::load(folder / "l.spn")).trained_on, model.trained_on);
}

TEST(stored_liquid, without_neurons_weighs_groups_of_channels) {
  trained_liquid model = drawn();
  model.how = liquid_for("shd", 0, 1);
  model.from = {.channels = 12};
  model.readout = {
      2, {scaling::none, std::vector<float>(30), std::vector<float>(30, 1)}, std::vector<float>(60, 1), {0, 1}};
  model.labels = {"no", "yes"};
  const classifier c = stored(model);
  simulation sim = c.on(cpu{});
  const auto counts = c.features(sim, {{{0, 0}, {0, 4}, {0, 5}, {150'000, 11}, {999'000, 11}}, 1_s});
  ASSERT_EQ(counts.size(), 30u);  // 10 windows of 3 groups, the last one of two channels
  EXPECT_EQ((std::vector<float>{counts.begin(), counts.begin() + 6}), (std::vector<float>{2, 1, 0, 0, 0, 1}));
  EXPECT_EQ(counts.back(), 1);
  EXPECT_EQ(c.classify(sim, {}).label, 1u) << "the bias decides where there are no events";
}

TEST(stored_liquid, gives_the_same_scores_on_ideal_crossbars_and_side_by_side) {
  const classifier c = stored(drawn());
  simulation cores = c.on(cpu{.threads = 1});
  const simulation arrays = c.on(crossbar{});
  std::vector<std::vector<double>> one_by_one, side_by_side(6);
  for (std::uint64_t i = 0; i < 6; ++i) one_by_one.push_back(c.classify(cores, noise(i), i).scores);
  for_each_sample(arrays, 6, 3,
                  [&](simulation& own, std::size_t i) { side_by_side[i] = c.classify(own, noise(i), i).scores; });
  EXPECT_EQ(one_by_one, side_by_side);
  EXPECT_NE(one_by_one[0], one_by_one[1]);
}

/// Two units that never fire hear one channel each.
trained_network two_units(readout_rule::source by) {
  trained_network t;
  t.net = network{1};
  const auto in = t.net.add("in", replay{}, 2);
  if (by == readout_rule::source::membrane)
    t.net.connect(in, t.net.add("out", leaky_integrator{}, 2), one_to_one{}, {.weight = 1});
  else
    t.net.connect(in, t.net.add("out", lif{}, 2), one_to_one{}, {.weight = 20_mV});
  t.input = "in";
  t.output = "out";
  t.encoding = {.length = 20_ms};
  t.readout = {by, readout_rule::law::mean};
  t.learn.assign(1, {});
  t.labels = {"left", "right"};
  t.channels = 2;
  return t;
}

TEST(stored_network, answers_with_the_membranes_or_the_spikes_of_its_output) {
  const scratch folder;
  for (const auto by : {readout_rule::source::membrane, readout_rule::source::spikes}) {
    save_trained(folder / "t.spn", two_units(by), model_catalogue());
    const classifier c = loaded(folder / "t.spn");
    EXPECT_EQ(c.labels, (std::vector<std::string>{"left", "right"}));
    simulation sim = c.on(cpu{});
    EXPECT_EQ(sim.tick(), c.tick) << "that of the network, not of the back end";
    EXPECT_EQ(c.classify(sim, {{{2000, 1}, {9000, 1}, {12000, 0}}, 20_ms}).label, 1u);
    const verdict left = c.classify(sim, {{{2000, 0}, {9000, 0}, {12000, 1}}, 20_ms});
    EXPECT_EQ(left.label, 0u) << "nothing is left of the sample before";
    if (by == readout_rule::source::membrane) continue;
    EXPECT_THAT(left.scores, testing::ElementsAre(testing::DoubleEq(2.0 / 20), testing::DoubleEq(1.0 / 20)));
  }
}

TEST(classifier, that_is_not_trained_or_has_no_window_says_so) {
  classifier c = stored(drawn());
  simulation sim = c.on(cpu{});
  c.scores = nullptr;
  EXPECT_NO_THROW(c.features(sim, noise(1)));
  const auto told = [&] {
    try {
      c.classify(sim, noise(1));
    } catch (const spinule_error& e) {
      return std::string{e.what()};
    }
    return std::string{"an answer"};
  };
  EXPECT_THAT(told(), HasSubstr("is not trained"));
  c.windows.clear();
  EXPECT_THAT(told(), HasSubstr("no window"));
}

class damaged_liquid : public testing::Test {
 protected:
  damaged_liquid() { save_trained_liquid(place_ / "l.spn", drawn(), build_liquid); }
  /// What is said of the file with `about` changed, or with other weights.
  std::string refusal(const std::function<void(nlohmann::json&)>& change, std::vector<float> weights = {}) const {
    const model_file good = model_file::load(place_ / "l.spn");
    auto about = nlohmann::json::parse(good.text("about"));
    change(about);
    {
      model_writer file{place_ / "changed.spn"};
      file.add_text("about", about.dump());
      for (const char* name : {"readout/mean", "readout/gain", "readout/weights", "readout/bias"}) {
        const bool other = !weights.empty() && std::string{name} == "readout/weights";
        file.add_array(name, other ? std::span<const float>{weights} : good.array<float>(name));
      }
      file.commit();
    }
    try {
      loaded(place_ / "changed.spn");
    } catch (const file_error& e) {
      EXPECT_THAT(e.what(), HasSubstr("changed.spn"));
      return e.what();
    }
    return "accepted";
  }
  scratch place_;
};

TEST_F(damaged_liquid, is_refused_for_what_it_says) {
  EXPECT_EQ(refusal([](auto&) {}), "accepted");
  EXPECT_THAT(refusal([](auto& j) { j["labels"] = {"a"}; }), HasSubstr("1 labels for 3 classes"));
  EXPECT_THAT(refusal([](auto& j) { j["classes"] = 4; }), HasSubstr("3 labels for 4 classes"));
  EXPECT_THAT(refusal([](auto& j) { j["scaling"] = 9; }), HasSubstr("unknown scaling 9"));
  EXPECT_THAT(refusal([](auto& j) { j.erase("height"); }), HasSubstr("the field \"height\" is missing"));
  EXPECT_THAT(refusal([](auto& j) { j.erase("width"); }), HasSubstr("another liquid"))
      << "the picture of N-MNIST is taken";
  EXPECT_THAT(refusal([](auto& j) { j["channels"] = "many"; }), HasSubstr("about.channels: is string"));
  EXPECT_THAT(refusal([](auto& j) { j["channels"] = 4'000'000'000; }), HasSubstr("at most 4194304 are read"));
  EXPECT_THAT(refusal([](auto& j) { j["liquid"]["kind"] = "jelly"; }), HasSubstr("no liquid of kind \"jelly\""));
  EXPECT_THAT(refusal([](auto& j) { j["liquid"]["neurons"] = 61; }),
              HasSubstr("makes 183 counts of 288 channels, and a readout of 180"));
  EXPECT_THAT(refusal([](auto& j) { j["liquid"]["windows_ms"] = nlohmann::json::array(); }), HasSubstr("no window"));
  EXPECT_THAT(refusal([](auto& j) { j["liquid"]["numbers"].erase("patch"); }),
              HasSubstr("the number patch is missing"));
  EXPECT_THAT(refusal([](auto& j) { j["liquid"]["numbers"]["patsh"] = 1; }), HasSubstr("15 numbers are given"));
  EXPECT_THAT(refusal([](auto& j) { j["liquid"]["numbers"]["patch"] = 1.5; }), HasSubstr("1.5 is no whole number"));
  EXPECT_THAT(refusal([](auto& j) { j["liquid"]["numbers"]["tau"] = -1; }), HasSubstr("tau"));
  EXPECT_THAT(refusal([](auto&) {}, std::vector<float>(540, std::nanf(""))), HasSubstr("not finite"));
}

TEST_F(damaged_liquid, is_not_written) {
  trained_liquid model = drawn();
  model.labels.pop_back();
  EXPECT_THROW(save_trained_liquid(place_ / "new.spn", model, build_liquid), spinule_error);
  EXPECT_FALSE(std::filesystem::exists(place_ / "new.spn"));
}

}  // namespace spinule::classifier_file_test
