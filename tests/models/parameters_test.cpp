// What every model and source says of its parameters.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include <spinule/engine/any_model.hpp>
#include <spinule/error.hpp>
#include <spinule/models/adaptive_lif.hpp>
#include <spinule/models/astrocyte_modulated_lif.hpp>
#include <spinule/models/balance_astrocyte.hpp>
#include <spinule/models/chi_astrocyte.hpp>
#include <spinule/models/conductance_lif.hpp>
#include <spinule/models/cuba_lif.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/gliotransmission_terminal.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/li_rinzel_astrocyte.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/rate_astrocyte.hpp>
#include <spinule/models/soft_reset_lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/tsodyks_markram_terminal.hpp>

#include "core/statistics.hpp"

namespace spinule::parameters_test {

using testing::HasSubstr;

template <class Model>
class parameters : public testing::Test {};
using models =
    testing::Types<lif, soft_reset_lif, astrocyte_modulated_lif, rate_astrocyte, balance_astrocyte, li_rinzel_astrocyte,
                   chi_astrocyte, tsodyks_markram_terminal, gliotransmission_terminal, cuba_lif, current_lif,
                   conductance_lif, adaptive_lif, leaky_integrator, poisson, direct_current>;
TYPED_TEST_SUITE(parameters, models);

TYPED_TEST(parameters, list_every_member) {
  EXPECT_EQ(sizeof(TypeParam), sizeof(double) * described_parameters<TypeParam>().size());
}

TYPED_TEST(parameters, are_refused_outside_their_range_by_name_unit_and_range) {
  const auto known = described_parameters<TypeParam>();
  for (std::size_t i = 0; i < known.size(); ++i) {
    const auto refusal = [&](double x) {
      TypeParam model{};
      with_parameter(model, i, [&]<class T>(T& member) { member = T{x}; });
      return error_of([&] { check_model(model, "here"); });
    };
    const range& allowed = known[i].allowed;
    const std::string named{known[i].name};
    EXPECT_THAT(refusal(std::nan("")), HasSubstr("here: " + named + " = " + to_text(std::nan(""), known[i].unit)));
    EXPECT_THAT(refusal(std::nan("")), HasSubstr("; " + demand(allowed, known[i].unit)));
    if (allowed.high < INFINITY) {
      EXPECT_THAT(refusal(INFINITY), HasSubstr(named + " = inf"));
    }
    if (allowed.low >= 0) {
      EXPECT_THAT(refusal(-0.25), HasSubstr(named + " = -"));
    }
    if (allowed.above) {
      EXPECT_THAT(refusal(allowed.low), HasSubstr(named + " = 0"));
    }
  }
}

TEST(any_model, reads_and_changes_parameters_by_number) {
  const neuron_holder<lif> cells{{lif{.tau = 7_ms}}};
  ASSERT_EQ(cells.parameters()[0].name, "tau");
  EXPECT_EQ(cells.parameters()[0].unit, dimension{milliseconds{}});
  EXPECT_EQ(cells.parameter(0, 5), 7);
  const double values[] = {3, 4, 5};
  const auto changed = cells.with(0, values, "cells");
  EXPECT_EQ(changed->parameter(0, 2), 5);
  EXPECT_EQ(changed->parameter(2, 2), 15);
  EXPECT_EQ(changed->with(0, {values, 1}, "cells")->parameter(0, 2), 3);
  EXPECT_EQ(cells.parameter(0, 2), 7) << "the model itself stays";
  const double bad[] = {3, -4, 5};
  EXPECT_EQ(error_of([&] { cells.with(0, bad, "cells"); }),
            "cells neuron 1: tau = -4 ms; it must be positive and finite");
  const double reset[] = {20, -10, 20}, threshold[] = {30, -5, 30};
  const parameter_values one_by_one_at_odds[] = {{3, reset}, {2, threshold}};
  const auto moved = cells.with(one_by_one_at_odds, "cells");
  EXPECT_EQ(moved->parameter(3, 0), 20);
  EXPECT_EQ(moved->parameter(2, 1), -5);
  const source_holder<poisson> source{poisson{.rate = 5_Hz}};
  EXPECT_EQ(source.parameter(0, 0), 0.005);
  EXPECT_EQ(source.with(0, {values, 1}, "source")->parameter(0, 0), 3);
  EXPECT_THAT(error_of([&] { source.with(0, {bad + 1, 1}, "source"); }), HasSubstr("source: rate = -4000 Hz"));
  EXPECT_THAT(error_of([&] { source.with(0, values, "source"); }), HasSubstr("one value of each parameter"));
}

}  // namespace spinule::parameters_test
