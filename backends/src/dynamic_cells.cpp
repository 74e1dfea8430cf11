#include <spinule/backends/dynamic_cells.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/math.hpp>

#include "cell_parameters.hpp"

namespace spinule {
namespace {

constexpr double electron = 1.602176634e-19, boltzmann = 1.380649e-23;  // C, J/K

double portable_sinh(double x) {
  const double e = portable_expm1(std::abs(x)), value = (e + e / (e + 1)) / 2;
  return x < 0 ? -value : value;
}

void check_time(double seconds) {
  if (!(seconds >= 0) || !std::isfinite(seconds))
    throw spinule_error{"dynamic cells", fmt::format("a voltage for {:g} s; it must be 0 s or more", seconds)};
}

}  // namespace

double vteam::current(double v, double x) const {
  const double share = x / thickness;
  const double r =
      exponential ? r_on * portable_exp(portable_log(r_off / r_on) * share) : r_on + (r_off - r_on) * share;
  return v / r;
}

double vteam::rate(double v, double) const {
  if (v > v_off) return k_off * power(v / v_off - 1, alpha_off);
  return v < v_on ? k_on * power(v / v_on - 1, alpha_on) : 0;
}

void vteam::check() const {
  refuse_unless("VTEAM cell", {{"k_off", k_off, true},
                               {"-k_on", -k_on, true},
                               {"v_off", v_off, true},
                               {"-v_on", -v_on, true},
                               {"r_on", r_on, true},
                               {"r_off", r_off, true},
                               {"thickness", thickness, true}});
  if (alpha_off < 1 || alpha_on < 1 || alpha_off > 16 || alpha_on > 16)
    throw spinule_error{"VTEAM cell",
                        fmt::format("alpha_off is {} and alpha_on {}; they must be 1 to 16", alpha_off, alpha_on)};
}

double yakopcic::current(double v, double x) const { return (v < 0 ? a2 : a1) * x * portable_sinh(b * v); }

double yakopcic::rate(double v, double x) const {
  if (v > v_p) {
    const double speed = a_p * (portable_exp(v) - portable_exp(v_p));
    return x < x_p ? speed : speed * portable_exp(-alpha_p * (x - x_p)) * ((x_p - x) / (1 - x_p) + 1);
  }
  if (v < -v_n) {
    const double speed = -a_n * (portable_exp(-v) - portable_exp(v_n));
    return x > 1 - x_n ? speed : speed * portable_exp(alpha_n * (x + x_n - 1)) * (x / (1 - x_n));
  }
  return 0;
}

void yakopcic::check() const {
  refuse_unless("Yakopcic cell", {{"a1", a1, true},
                                  {"a2", a2, true},
                                  {"b", b, true},
                                  {"v_p", v_p, true},
                                  {"v_n", v_n, true},
                                  {"a_p", a_p, true},
                                  {"a_n", a_n, true},
                                  {"x_p", x_p, true},
                                  {"x_n", x_n, true},
                                  {"alpha_p", alpha_p, false},
                                  {"alpha_n", alpha_n, false}});
  if (x_p >= 1 || x_n >= 1)
    throw spinule_error{"Yakopcic cell", fmt::format("x_p is {:g} and x_n {:g}; they must be less than 1", x_p, x_n)};
}

double stanford_pku::current(double v, double x) const { return i0 * portable_exp(-x / g0) * portable_sinh(v / v0); }

double stanford_pku::rate(double v, double x) const {
  const double kt = boltzmann * (temperature + std::abs(v * current(v, x)) * r_th), nm = x / 1e-9;
  const double gamma = gamma0 - beta * nm * nm * nm;
  return -vel0 * portable_exp(-electron * e_a / kt) * portable_sinh(gamma * a0 * electron * v / (t_ox * kt));
}

void stanford_pku::check() const {
  refuse_unless("Stanford-PKU cell", {{"i0", i0, true},
                                      {"g0", g0, true},
                                      {"v0", v0, true},
                                      {"e_a", e_a, true},
                                      {"a0", a0, true},
                                      {"t_ox", t_ox, true},
                                      {"vel0", vel0, true},
                                      {"gamma0", gamma0, true},
                                      {"beta", beta, false},
                                      {"temperature", temperature, true},
                                      {"r_th", r_th, false},
                                      {"gap_min", gap_min, true},
                                      {"gap_max", gap_max, true}});
  if (gap_min >= gap_max) throw spinule_error{"Stanford-PKU cell", "gap_min is not below gap_max"};
}

template <class Model>
dynamic_cells<Model>::dynamic_cells(std::size_t cells, const Model& model) : model_{model}, x_(cells), current_(cells) {
  if (cells == 0) throw spinule_error{"dynamic cells", "there are none; at least one must be"};
  model_.check();
  std::fill(x_.begin(), x_.end(), (model_.lowest() + model_.highest()) / 2);
}

template <class Model>
void dynamic_cells<Model>::check_numbers(std::span<const double> numbers, const char* of) const {
  if (numbers.size() != size())
    throw spinule_error{"dynamic cells", fmt::format("{} numbers for {} cells", numbers.size(), size())};
  for (std::size_t i = 0; i < size(); ++i)
    if (!std::isfinite(numbers[i]))
      throw spinule_error{"dynamic cells",
                          fmt::format("the {} of cell {} is {:g}; it must be a finite number", of, i, numbers[i])};
}

template <class Model>
void dynamic_cells<Model>::put(std::span<const double> states) {
  check_numbers(states, "state");
  for (std::size_t i = 0; i < size(); ++i) x_[i] = std::clamp(states[i], model_.lowest(), model_.highest());
}

template <class Model>
void dynamic_cells<Model>::step(std::span<const double> volts, double seconds) {
  check_numbers(volts, "voltage");
  check_time(seconds);
  const Model m = model_;
  const double low = m.lowest(), high = m.highest();
  for (std::size_t i = 0; i < x_.size(); ++i) {
    const double v = volts[i], x = x_[i];
    const double middle = std::clamp(x + seconds / 2 * m.rate(v, x), low, high);
    x_[i] = std::clamp(x + seconds * m.rate(v, middle), low, high);
  }
}

// Rate and its derivative by x, which is at most 0; both 0 at a bound that the state would cross.
template <class Model>
typename dynamic_cells<Model>::slope dynamic_cells<Model>::slope_of(double v, double x) const {
  const double rate = model_.rate(v, x), low = model_.lowest(), high = model_.highest();
  if (rate > 0 ? x >= high : x <= low) return {0, 0};
  const double aside = 1e-5 * (high - low) * (x - low > high - x ? -1 : 1);
  return {rate, std::min((model_.rate(v, x + aside) - rate) / aside, 0.0)};
}

template <class Model>
std::span<const double> dynamic_cells<Model>::apply(std::span<const double> volts, double seconds) {
  constexpr double most_steps = 1 << 16;
  check_numbers(volts, "voltage");
  check_time(seconds);
  const double most = 0.01 * (model_.highest() - model_.lowest());
  std::vector<slope> slopes(size());
  for (double left = seconds; left > 0;) {
    double fastest = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      slopes[i] = slope_of(volts[i], x_[i]);
      const bool settles = std::abs(slopes[i].rate) <= most * -slopes[i].by_state;  // near where it stays
      if (!settles) fastest = std::max(fastest, std::abs(slopes[i].rate));
    }
    const double now = std::min(left, std::max(most / std::max(fastest, 1e-300), seconds / most_steps));
    for (std::size_t i = 0; i < size(); ++i) {
      const auto [rate, by_state] = slopes[i];
      const double z = now * by_state, time = z < -1e-9 ? now * portable_expm1(z) / z : now;
      x_[i] = std::clamp(x_[i] + time * rate, model_.lowest(), model_.highest());
    }
    left -= now;
  }
  for (std::size_t i = 0; i < size(); ++i) current_[i] = model_.current(volts[i], x_[i]);
  return current_;
}

template <class Model>
std::vector<sweep_point> sweep(const Model& model, double x, std::span<const std::pair<double, double>> corners,
                               std::size_t points) {
  dynamic_cells<Model> cell{1, model};
  cell.put({&x, 1});
  std::vector<sweep_point> all;
  const auto look = [&](double time, double v) {
    all.push_back({time, v, model.current(v, cell.states()[0]), cell.states()[0]});
  };
  for (std::size_t k = 0; k + 1 < corners.size(); ++k) {
    const auto [t0, v0] = corners[k];
    const auto [t1, v1] = corners[k + 1];
    if (!(t1 > t0)) throw spinule_error{"sweep", fmt::format("{:g} s follows {:g} s; times must ascend", t1, t0)};
    if (k == 0) look(t0, v0);
    const double part = (t1 - t0) / static_cast<double>(points);
    for (std::size_t i = 0; i < points; ++i) {
      const double middle = v0 + (v1 - v0) * (static_cast<double>(i) + 0.5) / static_cast<double>(points);
      cell.apply({&middle, 1}, part);
      const double share = static_cast<double>(i + 1) / static_cast<double>(points);
      look(t0 + share * (t1 - t0), v0 + share * (v1 - v0));
    }
  }
  return all;
}

template class dynamic_cells<vteam>;
template class dynamic_cells<yakopcic>;
template class dynamic_cells<stanford_pku>;
template class dynamic_cells<jart_vcm>;
template std::vector<sweep_point> sweep(const vteam&, double, std::span<const std::pair<double, double>>, std::size_t);
template std::vector<sweep_point> sweep(const yakopcic&, double, std::span<const std::pair<double, double>>,
                                        std::size_t);
template std::vector<sweep_point> sweep(const jart_vcm&, double, std::span<const std::pair<double, double>>,
                                        std::size_t);
template std::vector<sweep_point> sweep(const stanford_pku&, double, std::span<const std::pair<double, double>>,
                                        std::size_t);

}  // namespace spinule
