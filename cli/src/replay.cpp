#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <spinule/io/result.hpp>

#include "chosen_data.hpp"
#include "commands.hpp"
#include "generated.hpp"
#include "interrupt.hpp"
#include "judge.hpp"
#include "outputs.hpp"
#include "print.hpp"
#include "standard_streams.hpp"
#include "usage_error.hpp"

namespace spinule {
namespace {

void write_json(const std::filesystem::path& path, const std::vector<replay_result>& results) {
  if (path.empty()) return;
  write_text(path, results.size() == 1 ? to_text(results.front()) : nlohmann::json(results).dump(1) + "\n");
  if (!is_standard_output(path)) fmt::print("Wrote {}\n", path.string());
}

}  // namespace

std::vector<replay_result> replay_results(const replay_options& o) {
  const replayable_model model = load_model(o.model);
  std::vector<backend_choice> choices;
  for (const auto& on : o.on) choices.push_back(checked(on));
  const auto data = open(o.data);
  check_geometry(model, o.model, *data);
  std::string remark = remark_on_kind(model, o.data, *data);
  if (o.announce && !remark.empty()) fmt::print("{}\n", remark);
  if (o.data.generated) remark = generated_remark + (remark.empty() ? "" : " " + remark);
  if (o.example && *o.example >= data->size())
    throw usage_error{"--example", fmt::format("there is no sample {}; give 0 to {}", *o.example, data->size() - 1)};
  const bool wants_example = !o.report.empty() || !o.json.empty();
  const replayable through = model.through(*data);
  std::vector<replay_result> results;
  for (const auto& choice : choices)
    for (std::uint32_t c = 0; c < (choice.backend == "crossbar" ? o.chips : 1) && !interrupted(); ++c) {
      backend_choice on = choice;
      on.chip += c;
      replayed seen = replay_all(*data, through, on,
                                 {.digest = true,
                                  .example = wants_example ? std::optional{o.example.value_or(0)} : std::nullopt,
                                  .title = on.hardware.empty() ? on.backend : on.backend + " " + on.hardware});
      if (seen.labels.empty()) break;
      results.push_back(judge(std::move(seen), model));
      results.back().remark = remark;
    }
  return results;
}

void write_page(const std::filesystem::path& path, const std::vector<replay_result>& results) {
  if (path.empty()) return;
  write_report(path, results);
  fmt::print("Wrote {}\n", path.string());
}

int replay(const replay_options& given) {
  replay_options o = given;
  for (auto& on : o.on) on = checked(on);
  check_chips(o.on, o.chips);
  check_outputs({o.report, o.json}, {o.model});
  const auto generated = generate_if_missing(o.data);
  auto results = replay_results(o);
  if (results.empty()) return exit_interrupted;
  print_results(results);
  write_json(o.json, results);
  if (o.baseline && !o.report.empty() && !interrupted()) {
    replay_options digital_too = o;
    digital_too.on = {*o.baseline};
    digital_too.announce = false;
    for (auto& r : replay_results(digital_too)) results.push_back(std::move(r));
  }
  write_page(o.report, results);
  return interrupted() ? exit_interrupted : exit_done;
}

}  // namespace spinule
