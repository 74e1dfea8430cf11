// What is read from a trainer and set in it.
#include "trainer_parts.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule::learning {
namespace {

/// The smallest power of two of which the largest sum of weights onto a neuron is at most 2^23: sums of multiples of it
/// are exact in single precision, in any order.
double exact_step(double largest_sum) { return std::exp2(std::ceil(std::log2(std::fmax(largest_sum, 1e-30))) - 23); }

/// Of the weights onto each port of a population.
std::vector<double> exact_steps(const training_plan& plan, std::size_t population) {
  std::vector<std::vector<double>> sums(plan.populations[population].used.size());
  for (const std::size_t k : plan.onto[population]) {
    const trained_projection& p = plan.projections[k];
    auto& onto = sums[p.port];
    onto.resize(p.targets, 0);
    p.for_each([&](std::size_t, std::size_t i, std::size_t place) { onto[i] += std::fabs(p.weights[place]); });
  }
  std::vector<double> steps;
  for (const auto& onto : sums) steps.push_back(onto.empty() ? 1 : exact_step(*std::ranges::max_element(onto)));
  return steps;
}

}  // namespace

std::vector<double> trainer::weights(const projection& p) const {
  const auto& of = parts_->of(p);
  return of.matrix_of(of.weights);
}

std::vector<double> trainer::gradient(const projection& p) const {
  const auto& of = parts_->of(p);
  return of.matrix_of(of.gradient);
}

std::vector<double> trainer::delays(const projection& p) const {
  const auto& of = parts_->of(p);
  const double tick = parts_->plan.tick.value();
  std::vector<double> all = of.delay_matrix_of(of.delays, of.delay);
  for (double& x : all) x *= tick;
  return all;
}

std::vector<double> trainer::delay_gradient(const projection& p) const {
  const auto& of = parts_->of(p);
  std::vector<double> all = of.delay_matrix_of(of.delay_gradient, 0);
  for (double& x : all) x /= parts_->plan.tick.value();
  return all;
}

std::vector<double> trainer::parameter_gradient(const population& cells, const std::string& parameter) const {
  const trained_parameter& x = parts_->of(cells, parameter);
  return {x.gradient.begin(), x.gradient.end()};
}

trained_start& trainer::parts::start_of(const population& cells, const std::string& field) {
  const std::size_t which = field_index(described(net.populations(), cells, "trainer"), field);
  for (trained_start& x : plan.starts)
    if (x.population == cells.id && x.field == which) return x;
  throw spinule_error{"population \"" + net.populations()[cells.id].name + "\"",
                      "the start of its " + field + " is not learned; see trainer::learn_start"};
}

std::vector<double> trainer::start_gradient(const population& cells, const std::string& field) const {
  const trained_start& x = parts_->start_of(cells, field);
  return {x.gradient.begin(), x.gradient.end()};
}

std::vector<double> trainer::start(const population& cells, const std::string& field) const {
  const auto values = parts_->start_of(cells, field).of(parts_->plan.populations[cells.id]);
  return {values.begin(), values.end()};
}

void trainer::set_weights(const projection& p, std::span<const double> weights) {
  auto& of = parts_->of(p);
  if (weights.size() != std::size_t{of.sources} * of.targets)
    throw spinule_error{"trainer::set_weights", fmt::format("{} weights for {} sources and {} targets", weights.size(),
                                                            of.sources, of.targets)};
  if (!std::ranges::all_of(weights, [](double w) { return std::isfinite(w); }))
    throw spinule_error{"trainer::set_weights", "a weight is not finite"};
  of.for_each([&](std::size_t j, std::size_t i, std::size_t place) {
    of.weights[place] = static_cast<float>(weights[j * of.targets + i]);
  });
  parts_->refresh(of);
}

std::vector<layer_report> trainer::layers() const {
  const training_plan& plan = parts_->plan;
  std::vector<layer_report> all;
  for (std::size_t p = 0; p < plan.populations.size(); ++p) {
    const trained_population& of = plan.populations[p];
    if (of.cells == nullptr || !of.fires() || parts_->record.populations.empty()) continue;
    const auto& counts = parts_->record.populations[p].counts;
    layer_report report{.name = of.name};
    std::vector<std::uint64_t> sums(of.size, 0);
    for (std::size_t i = 0; i < counts.size(); ++i) sums[i % of.size] += counts[i];
    const auto samples = static_cast<double>(parts_->record.samples);
    index_t silent = 0, saturated = 0;
    for (const std::uint64_t n : sums) {
      report.spikes += static_cast<double>(n) / samples / of.size;
      silent += n == 0;
      saturated += 2 * static_cast<double>(n) >= samples * plan.length;
    }
    report.silent = silent / static_cast<double>(of.size);
    report.saturated = saturated / static_cast<double>(of.size);
    double squares = 0;
    for (const std::size_t k : plan.onto[p]) {
      const double norm = plan.projections[k].norm_of(plan.projections[k].gradient);
      squares += norm * norm;
    }
    report.gradient_norm = std::sqrt(squares);
    all.push_back(report);
  }
  return all;
}

network trainer::trained() const {
  network net = parts_->net;
  const training_plan& plan = parts_->plan;
  std::vector<std::vector<double>> steps(plan.populations.size());
  for (std::size_t p = 0; p < plan.populations.size(); ++p)
    if (plan.populations[p].cells != nullptr) steps[p] = exact_steps(plan, p);
  for (const trained_projection& p : plan.projections) {
    std::vector<listed_synapse> all;
    const double step = steps[p.target][p.port];
    p.for_each([&](std::size_t j, std::size_t i, std::size_t place) {
      const double weight = std::nearbyint(p.weights[place] / step) * step;
      const ticks delay = p.delays.empty() ? p.delay : p.whole_delays[p.delay_place(j, i, place)];
      all.push_back({static_cast<index_t>(j), static_cast<index_t>(i), weight, delay * plan.tick});
    });
    net.replace(net.projection_at(p.id), std::move(all));
  }
  for (const trained_parameter& x : plan.parameters) {
    const auto& cells = plan.populations[x.population];
    net.set(net.population_at(x.population), std::string{cells.model->parameters()[x.which].name}, x.values);
  }
  for (const trained_start& x : plan.starts) {
    const trained_population& cells = plan.populations[x.population];
    const auto first = cells.start.begin() + static_cast<std::ptrdiff_t>(x.field * cells.size);
    net.initialise(net.population_at(x.population), std::string{cells.model->fields()[x.field].name},
                   std::vector<double>{first, first + static_cast<std::ptrdiff_t>(cells.size)});
  }
  return net;
}

namespace {

/// Writes all that changes into a list of numbers, or reads it back in the same order.
class archive {
 public:
  explicit archive(std::vector<double>& to) : to_{&to} {}
  explicit archive(std::span<const double> from) : from_{from} {}

  template <class T>
  void operator()(T& x) {
    if (to_ != nullptr) return to_->push_back(static_cast<double>(x));
    if (at_ >= from_.size()) refuse();
    const double number = from_[at_++];
    if (std::is_integral_v<T> && !(number >= 0 && number < 0x1p53)) refuse();
    x = static_cast<T>(number);
  }
  template <class Numbers>
  void all(Numbers& numbers) {
    for (auto& x : numbers) (*this)(x);
  }
  void operator()(optimiser_state& steps) {
    std::vector<float> first(steps.first_moment().begin(), steps.first_moment().end());
    std::vector<float> second(steps.second_moment().begin(), steps.second_moment().end());
    std::uint64_t count = steps.steps();
    (*this)(count);
    all(first);
    all(second);
    if (to_ == nullptr) steps.restore(count, first, second);
  }
  void operator()(activity_subspace& lateral) {
    std::size_t frozen = lateral.frozen(), neurons = lateral.neurons();
    (*this)(frozen);
    (*this)(neurons);
    if (neurons > lateral.inputs() || frozen > neurons) refuse();
    std::vector<double> weights(lateral.weights().begin(), lateral.weights().end());
    std::vector<double> momenta(lateral.momenta().begin(), lateral.momenta().end());
    weights.resize(neurons * lateral.inputs());
    momenta.resize((neurons - frozen) * lateral.inputs());
    all(weights);
    all(momenta);
    if (to_ == nullptr) lateral.restore(frozen, std::move(weights), std::move(momenta));
  }
  void finish() const {
    if (to_ == nullptr && at_ != from_.size()) refuse();
  }

 private:
  [[noreturn]] static void refuse() {
    throw spinule_error{"trainer::restore", "the state is of another network, or of other options"};
  }
  std::vector<double>* to_ = nullptr;
  std::span<const double> from_;
  std::size_t at_ = 0;
};

void visit(training_plan& plan, archive& a) {
  for (auto& p : plan.projections) {
    a.all(p.weights);
    a.all(p.delays);
    if (p.steps != nullptr) a(*p.steps);
    if (p.delay_steps != nullptr) a(*p.delay_steps);
    if (p.subspace != nullptr) a(*p.subspace);
  }
  if (plan.how.arrays.change_weights()) a(plan.batches);
  for (auto& p : plan.populations) a.all(p.direct);
  for (auto& x : plan.parameters) {
    a.all(x.values);
    a(*x.steps);
  }
  for (auto& x : plan.starts) {
    auto values = x.of(plan.populations[x.population]);
    a.all(values);
    a(*x.steps);
  }
}

}  // namespace

std::vector<double> trainer::state() const {
  std::vector<double> all;
  archive a{all};
  visit(parts_->plan, a);
  return all;
}

void trainer::restore(std::span<const double> state) {
  const std::vector<double> before = this->state();
  try {
    archive a{state};
    visit(parts_->plan, a);
    a.finish();
  } catch (const spinule_error&) {
    archive back{std::span<const double>{before}};
    visit(parts_->plan, back);
    throw;
  }
  for (auto& p : parts_->plan.projections) {
    parts_->refresh(p);
    if (p.subspace != nullptr) take_frozen(p);
  }
  parts_->adopt_parameters();
}

}  // namespace spinule::learning
