#include "trained_model.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <spinule/error.hpp>
#include <spinule/io/model_file.hpp>

namespace spinule {

void save(const std::filesystem::path& path, const trained_model& model) {
  const auto& r = model.readout.parameters();
  const nlohmann::json about{{"model", "liquid with linear readout"},
                             {"version", SPINULE_VERSION},
                             {"dataset", model.dataset},
                             {"labels", model.labels},
                             {"channels", model.channels},
                             {"classes", r.classes},
                             {"scaling", static_cast<std::uint32_t>(r.scaling.kind)},
                             {"liquid", to_json(model.how)}};
  model_writer file{path};
  file.add_text("about", about.dump());
  file.add_array("readout/mean", std::span<const float>{r.scaling.mean});
  file.add_array("readout/gain", std::span<const float>{r.scaling.gain});
  file.add_array("readout/weights", std::span<const float>{r.weights});
  file.add_array("readout/bias", std::span<const float>{r.bias});
  file.commit();
}

trained_model load_model(const std::filesystem::path& path) {
  const model_file file = model_file::load(path);
  const auto array = [&](const char* name) {
    const auto values = file.array<float>(name);
    return std::vector<float>(values.begin(), values.end());
  };
  try {
    const auto about = nlohmann::json::parse(file.text("about"));
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
    return {recipe_from_json(about.at("liquid")), learning::linear_readout{std::move(r)},
            about.at("dataset").get<std::string>(), std::move(labels), about.at("channels").get<std::size_t>()};
  } catch (const file_error&) {
    throw;
  } catch (const std::exception& e) {  // of JSON, of the recipe, of the readout
    throw file_error{path.string(), std::string{"is a model file, but not one of a trained liquid: "} + e.what()};
  }
}

}  // namespace spinule
