// What a sweep writes of the points that are done.
#include "sweep_output.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spinule::sweep_output_test {

using testing::EndsWith;
using testing::HasSubstr;

TEST(sweep_csv, marks_every_line_while_points_are_missing) {
  const sweep_grid g{load_hardware("random_rram_40nm"), {"adc.bits=4,6"}, {}};
  sweep_state state{{}, {}, g.points(), false};
  run_summary done;
  done.samples = 10, done.correct = 5, done.dynamic_pj = 1;
  state.keep(0, done);
  const std::string part = sweep_csv(g, swept_points(state, 1));
  EXPECT_THAT(part, HasSubstr(",pareto,interrupted\n"));
  EXPECT_THAT(part, EndsWith(",1,1\n"));
  done.correct = 6;
  state.keep(1, done);
  const std::string whole = sweep_csv(g, swept_points(state, 1));
  EXPECT_THAT(whole, HasSubstr(",0,0\n"));
  EXPECT_THAT(whole, EndsWith(",1,0\n"));
}

}  // namespace spinule::sweep_output_test
