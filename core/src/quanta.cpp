#include "quanta.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

/// Relative errors of a weight: up to the first nothing is done, beyond the second the network is refused.
constexpr double small_error = 0x1p-10, largest_error = 0.01;

/// The smallest power of two in which `largest` fits 30 bits.
double quantum_for(double largest) {
  if (!(largest > 0)) return 1;
  int exponent = 0;
  std::frexp(largest, &exponent);
  return std::ldexp(1.0, exponent - 30);
}

double error_of(double weight, double quantum) {
  return std::fabs(std::nearbyint(weight / quantum) * quantum - weight) / std::fabs(weight);
}

/// A projection or a drive onto the port under way.
struct incoming {
  bool is_drive = false;
  std::size_t number = 0;
  const survey* synapses = nullptr;  ///< null for a drive
  double events = 0, weight = 0;     ///< most in one tick, of a source neuron or of the drive; weight of the drive.
                                     ///< Where values arrive, the largest of them.
  double largest = 0, usual = 0;     ///< magnitudes
  std::vector<double> few = {};      ///< the different weights without 0, where they are few
  double allowed = small_error;

  double at(index_t target) const { return events * (synapses ? synapses->input(target) : std::fabs(weight)); }
  /// What has to be resolved.
  double scale() const {
    double least = few.empty() ? usual : largest;
    for (const double w : few) least = std::min(least, std::fabs(w));
    return least;
  }
  /// The greatest relative error of a weight; of drawn and of many different ones, of a usual weight.
  double error_in(double quantum) const {
    double worst = few.empty() && usual > 0 ? 0.5 * quantum / usual : 0;
    for (const double w : few) worst = std::max(worst, error_of(w, quantum));
    return worst;
  }
};

incoming of_projection(std::size_t j, const survey& s, std::uint32_t events) {
  incoming x{.number = j, .synapses = &s, .events = events * s.summary.largest_amplitude};
  x.largest = s.summary.largest;
  x.usual = s.summary.usual;
  std::copy_if(s.summary.few_weights.begin(), s.summary.few_weights.end(), std::back_inserter(x.few),
               [](double w) { return w != 0; });
  return x;
}

incoming of_drive(std::size_t k, double weight, std::uint32_t events) {
  incoming x{.is_drive = true, .number = k, .events = static_cast<double>(events), .weight = weight};
  x.largest = x.usual = std::fabs(weight);
  if (weight != 0) x.few.push_back(weight);
  return x;
}

/// What may arrive in one tick at each target over some of what leads to a port.
class column {
 public:
  explicit column(index_t targets) : total_(targets, 0) {}
  double quantum() const { return quantum_for(*std::max_element(total_.begin(), total_.end())); }
  double quantum_with(const incoming& x) const {
    double largest = 0;
    for (index_t i = 0; i < total_.size(); ++i) largest = std::max(largest, total_[i] + x.at(i));
    return quantum_for(largest);
  }
  void add(const incoming& x) {
    for (index_t i = 0; i < total_.size(); ++i) total_[i] += x.at(i);
    members.push_back(&x);
  }
  bool resolves_members(double quantum) const {
    return std::all_of(members.begin(), members.end(), [&](auto* x) { return x->error_in(quantum) <= x->allowed; });
  }

  std::vector<const incoming*> members;

 private:
  std::vector<double> total_;
};

/// Throws for weights that are lost among others of the same projection.
void refuse(const std::string& name, const incoming& x, double quantum) {
  double lost = x.usual;
  if (!x.few.empty())
    lost = *std::max_element(x.few.begin(), x.few.end(),
                             [&](double a, double b) { return error_of(a, quantum) < error_of(b, quantum); });
  const std::string becomes =
      std::fabs(lost) <= 0.5 * quantum ? "become 0" : fmt::format("be off by {:.2g} %", 100 * x.error_in(quantum));
  throw spinule_error{
      fmt::format("projection \"{}\"", name),
      fmt::format("a weight of {:g} would {} beside one of {:g}: what arrives in a tick is summed in steps of "
                  "{:g}; give weights of so different size projections of their own",
                  lost, becomes, x.largest, quantum)};
}

/// One column if it resolves everything, else as few as it takes, from the largest weights to the smallest.
std::vector<column> columns_of(std::vector<incoming>& all, const lowered_network& net, index_t targets) {
  std::vector<column> columns(1, column{targets});
  for (const incoming& x : all) columns[0].add(x);
  if (columns[0].resolves_members(columns[0].quantum())) return columns;
  for (incoming& x : all) {
    const double quantum = column{targets}.quantum_with(x), alone = x.error_in(quantum);
    if (alone > largest_error) refuse(net.descriptions[x.number].name, x, quantum);
    x.allowed = std::max(small_error, alone);
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.scale() > b.scale(); });
  columns.assign(1, column{targets});
  for (const incoming& x : all) {
    const double quantum = columns.back().quantum_with(x);
    if (x.error_in(quantum) > x.allowed || !columns.back().resolves_members(quantum)) columns.emplace_back(targets);
    columns.back().add(x);
  }
  return columns;
}

}  // namespace

void choose_quanta(const network& described, lowered_network& net, std::vector<survey>& surveys) {
  for (index_t p = 0; p < net.populations.size(); ++p) {
    const auto& cells = net.populations[p];
    auto& quanta = net.quanta.emplace_back(static_cast<std::size_t>(cells.model->ports()), 1.0);
    auto& ports = net.column_ports.emplace_back(quanta.size());
    std::iota(ports.begin(), ports.end(), 0);
    for (int port = 0; port < cells.model->ports(); ++port) {
      std::vector<incoming> all;
      for (std::size_t j = 0; j < surveys.size(); ++j)
        if (const auto& d = net.descriptions[j]; d.target == p && d.port == port)
          all.push_back(of_projection(j, surveys[j], net.most_events[d.source]));
      for (std::size_t k = 0; k < net.drives.size(); ++k)
        if (const auto& d = described.drives()[k];
            d.target == p && d.port == port && net.drives[k].counts.greatest() > 0)
          all.push_back(of_drive(k, d.weight, net.drives[k].counts.greatest()));
      auto n = static_cast<std::size_t>(port);
      for (const column& c : columns_of(all, net, cells.targets(port))) {
        if (n == quanta.size()) {
          quanta.push_back(1);
          ports.push_back(port);
        }
        quanta[n] = c.quantum();
        for (const incoming* x : c.members) {
          if (x->is_drive) {
            net.drives[x->number].column = n;
            net.drives[x->number].code = static_cast<std::int32_t>(std::llround(x->weight / quanta[n]));
          } else {
            surveys[x->number].summary.column = n;
            surveys[x->number].summary.quantum = quanta[n];
          }
        }
        n = quanta.size();
      }
    }
  }
}

}  // namespace spinule
