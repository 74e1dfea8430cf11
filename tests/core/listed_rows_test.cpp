// Lists are sorted without copies of themselves, and nothing of them is lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>

#include <spinule/engine/listed_rows.hpp>
#include <spinule/engine/lowering.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/network.hpp>

#include "statistics.hpp"

namespace spinule::listed_rows_test {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<listed_synapse> random_list(std::uint64_t seed, std::size_t size, index_t sources, index_t targets) {
  random_stream random{seed, purpose::user, 0};
  std::vector<listed_synapse> list;
  list.reserve(size);
  for (std::size_t i = 0; i < size; ++i)
    list.push_back({static_cast<index_t>(random.below(sources)), static_cast<index_t>(random.below(targets)),
                    random.normal(), milliseconds{1.0 + static_cast<double>(random.below(5))}});
  return list;
}

listed_rows rows_of(std::vector<listed_synapse> list, index_t sources, const sign_filter& part = {}) {
  return sorted_rows(given_list{std::move(list)}, part, sources, "here");
}

/// What a comparing sort makes of it.
std::vector<listed_synapse> sorted(std::vector<listed_synapse> list) {
  std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
    return std::pair{a.source, a.target} < std::pair{b.source, b.target};
  });
  return list;
}

TEST(listed_rows, are_what_a_stable_sort_gives) {
  for (const index_t targets : {1u, 7u, 255u, 256u, 257u, 65536u, 65537u, 3000000u, 0xffffffffu})
    for (const std::size_t size : {0u, 1u, 2u, 500u, 2560u, 9000u}) {
      const auto list = random_list(targets + size, size, 40, targets);
      const listed_rows rows = rows_of(list, 40);
      const auto expected = sorted(list);
      ASSERT_EQ(rows.size(), size);
      ASSERT_EQ(rows.offsets.size(), 41u);
      for (index_t source = 0; source < 40; ++source)
        for (auto i = rows.offsets[source]; i < rows.offsets[source + 1]; ++i) {
          EXPECT_EQ(expected[i].source, source);
          EXPECT_EQ(expected[i].target, rows.target[i]);
          EXPECT_EQ(expected[i].weight, rows.weight[rows.weight.size() == 1 ? 0 : i]);
          EXPECT_EQ(expected[i].delay, rows.delay[rows.delay.size() == 1 ? 0 : i]);
        }
      EXPECT_EQ(rows.in_given_order(), list) << "nothing is lost";
    }
}

TEST(listed_rows, of_one_sign_are_what_the_list_of_these_alone_gives) {
  const auto list = random_list(5, 6000, 40, 50);
  std::vector<listed_synapse> positive, negative;
  for (listed_synapse s : list)
    if (s.weight < 0) {
      s.weight = -s.weight;
      negative.push_back(s);
    } else {
      positive.push_back(s);
    }
  const auto same = [](const listed_rows& a, const listed_rows& b) {
    EXPECT_EQ(a.offsets, b.offsets);
    EXPECT_EQ(a.position, b.position);
    EXPECT_EQ(a.largest, b.largest);
    EXPECT_EQ(a.in_given_order(), b.in_given_order());
  };
  same(rows_of(list, 40, {.sign = 1}), rows_of(positive, 40));
  same(rows_of(list, 40, {.sign = -1, .magnitudes = true}), rows_of(negative, 40));
  EXPECT_EQ(rows_of(list, 40, {.sign = -1}).largest, rows_of(negative, 40).largest);
  EXPECT_EQ(rows_of(positive, 40, {.sign = -1}).size(), 0u);
  EXPECT_THAT(rows_of(positive, 40, {.sign = -1}).offsets, testing::SizeIs(41));
}

TEST(listed_rows, are_sorted_within_a_single_long_row) {
  const auto list = random_list(6, 20000, 1, 300);
  const listed_rows rows = rows_of(list, 1);
  EXPECT_TRUE(std::is_sorted(rows.target.begin(), rows.target.end()));
  for (std::size_t i = 1; i < rows.size(); ++i)
    EXPECT_TRUE(rows.target[i - 1] < rows.target[i] || rows.position[i - 1] < rows.position[i])
        << "synapses of a pair keep their order";
  EXPECT_EQ(rows.in_given_order(), list);
}

TEST(listed_rows, keep_no_order_where_they_were_sorted) {
  const auto list = sorted(random_list(3, 800, 40, 50));
  EXPECT_THAT(rows_of(list, 40).position, IsEmpty());
  EXPECT_EQ(rows_of(list, 40).in_given_order(), list);
}

TEST(listed_rows, keep_once_what_is_equal) {
  auto list = random_list(3, 800, 40, 50);
  for (auto& s : list) s.weight = -2.5;
  EXPECT_THAT(rows_of(list, 40).weight, ElementsAre(-2.5));
  EXPECT_EQ(rows_of(list, 40).delay.size(), 800u);
  for (auto& s : list) s.delay = 3_ms;
  EXPECT_THAT(rows_of(list, 40).delay, ElementsAre(3_ms));
  list.back().weight = 1;
  EXPECT_EQ(rows_of(list, 40).weight.size(), 800u);
  EXPECT_EQ(rows_of(list, 40).in_given_order(), list);
}

long peak_memory_kib() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return used.ru_maxrss;
}

TEST(listed_rows, take_little_beside_the_list_and_what_is_kept) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "every byte has four bytes of shadow";
#endif
  const given_list list{random_list(7, 2'000'000, 1000, 1000)};
  const long before = peak_memory_kib();
  const listed_rows rows = sorted_rows(list, {}, 1000, "here");
  const std::size_t each = sizeof(index_t) + sizeof(double) + sizeof(milliseconds) + sizeof(std::uint32_t);
  EXPECT_LT(1024 * (peak_memory_kib() - before), static_cast<long>(rows.size() * each * 5 / 4));
}

TEST(given_list, reads_lists_of_any_unit_in_place) {
  std::vector<listed<picoamperes>> list{{1, 2, 3_pA, 4_ms}, {5, 6, -7_nA, 0.5_ms}};
  const given_list given{list};
  ASSERT_EQ(given.size(), 2u);
  EXPECT_EQ(given[0], (listed_synapse{1, 2, 3, 4_ms}));
  EXPECT_EQ(given[1], (listed_synapse{5, 6, -7000, 0.5_ms}));
  EXPECT_EQ(given_list{}.size(), 0u);
}

TEST(given_list, outlives_nothing_but_its_copies) {
  given_list copy;
  {
    const given_list given{random_list(1, 100, 10, 10)};
    copy = given;
  }
  EXPECT_EQ(copy[99], random_list(1, 100, 10, 10)[99]);
}

TEST(listed_rows, are_shared_by_copies_of_a_network_and_by_what_is_lowered) {
  network net;
  const auto cells = net.add("cells", lif{}, 40);
  std::vector<listed<millivolts>> list;
  for (const auto& s : random_list(1, 100, 40, 40)) list.push_back({s.source, s.target, millivolts{s.weight}, s.delay});
  net.connect(cells, cells, list);
  const network copy = net;
  EXPECT_EQ(copy.projections()[0].list, net.projections()[0].list);
  EXPECT_EQ(lower(net, 1_ms)->descriptions[0].list, net.projections()[0].list);
}

}  // namespace spinule::listed_rows_test
