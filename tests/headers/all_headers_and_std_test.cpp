// The same with both namespaces open.
#include <gtest/gtest.h>

#include <bits/stdc++.h>

#include "all_headers.hpp"

using namespace std;
using namespace spinule;

namespace {

TEST(all_headers, serve_a_program_that_opens_std_as_well) {
  network net{42};
  const auto noise = net.add("noise", poisson{.rate = 20_Hz}, 3);
  const auto cells = net.add("cells", vector<lif>(3));
  const auto wires = net.connect(noise, cells, one_to_one{}, {.weight = 1_mV});
  const array<sensor, 1> cameras{};
  const labelled_recording nothing;
  EXPECT_EQ(cameras[0].channels(), 2312u);
  EXPECT_EQ(nothing.label, wires.id);
  EXPECT_THROW(throw spinule_error("here", "nothing is wrong"), spinule_error);
}

}  // namespace
