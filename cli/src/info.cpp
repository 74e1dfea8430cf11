#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <spinule/io/classifier_file.hpp>
#include <spinule/io/engine/model_about.hpp>
#include <spinule/io/info.hpp>
#include <spinule/io/network_file.hpp>
#include <spinule/models/catalogue.hpp>

#include "commands.hpp"

namespace spinule {
namespace {

/// By its first bytes, or by its name where those are damaged.
bool is_model(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) return false;
  std::string start(4, '\0');
  std::ifstream{path, std::ios::binary}.read(start.data(), 4);
  return start == "\x89SPN" || path.extension() == ".spn";
}

/// Null where a model does not say what it was trained on.
nlohmann::json described(const training_data& data) {
  if (data == training_data{}) return nullptr;
  const auto samples = [](const known_samples& s) {
    return nlohmann::json{{"samples", s.numbers.size()}, {"numbers", runs_text(s.numbers)}};
  };
  return {{"dataset", data.dataset},
          {"part", data.part},
          {"paths", data.paths},
          {"training", samples(data.training)},
          {"validation", samples(data.validation)}};
}

nlohmann::json describe(const model_file& file) {
  if (!holds_trained_network(file)) {
    const trained_liquid m = load_trained_liquid(file);
    auto liquid = about_of(file).at("liquid");
    if (!m.how.weights.empty()) liquid["learned_weights"] = m.how.weights.size();
    return {{"format", "Spinule model"},
            {"dataset", m.dataset},
            {"channels", m.from.channels},
            {"labels", m.labels},
            {"features", m.readout.scaling.mean.size()},
            {"liquid", liquid},
            {"trained_on", described(m.trained_on)}};
  }
  const trained_network t = load_trained(file, model_catalogue());
  auto about = about_of(file);
  about["format"] = "Spinule model";
  about["trained_on"] = described(t.trained_on);
  return about;
}

}  // namespace

int info(const std::filesystem::path& path, bool json) {
  if (!is_model(path)) {
    const dataset_info i = inspect(path);
    fmt::print("{}", json ? to_json(i) + "\n" : to_text(i));
    return exit_done;
  }
  const nlohmann::json about = describe(model_file::load(path));
  fmt::print("{}\n", about.dump(json ? -1 : 2));
  return exit_done;
}

}  // namespace spinule
