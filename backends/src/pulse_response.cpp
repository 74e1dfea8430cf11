// What pulses do to published cells.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/backends/pulsed_cells.hpp>
#include <spinule/error.hpp>
#include <spinule/math.hpp>

namespace spinule {
namespace {

// Products of a few such numbers are still floats.
constexpr double most = 1e6, most_amplitude = 1000;

struct bound {
  const char* name;
  double value;
  bool above_zero;
};

// As far as the exponents of cells go.
double exponential(double x) { return portable_exp(std::clamp(x, -80.0, 80.0)); }

}  // namespace

void pulse_response::check() const {
  const std::string where = fmt::format("pulse response \"{}\"", name);
  for (const auto& [what, value, above_zero] : {bound{"step", step, true},
                                                {"step_sd", step_sd, false},
                                                {"up_down_sd", up_down_sd, false},
                                                {"cycle_sd", cycle_sd, false},
                                                {"highest_sd", highest_sd, false},
                                                {"lowest_sd", lowest_sd, false},
                                                {"write_noise", write_noise, false},
                                                {"corrupt", corrupt, false}}) {
    if (!(value <= most) || value < 0 || (above_zero && value == 0))
      throw spinule_error{where, fmt::format("{} is {:g}; it must be {} and at most {:g}", what, value,
                                             above_zero ? "more than 0" : "0 or more", most)};
  }
  for (const auto& [what, value] : {std::pair{"lowest", lowest},
                                    {"highest", highest},
                                    {"up_down", up_down},
                                    {"slope_up", slope_up},
                                    {"slope_down", slope_down},
                                    {"amplitude_up", amplitude_up},
                                    {"amplitude_down", amplitude_down},
                                    {"rate_up", rate_up},
                                    {"rate_down", rate_down},
                                    {"scale", scale},
                                    {"offset", offset}}) {
    const double bound = std::string_view{what}.starts_with("amplitude") ? most_amplitude : most;
    if (!(std::abs(value) <= bound))
      throw spinule_error{where, fmt::format("{} is {:g}; it must be from {:g} to {:g}", what, value, -bound, bound)};
  }
  if (!(lowest < 0 && highest > 0))
    throw spinule_error{where,
                        fmt::format("lowest is {:g} and highest {:g}; 0 must lie between them", lowest, highest)};
  if (std::abs(up_down) >= 1)
    throw spinule_error{where,
                        fmt::format("up_down is {:g}; beyond -1 or 1 pulses of one sign would change theirs", up_down)};
  if (corrupt > 1) throw spinule_error{where, fmt::format("corrupt is {:g}; a fraction is at most 1", corrupt)};
}

double pulse_response::change(double w, bool up) const {
  const double d = step * (up ? 1 + up_down : 1 - up_down);
  double factor = 1;
  if (law == pulse_law::linear) factor = up ? 1 - slope_up * w / highest : 1 - slope_down * w / lowest;
  if (law == pulse_law::exponential) {
    const double z = 2 * scale * w / (highest - lowest) + offset;
    factor = up ? 1 - amplitude_up * exponential(rate_up * z) : 1 - amplitude_down * exponential(-rate_down * z);
  }
  return (up ? d : -d) * std::max(factor, 0.0);
}

std::vector<pulse_response> pulse_responses() {
  return {
      {.name = "constant", .law = pulse_law::constant, .step = 0.01},
      {.name = "linear", .step = 0.01},
      {.name = "exponential",
       .law = pulse_law::exponential,
       .step = 0.01,
       .amplitude_up = 0.1,
       .amplitude_down = 0.1,
       .rate_up = 4,
       .rate_down = 4},
      {.name = "constant_step",
       .law = pulse_law::constant,
       .step = 0.0016,
       .step_sd = 0.3,
       .up_down_sd = 0.01,
       .cycle_sd = 0.3,
       .highest = 0.6,
       .highest_sd = 0.3,
       .lowest = -0.6,
       .lowest_sd = 0.3},
      {.name = "reram_exponential",
       .law = pulse_law::exponential,
       .step = 0.00135,
       .step_sd = 0.2,
       .up_down = 0.26,
       .cycle_sd = 5,
       .highest_sd = 0.3,
       .lowest_sd = 0.3,
       .amplitude_up = -1.184,
       .amplitude_down = -0.0814,
       .rate_up = 5,
       .rate_down = 5,
       .scale = -0.5,
       .offset = -0.5,
       .write_noise = 75},
      {.name = "reram_soft_bounds",
       .step = 0.002,
       .step_sd = 0.3,
       .cycle_sd = 3.75,
       .highest = 1.25,
       .highest_sd = 0.24,
       .lowest = -0.75,
       .lowest_sd = 0.4,
       .write_noise = 56},
      {.name = "hfo2_array",
       .step = 0.4622,
       .step_sd = 0.7125,
       .lognormal_steps = true,
       .cycle_sd = 0.217,
       .highest_sd = 0.43,
       .lowest_sd = 0.6,
       .write_noise = 0.584,
       .corrupt = 0.098},
      {.name = "optimised_array",
       .step = 0.0949,
       .step_sd = 0.7829,
       .lognormal_steps = true,
       .cycle_sd = 0.416,
       .highest_sd = 0.35,
       .lowest_sd = 0.57,
       .write_noise = 1.411,
       .corrupt = 0.135},
      {.name = "ecram_li",
       .step = 0.002,
       .step_sd = 0.1,
       .cycle_sd = 0.3,
       .highest_sd = 0.05,
       .lowest_sd = 0.05,
       .slope_up = 0.115,
       .slope_down = 0.5085},
      {.name = "ecram_mo",
       .step = 2.8e-4,
       .step_sd = 0.1,
       .cycle_sd = 2,
       .highest_sd = 0.05,
       .lowest_sd = 0.05,
       .slope_up = 0.415,
       .slope_down = 0.734},
      // States 0 to 2 of the published fit, moved to -1 to 1.
      {.name = "pcm",
       .law = pulse_law::exponential,
       .step = 0.01,
       .step_sd = 0.2,
       .up_down_sd = 0.05,
       .cycle_sd = 0.6,
       .highest_sd = 0.2,
       .amplitude_up = -27.235,
       .amplitude_down = -2.235,
       .rate_up = 2.5,
       .rate_down = 2.5,
       .scale = -1,
       .offset = -1},
  };
}

pulse_response pulse_response_named(const std::string& name) {
  std::string known;
  for (const auto& r : pulse_responses()) {
    if (r.name == name) return r;
    known += (known.empty() ? "" : ", ") + r.name;
  }
  throw spinule_error{fmt::format("pulse response \"{}\"", name), "is not known; known are: " + known};
}

}  // namespace spinule
