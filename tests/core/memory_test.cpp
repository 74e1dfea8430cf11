// What memory there is, as the system says it, and what is said when a network needs more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include <spinule/engine/lowering.hpp>
#include <spinule/engine/memory.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/network.hpp>

#include "statistics.hpp"

namespace spinule::memory_test {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr double gib = 1 << 30;

/// A machine of files.
class machine : public testing::Test {
 protected:
  void SetUp() override {
    root_ = std::filesystem::temp_directory_path() /
            ("spinule_memory_" + std::string{testing::UnitTest::GetInstance()->current_test_info()->name()});
    write("/proc/meminfo", "MemTotal: 33554432 kB\nMemFree: 100 kB\nMemAvailable:   8388608 kB\n");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }
  void write(const std::string& path, const std::string& text) const {
    const std::filesystem::path file{root_ + path};
    std::filesystem::create_directories(file.parent_path());
    std::ofstream{file} << text;
  }
  double available() const { return available_memory(root_); }

 private:
  std::string root_;
};

TEST_F(machine, has_what_the_system_says) { EXPECT_EQ(available(), 8 * gib); }

TEST_F(machine, has_what_its_control_group_leaves) {
  write("/proc/self/cgroup", "0::/user/job\n");
  write("/sys/fs/cgroup/user/job/memory.max", "4294967296\n");
  write("/sys/fs/cgroup/user/job/memory.current", "3221225472\n");
  EXPECT_EQ(available(), 1 * gib);
  write("/sys/fs/cgroup/user/job/memory.stat", "anon 5\ninactive_file 536870912\nactive_file 7\n");
  EXPECT_EQ(available(), 1.5 * gib) << "files that can be dropped are not used";
}

TEST_F(machine, has_no_more_than_the_groups_above_leave) {
  write("/proc/self/cgroup", "0::/user/job\n");
  write("/sys/fs/cgroup/user/job/memory.max", "max\n");
  write("/sys/fs/cgroup/user/job/memory.current", "1000\n");
  EXPECT_EQ(available(), 8 * gib);
  write("/sys/fs/cgroup/user/memory.max", "3221225472\n");
  write("/sys/fs/cgroup/user/memory.current", "1073741824\n");
  EXPECT_EQ(available(), 2 * gib);
}

TEST_F(machine, has_groups_of_version_1_too) {
  write("/proc/self/cgroup", "9:name=systemd:/\n4:cpu,memory:/box\n0::/\n");
  write("/sys/fs/cgroup/memory/box/memory.limit_in_bytes", "9223372036854771712\n");
  write("/sys/fs/cgroup/memory/box/memory.usage_in_bytes", "1073741824\n");
  EXPECT_EQ(available(), 8 * gib) << "that number means no limit";
  write("/sys/fs/cgroup/memory/box/memory.limit_in_bytes", "2147483648\n");
  EXPECT_EQ(available(), 1 * gib);
}

TEST_F(machine, has_nothing_left_where_more_is_used_than_may_be) {
  write("/proc/self/cgroup", "0::/\n");
  write("/sys/fs/cgroup/memory.max", "1000\n");
  write("/sys/fs/cgroup/memory.current", "2000\n");
  EXPECT_EQ(available(), 0);
}

TEST(memory, is_endless_where_nothing_is_said) { EXPECT_TRUE(std::isinf(available_memory("/no/such/machine"))); }
TEST(memory, of_this_machine_is_there) { EXPECT_GT(available_memory(), 1e6); }

TEST(memory, is_written_in_units_that_can_be_read) {
  EXPECT_EQ(bytes_text(12), "12 bytes");
  EXPECT_EQ(bytes_text(1536), "1.5 KiB");
  EXPECT_EQ(bytes_text(1000), "0.977 KiB");
  EXPECT_EQ(bytes_text(74.5 * gib), "74.5 GiB");
  EXPECT_EQ(bytes_text(1e30), "8.88e+14 PiB");
}

memory_estimate example() {
  return {{{"population \"a\"", 1 * gib, "2000 neurons; use fewer"},
           {"projection \"a->a\"", 50 * gib, ".procedural = true would take 1 MiB"},
           {"projection \"a->b\"", 0.1 * gib, "use fewer"}}};
}

TEST(memory, that_suffices_is_not_spoken_of) {
  EXPECT_NO_THROW(check_memory(example(), 52 * gib, "cpu"));
  EXPECT_NO_THROW(check_memory(example(), INFINITY, "cpu"));
  EXPECT_NO_THROW(check_memory({}, 0, "cpu"));
}

TEST(memory, that_is_short_names_what_takes_most_and_what_would_take_less) {
  const std::string text = error_of([] { check_memory(example(), 16 * gib, "cpu"); });
  EXPECT_THAT(text, AllOf(HasSubstr("cpu: the network needs about 51.1 GiB"), HasSubstr("16 GiB are available"),
                          HasSubstr("projection \"a->a\" takes 50 GiB (.procedural = true would take 1 MiB)")));
  EXPECT_THAT(text, Not(HasSubstr("population"))) << "a twentieth is not the cause";
}

/// Rules, and what they expect, against what they draw.
TEST(memory, is_estimated_from_the_synapses_that_rules_draw) {
  const auto check = [](const wiring& rule, bool same, double sd) {
    network net{4};
    const auto a = net.add("a", lif{}, 400, {grid(20, 20, 1)}), b = net.add("b", lif{}, 400, {grid(20, 20, 1)});
    net.connect(a, same ? a : b, rule, {.weight = 1_mV, .delay = 1_ms});
    const auto& from = net.populations()[0];
    const auto& to = net.populations()[same ? 0 : 1];
    const auto expected = rule.expected_synapses({400, 400, same, from.positions, to.positions});
    ASSERT_TRUE(expected);
    EXPECT_NEAR(*expected, static_cast<double>(lower(net, 1_ms)->summaries[0].synapses), 5 * sd);
  };
  for (const bool same : {false, true}) {
    check(all_to_all{}, same, 0);
    check(all_to_all{.autapses = true}, same, 0);
    check(one_to_one{}, same, 0);
    check(fixed_probability{0.3}, same, 200);
    check(fixed_probability{0.02, true}, same, 60);
    check(fixed_indegree{7}, same, 0);
    check(fixed_outdegree{9}, same, 0);
    check(fixed_total_number{12345}, same, 0);
    check(distance_dependent{.c = 0.5, .lambda = 4, .autapses = true}, same, 150);
  }
}

struct silent_rule {
  static constexpr bool by_source = true;
  void check(const endpoints&, const std::string&) const {}
  void row(index_t, const endpoints&, random_stream&, std::vector<index_t>&) const {}
};

TEST(memory, of_a_rule_that_does_not_say_is_not_estimated) {
  EXPECT_FALSE(wiring{silent_rule{}}.expected_synapses({10, 10}));
}

TEST(network, counts_neurons_from_1_to_what_32_bits_hold) {
  network net;
  EXPECT_THAT(error_of([&] { net.add("a", lif{}, -5); }),
              AllOf(HasSubstr("population \"a\""), HasSubstr("a size of -5 is negative; give 1 neuron or more")));
  EXPECT_THAT(error_of([&] { net.add("a", lif{}, std::int64_t{1} << 32); }),
              HasSubstr("4294967296 neurons are more than 4294967295"));
  EXPECT_THAT(error_of([&] { net.add("a", lif{}, 0); }), HasSubstr("at least one neuron"));
  EXPECT_NO_THROW(net.add("a", lif{}, std::int64_t{1} << 31));
}

}  // namespace spinule::memory_test
