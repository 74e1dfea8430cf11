// Reset by subtraction.
#include <gtest/gtest.h>

#include <spinule/models/soft_reset_lif.hpp>
#include <spinule/random.hpp>

namespace spinule::soft_reset_lif_test {

TEST(soft_reset_lif, loses_the_threshold_and_no_more) {
  const soft_reset_lif::kernel<double> k{{.tau = 1e9_ms, .threshold = 10_mV}, 1_ms};
  auto s = k.start();
  int spikes = 0;
  double sum = 0;
  random_stream random{2, purpose::user, 3};
  for (int n = 0; n < 10000; ++n) {
    const double in = 9 * random.uniform();
    sum += in;
    spikes += k.step(s, {in, 0});
  }
  EXPECT_EQ(spikes, static_cast<int>(sum / 10)) << "without a leak nothing of the input is lost";
}

TEST(soft_reset_lif, fires_on_where_it_is_left_above_the_threshold) {
  const soft_reset_lif::kernel<double> k{{.rest = -65_mV, .threshold = -50_mV, .reset = -65_mV}, 1_ms};
  auto s = k.start();
  EXPECT_TRUE(k.step(s, {50, 0}));
  EXPECT_EQ(s.v, -30) << "it fell by the 15 mV between threshold and reset";
  EXPECT_EQ(k.quiet(s), 0);
  EXPECT_TRUE(k.step(s, {}));
}

}  // namespace spinule::soft_reset_lif_test
