// Gradient descent against curl descent, in which one hidden unit of ten learns its readout with the opposite sign: on
// few examples it gets out of where gradient descent stays. Below it, where flipped units make a solution unstable.
#include <fmt/format.h>

#include <spinule/learning/curl_analysis.hpp>

#include "support/students.hpp"

using namespace spinule::learning;
using namespace spinule::students;

int main() {
  const double plain = least_test_error(500, 3000, 0, 1), curl = least_test_error(500, 3000, 1, 1);
  fmt::print("log10 of the test error: {:.2f} with gradient descent, {:.2f} with one unit of ten flipped\n", plain,
             curl);

  fmt::print("{:>20} {:>12} {:>12}\n", "inputs over hidden", "of inputs", "of hidden");
  for (const double c : {0.1, 0.25, 0.4, 0.5, 1.0, 2.0})
    fmt::print("{:>20} {:>12.3f} {:>12.3f}\n", c, critical_share_of_inputs(c), critical_share_of_hidden(c));

  const near_teacher t{40, 100, 1};
  const auto at = [&](std::size_t flipped) {
    return stability(t.start, learning_signs::flipped_sources(40, flipped), {}).front();
  };
  fmt::print("least eigenvalue of 40 inputs, 100 hidden units: {:.2f}, with 4 inputs flipped {:.2f}, with all {:.2f}\n",
             at(0), at(4), at(40));
  return curl < plain && at(4) > 0 && at(40) < 0 ? 0 : 1;
}
