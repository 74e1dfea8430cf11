#include <algorithm>
#include <iterator>
#include <mutex>

#include <fmt/format.h>

#include <spinule/io/result.hpp>

#include "commands.hpp"
#include "generated.hpp"
#include "interrupt.hpp"
#include "outputs.hpp"
#include "print.hpp"
#include "replay_session.hpp"
#include "sensitivity.hpp"
#include "standard_streams.hpp"
#include "usage_error.hpp"

namespace spinule {
namespace {

/// What has been replayed, and what of it is still to be told; from several threads.
class replayed_results {
 public:
  explicit replayed_results(const replay_options& o) : o_{o} {}
  void add(replay_result r) {
    const std::lock_guard lock{guard_};
    all_.push_back(std::move(r));
  }
  void add(std::size_t i, std::optional<sensitivity> changes) {
    const std::lock_guard lock{guard_};
    all_[i].changes = std::move(changes);
  }
  void add(std::size_t i, std::vector<array_map> arrays) {
    const std::lock_guard lock{guard_};
    all_[i].arrays = std::move(arrays);
  }
  std::size_t size() const { return all_.size(); }
  const replay_result& operator[](std::size_t i) const { return all_[i]; }
  /// Prints, once.
  void show() {
    const std::lock_guard lock{guard_};
    print();
  }
  /// That, and the JSON, once.
  void store() {
    const std::lock_guard lock{guard_};
    tell();
  }
  /// That, and the page; nothing when there are no results.
  void finish() {
    const std::lock_guard lock{guard_};
    if (all_.empty()) return;
    tell();
    if (o_.report.empty()) return;
    write_report(o_.report, all_);
    fmt::print("Wrote {}\n", o_.report.string());
  }

 private:
  void print() {
    if (!shown_) print_results(all_);
    shown_ = true;
  }
  void tell() {
    print();
    if (stored_ || o_.json.empty()) return;
    write_text(o_.json, to_text(all_));
    if (!is_standard_output(o_.json)) fmt::print("Wrote {}\n", o_.json.string());
    stored_ = true;
  }

  const replay_options& o_;
  std::mutex guard_;
  std::vector<replay_result> all_;
  bool shown_ = false, stored_ = false;
};

/// Of the first chip of each crossbar; their results stand in the order of `all`, `chips` of each.
void add_looks_inside(replayed_results& results, const replay_session& session, const replay_options& o,
                      std::span<const backend_choice> all) {
  std::size_t at = 0;
  for (const auto& on : all) {
    if (at >= results.size() || interrupted()) return;
    if (on.backend == "crossbar") {
      results.add(at, arrays_on(session.through, on));
      results.add(at, sensitivity_of(results[at], on, session, o.sensitivity));
    }
    at += on.backend == "crossbar" ? o.chips : 1;
  }
}

bool learns_while_it_runs(const network& net) {
  return std::ranges::any_of(net.projections(), [](const auto& p) { return p.plasticity && p.plasticity->learns(); });
}

/// With the spikes of the first samples, where units are to be placed by them.
std::vector<backend_choice> placed(const replay_session& session, const replay_options& o) {
  std::vector<backend_choice> all = o.on;
  if (o.place_by == 0) return all;
  const auto spikes = measured_on(*session.data, session.through, o.place_by);
  for (auto& on : all) on.spikes = spikes;
  return all;
}

/// Placing by spikes changes something only where units are not placed in order.
void check_place_by(const replay_options& o) {
  if (o.place_by == 0) return;
  if (!o.recording.empty() || o.sample)
    throw usage_error{"--place-by", "counts the spikes of several samples; leave the recording or --sample out"};
  const auto has_places = [](const backend_choice& on) {
    return emulates_hardware(on.backend) && hardware_of(on).mesh.placement != mesh_placement::order;
  };
  if (std::ranges::none_of(o.on, has_places))
    throw usage_error{"--place-by",
                      "nothing is placed by spikes; choose --set mesh.placement=greedy or mesh.placement=partition"};
}

/// Calibrating changes something only where converters take their full scale from data.
void check_calibrate(const replay_options& o) {
  if (o.calibrate_given && std::ranges::none_of(o.on, calibrates))
    throw usage_error{"--calibrate", "no converter takes its full scale from data; choose --set adc.range=data"};
}

/// For the report alone, and said to be.
void add_baseline(replayed_results& results, const replay_session& session, const replay_options& o) {
  if (!o.baseline || interrupted()) return;
  if (learns_while_it_runs(session.through.net)) {
    fmt::print("For the report: no baseline, for this model changes weights and digital hardware does not\n");
    return;
  }
  const backend_choice on = checked(*o.baseline);
  fmt::print("For the report: {} as a baseline that is digital\n", name_of(on));
  replay_on(session, {&on, 1}, o, [&](replay_result r) {
    print_result(r, name_of(on));
    results.add(std::move(r));
  });
}

}  // namespace

int replay_and_report(const replay_options& o) {
  const replay_session session = open_session({o.model, o.data, o.command, o.model_is});
  if (const std::size_t n = session.data->size(); o.example && *o.example >= n)
    throw usage_error{"--example", fmt::format("there is no sample {}; give 0 to {}", *o.example, n - 1)};
  replayed_results results{o};
  const before_the_end keep{[&] { results.finish(); }};
  const auto on = placed(session, o);
  replay_on(session, on, o, [&](replay_result r) { results.add(std::move(r)); });
  if (results.size() == 0) return exit_interrupted;
  results.show();
  if (!o.report.empty()) add_looks_inside(results, session, o, on);
  results.store();
  if (!o.report.empty()) add_baseline(results, session, o);
  results.finish();
  return interrupted() ? exit_interrupted : exit_done;
}

int run_replay(const replay_options& given) {
  replay_options o = given;
  for (auto& on : o.on) on = checked(on);
  check_chips(o.on, o.chips);
  check_place_by(o);
  check_calibrate(o);
  std::vector<std::filesystem::path> read{o.model};
  for (const auto& on : o.on) std::ranges::copy(hardware_files(on.hardware), std::back_inserter(read));
  check_outputs({o.report, o.json}, read);
  if (!o.recording.empty()) return replay_recording(o);
  if (o.data.dataset.empty()) throw usage_error{"--dataset", "is required; or give a recording after the model"};
  if (o.example && !o.sample && o.report.empty() && o.json.empty())
    throw usage_error{"--example", "is shown in the report and the JSON; give --report FILE or --json FILE too"};
  const auto generated = generate_if_missing(o.data);
  if (o.sample) return replay_recording(o);
  return replay_and_report(o);
}

}  // namespace spinule
