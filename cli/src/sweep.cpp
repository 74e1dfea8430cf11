#include <fmt/format.h>
#include <fmt/ranges.h>

#include <spinule/io/engine/study_report.hpp>

#include "commands.hpp"
#include "generated.hpp"
#include "interrupt.hpp"
#include "outputs.hpp"
#include "standard_streams.hpp"
#include "study.hpp"
#include "sweep_output.hpp"
#include "usage_error.hpp"

namespace spinule {
namespace {

/// False for a device, as /dev/full, beside which nothing is kept.
bool can_have_a_state(const std::filesystem::path& path) {
  return !path.empty() && !is_standard_output(path) &&
         (!std::filesystem::exists(path) || std::filesystem::is_regular_file(path));
}

/// Where the state is kept: as asked for, or beside the first file that is written; nowhere without any.
std::filesystem::path state_path(const sweep_options& o) {
  if (!o.state.empty()) return o.state;
  for (const auto& path : {o.csv, o.json, o.report})
    if (can_have_a_state(path)) return path.string() + ".state";
  if (o.resume)
    throw usage_error{"--resume", "goes on from a state, and none is kept; give --state FILE, or a file to write"};
  return {};
}

void check_runs(const sweep_grid& g, std::uint32_t chips) {
  if (const std::size_t points = g.points(); points * chips > most_runs)
    throw usage_error{"--chips", fmt::format("{} points on {} chips are {} runs, and {} are the most; give fewer",
                                             points, chips, points * chips, most_runs)};
}

replay_session opened(const sweep_options& o) {
  replay_session session = open_session({o.model, o.data, o.command});
  look_for_samples_met(session);
  return session;
}

class whole_sweep {
 public:
  whole_sweep(const sweep_options& o, const backend_choice& on, const sweep_grid& g)
      : o_{o},
        on_{on},
        grid_{g},
        session_{opened(o)},
        state_{state_path(o), sweep_identity(o.model, session_, on, g, o.chips), g.points() * o.chips, o.resume} {}

  int run() {
    fmt::print("{}: {} point{}\n", study_title(session_, on_, o_.chips), grid_.points(),
               grid_.points() == 1 ? "" : "s");
    if (state_.done() > 0) fmt::print("{} of {} runs are done already\n", state_.done(), state_.runs().size());
    replay_what_is_missing();
    const auto points = swept_points(state_, o_.chips);
    print_sweep(grid_, points, o_.chips);
    write(points);
    return finish();
  }

 private:
  void replay_what_is_missing() {
    std::vector<backend_choice> choices;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < state_.runs().size(); ++i) {
      if (state_.runs()[i]) continue;
      backend_choice& one = choices.emplace_back(on_);
      for (auto& text : grid_.overrides(i / o_.chips)) one.overrides.push_back(std::move(text));
      one.chip += static_cast<std::uint32_t>(i % o_.chips);
      places.push_back(i);
    }
    if (!choices.empty())
      replay_side_by_side(session_, choices, on_.threads, "Sweeping",
                          [&](std::size_t i, const replay_result& r) { state_.keep(places[i], summary_of(r)); });
  }

  void write(std::span<const swept_point> points) const {
    nlohmann::json all = study_json("spinule-sweep", session_, on_, o_.chips);
    all["interrupted"] = state_.done() < state_.runs().size();
    add_sweep(all, grid_, points);
    if (!o_.csv.empty()) write_text(o_.csv, sweep_csv(grid_, points));
    if (!o_.json.empty()) write_text(o_.json, all.dump(2) + "\n");
    if (!o_.report.empty()) write_sweep_report(o_.report, all);
    print_written({o_.csv, o_.json, o_.report});
  }

  int finish() const {
    if (state_.done() == state_.runs().size()) {
      state_.remove();
      return exit_done;
    }
    fmt::print("Interrupted after {} of {} runs{}\n", state_.done(), state_.runs().size(),
               state_.path().empty() ? "" : "; give the same with --resume to go on");
    return exit_interrupted;
  }

  const sweep_options& o_;
  const backend_choice& on_;
  const sweep_grid& grid_;
  replay_session session_;
  sweep_state state_;
};

}  // namespace

int sweep(const sweep_options& given) {
  sweep_options o = given;
  o.on = hardware_to_study(o.on, o.chips);
  const sweep_grid g{hardware_of(o.on), o.vary, o.on.overrides};
  check_runs(g, o.chips);
  std::vector<std::filesystem::path> read = hardware_files(o.on.hardware);
  read.push_back(o.model);
  check_outputs({o.csv, o.json, o.report, state_path(o)}, read);
  if (o.data.dataset.empty()) throw usage_error{"--dataset", "is required; give the kind of the data"};
  const auto generated = generate_if_missing(o.data);
  return whole_sweep{o, o.on, g}.run();
}

}  // namespace spinule
