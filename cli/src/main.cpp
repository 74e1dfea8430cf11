#include <algorithm>
#include <cstdio>
#include <exception>
#include <memory>
#include <system_error>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <spinule/backends/hardware.hpp>
#include <spinule/error.hpp>
#include <spinule/models/liquid_recipe.hpp>

#include "commands.hpp"
#include "data_options.hpp"
#include "help_text.hpp"
#include "interrupt.hpp"
#include "network_command.hpp"
#include "option_checks.hpp"
#include "provenance.hpp"
#include "standard_streams.hpp"
#include "study_command.hpp"
#include "usage_error.hpp"

namespace {

using namespace spinule;

constexpr std::uint64_t most = most_of_option;

void add_liquid(CLI::App& app, train_options& o) {
  app.add_option("--liquid", o.liquid,
                 "Neurons of the liquid, 1000 if not given, of maass 135; 0: read the input itself")
      ->check(at_least(0))
      ->check(whole(0, 1000000));
  app.add_option("--recipe", o.recipe, "Which liquid, if not the usual one of the data: " + joined(liquid_names()))
      ->check(CLI::IsMember(liquid_names()));
  app.add_option("--snapshots", o.snapshots, "Glances of 20 ms that make a liquid of --rule nalsm ready")
      ->check(at_least(0))
      ->check(whole(0, most))
      ->capture_default_str();
  app.add_option("--windows", o.windows, "Ends of the counting windows in ms, e.g. 105 210 340");
  app.add_option("--number", o.numbers, "Change a number of the liquid, as weight=1.1; may be repeated");
  app.add_option("--penalty", o.penalty, "L2 penalty of the readout; 0: the usual one")
      ->check(at_least(0))
      ->capture_default_str();
  app.add_option("--scaling", o.scaling, "Scaling of the counts")
      ->check(CLI::IsMember({"root", "standard", "none"}))
      ->capture_default_str();
  app.add_option("--chips", o.chips, "Repeat on this many chips, from --chip on")
      ->check(at_least(1))
      ->check(whole(1, most))
      ->capture_default_str();
  app.add_option("--backend", o.on.backend, "Where to replay: cpu, crossbar, digital or reference")
      ->capture_default_str();
  add_chip_number(app, o.on);
}

CLI::App* add_train(CLI::App& app, train_options& o, network_options& of_network) {
  auto* sub = app.add_subcommand("train", "Train a linear readout of a fixed liquid, or a network (--network)");
  add_data(*sub, o.data, of_network.tasks)->required();
  sub->add_option("--seed", o.seed, "Seed of liquid and folds; of order, division and augmentation of samples")
      ->check(a_seed())
      ->capture_default_str();
  sub->add_option("--cross-validate", o.folds, "Also print the accuracy over this many folds")
      ->check(at_least(2))
      ->check(whole(2, most));
  add_threads(*sub, o.on.threads);
  sub->add_option("-o,--output", o.output, "Model file to write")->check(a_new_file());
  grouped(*sub, of_liquids, [&] { add_liquid(*sub, o); });
  sub->add_option(
         "--hardware", o.on.hardware,
         "Preset or TOML file that a crossbar is of, or that a network is trained for: " + joined(hardware_names()))
      ->check(a_path());
  add_overrides(*sub, o.on);
  add_network_options(*sub, of_network);
  return sub;
}

CLI::App* add_replay(CLI::App& app, replay_options& o, backend_choice& common, std::vector<std::string>& backends,
                     std::vector<std::string>& hardware) {
  auto* sub = app.add_subcommand("replay", "Replay recordings through a trained model");
  sub->add_option("model", o.model, "Model file")->required()->check(a_path());
  sub->add_option("recording", o.recording, "One recording to answer for: an N-MNIST .bin or an event list")
      ->check(a_path());
  add_data(*sub, o.data, o.data.path);
  sub->add_option("--sample", o.sample, "One sample of the data to answer for, counted from 0")->check(whole(0, most));
  sub->add_option("--backend", backends, "cpu, crossbar, digital or reference; several are compared")->delimiter(',');
  sub->add_option("--hardware", hardware,
                  "Preset or TOML file for each back end that emulates one, in order: " + joined(hardware_names()))
      ->check(a_path())
      ->delimiter(',');
  add_chip(*sub, common);
  add_calibration(*sub, common);
  add_threads(*sub, common.threads);
  sub->add_option("--chips", o.chips, "Replay on this many chips, from --chip on")
      ->check(at_least(1))
      ->check(whole(1, most))
      ->capture_default_str();
  sub->add_option("--place-by", o.place_by,
                  "Place units by the spikes of this many samples, replayed on a CPU before; 0: as if all fired alike")
      ->check(at_least(0))
      ->check(whole(0, most))
      ->capture_default_str();
  sub->add_option("--example", o.example, "Sample shown in full in the report")->check(whole(0, most));
  sub->add_option("--report", o.report, "HTML report to write; a digital baseline is added if there is none")
      ->check(a_new_file());
  sub->add_option("--sensitivity", o.sensitivity,
                  "Samples of the short runs that the report shows of each crossbar; 0: none")
      ->check(at_least(0))
      ->check(whole(0, most))
      ->capture_default_str();
  sub->add_option("--json", o.json, "JSON result to write; -: to standard output, and other text to standard error")
      ->check(a_new_file_or_output());
  return sub;
}

/// With what both ways of training have in common.
network_options with_common(network_options o, const train_options& common) {
  o.data = common.data;
  o.output = common.output;
  o.seed = common.seed;
  o.folds = common.folds;
  o.threads = common.on.threads;
  o.hardware = common.on.hardware;
  o.overrides = common.on.overrides;
  return o;
}
train_options with_common(train_options o, const network_options& common) {
  if (!common.tasks.empty()) o.data.path = common.tasks.front();
  o.learns = common.rule == learns_by_nalsm;
  return o;
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

CLI::App* add_device(CLI::App& app, device_fit_options& o) {
  auto* device = app.add_subcommand("device", "Describe cells of your own");
  device->require_subcommand(1);
  auto* fit = device->add_subcommand("fit", "Fit what a pulse does to a cell to measured pulses (CSV)");
  fit->add_option("pulses", o.pulses, "CSV file: direction or voltage_V, conductance_uS, cell")
      ->required()
      ->check(a_path());
  fit->add_option("-o,--output", o.output, "Hardware file (TOML) to write")->check(a_new_file());
  fit->add_option("--plot", o.plot, "Picture (SVG) of the fit to write")->check(a_new_file());
  fit->add_option("--base", o.base, "Hardware with all else")->capture_default_str();
  fit->add_option("--name", o.name, "Name of the hardware; without it that of the CSV file");
  return device;
}

/// What the parser found wrong; of an option that takes one value and has several, in plain words.
std::string parse_failure(const CLI::App* app, const CLI::Error& wrong) {
  const std::string_view what = wrong.what(), twice = ": At Most 1 required but received ";
  const auto at = what.find(twice);
  if (at == what.npos) return CLI::FailureMessage::simple(app, wrong);
  return fmt::format("{}: is given {} times; give it once\nRun with --help for more information.\n", what.substr(0, at),
                     what.substr(at + twice.size()));
}

int run(int argc, char** argv) {
  CLI::App app{"Spiking neural networks on CPU cores and emulated resistive-memory crossbars", "spinule"};
  app.formatter(std::make_shared<help_text>());
  app.failure_message(parse_failure);
  app.set_version_flag("--version", SPINULE_VERSION);
  app.require_subcommand(1);
  app.footer("Exit codes: 0 done, 1 failed (a file, a folder, the data), 2 wrong usage, 130 interrupted.");

  train_options training;
  network_options of_network;
  auto* train_command = add_train(app, training, of_network);
  replay_options replays;
  backend_choice common;
  std::vector<std::string> backends, hardware;
  auto* replay_command = add_replay(app, replays, common, backends, hardware);
  sweep_options sweeps;
  auto* sweep_command = add_sweep(app, sweeps);
  explain_options explanations;
  auto* explain_command = add_explain(app, explanations);
  std::filesystem::path inspected;
  bool as_json = false;
  auto* info_command = app.add_subcommand("info", "Say what a file or folder holds");
  info_command->add_option("path", inspected, "Recording, data file, folder or model")->required()->check(a_path());
  info_command->add_flag("--json", as_json, "As JSON");
  std::string preset;
  auto* presets_command = app.add_subcommand("presets", "List hardware presets, or print one as TOML to change");
  presets_command->add_option("name", preset, "Preset to print")->check(CLI::IsMember(hardware_names()));
  presets_command->add_flag("--json", as_json, "As JSON");
  device_fit_options fitted;
  auto* device_command = add_device(app, fitted);
  std::filesystem::path demo_data, demo_report = "spinule-demo.html";
  auto* demo_command = app.add_subcommand("demo", "Train, replay on several back ends and write a report");
  demo_command->add_option("--data", demo_data, "N-MNIST folder; without it digits are generated")->check(a_path());
  demo_command->add_option("--report", demo_report, "HTML report to write")->check(a_new_file())->capture_default_str();

  if (argc < 2) {
    complain(app.help());
    return exit_usage;
  }
  check_command(app, argv);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? exit_done : exit_usage;
  }
  catch_interrupts();
  const auto on_output = [](const auto&... path) { return (is_standard_output(path) || ...); };
  if (on_output(replays.json, of_network.json, sweeps.json, explanations.json)) keep_output_for_json();
  if (train_command->parsed()) {
    check_kind(*train_command);
    of_network.given = given_of_networks(*train_command);
    return train_command->count("--network") > 0 ? train_network(with_common(of_network, training))
                                                 : train(with_common(training, of_network));
  }
  if (replay_command->parsed()) {
    if (replay_command->count("--sensitivity") > 0 && replays.report.empty())
      throw usage_error{"--sensitivity", "is of the report; give --report FILE too"};
    replays.on = choices(backends, hardware, common);
    replays.calibrate_given = replay_command->count("--calibrate") > 0;
    replays.command = command_line(argc, argv);
    const auto on = [&](const char* name) {
      return std::any_of(replays.on.begin(), replays.on.end(), [&](const auto& c) { return c.backend == name; });
    };
    if (replay_command->count("--sensitivity") > 0 && !on("crossbar"))
      throw usage_error{"--sensitivity",
                        "is of crossbars, and there is none; choose --backend crossbar, or leave it out"};
    if (!on("digital"))
      replays.baseline =
          backend_choice{.backend = "digital", .hardware = {}, .overrides = {}, .chip = 0, .threads = common.threads};
    return run_replay(replays);
  }
  sweeps.command = explanations.command = command_line(argc, argv);
  if (sweep_command->parsed()) return sweep(sweeps);
  if (explain_command->parsed()) return explain(explanations);
  if (info_command->parsed()) return info(inspected, as_json);
  if (presets_command->parsed()) return presets(preset, as_json);
  if (device_command->parsed()) return device_fit(fitted);
  if (demo_command->parsed()) return demo(demo_data, demo_report, command_line(argc, argv));
  return exit_usage;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    spinule::open_missing_streams();
    const int code = run(argc, argv);
    spinule::finish_output();
    return code;
  } catch (const spinule::usage_error& e) {
    spinule::complain(fmt::format("spinule: {}\nRun with --help for more information.", e.what()));
    return spinule::exit_usage;
  } catch (const std::bad_alloc&) {
    spinule::complain("spinule: memory is exhausted");
  } catch (const std::system_error& e) {
    spinule::complain(std::ferror(stdout) != 0
                          ? fmt::format("spinule: standard output: cannot be written: {}", e.code().message())
                          : fmt::format("spinule: {}", e.what()));
  } catch (const std::exception& e) {
    spinule::complain(fmt::format("spinule: {}", e.what()));
  }
  return spinule::exit_failed;
}
