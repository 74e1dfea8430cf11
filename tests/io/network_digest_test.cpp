#include <spinule/io/engine/network_digest.hpp>

#include <functional>
#include <set>

#include <gtest/gtest.h>

#include <spinule/engine/drawable.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/liquid.hpp>
#include <spinule/models/sources.hpp>

namespace spinule::network_digest_test {

/// What a network of two populations is made of.
struct parts {
  std::uint64_t seed = 1;
  index_t size = 40;
  milliseconds tau{20};
  double p = 0.3;
  value<millivolts> weight = normal{0_mV, 1_mV};
  value<milliseconds> delay = uniform{1_ms, 5_ms};
  std::vector<listed<millivolts>> listed_ones{{0, 1, 1_mV, 2_ms}, {3, 2, 2_mV, 1_ms}};
  millivolts start = 5_mV;
};

std::string digest_of(const parts& of, milliseconds tick = 1_ms) {
  network net{of.seed};
  const auto in = net.add("in", replay{}, 5);
  const auto cells = net.add("cells", lif{.tau = of.tau}, of.size);
  net.initialise(cells, "v", uniform{0_mV, of.start});
  net.connect(in, cells, of.listed_ones);
  net.connect(cells, cells, fixed_probability{of.p}, {.weight = of.weight, .delay = of.delay});
  return network_digest(net, tick);
}

TEST(network_digest, is_the_same_for_the_same_network_and_another_for_every_change) {
  const std::vector<std::function<void(parts&)>> changes{[](parts& x) { x.seed = 2; },
                                                         [](parts& x) { x.size = 41; },
                                                         [](parts& x) { x.tau = 21_ms; },
                                                         [](parts& x) { x.p = 0.31; },
                                                         [](parts& x) {
                                                           x.weight = normal{0_mV, 1.01_mV};
                                                         },
                                                         [](parts& x) { x.weight = 1_mV; },
                                                         [](parts& x) {
                                                           x.delay = uniform{1_ms, 6_ms};
                                                         },
                                                         [](parts& x) { x.listed_ones[1].target = 1; },
                                                         [](parts& x) { x.listed_ones[1].weight = 3_mV; },
                                                         [](parts& x) { x.listed_ones[1].delay = 2_ms; },
                                                         [](parts& x) { x.listed_ones.pop_back(); },
                                                         [](parts& x) { x.start = 6_mV; }};
  std::set<std::string> seen{digest_of({})};
  EXPECT_EQ(digest_of({}), *seen.begin());
  for (const auto& change : changes) {
    parts changed;
    change(changed);
    seen.insert(digest_of(changed));
  }
  EXPECT_EQ(seen.size(), changes.size() + 1);
}

TEST(network_digest, tells_the_seeds_of_a_liquid_with_more_rows_than_are_drawn) {
  const auto of = [](std::uint64_t seed) {
    return network_digest(grid_liquid{.neurons = 2000, .seed = seed}.build({.channels = 3000}).net, 1_ms);
  };
  EXPECT_EQ(of(1), of(1));
  EXPECT_NE(of(1), of(2));
}

TEST(drawable, gives_the_rows_of_the_lowered_network) {
  const auto net = grid_liquid{.neurons = 50}.build({.channels = 20}).net;
  const auto part = drawable(net, 1_ms);
  const auto whole = lower(net, 1_ms);
  for (index_t j = 0; j < net.projections().size(); ++j) {
    row_drawer some{*part, j}, all{*whole, j};
    ASSERT_EQ(some.rows(), all.rows());
    for (index_t r = all.rows(); r-- > 0;) {
      const drawn_row a = some.row(r), b = all.row(r);
      ASSERT_TRUE(std::ranges::equal(a.partners, b.partners));
      for (std::size_t i = 0; i < a.partners.size(); ++i) {
        EXPECT_EQ(a.weight(i), b.weight(i));
        EXPECT_EQ(a.delay(i), b.delay(i));
      }
    }
  }
}

}  // namespace spinule::network_digest_test
