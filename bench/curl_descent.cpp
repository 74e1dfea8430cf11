// Is curl descent stable where its theory says, chaotic where it says, and when is it better than gradient descent?
#include <cmath>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <spinule/learning/curl_analysis.hpp>

#include "../examples/support/students.hpp"
#include "measure.hpp"
#include "report.hpp"

namespace spinule::bench {
namespace {

using namespace learning;
using namespace students;

struct options {
  std::size_t units = 800, steps = 6000, samples = 500, seeds = 6;
  std::string json;
};

/// The worst error does not count c of 1 and above of hidden units, where a few of them make the difference.
nlohmann::json curves(const options& o, double& worst) {
  nlohmann::json all = nlohmann::json::array();
  fmt::print("critical share of flipped units, {} inputs\n{:>8} {:>10} {:>9} {:>9}\n", o.units, "of", "c", "theory",
             "measured");
  const auto point = [&](bool of_inputs, double c) {
    const auto hidden = static_cast<std::size_t>(std::lround(static_cast<double>(o.units) / c));
    const double theory = of_inputs ? critical_share_of_inputs(c) : critical_share_of_hidden(c);
    const double measured = measured_share(o.units, hidden, of_inputs);
    if (of_inputs || c < 1) worst = std::fmax(worst, std::fabs(theory - measured));
    fmt::print("{:>8} {:10.2f} {:9.4f} {:9.4f}\n", of_inputs ? "inputs" : "hidden", c, theory, measured);
    all.push_back({{"of", of_inputs ? "inputs" : "hidden"}, {"c", c}, {"theory", theory}, {"measured", measured}});
  };
  for (const double c : {0.26, 0.3, 0.35, 0.4, 0.5, 0.6}) point(true, c);
  for (const double c : {0.1, 0.25, 0.5, 1.0, 2.0}) point(false, c);
  return all;
}

/// Greatest and last loss of 8000 steps from next to a solution.
nlohmann::json regimes() {
  nlohmann::json all = nlohmann::json::array();
  fmt::print("{:<44} {:>12} {:>12} {:>12}\n", "8000 steps from a solution", "eigenvalue", "greatest", "last loss");
  const auto one = [&](std::size_t inputs, std::size_t hidden, bool of_inputs, double share) {
    const near_teacher t{inputs, hidden, 1};
    const std::size_t units = of_inputs ? inputs : hidden;
    const auto signs = learning_signs::flipped_sources(
        units, static_cast<std::size_t>(std::lround(share * static_cast<double>(units))));
    auto student = of_inputs ? t.student(signs, {}) : t.student({}, signs);
    const double eigenvalue = (of_inputs ? stability(t.start, signs, {}) : stability(t.start, {}, signs)).front();
    double most = 0;
    for (int n = 0; n < 8000; ++n) {
      student.step(t.x, t.targets);
      if (n % 10 == 0) most = std::fmax(most, student.loss(t.x, t.targets));
    }
    const double last = student.loss(t.x, t.targets);
    const auto name = fmt::format("{} inputs, {} hidden, {:.0f} % of {} flipped", inputs, hidden, 100 * share,
                                  of_inputs ? "inputs" : "hidden");
    fmt::print("{:<44} {:12.2f} {:12.2g} {:12.2g}\n", name, eigenvalue, most, last);
    all.push_back({{"name", name}, {"eigenvalue", eigenvalue}, {"greatest_loss", most}, {"last_loss", last}});
  };
  one(20, 200, true, 1);
  one(40, 100, true, 0.1);
  one(40, 100, true, 1);
  one(60, 60, true, 0.1);
  one(20, 200, false, 0.35);
  one(60, 60, false, 0.5);
  return all;
}

double chaos() {
  const near_teacher square{60, 60, 1}, expansive{20, 200, 1};
  auto wandering = square.student(learning_signs::flipped_sources(60, 30), {});
  auto resting = expansive.student(learning_signs::flipped_sources(20, 20), {});
  const double positive = lyapunov_exponent(wandering, square.x, square.targets, 8000, 20000);
  const double none = lyapunov_exponent(resting, expansive.x, expansive.targets, 8000, 20000);
  fmt::print("Lyapunov exponent: {:.4f} with half of 60 inputs flipped, {:.1g} with all of 20 onto 200\n", positive,
             none);
  return positive;
}

/// Mean log10 of the least test error, of gradient descent and with one hidden unit of ten flipped.
std::pair<double, double> escape(const options& o) {
  double plain = 0, flipped = 0;
  for (std::uint64_t seed = 1; seed <= o.seeds; ++seed) {
    const double a = least_test_error(o.samples, o.steps, 0, seed), b = least_test_error(o.samples, o.steps, 1, seed);
    fmt::print("seed {}: log10 of the test error {:.2f}, with one unit flipped {:.2f}\n", seed, a, b);
    plain += a / static_cast<double>(o.seeds);
    flipped += b / static_cast<double>(o.seeds);
  }
  return {plain, flipped};
}

void measure_all(const options& o) {
  nlohmann::json out{{"name", "curl_descent"}};
  double worst = 0;
  out["curves"] = curves(o, worst);
  out["worst_curve_error"] = worst;
  out["regimes"] = regimes();
  out["lyapunov"] = chaos();
  const auto [plain, flipped] = escape(o);
  out["escape"] = {{"gradient_descent", plain}, {"one_flipped", flipped}};
  out["escape_gain"] = plain - flipped;
  fmt::print("worst error of the curves {:.3f}; one flipped unit gains {:.2f} in log10 of the test error\n", worst,
             plain - flipped);
  write_json(o.json, out);
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"Curl descent beside its theory and gradient descent", "./dev bench curl_descent"};
  options o;
  app.add_option("--inputs", o.units, "Of the networks on the curves")
      ->check(CLI::Range(20, 2000))
      ->capture_default_str();
  app.add_option("--samples", o.samples, "To learn from")->check(CLI::Range(10, 100000))->capture_default_str();
  app.add_option("--steps", o.steps, "Of learning from them")->check(CLI::Range(10, 10000000))->capture_default_str();
  app.add_option("--seeds", o.seeds, "Teachers and students")->check(CLI::Range(1, 1000))->capture_default_str();
  add_json_option(app, o.json);
  return run_main(app, count, words, [&] { measure_all(o); });
}
