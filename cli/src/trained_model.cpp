#include "trained_model.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <spinule/error.hpp>
#include <spinule/io/engine/model_about.hpp>
#include <spinule/io/engine/network_digest.hpp>
#include <spinule/io/network_file.hpp>
#include <spinule/models/catalogue.hpp>

#include "training_record.hpp"

namespace spinule {
namespace {

std::optional<sample_memory> memory_of(const training_data& data) {
  return data == training_data{} ? std::nullopt : std::optional{sample_memory{data}};
}

/// "nmnist, part train: 1000 samples, 200 more held back".
std::string in_words(const training_data& data, const std::string& dataset) {
  if (data == training_data{}) return dataset;
  std::string text = fmt::format("{}, part {}: {} samples", data.dataset, data.part, data.training.numbers.size());
  if (const auto held = data.validation.numbers.size(); held > 0) text += fmt::format(", {} more held back", held);
  return text;
}

/// Throws `file_error` when a liquid that is drawn anew is not the one that the readout was trained on.
replayable drawn_anew(const recipe& how, const dataset& data, const std::string& wiring, const std::string& path) {
  replayable made = spike_counts_in(how, data);
  if (network_digest(made.net, made.tick) != wiring)
    throw file_error{path,
                     fmt::format("was trained on another liquid than version {} draws from its seed {}: the digest of "
                                 "its wiring differs; replay it with the Spinule that trained it, or train it anew",
                                 SPINULE_VERSION, how.seed())};
  return made;
}

replayable_model replayable_liquid(trained_model m, const std::filesystem::path& path) {
  return {.dataset = m.dataset,
          .network = fmt::format("{}, linear readout of {} counts", in_words(m.how), m.readout.features()),
          .trained_on = in_words(m.trained_on, m.dataset),
          .labels = m.labels,
          .channels = m.channels,
          .seed = m.how.seed(),
          .through = [how = m.how, wiring = m.wiring,
                      where = path.string()](const dataset& data) { return drawn_anew(how, data, wiring, where); },
          .answer = [readout = m.readout](std::span<const float> f) { return readout.classify(f); },
          .scores = [readout = m.readout](std::span<const float> f) { return readout.scores(f); },
          .met = memory_of(m.trained_on)};
}

/// "2312 replay, 400 lif, 10 leaky_integrator".
std::string populations_of(const network& net) {
  std::vector<std::string> all;
  for (const auto& p : net.populations()) all.push_back(fmt::format("{} {}", p.size, model_name(*p.model)));
  return fmt::format("{}", fmt::join(all, ", "));
}

/// The scores of a sample that has just run.
std::vector<double> scores_of(const simulation& sim, const trained_network& t, const population& output) {
  const std::size_t classes = t.labels.size();
  std::vector<double> fired;
  std::span<const double> x;
  if (t.readout.by == readout_rule::source::membrane) {
    x = sim.traced(probe_id{}).values;
  } else {
    fired.resize(static_cast<std::size_t>(sim.now()) * classes);
    for (const spike& s : sim.spikes(output)) fired[static_cast<std::size_t>(s.when) * classes + s.neuron] = 1;
    x = fired;
  }
  return class_scores(t.readout.over, x, classes);
}

}  // namespace

/// The features of a sample are its answer, and then the scores of the classes.
replayable_model replayable_network(trained_network loaded) {
  const auto t = std::make_shared<const trained_network>(std::move(loaded));
  const population output = t->net.find(t->output);
  const auto prepare = [t, output](simulation& sim) {
    if (t->readout.by == readout_rule::source::spikes) return sim.observe(output);
    sim.probe(output, std::string{t->net.populations()[output.id].model->fields()[0].name});
  };
  const auto through = [t, output, prepare](const dataset&) {
    return replayable{.net = t->net,
                      .input = t->net.find(t->input),
                      .tick = t->tick,
                      .windows = {t->encoding.length},
                      .encode = [t](const recording& r) { return encoded(r, t->encoding, t->tick); },
                      .prepare = prepare,
                      .read =
                          [t, output](const simulation& sim, std::vector<float>& features) {
                            const auto scores = scores_of(sim, *t, output);
                            features.push_back(static_cast<float>(std::ranges::max_element(scores) - scores.begin()));
                            features.insert(features.end(), scores.begin(), scores.end());
                          }};
  };
  return {.dataset = t->dataset,
          .network = "trained network: " + populations_of(t->net),
          .trained_on = in_words(t->trained_on, t->dataset),
          .labels = t->labels,
          .channels = t->channels,
          .seed = t->net.seed(),
          .through = through,
          .answer = [](std::span<const float> f) { return static_cast<std::uint32_t>(f[0]); },
          .scores = [](std::span<const float> f) { return std::vector<double>(f.begin() + 1, f.end()); },
          .met = memory_of(t->trained_on)};
}

void save(const std::filesystem::path& path, const trained_model& model) {
  const auto& r = model.readout.parameters();
  nlohmann::json about{{"model", "liquid with linear readout"},
                       {"version", about_version},
                       {"spinule", SPINULE_VERSION},
                       {"dataset", model.dataset},
                       {"labels", model.labels},
                       {"channels", model.channels},
                       {"width", model.width},
                       {"height", model.height},
                       {"classes", r.classes},
                       {"scaling", static_cast<std::uint32_t>(r.scaling.kind)},
                       {"liquid", to_json(model.how)},
                       {"wiring", model.wiring}};
  model_writer file{path};
  file.add_array("readout/mean", std::span<const float>{r.scaling.mean});
  file.add_array("readout/gain", std::span<const float>{r.scaling.gain});
  file.add_array("readout/weights", std::span<const float>{r.weights});
  file.add_array("readout/bias", std::span<const float>{r.bias});
  about["trained_on"] = add_training_data(file, model.trained_on);
  file.add_text("about", about.dump());
  file.commit();
}

trained_model load_liquid(const model_file& file) {
  const std::filesystem::path& path = file.path();
  const auto array = [&](const char* name) {
    const auto values = file.array<float>(name);
    return std::vector<float>(values.begin(), values.end());
  };
  try {
    const auto about = about_of(file);
    learning::readout_parameters r;
    r.classes = about.at("classes").get<std::uint32_t>();
    r.scaling.kind = static_cast<learning::scaling>(about.at("scaling").get<std::uint32_t>());
    r.scaling.mean = array("readout/mean");
    r.scaling.gain = array("readout/gain");
    r.weights = array("readout/weights");
    r.bias = array("readout/bias");
    auto labels = about.at("labels").get<std::vector<std::string>>();
    if (labels.size() != r.classes)
      throw file_error{path.string(),
                       fmt::format("names {} labels for {} classes; train it anew", labels.size(), r.classes)};
    trained_model m{recipe_from_json(about.at("liquid")),    learning::linear_readout{std::move(r)},
                    about.at("dataset").get<std::string>(),  std::move(labels),
                    about.at("channels").get<std::size_t>(), about.at("wiring").get<std::string>(),
                    training_data_of(file, about),           about.value("width", std::size_t{0}),
                    about.value("height", std::size_t{0})};
    if (const auto made = features_of(m.how, m.channels); made != m.readout.features())
      throw file_error{path.string(), fmt::format("has a liquid that makes {} counts of {} channels, and a readout of "
                                                  "{}; train it anew",
                                                  made, m.channels, m.readout.features())};
    return m;
  } catch (const file_error&) {
    throw;
  } catch (const std::exception& e) {  // of JSON, of the recipe, of the readout
    throw file_error{path.string(), std::string{"is a model file, but not one of a trained liquid: "} + e.what()};
  }
}

replayable_model load_model(const std::filesystem::path& path) {
  const model_file file = model_file::load(path);
  if (holds_trained_network(file)) return replayable_network(load_trained(file, model_catalogue()));
  return replayable_liquid(load_liquid(file), path);
}

}  // namespace spinule
