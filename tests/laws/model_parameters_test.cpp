// What every model promises of its parameters, set in a running simulation or given from the start.
#include <gtest/gtest.h>

#include "laws/all_block_models.hpp"
#include "laws/driven.hpp"

namespace spinule::laws {
namespace {

template <class Model>
world world_of(const trial<Model>& t, const Model& model) {
  world w{.net = network{3}, .tick = t.tick};
  const auto cells = w.net.add("cells", model, 20);
  for (int p = 0; p < Model::ports; ++p) drive_port(w, t, target<number>{cells, p}, t.tick);
  if constexpr (graded<Model>) {  // what it sends is seen by what it does
    const synapse<number> each{.weight = number{t.drive[0].high / 8}, .delay = t.tick};
    w.net.add(connection{.from = cells,
                         .to = cells,
                         .pairs = wiring{fixed_indegree{.k = 2}},
                         .weight = each.weight,
                         .delay = each.delay});
  }
  return w;
}

/// Another value within the range, of whole ticks where the parameter is a time.
double other(double x, const described_number& of, milliseconds tick) {
  if (of.unit == dimension{milliseconds{}}) return x + 3 * tick.value();
  if (of.allowed.whole) return x == of.allowed.low ? x + 1 : x - 1;
  return x == 0 ? 0.1 : 1.1 * x;
}

const std::vector<stage> stages{on_reference(), on_cpu(stepping::sweep, precision::single),
                                on_cpu(stepping::visit, precision::single, 2),
                                on_cpu(stepping::automatic, precision::full)};

template <class On>
class model_parameters : public testing::Test {
 protected:
  using model = typename On::trial_type::model_type;
  static constexpr std::span<const described_number> known() { return described_parameters<model>(); }
  static std::string name(std::size_t i) { return std::string{known()[i].name}; }
  static double given(const trial<model>& t, std::size_t i) {
    double value = 0;
    with_parameter(t.model, i, [&](const auto& x) { value = value_of(x); });
    return value;
  }
  /// Another value; what a graded model sends can only be made smaller.
  static double another(const trial<model>& t, std::size_t i) {
    const double value = given(t, i), changed_to = other(value, known()[i], t.tick);
    if constexpr (requires { t.model.largest_output(); }) {
      model m = t.model;
      with_parameter(m, i, [&]<class T>(T& x) { x = static_cast<T>(changed_to); });
      if (m.largest_output() > t.model.largest_output()) return 0.9 * value;
    }
    return changed_to;
  }
  /// With other parameters.
  static model changed(const trial<model>& t) {
    if constexpr (neuron_model<model>) return model{};
    model m = t.model;
    for (std::size_t i = 0; i < known().size(); ++i) {
      const double value = another(t, i);
      with_parameter(m, i, [&]<class T>(T& x) { x = static_cast<T>(value); });
    }
    return m;
  }
  /// Values to set: one for each neuron where that can be.
  static std::vector<double> settable(std::vector<double> each) {
    if constexpr (!neuron_model<model>) each.resize(1);
    return each;
  }
};
TYPED_TEST_SUITE(model_parameters, models_of_both_kinds, by_name);

TYPED_TEST(model_parameters, set_before_a_run_are_those_of_a_network_built_with_them) {
  const auto t = TypeParam::make();
  const world wanted = world_of(t, t.model), built = world_of(t, this->changed(t));
  for (const auto& on : stages) {
    auto sim = on.make(built);
    const auto cells = sim.population_at(0);
    sim.run_ticks(20);
    for (std::size_t i = 0; i < this->known().size(); ++i) {
      const std::vector<double> each(20, this->given(t, i));
      sim.set(cells, this->name(i), i % 2 ? this->settable(each) : std::vector{each[0]});
      EXPECT_EQ(sim.parameter(cells, this->name(i)), each);
    }
    EXPECT_EQ(run(wanted, on), run(built, sim)) << on << ": set, then reset";
  }
}

TYPED_TEST(model_parameters, set_in_a_run_act_alike_in_every_stepping_of_double) {
  const auto t = TypeParam::make();
  const world w = world_of(t, t.model);
  const auto changed_midway = [&](const stage& on) {
    auto sim = on.make(w);
    observe_all(w, sim);
    sim.run_ticks(100);
    auto untouched = sim;
    for (std::size_t i = 0; i < this->known().size(); ++i) {
      std::vector<double> each(20, this->given(t, i));
      for (std::size_t k = 0; k < each.size(); k += 2) each[k] = this->another(t, i);
      sim.set(sim.population_at(0), this->name(i), this->settable(each));
    }
    sim.run_ticks(200);
    untouched.run_ticks(200);
    EXPECT_EQ(run(w, on), outcome_of(w, untouched)) << on << ": copies keep their own";
    return outcome_of(w, sim);
  };
  const outcome expected = changed_midway(on_reference());
  for (const stepping by : all_steppings) {
    const outcome o = changed_midway(on_cpu(by, precision::full));
    EXPECT_EQ(expected.spikes, o.spikes);
    EXPECT_LT(apart(expected, o), 1e-9);
  }
}

TYPED_TEST(model_parameters, each_change_something) {
  const auto t = TypeParam::make();
  const world w = world_of(t, t.model);
  const outcome before = run(w, on_reference());
  for (std::size_t i = 0; i < this->known().size(); ++i) {
    auto sim = on_reference().make(w);
    const double value = this->another(t, i);
    sim.set(sim.population_at(0), this->name(i), std::span{&value, 1});
    EXPECT_NE(before, run(w, sim)) << this->name(i);
  }
}

}  // namespace
}  // namespace spinule::laws
