#include "sweep_state.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/io/engine/atomic_file.hpp>
#include <spinule/io/engine/sha256.hpp>

#include "stage.hpp"
#include "usage_error.hpp"

namespace spinule {
namespace {

using nlohmann::json;

constexpr const char* format_name = "spinule-sweep-state";
constexpr int format_version = 1;

std::string digest_of(const dataset& data) {
  const stage reading{"Reading the samples"};
  sha256 digest;
  digest.update(data.name());
  for (std::size_t i = 0; i < data.size(); ++i) digest.update(fmt::format(" {}", data.digest(i)));
  return digest.hex();
}

json values_of(const hardware& hw) {
  json all{{"name", hw.name}};
  for (const auto& c : constants_of(hw)) all[c.key] = c.value.value;
  for (const auto& c : choices_of(hw)) all[c.key] = c.value;
  if (hw.kind == hardware_kind::crossbar) all["adc"] = hw.adc.clips ? "clipped" : "unclipped";
  return all;
}

/// Throws `usage_error` that names the first part in which two sweeps differ.
void check_same(const json& was, const json& now, const std::filesystem::path& path) {
  const auto differs = [&](const std::string& what) {
    throw usage_error{
        "--resume", fmt::format("{} in {}; to go on, give the same again, else remove that file", what, path.string())};
  };
  for (const auto& [part, what] : {std::pair{"version", "Spinule"}, {"model", "the model"}, {"data", "the data"}})
    if (was.at(part) != now.at(part)) differs(fmt::format("{} was another", what));
  for (const auto& [key, value] : now.at("hardware").items())
    if (const json before = was.at("hardware").value(key, json{}); before != value)
      differs(fmt::format("the hardware was another: {} is {}, and was {}", key, value.dump(), before.dump()));
  if (const json before = was.value("calibrate", json(20)); before != now.at("calibrate"))
    differs("--calibrate was another: " + before.dump());
  if (was.at("grid") != now.at("grid")) differs("the grid was another: " + was.at("grid").dump());
  if (was.at("chips") != now.at("chips"))
    differs(fmt::format("the chips were others: {}, and not {}", was.at("chips").dump(), now.at("chips").dump()));
}

}  // namespace

json sweep_identity(const std::filesystem::path& model, const replay_session& s, const backend_choice& on,
                    const sweep_grid& points, std::uint32_t chips) {
  json axes = json::array();
  for (const auto& axis : points.axes()) axes.push_back({{axis.key, axis.values}});
  return {{"version", SPINULE_VERSION},
          {"model", sha256_of_file(model)},
          {"data", digest_of(*s.data)},
          {"hardware", values_of(hardware_of(on))},
          {"calibrate", on.calibrate},
          {"grid", axes},
          {"chips", {on.chip, on.chip + chips - 1}}};
}

sweep_state::sweep_state(std::filesystem::path path, json identity, std::size_t runs, bool resume)
    : path_{std::move(path)}, identity_(std::move(identity)), runs_(runs) {
  if (!path_.empty() && std::filesystem::exists(path_)) load(resume);
}

void sweep_state::load(bool resume) {
  std::ifstream file{path_, std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  try {
    const json kept = json::parse(text);
    if (kept.at("format") != format_name || kept.at("format_version") != format_version)
      throw file_error{path_.string(), "is no state of a sweep that this Spinule reads; give another name"};
    std::vector<std::optional<run_summary>> runs;
    for (const auto& run : kept.at("runs"))
      runs.push_back(run.is_null() ? std::nullopt : std::optional{run.get<run_summary>()});
    const auto done =
        runs.size() - static_cast<std::size_t>(std::ranges::count_if(runs, [](const auto& run) { return !run; }));
    if (!resume)
      throw usage_error{"--resume", fmt::format("{} holds {} of {} runs of an earlier sweep; give --resume to go on "
                                                "with it, or remove that file",
                                                path_.string(), done, runs.size())};
    check_same(kept.at("of"), identity_, path_);
    if (runs.size() != runs_.size()) throw file_error{path_.string(), "holds another number of runs than its grid has"};
    runs_ = std::move(runs);
  } catch (const json::exception&) {
    throw file_error{path_.string(),
                     "is no state of a sweep, or is damaged; remove it to begin anew, or give another --state"};
  }
}

void sweep_state::keep(std::size_t run, const run_summary& summary) {
  runs_[run] = summary;
  if (!path_.empty()) save();
}

void sweep_state::save() const {
  json all = json::array();
  for (const auto& run : runs_) all.push_back(run ? json(*run) : json(nullptr));
  write_whole(
      path_,
      json{{"format", format_name}, {"format_version", format_version}, {"of", identity_}, {"runs", all}}.dump());
}

void sweep_state::remove() const {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove(path_, ignored);
}

std::size_t sweep_state::done() const {
  return static_cast<std::size_t>(std::ranges::count_if(runs_, [](const auto& run) { return run.has_value(); }));
}

}  // namespace spinule
