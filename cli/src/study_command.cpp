#include "study_command.hpp"

#include <spinule/backends/hardware.hpp>

#include "data_options.hpp"

namespace spinule {
namespace {

void add_study(CLI::App& app, study_options& o, const char* chips) {
  app.add_option("model", o.model, "Model file")->required()->check(a_path());
  add_data(app, o.data, o.data.path);
  app.add_option("--hardware", o.on.hardware, "Preset or TOML file: " + joined(hardware_names()))
      ->check(a_path())
      ->default_str("random_rram_40nm");
  add_chip(app, o.on);
  add_calibration(app, o.on);
  add_threads(app, o.on.threads);
  app.add_option("--chips", o.chips, chips)->check(at_least(1))->check(whole(1, 10'000))->capture_default_str();
}

void add_outputs(CLI::App& app, study_options& o) {
  app.add_option("--report", o.report, "HTML report to write")->check(a_new_file());
  app.add_option("--json", o.json, "JSON to write; -: to standard output, and other text to standard error")
      ->check(a_new_file_or_output());
}

}  // namespace

CLI::App* add_sweep(CLI::App& app, sweep_options& o) {
  auto* sub = app.add_subcommand("sweep", "Accuracy against energy over a grid of constants of the hardware");
  add_study(*sub, o, "Repeat every point on this many chips, from --chip on");
  sub->add_option("--vary", o.vary,
                  "A key of the hardware and its values: adc.bits=2..10, device.read_noise=0..5%/11 (so many), "
                  "adc.bits=4,6,8; several: every value with every other")
      ->required()
      ->allow_extra_args(false);
  sub->add_option("--csv", o.csv, "CSV to write, a line for each point")->check(a_new_file());
  add_outputs(*sub, o);
  sub->add_option("--state", o.state, "Where every run is kept at once until all are done; else beside what is written")
      ->check(a_new_file());
  sub->add_flag("--resume", o.resume, "Go on with a sweep that was interrupted");
  return sub;
}

CLI::App* add_explain(CLI::App& app, explain_options& o) {
  auto* sub = app.add_subcommand("explain", "Which part of the hardware takes how much of the accuracy");
  add_study(*sub, o, "Repeat every run on this many chips, from --chip on");
  sub->add_option("--cells", o.cells, "How many of the worst cells are named")
      ->check(at_least(0))
      ->check(whole(0, 100'000))
      ->capture_default_str();
  add_outputs(*sub, o);
  return sub;
}

}  // namespace spinule
