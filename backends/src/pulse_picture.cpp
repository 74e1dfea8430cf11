// Fitted pulses as a picture.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/backends/pulse_fit.hpp>

namespace spinule {
namespace {

constexpr double left = 78, width = 560, panel = 240, gap = 62, top = 34;
constexpr std::size_t most_points = 4000;  // more only make the file large
constexpr const char* up_colour = "#2563a8";
constexpr const char* down_colour = "#b4482b";

struct axes {
  double x0, x1, y0, y1, above;  // data, and where the panel begins
  double x(double v) const { return left + width * (v - x0) / (x1 - x0); }
  double y(double v) const { return above + panel * (y1 - v) / (y1 - y0); }
};

// A step of 1, 2 or 5 times a power of ten, about a fifth of the range.
double tick_of(double range) {
  const double power = std::pow(10, std::floor(std::log10(range / 5)));
  for (const double m : {1.0, 2.0, 5.0})
    if (range / (m * power) <= 6) return m * power;
  return 10 * power;
}

std::string frame(const axes& a, const std::string& title, const char* x_name) {
  std::string s = fmt::format("<text x='{}' y='{}' class='t'>{}</text>\n", left, a.above - 12, title);
  for (double t = std::ceil(a.y0 / tick_of(a.y1 - a.y0)) * tick_of(a.y1 - a.y0); t <= a.y1; t += tick_of(a.y1 - a.y0))
    s += fmt::format(
        "<path d='M{} {:.1f}h{}' class='g'/><text x='{}' y='{:.1f}' class='n' text-anchor='end'>{:.4g}</text>\n", left,
        a.y(t), width, left - 8, a.y(t) + 4, std::abs(t) < 1e-12 ? 0 : t);
  for (double t = std::ceil(a.x0 / tick_of(a.x1 - a.x0)) * tick_of(a.x1 - a.x0); t <= a.x1; t += tick_of(a.x1 - a.x0))
    s += fmt::format("<text x='{:.1f}' y='{}' class='n' text-anchor='middle'>{:.4g}</text>\n", a.x(t),
                     a.above + panel + 18, t);
  return s + fmt::format("<text x='{}' y='{}' class='n' text-anchor='end'>{}</text>\n", left + width,
                         a.above + panel + 36, x_name);
}

template <class Of>
std::string points(const axes& a, std::span<const measured_pulse> pulses, Of&& of) {
  std::string s;
  const std::size_t every = pulses.size() / most_points + 1;
  for (std::size_t i = 0; i < pulses.size(); i += every) {
    const double y = of(pulses[i]);
    if (y < a.y0 || y > a.y1) continue;
    s += fmt::format("<circle cx='{:.1f}' cy='{:.1f}' r='1.6' fill='{}' opacity='.35'/>\n", a.x(pulses[i].before),
                     a.y(y), pulses[i].up ? up_colour : down_colour);
  }
  return s;
}

std::string law_of(const axes& a, const pulse_fit& fit, bool up) {
  std::string d;
  for (int k = 0; k <= 100; ++k) {
    const double g = fit.g_min + (fit.g_max - fit.g_min) * k / 100;
    d += fmt::format("{}{:.1f} {:.1f}", k == 0 ? "M" : "L", a.x(g), a.y(std::clamp(fit.change(g, up), a.y0, a.y1)));
  }
  return fmt::format("<path d='{}' fill='none' stroke='{}' stroke-width='2.5'/>\n", d, up ? up_colour : down_colour);
}

// All but the outer one in two hundred on each side.
double reach(std::vector<double> sizes) {
  const auto k = static_cast<std::ptrdiff_t>(0.99 * static_cast<double>(sizes.size() - 1));
  std::nth_element(sizes.begin(), sizes.begin() + k, sizes.end());
  return std::max(1.15 * sizes[static_cast<std::size_t>(k)], 1e-12);
}

}  // namespace

std::string picture_of(const pulse_fit& fit, std::span<const measured_pulse> pulses) {
  std::vector<double> changes, left_over;
  double least = fit.g_min, largest = fit.g_max;
  for (const auto& p : pulses) {
    changes.push_back(std::abs(p.after - p.before));
    left_over.push_back(std::abs(p.after - p.before - fit.change(p.before, p.up)));
    least = std::min(least, p.before);
    largest = std::max(largest, p.before);
  }
  const double c = reach(changes), r = reach(left_over);
  const axes first{least, largest, -c, c, top}, second{least, largest, -r, r, top + panel + gap};
  std::string s = fmt::format(
      "<svg xmlns='http://www.w3.org/2000/svg' width='{0}' height='{1}' viewBox='0 0 {0} {1}' "
      "font-family='sans-serif'>\n"
      "<style>.t{{font-size:15px;font-weight:600}}.n{{font-size:12px;fill:#555}}.g{{stroke:#ddd}}</style>\n"
      "<rect width='100%' height='100%' fill='white'/>\n",
      left + width + 24, top + 2 * panel + gap + 44);
  s += frame(first, fmt::format("Change of one pulse (uS): {} pulses of {} cells", fit.pulses, fit.cells),
             "conductance before it (uS)");
  s += points(first, pulses, [](const measured_pulse& p) { return p.after - p.before; });
  s += law_of(first, fit, true) + law_of(first, fit, false);
  s += fmt::format(
      "<text x='{0}' y='{1}' class='n' text-anchor='end' style='fill:{2}'>up</text><text x='{0}' y='{3}' "
      "class='n' text-anchor='end' style='fill:{4}'>down</text>\n",
      left + width - 6, top + 16, up_colour, top + panel - 8, down_colour);
  s += frame(second, "What the law leaves over (uS)", "conductance before it (uS)");
  s += points(second, pulses, [&](const measured_pulse& p) { return p.after - p.before - fit.change(p.before, p.up); });
  return s + "</svg>\n";
}

}  // namespace spinule
