#include "trained_model.hpp"

#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <spinule/error.hpp>
#include <spinule/io/classifier_file.hpp>
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
classifier drawn_anew(const liquid_description& how, const dataset& data, const std::string& wiring,
                      const std::string& path) {
  classifier made = [&] {
    try {
      return spike_counts_in(how, data);
    } catch (const spinule_error& wrong) {
      throw file_error{path, std::string{"holds a liquid that cannot be built: "} + wrong.what()};
    }
  }();
  if (network_digest(made.net, made.tick) != wiring)
    throw file_error{path,
                     fmt::format("was trained on another liquid than version {} draws from its seed {}: the digest of "
                                 "its wiring differs; replay it with the Spinule that trained it, or train it anew",
                                 SPINULE_VERSION, how.seed)};
  return made;
}

/// "grid liquid of 1000 neurons".
std::string in_words(const liquid_description& how) {
  if (how.kind == "input") return "the input itself, without a liquid";
  return fmt::format("{} liquid of {} neurons{}", how.kind, how.neurons,
                     how.weights.empty() ? "" : fmt::format(" and {} synapses that learn", how.weights.size()));
}

replayable_model replayable_liquid(trained_liquid m, const std::filesystem::path& path) {
  const learning::linear_readout readout{m.readout};
  return {.dataset = m.dataset,
          .network = fmt::format("{}, linear readout of {} counts", in_words(m.how), readout.features()),
          .trained_on = in_words(m.trained_on, m.dataset),
          .labels = m.labels,
          .channels = m.from.channels,
          .seed = m.how.seed,
          .through = [how = m.how, wiring = m.wiring,
                      where = path.string()](const dataset& data) { return drawn_anew(how, data, wiring, where); },
          .answer = [readout](std::span<const float> f) { return readout.classify(f); },
          .scores = [readout](std::span<const float> f) { return readout.scores(f); },
          .met = memory_of(m.trained_on)};
}

/// "2312 replay, 400 lif, 10 leaky_integrator".
std::string populations_of(const network& net) {
  std::vector<std::string> all;
  for (const auto& p : net.populations()) all.push_back(fmt::format("{} {}", p.size, model_name(*p.model)));
  return fmt::format("{}", fmt::join(all, ", "));
}

}  // namespace

/// The features of a sample are its answer, and then the scores of the classes.
replayable_model replayable_network(trained_network loaded) {
  const std::string network = "trained network: " + populations_of(loaded.net),
                    trained_on = in_words(loaded.trained_on, loaded.dataset);
  auto met = memory_of(loaded.trained_on);
  const auto c = std::make_shared<const classifier>(classifier_of(std::move(loaded)));
  const auto through = [c](const dataset&) {
    classifier asked = *c;
    asked.read = [c](const simulation& sim, std::vector<float>& features) {
      const verdict said = c->verdict_from(sim, {});
      features.push_back(static_cast<float>(said.label));
      features.insert(features.end(), said.scores.begin(), said.scores.end());
    };
    return asked;
  };
  return {.dataset = c->dataset,
          .network = network,
          .trained_on = trained_on,
          .labels = c->labels,
          .channels = c->channels,
          .seed = c->net.seed(),
          .through = through,
          .answer = [](std::span<const float> f) { return static_cast<std::uint32_t>(f[0]); },
          .scores = [](std::span<const float> f) { return std::vector<double>(f.begin() + 1, f.end()); },
          .met = std::move(met)};
}

replayable_model load_model(const std::filesystem::path& path) {
  const model_file file = model_file::load(path);
  if (holds_trained_network(file)) return replayable_network(load_trained(file, model_catalogue()));
  return replayable_liquid(load_trained_liquid(file), path);
}

}  // namespace spinule
