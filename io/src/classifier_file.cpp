// Model files of both kinds as classifiers.
#include <spinule/io/classifier_file.hpp>

#include <memory>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/io/engine/network_digest.hpp>

namespace spinule {
namespace {

/// What the output population answers in a sample that has just run.
std::vector<double> scores_of(const simulation& sim, const trained_network& t, const population& output) {
  const std::size_t classes = t.labels.size();
  if (t.readout.by == readout_rule::source::membrane)
    return class_scores(t.readout.over, sim.traced(probe_id{}).values, classes);
  std::vector<double> fired(static_cast<std::size_t>(sim.now()) * classes);
  for (const spike& s : sim.spikes(output)) fired[static_cast<std::size_t>(s.when) * classes + s.neuron] = 1;
  return class_scores(t.readout.over, fired, classes);
}

}  // namespace

classifier classifier_of(trained_liquid model, const liquid_builder& build) {
  liquid made = build(model.how, model.from);
  if (network_digest(made.net, model.how.tick) != model.wiring)
    throw spinule_error{"liquid",
                        fmt::format("was trained on another liquid than version {} draws from its seed {}: the digest "
                                    "of its wiring differs; use the Spinule that trained it, or train it anew",
                                    SPINULE_VERSION, model.how.seed)};
  classifier c = count_spikes(std::move(made), model.how);
  c.labels = std::move(model.labels);
  c.dataset = std::move(model.dataset);
  c.channels = model.from.channels;
  c.scores = [readout = std::move(model.readout)](const simulation&, std::span<const float> x) {
    return readout.scores(x);
  };
  return c;
}

classifier classifier_of(trained_network model) {
  const auto t = std::make_shared<const trained_network>(std::move(model));
  const population output = t->net.find(t->output);
  const auto follow = [t, output](simulation& sim) {
    if (t->readout.by == readout_rule::source::spikes) return sim.observe(output);
    sim.probe(output, std::string{t->net.populations()[output.id].model->fields()[0].name});
  };
  return {.net = t->net,
          .input = t->net.find(t->input),
          .tick = t->tick,
          .windows = {t->encoding.length},
          .labels = t->labels,
          .dataset = t->dataset,
          .channels = t->channels,
          .encode = [t](const recording& r) { return encoded(r, t->encoding, t->tick); },
          .prepare = follow,
          .scores = [t, output](const simulation& sim, std::span<const float>) { return scores_of(sim, *t, output); }};
}

classifier load_classifier(const std::filesystem::path& path, const named_models& models, const liquid_builder& build) {
  const model_file file = model_file::load(path);
  if (holds_trained_network(file)) return classifier_of(load_trained(file, models));
  trained_liquid model = load_trained_liquid(file);
  try {
    return classifier_of(std::move(model), build);
  } catch (const spinule_error& wrong) {  // of the liquid
    throw file_error{path.string(), wrong.what()};
  }
}

}  // namespace spinule
