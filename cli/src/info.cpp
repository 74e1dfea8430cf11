#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <spinule/io/info.hpp>

#include "commands.hpp"
#include "trained_model.hpp"

namespace spinule {
namespace {

/// By its first bytes, or by its name where those are damaged.
bool is_model(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) return false;
  std::string start(4, '\0');
  std::ifstream{path, std::ios::binary}.read(start.data(), 4);
  return start == "\x89SPN" || path.extension() == ".spn";
}

}  // namespace

int info(const std::filesystem::path& path, bool json) {
  if (!is_model(path)) {
    const dataset_info i = inspect(path);
    fmt::print("{}", json ? to_json(i) + "\n" : to_text(i));
    return exit_done;
  }
  const trained_model m = load_model(path);
  const nlohmann::json about{{"format", "Spinule model"},        {"dataset", m.dataset},
                             {"channels", m.channels},           {"labels", m.labels},
                             {"features", m.readout.features()}, {"liquid", to_json(m.how)}};
  fmt::print("{}\n", about.dump(json ? -1 : 2));
  return exit_done;
}

}  // namespace spinule
