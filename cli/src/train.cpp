#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/engine/tick_grid.hpp>
#include <spinule/error.hpp>
#include <spinule/io/classifier_file.hpp>
#include <spinule/io/engine/network_digest.hpp>
#include <spinule/io/model_file.hpp>
#include <spinule/learning/cross_validation.hpp>
#include <spinule/models/liquid_recipe.hpp>

#include "chosen_data.hpp"
#include "commands.hpp"
#include "generated.hpp"
#include "interrupt.hpp"
#include "outputs.hpp"
#include "parse_number.hpp"
#include "plastic_liquid.hpp"
#include "print.hpp"
#include "stage.hpp"
#include "standard_streams.hpp"
#include "usage_error.hpp"
#include "warnings.hpp"

namespace spinule {
namespace {

learning::scaling scaling_named(const std::string& name) {
  if (name == "none") return learning::scaling::none;
  if (name == "standard") return learning::scaling::standardise;
  return learning::scaling::root_standardise;
}

void change(liquid_description& r, const std::string& assignment) {
  const std::string where = "--number " + assignment;
  const auto equals = assignment.find('=');
  const std::string name = assignment.substr(0, equals);
  const auto& known = r.numbers;
  if (equals == std::string::npos || !known.contains(name)) {
    std::string all;
    for (const auto& [number, value] : known) all += fmt::format(" {}={}", number, value);
    throw usage_error{where, "give KEY=VALUE with one of:" + all};
  }
  of_option(where, [&] { return set_number(r, name, parse_number(assignment.substr(equals + 1), where)); });
}

std::vector<milliseconds> windows_of(const std::vector<double>& ends, milliseconds tick) {
  std::vector<milliseconds> windows;
  for (const double end : ends) {
    const milliseconds last = windows.empty() ? 0_ms : windows.back();
    const double count = tick_grid{tick}.count(milliseconds{end});
    if (count != std::floor(count) || !(end - last.value() >= tick.value() / 2))
      throw usage_error{
          "--windows", fmt::format("give ends in ms, whole ticks ({} ms) and each after the one before", tick.value())};
    if (end > liquid_description::longest_sample.value())
      throw usage_error{"--windows", fmt::format("{} ms is longer than 10 000 s", end)};
    windows.push_back(milliseconds{end});
  }
  return windows;
}

liquid_description recipe_of(const train_options& o) {
  const index_t neurons = o.liquid.value_or(o.recipe == "maass" ? 135 : 1000);
  if (neurons == 0 && !o.recipe.empty())
    throw usage_error{"--recipe", "names a liquid, but --liquid 0 asks for none; leave one of them out"};
  if (o.learns && (neurons == 0 || !o.recipe.empty()))
    throw usage_error{"--rule nalsm",
                      "is a liquid of its own; leave out --recipe, and let --liquid be 1000 or another cube"};
  liquid_description r = of_option("--liquid", [&] {
    return o.learns ? nalsm_for(o.data.dataset, neurons, o.seed)
                    : liquid_for(o.data.dataset, neurons, o.seed, o.recipe);
  });
  for (const auto& assignment : o.numbers) change(r, assignment);
  if (!o.windows.empty()) r.windows = windows_of(o.windows, r.tick);
  of_option("--liquid, --number",
            [&] { return r.group(), build_any_liquid(r, {.channels = 1}); });  // wrong with any data
  return r;
}

learning::readout_options readout_of(const train_options& o) {
  const double usual = o.data.dataset == "shd" ? 0.0166 : 0.02;
  return {.penalty = o.penalty > 0 ? o.penalty : usual,
          .iterations = 300,
          .tolerance = 1e-4,
          .scaling = scaling_named(o.scaling),
          .least_deviation = o.scaling == "none" ? 0.0 : 0.1,
          .threads = static_cast<unsigned>(std::max(o.on.threads, 2))};
}

void check_folds(const train_options& o, const dataset& data) {
  if (o.folds > data.size())
    throw usage_error{"--cross-validate",
                      fmt::format("{} folds of {} samples; give at most as many as samples", o.folds, data.size())};
  check_every_class(data, o.data, o.folds > 0 ? 2 : 1);
}

training_data trained_on(const data_choice& data, const replayed& seen) {
  training_data made = provenance_of(data, {data.path});
  for (std::size_t i = 0; i < seen.digests.size(); ++i)
    made.training.add(static_cast<std::uint32_t>(i), seen.digests[i]);
  return made;
}

/// Cross-validates, and writes the model where one is wanted.
void learn(const train_options& o, const liquid_description& r, const std::string& wiring, const dataset& data,
           const replayed& seen, bool write, std::vector<double>& accuracies) {
  const learning::feature_table table{seen.features, seen.features.size() / seen.result.truths.size()};
  const auto classes = static_cast<std::uint32_t>(data.classes());
  if (o.folds > 0) {
    const stage folding{fmt::format("Fitting the readout {} times for cross-validation", o.folds)};
    const auto confusion = learning::cross_validate(table, seen.result.truths, classes, o.folds, o.seed, readout_of(o));
    accuracies.push_back(confusion.accuracy());
    fmt::print("{}-fold cross-validation: {:.2f} % correct ({} of {})\n", o.folds, 100 * confusion.accuracy(),
               confusion.correct(), confusion.total());
  }
  if (!write) return;
  const learning::linear_readout readout = [&] {
    const stage fitting{"Fitting the readout"};
    return learning::linear_readout::train(table, seen.result.truths, classes, readout_of(o));
  }();
  std::size_t right = 0;
  for (std::size_t i = 0; i < table.samples(); ++i) right += readout.classify(table.row(i)) == seen.result.truths[i];
  fmt::print("The model: {:.2f} % of the samples that it was trained on correct ({} of {})\n",
             100 * static_cast<double>(right) / static_cast<double>(table.samples()), right, table.samples());
  const orderly_stop no_more;  // what is written is whole, and then so is the work
  save_trained_liquid(o.output,
                      {.how = r,
                       .from = liquid_input_of(data),
                       .readout = readout.parameters(),
                       .labels = label_names(data),
                       .dataset = o.data.dataset,
                       .wiring = wiring,
                       .trained_on = trained_on(o.data, seen)},
                      build_any_liquid);
  if (o.announce) fmt::print("Wrote {}\n", o.output.string());
}

milliseconds longest_of(const dataset& data) {
  milliseconds longest{0};
  for (const auto& [events, label] : data) longest = std::max(longest, events.length);
  return longest;
}

/// Four windows of equal length.
std::vector<milliseconds> quarters_of(milliseconds longest) {
  const milliseconds quarter{std::max(1.0, std::ceil(longest.value() / 4))};
  return {quarter, 2 * quarter, 3 * quarter, 4 * quarter};
}

/// What of a recipe follows from data of which nothing else is known: windows, and that signs are drawn for each
/// synapse where there is no picture to have patches.
void fit_to(liquid_description& r, const dataset& data, const train_options& o) {
  if (r.windows.empty()) r.windows = quarters_of(longest_of(data));
  if (o.learns && o.windows.empty()) r.windows = {r.windows.back()};
  const auto is_patch = [](const std::string& number) { return number.starts_with("patch="); };
  if (o.data.dataset == "csv" && data.width() == 0 && std::ranges::none_of(o.numbers, is_patch))
    set_number(r, "patch", 0);
}

}  // namespace

int train(const train_options& given) {
  train_options o = given;
  liquid_description r = recipe_of(o);
  const backend_choice first = checked(o.on);
  check_chips({&first, 1}, o.chips);
  if (o.learns && emulates_hardware(first.backend))
    throw usage_error{
        "--rule nalsm",
        fmt::format("changes weights, which {} does not; choose --backend cpu or reference", first.backend)};
  if (o.output.empty() && o.folds == 0)
    throw usage_error{"train", "nothing to do: give -o MODEL or --cross-validate K"};
  const auto generated = generate_if_missing(o.data);
  const auto data = open(o.data);
  check_folds(o, *data);
  fit_to(r, *data, o);
  check_outputs({o.output}, hardware_files(first.hardware));
  if (!o.output.empty()) model_writer{o.output};  // fails now rather than after the work
  std::vector<double> accuracies;
  if (o.learns) {
    auto ready = made_ready(r, *data, o.snapshots);
    if (!ready) return exit_interrupted;
    r = std::move(*ready);
  }
  const classifier through = spike_counts_in(r, *data);
  std::string wiring;  // of the model
  if (!o.output.empty()) {
    const stage building{"Building the network"};
    wiring = network_digest(through.net, through.tick);
  }
  for (std::uint32_t c = 0; c < o.chips; ++c) {
    backend_choice on = first;
    on.chip += c;
    const replayed seen =
        replay_all(*data, through, on,
                   {.digest = false, .identify = c == 0 && !o.output.empty(), .example = {}, .title = "Replaying"});
    if (interrupted()) {
      complain(
          fmt::format("Interrupted after {} of {} samples; no model was written.", seen.result.samples, data->size()));
      return exit_interrupted;
    }
    print_activity(seen.result);
    warn_of_activity(seen.result, through);
    learn(o, r, wiring, *data, seen, !o.output.empty() && c == 0, accuracies);
  }
  if (accuracies.size() > 1) fmt::print("{} chips: {}\n", accuracies.size(), spread_text(accuracies));
  return exit_done;
}

}  // namespace spinule
