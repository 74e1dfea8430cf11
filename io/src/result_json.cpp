#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <spinule/io/result.hpp>

#include "array_map_json.hpp"
#include "energy_json.hpp"
#include "example_json.hpp"
#include "json_fields.hpp"

namespace spinule {
namespace {

using nlohmann::json;

constexpr const char* format_name = "spinule-result";
constexpr std::uint32_t format_version = 1;

json latency_json(const std::vector<double>& latencies_us) {
  if (latencies_us.empty()) return nullptr;
  const auto summary = summarise(latencies_us);
  return {{"mean", summary.mean}, {"p50", summary.p50}, {"p99", summary.p99}};
}

hardware_description preset_from(const json_field& field) {
  hardware_description preset;
  field["name"].read(preset.name);
  field["summary"].read(preset.summary);
  for (const auto& item : field["constants"].items()) {
    auto& c = preset.constants.emplace_back();
    item["value"].read(c.value);
    for (const auto& [key, text] : {std::pair{"key", &c.key},
                                    {"unit", &c.unit},
                                    {"node", &c.node},
                                    {"source", &c.source},
                                    {"kind", &c.kind},
                                    {"band", &c.band}})
      item[key].read(*text);
  }
  if (!field.has("choices")) return preset;  // older files lack them
  for (const auto& item : field["choices"].items()) {
    auto& c = preset.choices.emplace_back();
    item["key"].read(c.key);
    item["value"].read(c.value);
  }
  return preset;
}

json layers_json(const std::vector<layer_activity>& layers) {
  auto all = json::array();
  for (const auto& l : layers)
    all.push_back({{"name", l.name}, {"neurons", l.neurons}, {"spikes_per_sample", l.spikes_per_sample}});
  return all;
}

std::vector<layer_activity> layers_from(const json_field& field) {
  std::vector<layer_activity> layers;
  for (const auto& item : field.items()) {
    auto& layer = layers.emplace_back();
    item["name"].read(layer.name);
    item["neurons"].read(layer.neurons);
    item["spikes_per_sample"].read(layer.spikes_per_sample);
  }
  return layers;
}

json weights_json(const std::vector<kept_weights>& projections) {
  auto all = json::array();
  for (const auto& k : projections)
    all.push_back({{"projection", k.projection},
                   {"synapses", k.synapses},
                   {"close", k.close},
                   {"lost", k.lost},
                   {"mean_weight", k.mean_weight},
                   {"mean_error", k.mean_error},
                   {"largest_error", k.largest_error},
                   {"worst_asked", k.worst_asked},
                   {"worst_kept", k.worst_kept}});
  return all;
}

std::vector<kept_weights> weights_from(const json_field& field) {
  std::vector<kept_weights> projections;
  for (const auto& item : field.items()) {
    auto& k = projections.emplace_back();
    item["projection"].read(k.projection);
    for (const auto& [key, count] : {std::pair{"synapses", &k.synapses}, {"close", &k.close}, {"lost", &k.lost}})
      item[key].read(*count);
    for (const auto& [key, number] : {std::pair{"mean_weight", &k.mean_weight},
                                      {"mean_error", &k.mean_error},
                                      {"largest_error", &k.largest_error},
                                      {"worst_asked", &k.worst_asked},
                                      {"worst_kept", &k.worst_kept}})
      item[key].read(*number);
  }
  return projections;
}

/// The texts of a provenance by name.
template <class Provenance>
auto texts_of(Provenance& from) {
  return std::array{std::pair{"model", &from.model},
                    std::pair{"network", &from.network},
                    std::pair{"trained_on", &from.trained_on},
                    std::pair{"command", &from.command},
                    std::pair{"date", &from.date},
                    std::pair{"processor", &from.processor}};
}

provenance provenance_from(const json_field& field) {
  provenance from;
  for (const auto& [name, text] : texts_of(from)) field[name].read(*text);
  return from;
}

void check_answers(const replay_result& r) {
  const auto samples = r.sample_numbers.size();
  if (r.truths.size() != samples || r.answers.size() != samples || (samples != 0 && samples != r.samples))
    throw spinule_error{"result.answers",
                        fmt::format("has {} answers and {} true labels for {} sample numbers, expected one each of {} "
                                    "samples, or none",
                                    r.answers.size(), r.truths.size(), samples, r.samples)};
  for (std::size_t i = 0; i < samples; ++i) {
    if (r.truths[i] >= r.labels.size() || r.answers[i] >= r.labels.size())
      throw spinule_error{"result.answers", fmt::format("class {} or {} of entry {} is none; there are {}", r.truths[i],
                                                        r.answers[i], i, r.labels.size())};
    if (i > 0 && r.sample_numbers[i] <= r.sample_numbers[i - 1])
      throw spinule_error{"result.sample_numbers", fmt::format("{} follows {}, expected ascending numbers",
                                                               r.sample_numbers[i], r.sample_numbers[i - 1])};
  }
}

samples_seen seen_from(const json_field& field) {
  samples_seen seen;
  field["training"].read(seen.training);
  field["validation"].read(seen.validation);
  return seen;
}

void check(const replay_result& result) {
  const auto classes = result.labels.size();
  if (result.correct > result.samples)
    throw spinule_error{"result.correct",
                        fmt::format("{} is more than the {} samples", result.correct, result.samples)};
  if (result.seen && (result.seen->training > result.samples || result.seen->validation > result.samples))
    throw spinule_error{"result.seen", fmt::format("is more than the {} samples", result.samples)};
  if (result.confusion.size() != classes * classes)
    throw spinule_error{"result.confusion", fmt::format("has {} cells, expected {} x {} as there are labels",
                                                        result.confusion.size(), classes, classes)};
  check_answers(result);
  if (result.example) check_example(*result.example, classes);
}

json confusion_json(const replay_result& result) {
  auto rows = json::array();
  const auto classes = result.labels.size();
  for (std::size_t row = 0; row < classes && result.confusion.size() == classes * classes; ++row)
    rows.push_back(std::vector(result.confusion.begin() + static_cast<std::ptrdiff_t>(row * classes),
                               result.confusion.begin() + static_cast<std::ptrdiff_t>((row + 1) * classes)));
  return rows;
}

void read_confusion(const json_field& field, std::vector<std::uint64_t>& cells) {
  for (const auto& row : field.items()) {
    std::vector<std::uint64_t> values;
    row.read(values);
    cells.insert(cells.end(), values.begin(), values.end());
  }
}

void check_version(const json_field& root) {
  std::string format;
  std::uint32_t version = 0;
  root["format"].read(format);
  root["format_version"].read(version);
  if (format != format_name)
    throw spinule_error{"result.format", "is \"" + format + "\", expected \"" + format_name + "\""};
  if (version != format_version)
    throw spinule_error{"result.format_version",
                        fmt::format("{} is not known; this Spinule reads version {}; use the Spinule "
                                    "that wrote it or a newer one",
                                    version, format_version)};
}

}  // namespace

void to_json(json& out, const hardware_constant& c) {
  out = {{"key", c.key},       {"value", c.value}, {"unit", c.unit}, {"node", c.node},
         {"source", c.source}, {"kind", c.kind},   {"band", c.band}};
}

void to_json(json& out, const hardware_choice& c) { out = {{"key", c.key}, {"value", c.value}}; }

void to_json(json& out, const hardware_description& preset) {
  out = {
      {"name", preset.name}, {"summary", preset.summary}, {"constants", preset.constants}, {"choices", preset.choices}};
}

void to_json(json& out, const provenance& from) {
  out = json::object();
  for (const auto& [name, text] : texts_of(from)) out[name] = *text;
}

void to_json(json& out, const replay_result& r) {
  check(r);
  out = {{"format", format_name},
         {"format_version", format_version},
         {"backend", r.backend},
         {"hardware", r.hardware.empty() ? json(nullptr) : json(r.hardware)},
         {"chip", r.chip ? json(*r.chip) : json(nullptr)},
         {"version", r.version},
         {"provenance", r.from},
         {"dataset", r.dataset},
         {"remark", r.remark},
         {"interrupted", r.interrupted},
         {"threads", r.threads},
         {"seed", r.seed},
         {"samples", r.samples},
         {"correct", r.correct},
         {"accuracy", r.accuracy()},
         {"seen", r.seen ? json{{"training", r.seen->training}, {"validation", r.seen->validation}} : json(nullptr)},
         {"labels", r.labels},
         {"confusion", confusion_json(r)},
         {"sample_numbers", r.sample_numbers},
         {"truths", r.truths},
         {"answers", r.answers},
         {"spikes", r.spikes},
         {"synaptic_events", r.synaptic_events},
         {"spike_digest", r.spike_digest},
         {"layers", layers_json(r.layers)},
         {"weights", weights_json(r.weights)},
         {"arrays", arrays_json(r.arrays)},
         {"energy_pj", r.energy ? energy_json(*r.energy) : json(nullptr)},
         {"sample_energies_pj", r.sample_energies_pj},
         {"latency_us", latency_json(r.sample_latencies_us)},
         {"sample_latencies_us", r.sample_latencies_us},
         {"duration_us", r.duration_us},
         {"wall_s", r.wall_s},
         {"samples_per_s", r.samples_per_s()},
         {"preset", r.preset ? json(*r.preset) : json(nullptr)},
         {"example", r.example ? json_of(*r.example) : json(nullptr)},
         {"sensitivity", r.changes ? sensitivity_json(*r.changes) : json(nullptr)}};
}

void from_json(const json& in, replay_result& result) {
  const json_field root{in, "result"};
  check_version(root);
  replay_result r;
  root["backend"].read(r.backend);
  if (const auto hardware = root["hardware"]; !hardware.is_null()) hardware.read(r.hardware);
  if (const auto chip = root["chip"]; !chip.is_null()) chip.read(r.chip.emplace());
  root["version"].read(r.version);
  r.from = provenance_from(root["provenance"]);
  root["dataset"].read(r.dataset);
  root["remark"].read(r.remark);
  root["interrupted"].read(r.interrupted);
  root["threads"].read(r.threads);
  root["seed"].read(r.seed);
  root["samples"].read(r.samples);
  root["correct"].read(r.correct);
  if (const auto seen = root["seen"]; !seen.is_null()) r.seen = seen_from(seen);
  root["labels"].read(r.labels);
  read_confusion(root["confusion"], r.confusion);
  root["sample_numbers"].read(r.sample_numbers);
  root["truths"].read(r.truths);
  root["answers"].read(r.answers);
  root["spikes"].read(r.spikes);
  root["synaptic_events"].read(r.synaptic_events);
  root["spike_digest"].read(r.spike_digest);
  r.layers = layers_from(root["layers"]);
  r.weights = weights_from(root["weights"]);
  r.arrays = arrays_from(root["arrays"]);
  if (const auto energy = root["energy_pj"]; !energy.is_null()) r.energy = energy_from(energy);
  root["sample_energies_pj"].read(r.sample_energies_pj);
  root["sample_latencies_us"].read(r.sample_latencies_us);
  root["duration_us"].read(r.duration_us);
  root["wall_s"].read(r.wall_s);
  if (const auto preset = root["preset"]; !preset.is_null()) r.preset = preset_from(preset);
  if (const auto example = root["example"]; !example.is_null()) r.example = example_from(example);
  if (const auto changes = root["sensitivity"]; !changes.is_null()) r.changes = sensitivity_from(changes);
  check(r);
  result = std::move(r);
}

}  // namespace spinule
