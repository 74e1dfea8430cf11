// Liquids with their readouts as model files.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <spinule/error.hpp>
#include <spinule/io/classifier_file.hpp>
#include <spinule/io/engine/model_about.hpp>
#include <spinule/io/engine/network_digest.hpp>

#include "json_fields.hpp"

namespace spinule {
namespace {

/// That a file may ask to be wired.
constexpr index_t most_channels = 1 << 22;

nlohmann::json to_json(const liquid_description& how) {
  std::vector<double> windows;
  for (const auto w : how.windows) windows.push_back(w.value());
  return {{"kind", how.kind},      {"neurons", how.neurons}, {"seed", how.seed}, {"tick_ms", how.tick.value()},
          {"windows_ms", windows}, {"numbers", how.numbers}};
}

liquid_description description_in(const json_field& about) {
  liquid_description how;
  double tick_ms = 0;
  std::vector<double> windows_ms;
  about["kind"].read(how.kind);
  about["neurons"].read(how.neurons);
  about["seed"].read(how.seed);
  about["tick_ms"].read(tick_ms);
  how.tick = milliseconds{tick_ms};
  about["windows_ms"].read(windows_ms);
  for (const double end : windows_ms) how.windows.push_back(milliseconds{end});
  for (const auto& [name, value] : about["numbers"].members()) value.read(how.numbers[name]);
  how.check();
  return how;
}

/// Throws for parts that do not fit each other, before anything is built of them.
void check(const trained_liquid& model) {
  const readout_parameters& r = model.readout;
  if (model.labels.size() != r.classes)
    throw spinule_error{"labels",
                        fmt::format("names {} labels for {} classes; train it anew", model.labels.size(), r.classes)};
  r.check();
  model.how.check();
  if (!std::ranges::all_of(model.how.weights, [](float w) { return std::isfinite(w); }))
    throw spinule_error{"liquid/weights", "holds numbers that are not finite; train it anew"};
  if (const auto made = features_of(model.how, model.from.channels); made != r.scaling.mean.size())
    throw spinule_error{"readout", fmt::format("has a liquid that makes {} counts of {} channels, and a readout of {}; "
                                               "train it anew",
                                               made, model.from.channels, r.scaling.mean.size())};
}

/// Where a file does not say it, the picture of the data that it was trained on.
void read_picture(const json_field& about, trained_liquid& model) {
  if (about.has("width")) {
    about["width"].read(model.from.width);
    about["height"].read(model.from.height);
  } else if (model.dataset == "nmnist") {
    model.from.width = model.from.height = 34;
  } else if (model.dataset == "mnist" || model.dataset == "fashion-mnist") {
    model.from.width = model.from.height = 28;
  }
}

trained_liquid liquid_in(const model_file& file) {
  const auto array = [&](const char* name) {
    const auto values = file.array<float>(name);
    return std::vector<float>(values.begin(), values.end());
  };
  const auto text = about_of(file);
  const json_field about{text, "about"};
  trained_liquid model;
  std::uint32_t scaling_kind = 0;
  about["classes"].read(model.readout.classes);
  about["scaling"].read(scaling_kind);
  model.readout.scaling = {static_cast<scaling>(scaling_kind), array("readout/mean"), array("readout/gain")};
  model.readout.weights = array("readout/weights");
  model.readout.bias = array("readout/bias");
  about["labels"].read(model.labels);
  about["dataset"].read(model.dataset);
  about["channels"].read(model.from.channels);
  read_picture(about, model);
  if (model.from.channels > most_channels)
    throw spinule_error{about["channels"].name(),
                        fmt::format("is {}, and at most {} are read", model.from.channels, most_channels)};
  about["wiring"].read(model.wiring);
  model.how = description_in(about["liquid"]);
  if (file.contains("liquid/weights")) model.how.weights = array("liquid/weights");
  model.trained_on = training_data_of(file, text);
  check(model);
  return model;
}

}  // namespace

liquid_input liquid_input_of(const dataset& data) {
  return {.channels = static_cast<index_t>(data.channels()),
          .width = static_cast<index_t>(data.width()),
          .height = static_cast<index_t>(data.height())};
}

void save_trained_liquid(const std::filesystem::path& path, const trained_liquid& model, const liquid_builder& build) {
  check(model);
  const readout_parameters& r = model.readout;
  const std::string wiring =
      model.wiring.empty() ? network_digest(build(model.how, model.from).net, model.how.tick) : model.wiring;
  nlohmann::json about{{"model", "liquid with linear readout"},
                       {"version", about_version},
                       {"spinule", SPINULE_VERSION},
                       {"dataset", model.dataset},
                       {"labels", model.labels},
                       {"channels", model.from.channels},
                       {"width", model.from.width},
                       {"height", model.from.height},
                       {"classes", r.classes},
                       {"scaling", static_cast<std::uint32_t>(r.scaling.kind)},
                       {"liquid", to_json(model.how)},
                       {"wiring", wiring}};
  model_writer file{path};
  file.add_array("readout/mean", std::span<const float>{r.scaling.mean});
  file.add_array("readout/gain", std::span<const float>{r.scaling.gain});
  file.add_array("readout/weights", std::span<const float>{r.weights});
  file.add_array("readout/bias", std::span<const float>{r.bias});
  if (!model.how.weights.empty()) file.add_array("liquid/weights", std::span<const float>{model.how.weights});
  about["trained_on"] = add_training_data(file, model.trained_on);
  file.add_text("about", about.dump());
  file.commit();
}

trained_liquid load_trained_liquid(const model_file& file) {
  try {
    return liquid_in(file);
  } catch (const file_error&) {
    throw;
  } catch (const std::exception& wrong) {  // of JSON, of the readout
    throw file_error{file.path().string(),
                     std::string{"is a model file, but not one of a trained liquid: "} + wrong.what()};
  }
}

}  // namespace spinule
