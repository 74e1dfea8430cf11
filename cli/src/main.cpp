#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <exception>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <spinule/backends/hardware.hpp>
#include <spinule/error.hpp>
#include <spinule/io/dataset.hpp>

#include "commands.hpp"
#include "interrupt.hpp"
#include "recipe.hpp"
#include "usage_error.hpp"

namespace {

using namespace spinule;

std::string joined(const auto& names) { return fmt::format("{}", fmt::join(names, ", ")); }

/// A finite number from `least` on; says so in few words.
CLI::Validator at_least(double least) {
  const auto problem = [least](const std::string& text) {
    double x = 0;
    if (CLI::detail::lexical_cast(text, x) && std::isfinite(x) && x >= least) return std::string{};
    return fmt::format("{} is not a number of at least {}", text, least);
  };
  return {problem, fmt::format("at least {}", least), "at_least"};
}

/// A whole number of 64 bits; one that is larger would be taken for the largest.
CLI::Validator a_seed() {
  const auto problem = [](const std::string& text) {
    std::uint64_t x = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), x);
    if (wrong == std::errc{} && end == text.data() + text.size()) return std::string{};
    return fmt::format("{} is not a whole number from 0 to 2^64 - 1", text);
  };
  return {problem, "0 to 2^64 - 1", "a_seed"};
}

void add_data(CLI::App& app, data_choice& d) {
  app.add_option("--dataset", d.dataset, "Kind of data: " + joined(dataset_kinds()))
      ->required()
      ->check(CLI::IsMember(dataset_kinds()));
  app.add_option("--data", d.path, "Folder or file that holds it; without it nmnist and shd are generated");
  app.add_option("--part", d.part, "Part of the data")
      ->check(CLI::IsMember({"all", "train", "test"}))
      ->capture_default_str();
  app.add_option("--first", d.first, "Least sample number to take (nmnist)");
  app.add_option("--last", d.last, "Greatest sample number to take (nmnist)");
  app.add_option("--data-seed", d.seed, "Seed of the rate code (mnist)")->check(a_seed())->capture_default_str();
}

void add_hardware(CLI::App& app, backend_choice& on) {
  app.add_option("--set", on.overrides, "Override a key of the hardware, as adc.bits=6; may be repeated");
  app.add_option("--chip", on.chip, "Number of the chip: another number is another draw of all devices")
      ->capture_default_str();
  app.add_option("--threads", on.threads, "Samples replayed side by side; 0: one per core")
      ->check(at_least(0))
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
}

CLI::App* add_train(CLI::App& app, train_options& o) {
  auto* sub = app.add_subcommand("train", "Train a linear readout on the spike counts of a fixed liquid");
  add_data(*sub, o.data);
  sub->add_option("--liquid", o.liquid,
                  "Neurons of the liquid, 1000 if not given, of maass 135; 0: read the input itself")
      ->check(at_least(0))
      ->check(CLI::Range(0, 1000000));
  sub->add_option("--recipe", o.recipe, "Which liquid, if not the usual one of the data: " + joined(recipe_names()))
      ->check(CLI::IsMember(recipe_names()));
  sub->add_option("--seed", o.seed, "Seed of the liquid and of the folds")->check(a_seed())->capture_default_str();
  sub->add_option("--windows", o.windows, "Ends of the counting windows in ms, e.g. 105 210 340");
  sub->add_option("--number", o.numbers, "Change a number of the liquid, as weight=1.1; may be repeated");
  sub->add_option("--penalty", o.penalty, "L2 penalty of the readout; 0: the usual one")
      ->check(at_least(0))
      ->capture_default_str();
  sub->add_option("--scaling", o.scaling, "Scaling of the counts")
      ->check(CLI::IsMember({"root", "standard", "none"}))
      ->capture_default_str();
  sub->add_option("--cross-validate", o.folds, "Also print the accuracy over this many folds")->check(at_least(2));
  sub->add_option("--chips", o.chips, "Repeat on this many chips, from --chip on")
      ->check(at_least(1))
      ->capture_default_str();
  sub->add_option("--backend", o.on.backend, "Where to replay: cpu, crossbar, digital or reference")
      ->capture_default_str();
  sub->add_option("--hardware", o.on.hardware, "Preset or TOML file: " + joined(hardware_names()));
  add_hardware(*sub, o.on);
  sub->add_option("-o,--output", o.output, "Model file to write");
  return sub;
}

CLI::App* add_replay(CLI::App& app, replay_options& o, backend_choice& common, std::vector<std::string>& backends,
                     std::vector<std::string>& hardware) {
  auto* sub = app.add_subcommand("replay", "Replay recordings through a trained model");
  sub->add_option("model", o.model, "Model file")->required();
  add_data(*sub, o.data);
  sub->add_option("--backend", backends, "cpu, crossbar, digital or reference; several are compared")->delimiter(',');
  sub->add_option("--hardware", hardware,
                  "Preset or TOML file for each back end that emulates one, in order: " + joined(hardware_names()))
      ->delimiter(',');
  add_hardware(*sub, common);
  sub->add_option("--chips", o.chips, "Replay on this many chips, from --chip on")
      ->check(at_least(1))
      ->capture_default_str();
  sub->add_option("--example", o.example, "Sample shown in full in the report");
  sub->add_option("--report", o.report, "HTML report to write; a digital baseline is added if there is none");
  sub->add_option("--json", o.json, "JSON result to write");
  return sub;
}

/// Throws `usage_error` when the first word is no option and names no command either.
void check_command(const CLI::App& app, char** argv) {
  if (argv[1][0] == '-') return;
  std::vector<std::string> known;
  for (const auto* sub : app.get_subcommands({})) known.push_back(sub->get_name());
  if (std::find(known.begin(), known.end(), argv[1]) == known.end())
    throw usage_error{"command", fmt::format("\"{}\" is none of {}", argv[1], joined(known))};
}

/// One choice per back end; hardware goes to those that emulate some, in order.
std::vector<backend_choice> choices(const std::vector<std::string>& backends, std::vector<std::string> hardware,
                                    const backend_choice& common) {
  std::vector<backend_choice> all;
  for (const auto& name : backends.empty() ? std::vector<std::string>{"cpu"} : backends) {
    backend_choice on = common;
    on.backend = name;
    if (name != "crossbar" && (backends.size() > 1 || !emulates_hardware(name))) on.overrides.clear();
    if (emulates_hardware(name) && !hardware.empty()) {
      on.hardware = hardware.front();
      hardware.erase(hardware.begin());
    }
    all.push_back(on);
  }
  if (!hardware.empty())
    throw usage_error{"--hardware", fmt::format("\"{}\" is left over: there are fewer back ends that emulate hardware",
                                                hardware.front())};
  if (common.overrides.size() > 0 &&
      std::none_of(all.begin(), all.end(), [](const auto& c) { return !c.overrides.empty(); }))
    throw usage_error{"--set",
                      all.size() > 1
                          ? "of several back ends it concerns the crossbars, and there is none; replay on one at a time"
                          : fmt::format("the back end {} emulates no hardware; choose --backend crossbar or digital",
                                        all.front().backend)};
  return all;
}

int run(int argc, char** argv) {
  CLI::App app{"Spiking neural networks on CPU cores and emulated resistive-memory crossbars"};
  app.set_version_flag("--version", SPINULE_VERSION);
  app.require_subcommand(1);
  app.footer("Exit codes: 0 done, 1 failed (a file, a folder, the data), 2 wrong usage, 130 interrupted.");

  train_options training;
  auto* train_command = add_train(app, training);
  replay_options replays;
  backend_choice common;
  std::vector<std::string> backends, hardware;
  auto* replay_command = add_replay(app, replays, common, backends, hardware);
  std::filesystem::path inspected;
  bool as_json = false;
  auto* info_command = app.add_subcommand("info", "Say what a file or folder holds");
  info_command->add_option("path", inspected, "Recording, data file, folder or model")->required();
  info_command->add_flag("--json", as_json, "As JSON");
  std::filesystem::path demo_data, demo_report = "spinule-demo.html";
  auto* demo_command = app.add_subcommand("demo", "Train, replay on several back ends and write a report");
  demo_command->add_option("--data", demo_data, "N-MNIST folder; without it digits are generated");
  demo_command->add_option("--report", demo_report, "HTML report to write")->capture_default_str();

  if (argc < 2) {
    fmt::print(stderr, "{}", app.help());
    return exit_usage;
  }
  check_command(app, argv);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? exit_done : exit_usage;
  }
  catch_interrupts();
  if (train_command->parsed()) return train(training);
  if (replay_command->parsed()) {
    replays.on = choices(backends, hardware, common);
    const bool digital =
        std::any_of(replays.on.begin(), replays.on.end(), [](const auto& c) { return c.backend == "digital"; });
    if (!digital)
      replays.baseline =
          backend_choice{.backend = "digital", .hardware = {}, .overrides = {}, .chip = 0, .threads = common.threads};
    return replay(replays);
  }
  if (info_command->parsed()) return info(inspected, as_json);
  if (demo_command->parsed()) return demo(demo_data, demo_report);
  return exit_usage;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const spinule::usage_error& e) {
    fmt::print(stderr, "spinule: {}\nRun with --help for more information.\n", e.what());
    return spinule::exit_usage;
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "spinule: memory is exhausted\n");
  } catch (const std::exception& e) {
    fmt::print(stderr, "spinule: {}\n", e.what());
  }
  return spinule::exit_failed;
}
