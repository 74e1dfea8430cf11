#include <spinule/backends/pulse_fit.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/math.hpp>

namespace spinule {
namespace {

constexpr std::size_t fewest = 10;  // pulses of each direction

// One change in states: from w, by d.
struct step {
  std::uint32_t cell;
  double w, d;
};

// d = offset + slope f, by least squares.
struct line {
  double offset = 0, slope = 0, squares = 0;  // squares: sum of what is left
};

template <class F>
line fit_line(const std::vector<step>& steps, F&& f) {
  double n = 0, sf = 0, sd = 0, sff = 0, sfd = 0, sdd = 0;
  for (const auto& s : steps) {
    const double x = f(s.w);
    n += 1, sf += x, sd += s.d, sff += x * x, sfd += x * s.d, sdd += s.d * s.d;
  }
  const double var = sff - sf * sf / n, cov = sfd - sf * sd / n;
  line l;
  l.slope = var > 1e-12 * sff ? cov / var : 0;
  l.offset = (sd - l.slope * sf) / n;
  l.squares = std::max(sdd - sd * sd / n - l.slope * cov, 0.0);
  return l;
}

// One direction under one law: size of a step, its slope or amplitude and rate.
struct direction_fit {
  double size = 0, shape = 0, rate = 1, squares = 0;
};

direction_fit fit_constant(const std::vector<step>& steps, double sign) {
  const line l = fit_line(steps, [](double) { return 0.0; });
  return {sign * l.offset, 0, 1, l.squares};
}

// Up size (1 - slope w), down -size (1 + slope w): states end at 1 and -1.
direction_fit fit_linear(const std::vector<step>& steps, double sign) {
  const line l = fit_line(steps, [](double w) { return w; });
  return {sign * l.offset, -sign * l.slope / l.offset, 1, l.squares};
}

// Up size (1 - amplitude exp(rate w)), down -size (1 - amplitude exp(-rate w)); the rate by trying.
direction_fit fit_exponential(const std::vector<step>& steps, double sign) {
  direction_fit best{.squares = INFINITY};
  for (double rate = 0.25; rate < 20; rate *= 1.05) {
    const line l = fit_line(steps, [&](double w) { return portable_exp(sign * rate * w); });
    if (l.squares < best.squares) best = {sign * l.offset, -l.slope / l.offset, rate, l.squares};
  }
  return best;
}

struct both_fits {
  direction_fit up, down;
  bool holds() const { return up.size > 0 && down.size > 0; }
};

pulse_response response_with(pulse_law law, const both_fits& f) {
  pulse_response r{.name = "fit", .law = law};
  r.step = (f.up.size + f.down.size) / 2;
  r.up_down = (f.up.size - f.down.size) / (f.up.size + f.down.size);
  r.slope_up = law == pulse_law::linear ? f.up.shape : 1;
  r.slope_down = law == pulse_law::linear ? f.down.shape : 1;
  if (law != pulse_law::exponential) return r;
  r.amplitude_up = f.up.shape;
  r.amplitude_down = f.down.shape;
  r.rate_up = f.up.rate;
  r.rate_down = f.down.rate;
  r.scale = 1;
  return r;
}

double mean(const std::vector<double>& x) {
  double sum = 0;
  for (const double v : x) sum += v;
  return sum / static_cast<double>(x.size());
}
double variance(const std::vector<double>& x) {
  const double m = mean(x);
  double sum = 0;
  for (const double v : x) sum += (v - m) * (v - m);
  return x.size() > 1 ? sum / static_cast<double>(x.size() - 1) : 0;
}
double median(std::vector<double> x) {
  std::nth_element(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2), x.end());
  return x[x.size() / 2];
}

// What deviates from the mean law: each cell's factor, and each pulse around its cell's.
void add_spreads(pulse_response& r, const std::array<std::vector<step>, 2>& steps) {
  struct sums {
    double md = 0, mm = 0, dd = 0, fourth = 0;
  };
  std::map<std::uint32_t, sums> cells;
  for (const bool up : {false, true})
    for (const auto& s : steps[up]) {
      const double m = r.change(s.w, up);
      auto& c = cells[s.cell];
      c.md += m * s.d, c.mm += m * m, c.dd += s.d * s.d, c.fourth += m * m * m * m;
    }
  std::vector<double> factors;
  double left = 0, size = 0, uncertainty = 0;
  for (const auto& [cell, c] : cells) {
    if (c.mm == 0) continue;
    const double factor = c.md / c.mm;
    factors.push_back(factor);
    left += std::max(c.dd - factor * c.md, 0.0);
    size += factor * factor * c.mm;
  }
  r.cycle_sd = size > 0 ? std::sqrt(left / size) : 0;
  for (const auto& [cell, c] : cells)
    if (c.mm > 0) uncertainty += r.cycle_sd * r.cycle_sd * c.fourth / (c.mm * c.mm);
  if (factors.size() < 3) return;
  uncertainty /= static_cast<double>(factors.size());
  r.step_sd = std::sqrt(std::max(variance(factors) - uncertainty, 0.0)) / std::abs(mean(factors));
}

// The least and the largest read of each cell, by its number.
using extremes = std::map<std::uint32_t, std::pair<double, double>>;

extremes extremes_of(std::span<const measured_pulse> pulses) {
  extremes cells;
  for (const auto& p : pulses) {
    auto& c = cells.try_emplace(p.cell, p.before, p.before).first->second;
    c.first = std::min({c.first, p.before, p.after});
    c.second = std::max({c.second, p.before, p.after});
  }
  return cells;
}

// A pulse that ends at the bound of its cell says little of the law: more of it may have been cut off.
bool at_bound(const measured_pulse& p, const std::pair<double, double>& cell, double margin) {
  return p.up ? p.after >= cell.second - margin : p.after <= cell.first + margin;
}

/// Inside the quotes of a TOML string.
std::string in_toml(const std::string& text) {
  std::string all;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
      all += fmt::format("\\u{:04x}", static_cast<unsigned>(byte));
    else if (c == '"' || c == '\\')
      (all += '\\') += c;
    else
      all += c;
  }
  return all;
}

}  // namespace

pulse_fit fit_pulses(std::span<const measured_pulse> pulses) {
  const extremes e = extremes_of(pulses);
  std::array<std::size_t, 2> n{};
  for (const auto& p : pulses) ++n[p.up];
  if (n[0] < fewest || n[1] < fewest)
    throw spinule_error{"pulses", fmt::format("{} up and {} down; at least {} of each are needed", n[1], n[0], fewest)};
  pulse_fit fit;
  fit.pulses = pulses.size();
  fit.cells = e.size();
  std::vector<double> least_reads, largest_reads;
  for (const auto& [cell, reads] : e) {
    least_reads.push_back(reads.first);
    largest_reads.push_back(reads.second);
  }
  fit.g_min = median(least_reads);
  fit.g_max = median(largest_reads);
  if (!(fit.g_max > fit.g_min)) throw spinule_error{"pulses", "the cells do not change; there is nothing to fit"};

  std::array<std::vector<step>, 2> steps;
  std::vector<double> changes;
  for (const auto& p : pulses) {
    if (at_bound(p, e.at(p.cell), 0.005 * (fit.g_max - fit.g_min))) continue;
    const double w = fit.state(p.before), d = fit.state(p.after) - w;
    steps[p.up].push_back({p.cell, w, d});
    changes.push_back(d);
  }
  if (steps[0].size() < fewest || steps[1].size() < fewest)
    throw spinule_error{"pulses", "nearly all pulses end at the bounds of their cells; smaller pulses would say more"};
  const double half = (fit.g_max - fit.g_min) / 2, count = static_cast<double>(changes.size());
  double least = INFINITY;
  for (const auto& [law, one, parameters] : {std::tuple{pulse_law::constant, &fit_constant, 2},
                                             {pulse_law::linear, &fit_linear, 4},
                                             {pulse_law::exponential, &fit_exponential, 6}}) {
    const both_fits f{one(steps[1], 1), one(steps[0], -1)};
    const double squares = f.up.squares + f.down.squares;
    const double bic = count * portable_log(std::max(squares / count, 1e-300)) + parameters * portable_log(count);
    fit.laws.push_back({law, half * std::sqrt(squares / count), bic});
    if (!f.holds() || bic >= least) continue;
    least = bic;
    fit.response = response_with(law, f);
    fit.explained = 1 - squares / std::max(variance(changes) * (count - 1), 1e-300);
  }
  if (!std::isfinite(least))
    throw spinule_error{"pulses", "pulses up do not raise the conductance, or pulses down do not lower it"};
  add_spreads(fit.response, steps);
  if (fit.cells >= 3) {
    fit.response.highest_sd = std::sqrt(variance(largest_reads)) / half;
    fit.response.lowest_sd = std::sqrt(variance(least_reads)) / half;
  }
  return fit;
}

std::string hardware_of(const pulse_fit& fit, const std::string& given_name, const std::string& given_base,
                        const std::string& given_source) {
  const std::string name = in_toml(given_name), base = in_toml(given_base), source = in_toml(given_source);
  const pulse_response& r = fit.response;
  const char* law = r.law == pulse_law::constant ? "constant" : r.law == pulse_law::linear ? "linear" : "exponential";
  const auto measured = [&](const char* key, double value) {
    return fmt::format("{} = {{ value = {:.6g}, unit = \"uS\", source = \"{}\", kind = \"measured\" }}\n", key, value,
                       source);
  };
  std::string text = fmt::format(
      "# {} pulses of {} cells; {} steps explain {:.0f} % of the variance of their changes.\nbase = \"{}\"\nname = "
      "\"{}\"\nabout = \"Cells fitted to {}; all else as {}.\"\n\n[device]\nprogramming = \"pulses\"\npulses = "
      "\"{}\"\n",
      fit.pulses, fit.cells, law, 100 * fit.explained, base, name, source, base, law);
  text += measured("g_min", fit.g_min) + measured("g_max", fit.g_max);
  text += measured("pristine", std::min(fit.g_min, fit.g_max / 2)) + "\n[pulses]\n";
  for (const auto& [key, value] : {std::pair{"step", r.step},
                                   {"step_sd", r.step_sd},
                                   {"up_down", r.up_down},
                                   {"cycle_sd", r.cycle_sd},
                                   {"highest_sd", r.highest_sd},
                                   {"lowest_sd", r.lowest_sd},
                                   {"slope_up", r.slope_up},
                                   {"slope_down", r.slope_down},
                                   {"amplitude_up", r.amplitude_up},
                                   {"amplitude_down", r.amplitude_down},
                                   {"rate_up", r.rate_up},
                                   {"rate_down", r.rate_down},
                                   {"scale", r.scale},
                                   {"offset", r.offset}})
    text +=
        fmt::format("{} = {{ value = {:.6g}, unit = \"1\", source = \"{}\", kind = \"fit\" }}\n", key, value, source);
  return text;
}

}  // namespace spinule
