#include <spinule/learning/engine/lbfgs.hpp>

#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

#include <Eigen/Core>

#include <spinule/error.hpp>

namespace spinule::learning {

namespace {

using vector = Eigen::VectorXd;

struct curvature {
  vector step, change;  // x' - x and g' - g
  double product = 0;   // of the two
};

std::span<double> span_of(vector& v) { return {v.data(), static_cast<std::size_t>(v.size())}; }

/// The two-loop recursion: -H g, with H the inverse Hessian that the kept pairs describe.
vector descent(const vector& gradient, const std::deque<curvature>& pairs) {
  vector d = -gradient;
  if (pairs.empty()) return d / std::max(1.0, gradient.norm());
  std::vector<double> alpha(pairs.size());
  for (std::size_t i = pairs.size(); i-- > 0;) {
    alpha[i] = pairs[i].step.dot(d) / pairs[i].product;
    d -= alpha[i] * pairs[i].change;
  }
  const curvature& last = pairs.back();
  d *= last.product / last.change.squaredNorm();
  for (std::size_t i = 0; i < pairs.size(); ++i)
    d += (alpha[i] - pairs[i].change.dot(d) / pairs[i].product) * pairs[i].step;
  return d;
}

/// One point of the search: where, how high, how steep.
struct point {
  vector x, gradient;
  double value = 0;
  void evaluate(const smooth_function& f) { value = f(span_of(x), span_of(gradient)); }
  bool finite() const { return std::isfinite(value) && gradient.allFinite(); }
};

/// Backtracks from the full step; true when `to` lies low enough.
bool search(const smooth_function& f, const point& from, const vector& direction, double rounding, point& to) {
  const double slope = direction.dot(from.gradient);
  if (!(slope < 0)) return false;
  double length = 1;
  for (int trial = 0; trial < 30; ++trial) {
    to.x = from.x + length * direction;
    to.evaluate(f);
    if (to.finite()) {
      const bool lower = to.value < from.value && to.value <= from.value + 1e-4 * length * slope;
      const bool level = to.value <= from.value + rounding * std::abs(from.value);
      if (lower || (level && std::abs(direction.dot(to.gradient)) <= -0.8 * slope)) return true;
    }
    // the minimum of the parabola through value, slope and the new value, kept within a tenth and a half of the step
    const double parabola = -slope * length * length / (2 * (to.value - from.value - slope * length));
    length = std::isfinite(parabola) ? std::clamp(parabola, 0.1 * length, 0.5 * length) : 0.1 * length;
  }
  return false;
}

}  // namespace

lbfgs_result minimise(const smooth_function& f, std::span<double> x, const lbfgs_options& options) {
  const auto size = static_cast<Eigen::Index>(x.size());
  point here{Eigen::Map<vector>{x.data(), size}, vector::Zero(size)};
  point next{vector::Zero(size), vector::Zero(size)};
  here.evaluate(f);
  if (!here.finite())
    throw spinule_error{"minimise", "the function is not finite at the start: check data and options"};

  lbfgs_result result;
  std::deque<curvature> pairs;
  const auto finish = [&](lbfgs_end end) {
    Eigen::Map<vector>{x.data(), size} = here.x;
    result.end = end;
    result.value = here.value;
    return result;
  };
  while (size > 0 && here.gradient.cwiseAbs().maxCoeff() > options.tolerance) {
    if (result.iterations == options.iterations) return finish(lbfgs_end::exhausted);
    bool lower = search(f, here, descent(here.gradient, pairs), options.rounding, next);
    if (!lower && !pairs.empty()) {  // the curvature misled: try the plain gradient before giving up
      pairs.clear();
      lower = search(f, here, descent(here.gradient, pairs), options.rounding, next);
    }
    if (!lower) return finish(lbfgs_end::no_descent);
    ++result.iterations;
    curvature pair{next.x - here.x, next.gradient - here.gradient};
    pair.product = pair.step.dot(pair.change);
    std::swap(here, next);
    if (!(pair.product > 1e-12 * pair.change.squaredNorm())) continue;  // no curvature to learn from
    if (static_cast<int>(pairs.size()) == options.memory) pairs.pop_front();
    pairs.push_back(std::move(pair));
  }
  return finish(lbfgs_end::converged);
}

}  // namespace spinule::learning
