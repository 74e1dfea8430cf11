// Every parameter of every plasticity rule changes something.
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>

#include "laws/all_rules.hpp"
#include "laws/run_laws.hpp"

namespace spinule::laws {
namespace {

/// Stands for any value where the members of an aggregate are counted.
struct anything {
  template <class T>
  operator T() const;
};
template <class T, class... Given>
constexpr std::size_t members(Given... given) {
  if constexpr (requires { T{given..., anything{}}; })
    return members<T>(given..., anything{});
  else
    return sizeof...(Given);
}

/// Calls use(member) for each member of an aggregate; a member that is itself one, for each of its own.
template <class T>
void for_each_parameter(T& x, auto use) {
  const auto each = [&](auto&... m) { (for_each_parameter(m, use), ...); };
  if constexpr (requires { use(x); }) {
    use(x);
  } else if constexpr (constexpr auto n = members<T>(); n == 1) {
    auto& [a] = x;
    each(a);
  } else if constexpr (n == 2) {
    auto& [a, b] = x;
    each(a, b);
  } else if constexpr (n == 4) {
    auto& [a, b, c, d] = x;
    each(a, b, c, d);
  } else if constexpr (n == 6) {
    auto& [a, b, c, d, e, f] = x;
    each(a, b, c, d, e, f);
  } else if constexpr (n == 7) {
    auto& [a, b, c, d, e, f, g] = x;
    each(a, b, c, d, e, f, g);
  } else if constexpr (n == 14) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, o] = x;
    each(a, b, c, d, e, f, g, h, i, j, k, l, m, o);
  } else if constexpr (n == 8) {
    auto& [a, b, c, d, e, f, g, h] = x;
    each(a, b, c, d, e, f, g, h);
  } else if constexpr (n == 10) {
    auto& [a, b, c, d, e, f, g, h, i, j] = x;
    each(a, b, c, d, e, f, g, h, i, j);
  } else if constexpr (n == 11) {
    auto& [a, b, c, d, e, f, g, h, i, j, k] = x;
    each(a, b, c, d, e, f, g, h, i, j, k);
  } else if constexpr (n == 12) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l] = x;
    each(a, b, c, d, e, f, g, h, i, j, k, l);
  } else {
    static_assert(n == 0, "one more count of members");
  }
}

/// Changes a parameter that is counted down to.
struct change {
  int& countdown;
  void operator()(double& x) const {
    if (countdown-- == 0) x = x == 0 ? 0.05 : 1.2 * x;
  }
  void operator()(bool& x) const {
    if (countdown-- == 0) x = !x;
  }
  template <int V, int I, int T, int L>
  void operator()(quantity<V, I, T, L>& x) const {
    if (countdown-- == 0) x = x.value() == 0 ? quantity<V, I, T, L>{0.05} : 1.2 * x;
  }
};

/// Synapses of both signs ask for a positive w_max; nothing else that these laws change is refused.
template <class Rule>
constexpr bool may_refuse(const Rule&) {
  return false;
}
bool may_refuse(const astrocyte_stdp<millivolts>& rule) { return rule.w_max < 0_mV; }

/// Few spikes, so that bounds do not hide what was learned; more where thresholds are to be met.
template <class Rule>
constexpr ticks enough(const Rule&) {
  return 60;
}
constexpr ticks enough(const bistable_synapse<millivolts>&) { return 300; }

/// Weights after both sides of some synapses were told when to fire.
template <class Rule>
std::vector<double> learned(const Rule& rule, const uniform<millivolts>& start) {
  network net{9};
  const auto sender = net.add("sender", poisson{.rate = 60_Hz}, 5),
             teacher = net.add("teacher", poisson{.rate = 60_Hz}, 5);
  const auto cells = net.add("cells", lif{.tau = 1_ms, .threshold = 1e3_mV, .refractory = 0_ms}, 5);
  net.connect(teacher, cells, one_to_one{}, {.weight = 3e3_mV});
  const auto p = net.connect(sender, cells, all_to_all{}, {.weight = start, .delay = 2_ms}, rule);
  drive_third_factor(net, rule, {p});
  simulation sim{net, reference{1_ms}};
  sim.run_ticks(enough(rule));
  return sim.weights(p);
}

/// Puts a number that is none in place of a parameter that is counted down to.
struct spoil {
  int& countdown;
  double with;
  void operator()(double& x) const {
    if (countdown-- == 0) x = with;
  }
  void operator()(bool&) const {}
  template <int V, int I, int T, int L>
  void operator()(quantity<V, I, T, L>& x) const {
    if (countdown-- == 0) x = quantity<V, I, T, L>{with};
  }
};
/// Only a gain may last for ever.
template <class Rule>
bool lasts_for_ever(const Rule& rule) {
  if constexpr (requires { rule.tau_gain; })
    return std::isinf(rule.tau_gain.value());
  else
    return false;
}

template <class On>
class rule_parameter : public testing::Test {};
TYPED_TEST_SUITE(rule_parameter, all_rules, by_name);

TYPED_TEST(rule_parameter, changes_something) {
  const auto rule = TypeParam::make().rule;
  const millivolts range = rule.highest() - rule.lowest();
  const uniform<millivolts> start{rule.lowest() + 0.4 * range, rule.lowest() + 0.6 * range};
  const auto expected = learned(rule, start);
  int parameters = 0;
  for (;; ++parameters) {
    auto other = rule;
    int countdown = parameters;
    for_each_parameter(other, change{countdown});
    if (countdown >= 0) break;  // there are no more
    try {
      EXPECT_NE(expected, learned(other, start)) << "parameter " << parameters;
    } catch (const spinule_error& e) {
      EXPECT_TRUE(may_refuse(other)) << "parameter " << parameters << ": " << e.what();
    }
  }
  EXPECT_GE(parameters, 4);
}

TYPED_TEST(rule_parameter, that_is_not_finite_is_refused) {
  const auto rule = TypeParam::make().rule;
  const millivolts middle = 0.5 * (rule.lowest() + rule.highest());
  for (const double with : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    int parameters = 0;
    for (;; ++parameters) {
      auto other = rule;
      int countdown = parameters;
      for_each_parameter(other, spoil{countdown, with});
      if (countdown >= 0) break;
      if (lasts_for_ever(other) && !lasts_for_ever(rule)) continue;
      EXPECT_THROW(learned(other, {middle, middle}), spinule_error) << "parameter " << parameters << " = " << with;
    }
    EXPECT_GE(parameters, 4);
  }
}

TYPED_TEST(rule_parameter, w_max_beyond_single_precision_is_refused) {
  auto rule = TypeParam::make().rule;
  rule.w_max = 1e39 * rule.w_max;
  EXPECT_THROW(learned(rule, {0_mV, 0_mV}), spinule_error);
}

}  // namespace
}  // namespace spinule::laws
