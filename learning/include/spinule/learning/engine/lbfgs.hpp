// Minimum of a smooth function of many variables.
#pragma once

#include <functional>
#include <span>
#include <vector>

namespace spinule::learning {

struct lbfgs_options {
  int iterations = 500;     ///< at most so many steps
  double tolerance = 1e-5;  ///< stop when no derivative is larger
  int memory = 10;          ///< pairs of steps and gradient changes that are kept
  double rounding = 0;      ///< relative error of the values of the function; below it only slopes are believed
};

enum class lbfgs_end {
  converged,   ///< no derivative above the tolerance
  exhausted,   ///< all iterations used
  no_descent,  ///< the function does not fall any more along its own gradient: its rounding is reached
};

struct lbfgs_result {
  lbfgs_end end = lbfgs_end::exhausted;
  int iterations = 0;
  double value = 0;
};

/// Returns the value at `x` and writes the derivatives to `gradient`.
using smooth_function = std::function<double(std::span<const double> x, std::span<double> gradient)>;

/// Moves `x` from where it starts towards a minimum of `f`: limited-memory BFGS with the two-loop recursion (Nocedal &
/// Wright, Numerical Optimization, 2006, algorithm 7.4) and backtracking to sufficient decrease (their 3.1, c = 1e-4)
/// or, where rounding hides the decrease, to a lesser slope (approximate Wolfe condition of Hager & Zhang, SIAM J.
/// Optim. 16, 2005, delta = 0.1). Deterministic when `f` is. Throws `spinule_error` when `f` or a derivative is not
/// finite at the start.
lbfgs_result minimise(const smooth_function& f, std::span<double> x, const lbfgs_options& options = {});

}  // namespace spinule::learning
