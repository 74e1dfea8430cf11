// spinule device fit: from measured pulses to a hardware file.
#include <fmt/format.h>

#include <spinule/backends/hardware.hpp>
#include <spinule/backends/pulse_fit.hpp>
#include <spinule/error.hpp>
#include <spinule/io/engine/atomic_file.hpp>

#include "commands.hpp"
#include "outputs.hpp"
#include "usage_error.hpp"

namespace spinule {
namespace {

const char* name_of(pulse_law law) {
  return law == pulse_law::constant ? "constant" : law == pulse_law::linear ? "linear" : "exponential";
}

void print(const pulse_fit& fit) {
  const pulse_response& r = fit.response;
  fmt::print("{} pulses of {} cell{}, {:.4g} to {:.4g} uS\n\n", fit.pulses, fit.cells, fit.cells == 1 ? "" : "s",
             fit.g_min, fit.g_max);
  fmt::print("{:<14}{:>18}{:>12}\n", "steps", "left over (rms)", "BIC");
  for (const auto& l : fit.laws)
    fmt::print("{:<14}{:>15.4g} uS{:>12.0f}{}\n", name_of(l.law), l.error, l.bic, l.law == r.law ? "  chosen" : "");
  const double window = (fit.g_max - fit.g_min) / 2;
  fmt::print("\n{:.1f} % of the variance of changes is explained by the mean law.\n", 100 * fit.explained);
  fmt::print("A pulse changes a cell by {:.4g} uS up and {:.4g} uS down in the middle of the window;\n",
             window * r.change(0, true), -window * r.change(0, false));
  fmt::print("changes scatter by {:.0f} % from pulse to pulse, and by {:.0f} % from cell to cell.\n", 100 * r.cycle_sd,
             100 * r.step_sd);
}

void write(const std::filesystem::path& path, const std::string& text, const char* what) {
  if (path.empty()) return;
  atomic_file file{path};
  file.write(text);
  file.commit();
  fmt::print("Wrote {} ({})\n", path.string(), what);
}

/// The base as a file in the folder of `output` has to name it.
std::string base_beside(const std::filesystem::path& output, const hardware& base, const std::string& named) {
  if (base.files.empty() || output.empty()) return named;
  const std::filesystem::path file = std::filesystem::weakly_canonical(base.files.front());
  return "./" + file.lexically_proximate(std::filesystem::weakly_canonical(output).parent_path()).string();
}

/// What is wrong with pulses is a fault of their file.
pulse_fit fitted(const std::vector<measured_pulse>& pulses, const std::filesystem::path& file) {
  try {
    return fit_pulses(pulses);
  } catch (const spinule_error& wrong) {
    throw file_error{file.string(), wrong.what()};
  }
}

}  // namespace

int device_fit(const device_fit_options& o) {
  const hardware base = of_option("--base", [&] { return load_hardware(o.base); });  // refused before the work
  if (base.kind != hardware_kind::crossbar)
    throw usage_error{"--base", fmt::format("\"{}\" is a digital core and has no cells; name a crossbar", o.base)};
  std::vector<std::filesystem::path> read{base.files.begin(), base.files.end()};
  read.push_back(o.pulses);
  check_outputs({o.output, o.plot}, read);
  const auto pulses = read_pulses(o.pulses);
  const auto fit = fitted(pulses, o.pulses);
  print(fit);
  if (!o.output.empty() || !o.plot.empty()) fmt::print("\n");
  const std::string name = o.name.empty() ? o.pulses.stem().string() : o.name;
  write(o.output, hardware_of(fit, name, base_beside(o.output, base, o.base), o.pulses.filename().string()),
        "hardware");
  write(o.plot, picture_of(fit, pulses), "picture");
  return exit_done;
}

}  // namespace spinule
