#include "commands.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <spinule/engine/tick_grid.hpp>
#include <spinule/error.hpp>
#include <spinule/io/engine/atomic_file.hpp>
#include <spinule/io/info.hpp>
#include <spinule/io/model_file.hpp>
#include <spinule/io/report.hpp>
#include <spinule/learning/cross_validation.hpp>

#include "chosen_data.hpp"
#include "generated.hpp"
#include "interrupt.hpp"
#include "trained_model.hpp"
#include "usage_error.hpp"

namespace spinule {
namespace {

learning::scaling scaling_named(const std::string& name) {
  if (name == "none") return learning::scaling::none;
  if (name == "standard") return learning::scaling::standardise;
  return learning::scaling::root_standardise;
}

double parse_number(const std::string& text, const std::string& where) {
  double x = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), x);
  if (problem != std::errc{} || end != text.data() + text.size() || !std::isfinite(x))
    throw usage_error{where, fmt::format("\"{}\" is not a number", text)};
  return x;
}

liquid_recipe recipe_of(const train_options& o) {
  liquid_recipe r = recipe_for(o.data.dataset, o.liquid, o.seed);
  for (const auto& assignment : o.numbers) {
    const auto equals = assignment.find('=');
    const std::string key = assignment.substr(0, equals);
    if (equals == std::string::npos || !r.numbers.contains(key)) {
      std::string known;
      for (const auto& [name, value] : r.numbers) known += fmt::format(" {}={}", name, value);
      throw usage_error{"--number " + assignment, "give KEY=VALUE with one of:" + known};
    }
    const double x = parse_number(assignment.substr(equals + 1), "--number " + assignment);
    if (std::abs(x) > 1e9) throw usage_error{"--number " + assignment, "is beyond any use; at most 1e9"};
    if (key == "density" && !(x >= 0 && x <= 1)) throw usage_error{"--number " + assignment, "is a share: give 0 to 1"};
    r.numbers[key] = x;
  }
  if (o.windows.empty()) return r;
  r.windows.clear();
  for (const double end : o.windows) {
    const milliseconds last = r.windows.empty() ? 0_ms : r.windows.back();
    const double count = tick_grid{r.tick}.count(milliseconds{end});
    if (count != std::floor(count) || !(end - last.value() >= r.tick.value() / 2))
      throw usage_error{"--windows", fmt::format("give ends in ms, whole ticks ({} ms) and each after the one before",
                                                 r.tick.value())};
    if (end > 1e7) throw usage_error{"--windows", fmt::format("{} ms is longer than 10 000 s", end)};
    r.windows.push_back(milliseconds{end});
  }
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

struct spread {
  double mean = 0, sd = 0;
};
spread spread_of(const std::vector<double>& x) {
  spread s;
  for (const double v : x) s.mean += v / static_cast<double>(x.size());
  for (const double v : x) s.sd += (v - s.mean) * (v - s.mean);
  s.sd = x.size() > 1 ? std::sqrt(s.sd / static_cast<double>(x.size() - 1)) : 0;
  return s;
}

/// The readout's answers to what was replayed, with everything the report wants to know.
replay_result judge(replayed r, const trained_model& model, const backend_choice& on, const dataset& data) {
  replay_result result;
  result.backend = on.backend;
  result.hardware = on.hardware;
  result.preset = describe(on);
  if (result.preset) result.hardware = result.preset->name;
  result.version = SPINULE_VERSION;
  result.dataset = data.name();
  result.interrupted = r.samples() < data.size();
  result.threads =
      static_cast<std::uint32_t>(on.threads > 0 ? on.threads : std::max(std::thread::hardware_concurrency(), 1u));
  result.seed = model.recipe.seed;
  result.samples = r.samples();
  result.labels = model.labels;
  const std::size_t features = r.features.size() / r.samples(), classes = model.labels.size();
  result.confusion.assign(classes * classes, 0);
  for (std::size_t i = 0; i < r.samples(); ++i) {
    const std::uint32_t answer = model.readout.classify(std::span{r.features}.subspan(i * features, features));
    ++result.confusion[r.labels[i] * classes + answer];
    result.correct += answer == r.labels[i];
    if (r.example && r.example->sample == i) r.example->answer = answer;
  }
  result.spikes = r.spikes;
  result.synaptic_events = r.synaptic_events;
  result.spike_digest = r.spike_digest;
  result.layers = std::move(r.layers);
  if (r.costed) result.energy = energy_per_sample(r.costs, r.samples());
  result.sample_energies_pj = std::move(r.energies_pj);
  result.sample_latencies_us = std::move(r.latencies_us);
  result.wall_s = r.wall_s;
  result.example = std::move(r.example);
  return result;
}

void print(const replay_result& r) {
  fmt::print("{:<28} {:6.2f} % correct ({} of {})   {:.0f} samples/s\n",
             r.backend + (r.hardware.empty() ? "" : " " + r.hardware), 100 * r.accuracy(), r.correct, r.samples,
             r.samples_per_s());
  if (r.energy)
    fmt::print("{:<28} {:.4g} nJ dynamic + {:.4g} nJ static per sample, latency {:.4g} us\n", "",
               r.energy->dynamic_pj() * 1e-3, r.energy->static_pj() * 1e-3, summarise(r.sample_latencies_us).mean);
}

void cross_validate(const train_options& o, const learning::feature_table& table, const replayed& r,
                    std::uint32_t classes, std::vector<double>& accuracies) {
  const auto confusion = learning::cross_validate(table, r.labels, classes, o.folds, o.seed, readout_of(o));
  accuracies.push_back(confusion.accuracy());
  fmt::print("{}-fold cross-validation: {:.2f} % correct ({} of {})\n", o.folds, 100 * confusion.accuracy(),
             confusion.correct(), confusion.total());
}

}  // namespace

int train(const train_options& given) {
  train_options o = given;
  const liquid_recipe recipe = recipe_of(o);
  const backend_choice first = checked(o.on);
  check_chips({&first, 1}, o.chips);
  if (o.output.empty() && o.folds == 0)
    throw usage_error{"train", "nothing to do: give -o MODEL or --cross-validate K"};
  const auto generated = generate_if_missing(o.data);
  const auto data = open(o.data);
  if (o.folds == 1 || o.folds > data->size())
    throw usage_error{
        "--cross-validate",
        fmt::format("{} folds of {} samples; give at least 2 and at most as many as samples", o.folds, data->size())};
  check_every_class(*data, o.data, o.folds > 0 ? 2 : 1);
  if (!o.output.empty()) model_writer{o.output};  // fails now rather than after the work
  std::vector<double> accuracies;
  for (std::uint32_t c = 0; c < o.chips; ++c) {
    backend_choice on = first;
    on.chip += c;
    const replayed r = replay_all(*data, recipe, on, {.digest = false, .example = {}, .title = "Replaying"});
    if (interrupted()) {
      fmt::print(stderr, "Interrupted after {} of {} samples; no model was written.\n", r.samples(), data->size());
      return exit_interrupted;
    }
    const learning::feature_table table{r.features, r.features.size() / r.samples()};
    fmt::print("{}: {} samples, {:.0f} spikes and {:.0f} synaptic events each, {:.0f} samples/s\n", data->name(),
               r.samples(), static_cast<double>(r.spikes) / static_cast<double>(r.samples()),
               static_cast<double>(r.synaptic_events) / static_cast<double>(r.samples()),
               static_cast<double>(r.samples()) / r.wall_s);
    if (r.costed) {
      const auto e = energy_per_sample(r.costs, r.samples());
      fmt::print("energy per sample {:.4g} nJ dynamic, {:.4g} nJ static; latency {:.4g} us\n", e.dynamic_pj() * 1e-3,
                 e.static_pj() * 1e-3, summarise(r.latencies_us).mean);
    }
    if (o.folds > 0) cross_validate(o, table, r, static_cast<std::uint32_t>(data->classes()), accuracies);
    if (o.output.empty() || c > 0) continue;
    auto readout =
        learning::linear_readout::train(table, r.labels, static_cast<std::uint32_t>(data->classes()), readout_of(o));
    save(o.output, {recipe, std::move(readout), o.data.dataset, label_names(*data), data->channels()});
    if (o.announce) fmt::print("Wrote {}\n", o.output.string());
  }
  if (accuracies.size() > 1) {
    const spread s = spread_of(accuracies);
    fmt::print("{} chips: {:.2f} +- {:.2f} % (mean and standard deviation)\n", accuracies.size(), 100 * s.mean,
               100 * s.sd);
  }
  return exit_done;
}

std::vector<replay_result> replay_results(const replay_options& o) {
  const trained_model model = load_model(o.model);
  std::vector<backend_choice> choices;
  for (const auto& on : o.on) choices.push_back(checked(on));
  const auto data = open(o.data);
  check_geometry(model, o.model, *data);
  std::string remark = remark_on_kind(model, o.data, *data);
  if (o.announce && !remark.empty()) fmt::print("{}\n", remark);
  if (o.data.generated) remark = generated_remark + (remark.empty() ? "" : " " + remark);
  if (o.example && *o.example >= data->size())
    throw usage_error{"--example", fmt::format("there is no sample {}; give 0 to {}", *o.example, data->size() - 1)};
  std::vector<replay_result> results;
  for (const auto& choice : choices)
    for (std::uint32_t c = 0; c < (choice.backend == "crossbar" ? o.chips : 1) && !interrupted(); ++c) {
      backend_choice on = choice;
      on.chip += c;
      const bool wants_example = !o.report.empty() || !o.json.empty();
      replayed r = replay_all(*data, model.recipe, on,
                              {.digest = true,
                               .example = wants_example ? std::optional{o.example.value_or(0)} : std::nullopt,
                               .title = on.hardware.empty() ? on.backend : on.backend + " " + on.hardware});
      if (r.samples() == 0) break;
      results.push_back(judge(std::move(r), model, on, *data));
      results.back().remark = remark;
    }
  return results;
}

void write_outputs(const replay_options& o, const std::vector<replay_result>& results) {
  if (!o.json.empty()) {
    if (results.size() == 1) {
      write_result(o.json, results.front());
    } else {
      atomic_file file{o.json};
      file.write(nlohmann::json(results).dump(1) + "\n");
      file.commit();
    }
    fmt::print("Wrote {}\n", o.json.string());
  }
  if (o.report.empty()) return;
  write_report(o.report, results);
  fmt::print("Wrote {}\n", o.report.string());
}

void print_results(const std::vector<replay_result>& results) {
  for (const auto& r : results) print(r);
  std::map<std::string, std::vector<double>> by_hardware;
  for (const auto& r : results)
    if (r.backend == "crossbar") by_hardware[r.hardware].push_back(r.accuracy());
  for (const auto& [name, accuracies] : by_hardware)
    if (accuracies.size() > 1) {
      const spread s = spread_of(accuracies);
      fmt::print("{} chips of {}: {:.2f} +- {:.2f} % (mean and standard deviation)\n", accuracies.size(), name,
                 100 * s.mean, 100 * s.sd);
    }
}

int replay(const replay_options& given) {
  replay_options o = given;
  for (auto& on : o.on) on = checked(on);
  check_chips(o.on, o.chips);
  for (const auto& [path, other] : {std::pair{o.report, o.model}, {o.json, o.model}, {o.report, o.json}})
    if (!path.empty() && std::filesystem::weakly_canonical(path) == std::filesystem::weakly_canonical(other))
      throw usage_error{path.string(), "is to be written and is already in use; give another name"};
  for (const auto& path : {o.report, o.json})
    if (!path.empty()) atomic_file{path};  // fails now rather than after the work
  const auto generated = generate_if_missing(o.data);
  auto results = replay_results(o);
  if (results.empty()) return exit_interrupted;
  print_results(results);
  replay_options for_json = o;
  for_json.report.clear();
  write_outputs(for_json, results);
  if (o.baseline && !o.report.empty() && !interrupted()) {
    replay_options digital_too = o;
    digital_too.on = {*o.baseline};
    digital_too.announce = false;
    for (auto& r : replay_results(digital_too)) results.push_back(std::move(r));
  }
  replay_options for_report = o;
  for_report.json.clear();
  write_outputs(for_report, results);
  return interrupted() ? exit_interrupted : exit_done;
}

int info(const std::filesystem::path& path, bool json) {
  if (path.extension() == ".spn") {
    const trained_model m = load_model(path);
    const nlohmann::json about{{"format", "Spinule model"},        {"dataset", m.dataset},
                               {"channels", m.channels},           {"labels", m.labels},
                               {"features", m.readout.features()}, {"liquid", to_json(m.recipe)}};
    fmt::print("{}\n", about.dump(json ? -1 : 2));
    return exit_done;
  }
  const dataset_info i = inspect(path);
  if (json) {
    fmt::print("{}\n", to_json(i));
    return exit_done;
  }
  fmt::print("format    {}\nsamples   {}\nevents    {}\nduration  {:.1f} ms\n", i.format, i.samples, i.events,
             static_cast<double>(i.duration_us) * 1e-3);
  if (i.width > 0) fmt::print("sensor    {} x {}\n", i.width, i.height);
  fmt::print("channels  {}\nlabels   ", i.channels);
  for (const auto& [label, count] : i.labels) fmt::print(" {}: {} ", label, count);
  fmt::print("\n");
  return exit_done;
}

}  // namespace spinule
