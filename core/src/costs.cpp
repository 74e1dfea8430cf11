#include <spinule/costs.hpp>

namespace spinule {

double cost_report::dynamic_pj() const {
  double sum = 0;
  for (const cost& c : dynamic) sum += c.energy_pj;
  return sum;
}

double cost_report::static_pj() const {
  double sum = 0;
  for (const standing_cost& c : standing) sum += c.energy_pj;
  return sum;
}

double cost_report::real_time_pj() const {
  double sum = 0;
  for (const standing_cost& c : standing) sum += c.real_time_pj;
  return sum;
}

}  // namespace spinule
