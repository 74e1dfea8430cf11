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

ground total(const std::vector<ground>& areas) {
  ground sum{.component = "all"};
  for (const ground& a : areas) {
    sum.um2 += a.um2;
    sum.low_um2 += a.low_um2;
    sum.high_um2 += a.high_um2;
  }
  return sum;
}

double quantised_network::ticks() const {
  return operations > 0 ? static_cast<double>(chances) / static_cast<double>(operations) : 0;
}

double quantised_network::rate() const {
  return chances > 0 ? static_cast<double>(events) / static_cast<double>(chances) : 0;
}

double quantised_network::break_even(double run) const {
  return event_pj > 0 && run > 0 ? (energy_pj * ticks() / run - fixed_pj) / event_pj * rate() : 0;
}

}  // namespace spinule
