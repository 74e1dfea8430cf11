#include <mutex>

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
#include "warnings.hpp"

namespace spinule {
namespace {

void write_json(const std::filesystem::path& path, const std::vector<replay_result>& results) {
  if (path.empty()) return;
  write_text(path, results.size() == 1 ? to_text(results.front()) : nlohmann::json(results).dump(1) + "\n");
  if (!is_standard_output(path)) fmt::print("Wrote {}\n", path.string());
}

/// What has been replayed, and what of it is still to be told; from several threads.
class replayed_results {
 public:
  explicit replayed_results(const replay_options& o) : o_{o} {}
  void add(replay_result r) {
    const std::lock_guard lock{guard_};
    all_.push_back(std::move(r));
  }
  bool empty() const { return all_.empty(); }
  /// Prints, and writes the JSON, once.
  void finish_screen() {
    const std::lock_guard lock{guard_};
    tell();
  }
  /// That, and the page; nothing when there are no results.
  void finish() {
    const std::lock_guard lock{guard_};
    if (all_.empty()) return;
    tell();
    write_page(o_.report, all_);
  }

 private:
  void tell() {
    if (told_) return;
    print_results(all_);
    write_json(o_.json, all_);
    told_ = true;
  }

  const replay_options& o_;
  std::mutex guard_;
  std::vector<replay_result> all_;
  bool told_ = false;
};

}  // namespace

void replay_each(const replay_options& o, const std::function<void(replay_result)>& take) {
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
  for (const auto& choice : choices)
    for (std::uint32_t c = 0; c < (choice.backend == "crossbar" ? o.chips : 1) && !interrupted(); ++c) {
      backend_choice on = choice;
      on.chip += c;
      replayed seen = replay_all(*data, through, on,
                                 {.digest = true,
                                  .example = wants_example ? std::optional{o.example.value_or(0)} : std::nullopt,
                                  .title = on.hardware.empty() ? on.backend : on.backend + " " + on.hardware});
      if (seen.labels.empty()) break;
      warn_of_weights(seen.result);
      warn_of_activity(seen.result, through);
      replay_result r = judge(std::move(seen), model);
      r.remark = remark;
      take(std::move(r));
    }
}

std::vector<replay_result> replay_results(const replay_options& o) {
  std::vector<replay_result> results;
  replay_each(o, [&](replay_result r) { results.push_back(std::move(r)); });
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
  replayed_results results{o};
  const before_the_end keep{[&] { results.finish(); }};
  const auto take = [&](replay_result r) { results.add(std::move(r)); };
  replay_each(o, take);
  if (results.empty()) return exit_interrupted;
  results.finish_screen();
  if (o.baseline && !o.report.empty() && !interrupted()) {
    replay_options digital_too = o;
    digital_too.on = {*o.baseline};
    digital_too.announce = false;
    replay_each(digital_too, take);
  }
  results.finish();
  return interrupted() ? exit_interrupted : exit_done;
}

}  // namespace spinule
