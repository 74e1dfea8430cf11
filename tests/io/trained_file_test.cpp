// Trained networks as files: what is loaded is the network that was saved, and damaged files are refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <random>

#include <nlohmann/json.hpp>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/engine/lowering.hpp>
#include <spinule/error.hpp>
#include <spinule/io/network_file.hpp>
#include <spinule/models/adaptive_lif.hpp>
#include <spinule/models/catalogue.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/random.hpp>
#include <spinule/simulation.hpp>

#include "io/mutation.hpp"
#include "io/scratch.hpp"

namespace spinule::trained_file_test {

using testing::HasSubstr;

/// Layers with drawn, listed and assignable weights, drawn and listed delays, and parameters of each neuron.
trained_network sample() {
  trained_network t;
  t.net = network{9};
  const auto in = t.net.add("in", replay{}, 6);
  std::vector<lif> each;
  for (int i = 0; i < 12; ++i) each.push_back({.tau = milliseconds{8.0 + i}, .threshold = 4_mV});
  const auto hidden = t.net.add("hidden", each);
  const auto adaptive = t.net.add("adaptive", adaptive_lif{.beta = 0.3}, 5);
  const auto out = t.net.add("out", leaky_integrator{}, 3);
  t.net.initialise(hidden, "v", uniform{0_mV, 3_mV});
  t.net.initialise(adaptive, "m", std::vector<double>{0, 0.1, 0.2, 0.1, 0});
  t.net.connect(in, hidden, all_to_all{}, {.weight = normal{2_mV, 1_mV}, .delay = uniform{1_ms, 9_ms}});
  t.net.connect(hidden, hidden[lif::drive], fixed_probability{0.4}, {.weight = normal{0_mV, 9_mV}, .delay = 2_ms});
  t.net.connect(hidden, adaptive, fixed_indegree{4}, {.weight = uniform{0.1, 0.9}, .lowest = -1, .highest = 1});
  t.net.connect(adaptive, out,
                std::vector<listed<number>>{{4, 2, 1, 3_ms}, {0, 1, -0.5, 0_ms}, {0, 1, 0.25, 7_ms}, {3, 0, 0, 1_ms}});
  t.net.connect(hidden, out, all_to_all{}, {.weight = 0.1});
  t.net.connect(in, out, std::vector<listed<number>>{});
  t.input = "in";
  t.output = "out";
  t.encoding = {.group = 3, .length = 60_ms, .most_events = 2};
  t.readout = {readout_rule::source::membrane, readout_rule::law::maximum};
  t.learn.assign(6, {});
  t.learn[0] = {true, true};
  t.learn[1] = {false, true, learnable::sharing::dendrite};
  t.labels = {"a", "b", "c"};
  t.dataset = "shd";
  t.channels = 17;
  return t;
}

trained_network loaded(const std::filesystem::path& path) {
  return load_trained(model_file::load(path), model_catalogue());
}

trained_network stored(const trained_network& t) {
  const scratch folder;
  save_trained(folder / "t.spn", t, model_catalogue());
  return loaded(folder / "t.spn");
}

recording noise() {
  random_stream random{3, purpose::user, 0};
  recording r;
  r.length = 60_ms;
  for (std::int64_t ms = 0; ms < 60; ++ms)
    for (std::uint32_t c = 0; c < 17; ++c)
      if (random.uniform() < 0.3) r.events.push_back({1000 * ms, c});
  return r;
}

/// Spikes and synapses of a run, and the membranes at its end.
struct outcome {
  std::vector<std::vector<spike>> spikes;
  std::vector<std::vector<listed_synapse>> synapses;
  std::vector<double> out;
  bool operator==(const outcome&) const = default;
};

template <class Backend>
outcome run(const trained_network& t, const Backend& backend) {
  simulation sim{t.net, backend};
  const index_t populations = static_cast<index_t>(t.net.populations().size());
  for (index_t p = 0; p < populations; ++p) sim.observe(sim.population_at(p));
  sim.play(sim.population_at(0), encoded(noise(), t.encoding, t.tick));
  sim.run(t.encoding.length);
  outcome o;
  for (index_t p = 0; p < populations; ++p) {
    const auto spikes = sim.spikes(sim.population_at(p));
    o.spikes.emplace_back(spikes.begin(), spikes.end());
  }
  for (index_t p = 0; p < t.net.projections().size(); ++p) o.synapses.push_back(sim.synapses(sim.projection_at(p)));
  o.out = sim.state(sim.population_at(3), "m");
  return o;
}

TEST(trained_network, gives_the_same_spikes_and_synapses_when_loaded) {
  const trained_network saved = sample(), read = stored(saved);
  const outcome before = run(saved, cpu{.tick = 1_ms, .threads = 1});
  EXPECT_GT(before.spikes[1].size(), 40u);
  EXPECT_GT(before.spikes[2].size(), 5u);
  EXPECT_TRUE(run(read, cpu{.tick = 1_ms, .threads = 1}) == before);
  EXPECT_TRUE(run(read, reference{.tick = 1_ms}) == run(saved, reference{.tick = 1_ms}));
  EXPECT_TRUE(run(stored(read), cpu{.tick = 1_ms, .threads = 2}) == before) << "saved and loaded once more";
}

TEST(trained_network, is_lowered_to_the_same_numbers_when_loaded) {
  const trained_network saved = sample(), read = stored(saved);
  const auto before = lower(saved.net, 1_ms), after = lower(read.net, 1_ms);
  EXPECT_EQ(after->quanta, before->quanta);
  EXPECT_EQ(after->levels, before->levels);
  for (index_t p = 0; p < saved.net.projections().size(); ++p) {
    const connectivity &a = before->synapses(p), &b = after->synapses(p);
    EXPECT_EQ(b.delays, a.delays) << p;
    EXPECT_EQ(b.offsets, a.offsets) << p;
    EXPECT_EQ(b.target, a.target) << p;
    EXPECT_EQ(b.code, a.code) << p;
    EXPECT_EQ(b.constant, a.constant) << p;
  }
}

TEST(trained_network, keeps_everything_else) {
  const trained_network saved = sample(), read = stored(saved);
  EXPECT_EQ(read.net.seed(), 9u);
  EXPECT_EQ(read.input, "in");
  EXPECT_EQ(read.output, "out");
  EXPECT_EQ(read.tick, 1_ms);
  EXPECT_EQ(read.encoding.group, 3u);
  EXPECT_EQ(read.encoding.length, 60_ms);
  EXPECT_EQ(read.encoding.most_events, 2u);
  EXPECT_EQ(read.readout, saved.readout);
  EXPECT_EQ(read.learn, saved.learn);
  EXPECT_EQ(read.labels, saved.labels);
  EXPECT_EQ(read.dataset, "shd");
  EXPECT_EQ(read.channels, 17u);
  for (std::size_t p = 0; p < saved.net.populations().size(); ++p) {
    const auto &a = saved.net.populations()[p], &b = read.net.populations()[p];
    EXPECT_EQ(a.name, b.name);
    ASSERT_EQ(a.size, b.size);
    for (std::size_t k = 0; k < a.model->parameters().size(); ++k)
      for (index_t n = 0; n < a.size; ++n) EXPECT_EQ(a.model->parameter(k, n), b.model->parameter(k, n));
  }
  const auto bounds = read.net.projections()[2].plasticity->bounds();
  EXPECT_EQ(bounds.lowest, -1);
  EXPECT_EQ(bounds.highest, 1);
}

TEST(trained_network, stores_a_full_projection_without_its_ends) {
  const scratch folder;
  save_trained(folder / "t.spn", sample(), model_catalogue());
  const model_file file = model_file::load(folder / "t.spn");
  EXPECT_TRUE(holds_trained_network(file));
  EXPECT_FALSE(file.contains("projection/4/source"));
  EXPECT_EQ(file.array<double>("projection/4/weight").size(), 36u) << "bytes for every synapse";
  EXPECT_TRUE(file.contains("projection/1/source"));
  EXPECT_EQ(file.array<double>("projection/1/delay").size(), 1u);
  EXPECT_EQ(file.array<double>("population/1/tau").size(), 12u);
  EXPECT_EQ(file.array<double>("population/1/threshold").size(), 1u);
}

TEST(trained_network, refuses_what_would_be_lost) {
  const scratch folder;
  const auto told = [&](const std::function<void(trained_network&)>& change) {
    trained_network t = sample();
    change(t);
    try {
      save_trained(folder / "t.spn", t, model_catalogue());
    } catch (const spinule_error& e) {
      return std::string{e.what()};
    }
    return std::string{"saved"};
  };
  EXPECT_EQ(told([](auto&) {}), "saved");
  EXPECT_THAT(told([](auto& t) {
                t.net.drive(
                    t.net.find("hidden").id == 1 ? population_of<lif>{t.net.find("hidden")} : population_of<lif>{},
                    poisson_drive<millivolts>{1_kHz, 1_mV});
              }),
              HasSubstr("Poisson drive"));
  EXPECT_THAT(told([](auto& t) { t.net.add("other", poisson{.rate = 5_Hz}, 2); }),
              HasSubstr("population \"other\": its model is none of those"));
  EXPECT_THAT(told([](auto& t) {
                t.net.connect(t.net.find("in"), population_of<leaky_integrator>{t.net.find("out")}, all_to_all{},
                              {.weight = 1, .weight_bits = 8});
                t.learn.push_back({});
              }),
              HasSubstr("rounds its weights"));
  EXPECT_THAT(told([](auto& t) { t.labels.pop_back(); }), HasSubstr("output: 3 neurons for 2 classes"));
  EXPECT_THAT(told([](auto& t) { t.channels = 30; }), HasSubstr("input: 6 neurons for 30 channels in groups of 3"));
  EXPECT_THAT(told([](auto& t) { t.learn.clear(); }), HasSubstr("0 entries for 6 projections"));
  EXPECT_THAT(told([](auto& t) { t.output = "none"; }), HasSubstr("known: in, hidden"));
  EXPECT_THAT(told([](auto& t) { t.input = "out"; }), HasSubstr("is no source"));
  EXPECT_THAT(told([](auto& t) { t.encoding.length = 0_ms; }), HasSubstr("length: 0 ms is not from 1 to"));
  EXPECT_THAT(told([](auto& t) { t.tick = 0_ms; }), HasSubstr("tick: 0 ms"));
}

/// A model file as its sections, to be written again with some of them changed.
struct sections {
  struct one {
    std::string name;
    section_type type;
    std::string bytes;
  };
  std::vector<one> all;

  explicit sections(const model_file& file) {
    for (const auto& s : file.sections()) {
      one& copy = all.emplace_back(one{s.name, s.type, {}});
      if (s.type == section_type::text) copy.bytes = file.text(s.name);
      if (s.type == section_type::float64) take(copy, file.array<double>(s.name));
      if (s.type == section_type::uint32) take(copy, file.array<std::uint32_t>(s.name));
    }
  }
  std::string& operator[](const std::string& name) {
    for (auto& s : all)
      if (s.name == name) return s.bytes;
    throw std::logic_error{name};
  }
  void write(const std::filesystem::path& path) const {
    model_writer file{path};
    for (const auto& s : all) {
      if (s.type == section_type::text) file.add_text(s.name, s.bytes);
      if (s.type == section_type::float64) put<double>(file, s);
      if (s.type == section_type::uint32) put<std::uint32_t>(file, s);
    }
    file.commit();
  }

 private:
  template <class T>
  static void take(one& to, std::span<const T> from) {
    to.bytes.assign(reinterpret_cast<const char*>(from.data()), from.size_bytes());
  }
  template <class T>
  static void put(model_writer& file, const one& s) {
    std::vector<T> values(s.bytes.size() / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), s.bytes.data(), values.size() * sizeof(T));
    file.add_array(s.name, std::span<const T>{values});
  }
};

class damaged_network : public testing::Test {
 protected:
  damaged_network() { save_trained(place_ / "t.spn", sample(), model_catalogue()); }
  sections good() const { return sections{model_file::load(place_ / "t.spn")}; }
  std::string refusal(const sections& changed) const {
    changed.write(place_ / "changed.spn");
    try {
      loaded(place_ / "changed.spn");
    } catch (const file_error& e) {
      return e.what();
    }
    return "accepted";
  }
  std::string refusal_of(const std::string& section, const std::string& bytes) const {
    sections changed = good();
    changed[section] = bytes;
    return refusal(changed);
  }
  template <class T>
  static std::string bytes_of(std::initializer_list<T> values) {
    return {reinterpret_cast<const char*>(values.begin()), values.size() * sizeof(T)};
  }
  std::string about(const std::function<void(nlohmann::json&)>& change) const {
    sections changed = good();
    auto json = nlohmann::json::parse(changed["about"]);
    change(json);
    changed["about"] = json.dump();
    return refusal(changed);
  }
  scratch place_;
};

TEST_F(damaged_network, is_refused_for_what_it_says) {
  EXPECT_EQ(refusal(good()), "accepted");
  EXPECT_THAT(about([](auto& j) { j["model"] = "liquid with linear readout"; }), HasSubstr("not \"trained network\""));
  EXPECT_THAT(about([](auto& j) { j.erase("tick_ms"); }), HasSubstr("the field \"tick_ms\" is missing"));
  EXPECT_THAT(about([](auto& j) { j["tick_ms"] = 0; }), HasSubstr("about.tick_ms: is not between"));
  EXPECT_THAT(about([](auto& j) { j["tick_ms"] = "1"; }), HasSubstr("expected a number"));
  EXPECT_THAT(about([](auto& j) { j["encoding"]["group"] = 0; }), HasSubstr("groups of 0 channels"));
  EXPECT_THAT(about([](auto& j) { j["encoding"]["length_ms"] = 1e300; }), HasSubstr("length"));
  EXPECT_THAT(about([](auto& j) { j["readout"]["by"] = "touch"; }), HasSubstr("\"touch\" is unknown"));
  EXPECT_THAT(about([](auto& j) { j["projections"][0]["delay_of"] = "soma"; }), HasSubstr("none of synapse, axon"));
  EXPECT_EQ(about([](auto& j) { j["projections"][0].erase("delay_of"); }), "accepted")
      << "in files of earlier versions";
  EXPECT_THAT(about([](auto& j) { j["labels"] = {"a"}; }), HasSubstr("3 neurons for 1 classes"));
  EXPECT_THAT(about([](auto& j) { j["channels"] = 1; }), HasSubstr("6 neurons for 1 channels"));
  EXPECT_THAT(about([](auto& j) { j["populations"][1]["model"] = "liv"; }), HasSubstr("populations[1].model: \"liv\""));
  EXPECT_THAT(about([](auto& j) { j["populations"][1]["name"] = "in"; }), HasSubstr("the name is taken"));
  EXPECT_THAT(about([](auto& j) { j["populations"][2]["size"] = 4294967295; }), HasSubstr("more neurons than a file"));
  EXPECT_THAT(about([](auto& j) { j["populations"][1]["size"] = 13; }), HasSubstr("has 12 values where"));
  EXPECT_THAT(about([](auto& j) { j["populations"][1]["size"] = -1; }), HasSubstr("expected a whole number"));
  EXPECT_THAT(about([](auto& j) { j["projections"][0]["from"] = "nowhere"; }), HasSubstr("none of that name"));
  EXPECT_THAT(about([](auto& j) { j["projections"][0]["port"] = "nose"; }), HasSubstr("\"nose\" is unknown"));
  EXPECT_THAT(about([](auto& j) { j["projections"][1]["synapses"] = 4000000000; }), HasSubstr("claims 4000000000"));
  EXPECT_THAT(about([](auto& j) { j["projections"][1]["full"] = true; }), HasSubstr("claims "));
  EXPECT_THAT(about([](auto& j) { j["projections"][4]["full"] = false; }), HasSubstr("has no section"));
  EXPECT_THAT(about([](auto& j) { j["projections"][2]["bounds"] = {1}; }), HasSubstr("holds two numbers"));
  EXPECT_THAT(about([](auto& j) { j["projections"][2]["bounds"] = {0.5, 0.6}; }), HasSubstr("outside the bounds"));
  EXPECT_THAT(about([](auto& j) { j = 3; }), HasSubstr("section \"about\" is no object of JSON"));
  EXPECT_THAT(about([](auto& j) { j["version"] = 99; }), HasSubstr("is of version 99; this Spinule reads version 1"));
  EXPECT_THAT(refusal_of("about", "{"), HasSubstr("section \"about\" is not JSON"));
  EXPECT_THAT(refusal_of("about", std::string(100'000, '[')), HasSubstr("nested deeper than 32 levels"));
}

TEST_F(damaged_network, is_refused_for_its_numbers) {
  EXPECT_THAT(refusal_of("population/3/tau", bytes_of({-1.0})), HasSubstr("tau = -1 ms; it must be positive"));
  EXPECT_THAT(refusal_of("population/3/tau", bytes_of({std::nan("")})), HasSubstr("tau = nan"));
  EXPECT_THAT(refusal_of("population/3/tau", bytes_of({1.0, 2.0})),
              HasSubstr("has 2 values where there must be 1 or 3"));
  EXPECT_THAT(refusal_of("population/3/tau", ""), HasSubstr("has 0 values"));
  EXPECT_THAT(refusal_of("population/0/nearest", bytes_of({0.5})), HasSubstr("a flag is 0 or 1"));
  EXPECT_THAT(refusal_of("population/1/start/v", bytes_of({1e300})), HasSubstr("v = "));
  EXPECT_THAT(refusal_of("projection/3/weight", bytes_of({1.0, std::nan(""), 2.0, 3.0})), HasSubstr("weight nan"));
  EXPECT_THAT(refusal_of("projection/3/delay", bytes_of({1.0, -1.0, 2.0, 3.0})), HasSubstr("-1 ms is not from 0"));
  EXPECT_THAT(refusal_of("projection/3/delay", bytes_of({1.0, 0.5, 2.0, 3.0})), HasSubstr("projection/3/delay: "));
  EXPECT_THAT(refusal_of("projection/3/delay", bytes_of({1e300})), HasSubstr("is not from 0 to 4194304 ticks"));
  EXPECT_THAT(refusal_of("projection/3/delay", bytes_of({std::nan("")})), HasSubstr("nan ms is not"));
  EXPECT_THAT(refusal_of("projection/3/source", bytes_of({0u, 1u, 2u, 5u})), HasSubstr("a neuron that does not exist"));
  EXPECT_THAT(refusal_of("projection/3/target", bytes_of({0u, 1u})), HasSubstr("claims 4 synapses"));
}

TEST_F(damaged_network, thousands_of_mutants_are_read_or_refused) {
  std::mt19937_64 random{5};
  int read = 0, refused = 0;
  for (int i = 0; i < 2000; ++i) {
    sections changed = good();
    auto& one = i % 2 == 0 ? changed["about"] : changed.all[random() % changed.all.size()].bytes;
    if (one.size() < 16) continue;
    one = damaged(one, i / 2, random);
    changed.write(place_ / "mutant.spn");
    try {
      const trained_network t = loaded(place_ / "mutant.spn");
      ASSERT_EQ(t.learn.size(), t.net.projections().size());
      ++read;
    } catch (const file_error& e) {
      ASSERT_THAT(e.what(), HasSubstr("mutant.spn: "));
      ++refused;
    }
  }
  EXPECT_GT(refused, 500);
  EXPECT_GT(read, 20);
}

}  // namespace spinule::trained_file_test
