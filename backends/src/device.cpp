#include <spinule/backends/engine/device.hpp>

#include <algorithm>
#include <cmath>

namespace spinule {

device device::of(const hardware& hw) {
  const auto& d = hw.device;
  return {.programming = d.programming,
          .unused = d.unused,
          .drift = d.drift,
          .g_min = d.g_min.value,
          .g_max = d.g_max.value,
          .pristine = d.pristine.value,
          .levels = static_cast<int>(d.levels.value),
          .error = {d.error_0.value, d.error_1.value, d.error_2.value, d.error_3.value, d.error_4.value},
          .read_noise = d.read_noise.value,
          .flicker = d.flicker.value,
          .flicker_exponent = d.flicker_exponent.value,
          .flicker_start = d.flicker_start.value,
          .telegraph_cells = d.telegraph_cells.value,
          .telegraph_shortest = d.telegraph_shortest.value,
          .telegraph_longest = d.telegraph_longest.value,
          .telegraph_amplitude = d.telegraph_amplitude.value,
          .telegraph_spread = d.telegraph_spread.value,
          .stuck_on = d.stuck_on.value,
          .stuck_off = d.stuck_off.value,
          .drift_nu = d.drift_nu.value,
          .drift_nu_sd = d.drift_nu_sd.value,
          .drift_start = d.drift_start.value,
          .drift_nu_slope = d.drift_nu_slope.value,
          .drift_nu_least = d.drift_nu_least.value,
          .drift_nu_most = d.drift_nu_most.value,
          .drift_nu_sd_slope = d.drift_nu_sd_slope.value,
          .drift_nu_sd_least = d.drift_nu_sd_least.value,
          .drift_nu_sd_most = d.drift_nu_sd_most.value,
          .relaxation = d.relaxation.value,
          .relaxation_sd = d.relaxation_sd.value,
          .relaxation_sd_growth = d.relaxation_sd_growth.value,
          .age = d.age.value,
          .write_pulses = static_cast<std::uint32_t>(d.write_pulses.value),
          .breakdown = d.breakdown.value,
          .breakdown_sd = d.breakdown_sd.value,
          .formed = d.formed.value,
          .formed_sd = d.formed_sd.value,
          .forming_start = d.forming_start.value,
          .forming_step = d.forming_step.value};
}

bool device::certain() const {
  const bool no_error = std::all_of(error.begin(), error.end(), [](double e) { return e == 0; });
  return programming == programming_mode::write_verify && no_error && !faulty() && drift == drift_law::none;
}

bool device::exact() const { return certain() && levels == 0 && rest() >= g_min && telegraph_cells == 0; }

double device::residual(double target) const {
  double sigma = 0;
  for (auto e = error.rbegin(); e != error.rend(); ++e) sigma = sigma * target + *e;
  return std::max(sigma, 0.0);
}

double device::flicker_variance(double conductance) const {
  if (flicker <= 0 || conductance <= 0 || age <= flicker_start) return 0;
  const double share = flicker * portable_exp(-flicker_exponent * portable_log(conductance / g_max));
  const double sd = std::min(share, 0.2) * conductance;
  return sd * sd * portable_log((age + flicker_start) / (2 * flicker_start));
}

double device::nearest_level(double target) const {
  const double within = std::clamp(target, g_min, g_max);
  if (levels == 0) return within;
  const double step = (g_max - g_min) / (levels - 1);
  return g_min + step * std::nearbyint((within - g_min) / step);
}

namespace {

double along(double conductance, double at_most, double slope) {
  return slope == 0 ? 0 : slope * portable_log(std::max(conductance / at_most, 1e-7));
}

}  // namespace

double device::drift_mean(double conductance) const {
  return std::clamp(drift_nu + along(conductance, g_max, drift_nu_slope), drift_nu_least, drift_nu_most);
}

double device::drift_sd(double conductance) const {
  return std::clamp(drift_nu_sd + along(conductance, g_max, drift_nu_sd_slope), drift_nu_sd_least, drift_nu_sd_most);
}

double device::aged(double conductance, double xi) const {
  if (drift == drift_law::power && age > drift_start) {
    const double nu = std::max(drift_mean(conductance) + drift_sd(conductance) * xi, 0.0);
    return conductance * portable_exp(-nu * portable_log(age / drift_start));
  }
  if (drift == drift_law::logarithmic && age > 1) {
    const double decades = portable_log(age);
    return std::max(conductance + relaxation * decades + (relaxation_sd + relaxation_sd_growth * decades) * xi, 0.0);
  }
  return conductance;
}

double device::with_faults(double conductance, double u) const {
  if (u < stuck_on) return g_max;
  return u < stuck_on + stuck_off ? rest() : conductance;
}

written_cell device::as_old(double fresh, double xi, double u, std::uint32_t n) const {
  return {.conductance = with_faults(aged(fresh, xi), u), .fresh = with_faults(fresh, u), .pulses = n};
}

written_cell device::program(double target, random_stream& random) const {
  const double fault = random.uniform(), error_draw = random.normal(), drift_draw = random.normal();
  const double aim = nearest_level(target);
  return as_old(std::max(aim + residual(aim) * error_draw, 0.0), drift_draw, fault, write_pulses);
}

written_cell device::settle(double conductance, random_stream& random) const {
  const double fault = random.uniform(), drift_draw = random.normal();
  return as_old(conductance, drift_draw, fault, 0);
}

written_cell device::leave(random_stream& random) const {
  const double g = with_faults(rest(), random.uniform());
  return {.conductance = g, .fresh = g, .pulses = 0};
}

double device::formed_conductance(random_stream& random) const {
  for (;;) {
    const double g = formed + formed_sd * random.normal();
    if (g > 0) return g;
  }
}

written_cell device::form(random_stream& random) const {
  const double fault = random.uniform(), threshold = breakdown + breakdown_sd * random.normal();
  const double drift_draw = random.normal();
  const double steps = std::max(std::floor((threshold - forming_start) / forming_step) + 1, 0.0);
  return as_old(formed_conductance(random), drift_draw, fault, 1 + static_cast<std::uint32_t>(steps));
}

written_cell device::form_at(double voltage, random_stream& random) const {
  const double fault = random.uniform(), threshold = breakdown + breakdown_sd * random.normal();
  const double drift_draw = random.normal();
  if (voltage > threshold) return as_old(formed_conductance(random), drift_draw, fault, 1);
  const double g = with_faults(pristine, fault);
  return {.conductance = g, .fresh = g, .pulses = 1};
}

}  // namespace spinule
