#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include <spinule/io/engine/study_report.hpp>

#include "commands.hpp"
#include "explanation.hpp"
#include "generated.hpp"
#include "interrupt.hpp"
#include "non_idealities.hpp"
#include "outputs.hpp"
#include "standard_streams.hpp"
#include "study.hpp"
#include "usage_error.hpp"
#include "worst_cells.hpp"

namespace spinule {
namespace {

using overrides = std::vector<std::string>;

overrides operator+(overrides a, const overrides& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Every piece of hardware that is replayed, chip by chip, and where its results stand.
/// Names of projections in their order, each once: those of one name, as delay lines, are explained together.
std::vector<std::string> projections_of(const network& net) {
  std::vector<std::string> names;
  for (const auto& p : net.projections())
    if (std::ranges::find(names, p.name) == names.end()) names.push_back(p.name);
  return names;
}

class variants {
 public:
  variants(backend_choice on, std::uint32_t chips) : full_{std::move(on)}, chips_{chips} {
    const hardware hw = hardware_of(full_);
    present_ = non_idealities_of(hw);
    price_ = full_.overrides + at_the_price_of(hw);
    add(full_.overrides, {}, chips_);
    add(ideal(), {}, 1);
    for (const auto& part : present_) {
      add(price_ + part.off, {}, chips_);
      add(but(part), {}, chips_);
    }
  }
  /// Each projection ideal alone, and emulated alone.
  void add_projections(const network& net) {
    for (const auto& name : projections_of(net)) {
      add(full_.overrides, {{name, ideal()}}, chips_);
      add(ideal(), {{name, full_.overrides}}, chips_);
    }
  }

  const std::vector<non_ideality>& present() const { return present_; }
  const std::vector<backend_choice>& choices() const { return choices_; }
  /// Results of variant `n`, in the order in which they were added: full, ideal, then pairs.
  std::span<const replay_result> of(std::size_t n, std::span<const replay_result> results) const {
    return results.subspan(first_[n], (n + 1 < first_.size() ? first_[n + 1] : results.size()) - first_[n]);
  }

 private:
  void add(const overrides& settings, const std::vector<projection_choice>& exceptions, std::uint32_t chips) {
    first_.push_back(choices_.size());
    backend_choice on = full_;
    on.overrides = settings;
    on.exceptions = exceptions;
    std::ranges::move(on_chips(on, chips), std::back_inserter(choices_));
  }
  overrides ideal() const {
    overrides all = price_;
    for (const auto& part : present_) all = all + part.off;
    return all + overrides{"adc=none"};
  }
  overrides but(const non_ideality& kept) const {
    overrides all = price_;
    for (const auto& part : present_)
      if (part.name != kept.name) all = all + part.off;
    return all;
  }

  backend_choice full_;
  std::uint32_t chips_;
  std::vector<non_ideality> present_;
  overrides price_;
  std::vector<backend_choice> choices_;
  std::vector<std::size_t> first_;
};

std::vector<run_summary> summaries_of(std::span<const replay_result> results) {
  std::vector<run_summary> all;
  for (const auto& r : results) all.push_back(summary_of(r));
  return all;
}

compared_runs compared(std::span<const replay_result> results, std::span<const replay_result> from) {
  return {summaries_of(results), difference_of(results, from)};
}

explanation explanation_of(const variants& v, const network& net, std::span<const replay_result> results) {
  const auto full = v.of(0, results), ideal = v.of(1, results);
  explanation e{.ideal = summaries_of(ideal),
                .full = compared(full, ideal),
                .parts = {},
                .projections = {},
                .absent = {},
                .cells = {}};
  std::size_t next = 2;
  const auto explain_part = [&](const std::string& name, const std::string& what) {
    explained_part part{name, what, compared(v.of(next, results), full), compared(v.of(next + 1, results), ideal)};
    next += 2;
    return part;
  };
  for (const auto& part : v.present()) e.parts.push_back(explain_part(part.name, part.what));
  for (const auto& name : projections_of(net)) e.projections.push_back(explain_part(name, ""));
  for (const auto& known : non_idealities())
    if (std::ranges::find(v.present(), known.name, &non_ideality::name) == v.present().end())
      e.absent.push_back(known.name);
  sort_by_loss(e.parts);
  sort_by_loss(e.projections);
  return e;
}

/// None when interrupted.
std::optional<explanation> explained(const replay_session& session, const explain_options& o) {
  variants v{o.on, o.chips};
  v.add_projections(session.through.net);
  fmt::print("{}: {} runs\n", study_title(session, o.on, o.chips), v.choices().size());
  std::vector<replay_result> results(v.choices().size());
  std::size_t done = 0;
  replay_side_by_side(session, v.choices(), o.on.threads, "Explaining", [&](std::size_t i, replay_result r) {
    results[i] = std::move(r);
    ++done;
  });
  if (done < results.size()) {
    fmt::print("Interrupted after {} of {} runs; nothing was written\n", done, results.size());
    return {};
  }
  explanation e = explanation_of(v, session.through.net, results);
  e.cells = worst_cells(session.through, o.on, o.cells);
  return e;
}

int explain_and_write(const explain_options& o) {
  replay_session session = open_session({o.model, o.data, o.command});
  look_for_samples_met(session);
  const auto found = explained(session, o);
  if (!found) return exit_interrupted;
  print_explanation(*found, o.chips);
  nlohmann::json all = study_json("spinule-explanation", session, o.on, o.chips);
  add_explanation(all, *found);
  if (!o.json.empty()) write_text(o.json, all.dump(2) + "\n");
  if (!o.report.empty()) write_explain_report(o.report, all);
  print_written({o.json, o.report});
  return exit_done;
}

}  // namespace

int explain(const explain_options& given) {
  explain_options o = given;
  o.on = hardware_to_study(o.on, o.chips);
  if (o.on.backend != "crossbar")
    throw usage_error{"--hardware", fmt::format("{} is digital and computes exactly: there is nothing to explain; give "
                                                "a crossbar",
                                                o.on.hardware)};
  std::vector<std::filesystem::path> read = hardware_files(o.on.hardware);
  read.push_back(o.model);
  check_outputs({o.report, o.json}, read);
  if (o.data.dataset.empty()) throw usage_error{"--dataset", "is required; give the kind of the data"};
  const auto generated = generate_if_missing(o.data);
  return explain_and_write(o);
}

}  // namespace spinule
