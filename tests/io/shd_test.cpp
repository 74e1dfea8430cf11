#include <spinule/io/shd.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "io/hdf5_maker.hpp"
#include "io/message.hpp"
#include "io/real_data.hpp"
#include "io/scratch.hpp"

namespace spinule::shd_test {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class shd_file : public ::testing::Test {
 protected:
  scratch folder;
  std::filesystem::path path = folder / "words.h5";
  const shd_content good{{{0.5f, 0.25f}, {}}, {{699, 3}, {}}, {4, 19}};
  std::string refusal(const shd_content& content) {
    make_shd(path, content);
    return message_of([&] { shd{path}; });
  }
};

bool in_order(const std::vector<event>& events) {
  return std::is_sorted(events.begin(), events.end(), [](const event& a, const event& b) {
    return std::pair{a.time_us, a.channel} < std::pair{b.time_us, b.channel};
  });
}

TEST_F(shd_file, holds_samples_in_order_of_time_then_channel) {
  make_shd(path, {{{0.5f, 0.25f, 0.25f, 0.25f, 0}}, {{1, 9, 2, 9, 600}}, {4}});
  const shd data{path};
  const auto [events, label] = data.read(0);
  EXPECT_EQ(label, 4u);
  const std::vector<event> expected{{0, 600}, {250'000, 2}, {250'000, 9}, {250'000, 9}, {500'000, 1}};
  EXPECT_EQ(events.events, expected);
  EXPECT_EQ(events.length, milliseconds{501});
  EXPECT_EQ(data.channels(), 700u);
  EXPECT_EQ(data.classes(), 20u);
  EXPECT_EQ(data.label_name(4), "four");
  EXPECT_EQ(data.label_name(15), "fuenf");
  EXPECT_EQ(data.spikes(), 5u);
}

TEST_F(shd_file, rounds_times_to_the_nearest_microsecond_with_halves_up) {
  make_shd(path, {{{0x1p-7f, 3 * 0x1p-7f, 0x1p-24f}}, {{0, 0, 0}}, {0}});
  const auto events = shd{path}.read(0).events.events;
  EXPECT_EQ(events[0].time_us, 0);
  EXPECT_EQ(events[1].time_us, 7813);   // 7812.5
  EXPECT_EQ(events[2].time_us, 23438);  // 23437.5
}

TEST_F(shd_file, may_have_samples_without_spikes) {
  make_shd(path, good);
  const shd data{path};
  EXPECT_TRUE(data.read(1).events.events.empty());
  EXPECT_EQ(data.label(1), 19u);
  EXPECT_THROW(data.read(2), spinule_error);
}

TEST_F(shd_file, may_be_read_in_part) {
  make_shd(path, {{{0.5f, 0.25f}, {}, {0.125f}, {0.75f}}, {{699, 3}, {}, {7}, {8}}, {4, 19, 2, 6}});
  const shd data{path, {.first = 1, .last = 2}};
  EXPECT_EQ(data.size(), 2u);
  EXPECT_EQ(data.spikes(), 1u);
  EXPECT_EQ(data.label(0), 19u);
  EXPECT_TRUE(data.read(0).events.events.empty());
  EXPECT_EQ(data.read(1).events.events, (std::vector<event>{{125'000, 7}}));
  EXPECT_EQ(data.digest(1), shd{path}.digest(2));
  EXPECT_EQ((shd{path, {.first = 3}}.read(0).events.events), (std::vector<event>{{750'000, 8}}));
  EXPECT_EQ((shd{path, {.last = 0}}.spikes()), 2u);
  EXPECT_EQ((shd{path, {.first = 4}}.size()), 0u);
  EXPECT_EQ((shd{path, {.first = 2, .last = 1}}.size()), 0u);
}

TEST_F(shd_file, takes_class_names_and_wider_types_from_the_file) {
  {
    hdf5_maker file{path};
    file.group("/spikes");
    file.group("/extra");
    file.ragged<double>("/spikes/times", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {{0.123456}});
    file.ragged<int>("/spikes/units", H5T_STD_I64LE, H5T_NATIVE_INT, {{42}});
    const long long label = 1;
    file.flat("/labels", H5T_STD_I64LE, H5T_NATIVE_LLONG, 1, &label);
    const hid_t text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, 5);
    file.flat("/extra/keys", text, text, 2, "down\0up\0\0\0");
  }
  const shd data{path};
  EXPECT_EQ(data.classes(), 2u);
  EXPECT_EQ(data.label_name(data.label(0)), "up");
  EXPECT_EQ(data.read(0).events.events, (std::vector<event>{{123456, 42}}));
}

TEST_F(shd_file, names_sample_and_spike_of_a_wrong_value) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
  for (const float bad : {nan, infinity, -0.5f, 1000.f, 60000.f})
    EXPECT_THAT(refusal({{{0.5f}, {0.5f, bad}}, {{1}, {1, 2}}, {0, 0}}),
                AllOf(HasSubstr("words.h5, /spikes/times, sample 1, spike 1"), HasSubstr("no time of a spike")));
  EXPECT_THAT(refusal({{{0.5f}, {}, {0.5f}}, {{1}, {}, {700}}, {0, 0, 0}}),
              AllOf(HasSubstr("/spikes/units, sample 2, spike 0"), HasSubstr("unit 700")));
  EXPECT_THAT(refusal({{{0.5f}}, {{1}}, {20}}), AllOf(HasSubstr("/labels, sample 0"), HasSubstr("class 20")));
}

TEST_F(shd_file, refuses_rows_that_do_not_match) {
  EXPECT_THAT(refusal({{{0.5f}, {0.5f}}, {{1}, {1, 2}}, {0, 0}}),
              AllOf(HasSubstr("sample 1"), HasSubstr("as many times as units")));
  EXPECT_THAT(refusal({{{0.5f}}, {{1}}, {0, 0}}),
              AllOf(HasSubstr("/spikes/times"), HasSubstr("1 rows, /labels has 2")));
  EXPECT_THAT(refusal({{{0.5f}, {0.5f}}, {{1}}, {0, 0}}), AllOf(HasSubstr("/spikes/units"), HasSubstr("1 rows")));
}

TEST_F(shd_file, refuses_missing_data_sets_and_wrong_types) {
  {
    hdf5_maker file{path};
    file.labels({0});
  }
  EXPECT_THAT(message_of([&] { shd{path}; }), HasSubstr("/spikes: is missing"));
  const float time = 0.5f;
  {
    hdf5_maker file{path};
    file.labels({0});
    file.group("/spikes");
    file.flat("/spikes/times", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, 1, &time);
    file.ragged<int>("/spikes/units", H5T_STD_U16LE, H5T_NATIVE_INT, {{1}});
  }
  EXPECT_THAT(message_of([&] { shd{path}; }),
              AllOf(HasSubstr("/spikes/times"), HasSubstr("no rows of variable length")));
  {
    hdf5_maker file{path};
    file.labels({0});
    file.group("/spikes");
    file.ragged<int>("/spikes/times", H5T_STD_U16LE, H5T_NATIVE_INT, {{1}});
    file.ragged<int>("/spikes/units", H5T_STD_U16LE, H5T_NATIVE_INT, {{1}});
  }
  EXPECT_THAT(message_of([&] { shd{path}; }), AllOf(HasSubstr("/spikes/times"), HasSubstr("floating point is wanted")));
  {
    hdf5_maker file{path};
    file.flat("/labels", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, 1, &time);
    file.group("/spikes");
    file.ragged<float>("/spikes/times", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {{1}});
    file.ragged<float>("/spikes/units", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {{1}});
  }
  EXPECT_THAT(message_of([&] { shd{path}; }), AllOf(HasSubstr("/labels"), HasSubstr("an integer is wanted")));
}

TEST_F(shd_file, is_refused_beyond_its_budget) {
  make_shd(path, {{std::vector<float>(5000, 0.5f)}, {std::vector<int>(5000, 1)}, {0}});
  EXPECT_THAT(message_of([&] { (shd{path, {}, {.bytes = 20'000}}); }), HasSubstr("more than the 20000 bytes"));
}

TEST(shd, holds_all_published_test_samples) {
  SPINULE_REAL_DATA(file, "shd/shd_test_10ms.h5.gz");
  const shd data{file};
  EXPECT_EQ(data.size(), 2264u);
  EXPECT_EQ(data.spikes(), 14'701'743u);
  const std::vector<std::size_t> expected{103, 108, 105, 102, 116, 110, 109, 109, 114, 103,
                                          122, 121, 121, 120, 115, 112, 118, 121, 123, 112};
  std::vector<std::size_t> counts(20);
  std::size_t spikes = 0, least = 1 << 30, most = 0;
  std::size_t i = 0;
  for (const auto& [events, label] : data) {
    ++counts[label];
    spikes += events.events.size();
    least = std::min(least, events.events.size());
    most = std::max(most, events.events.size());
    EXPECT_TRUE(in_order(events.events)) << i++;
  }
  EXPECT_EQ(counts, expected);
  EXPECT_EQ(spikes, data.spikes());
  EXPECT_EQ(least, 2111u);
  EXPECT_EQ(most, 13383u);
}

TEST(shd, replays_samples_of_exact_times_with_ties_in_order) {
  SPINULE_REAL_DATA(file, "shd/shd_train_12.h5");
  const shd data{file};
  const std::vector<std::size_t> counts{12133, 10561, 7934, 3476, 6110, 12889, 10088, 5431, 7549, 4494, 6103, 8816};
  const std::vector<std::uint32_t> labels{0, 1, 4, 5, 6, 9, 10, 11, 12, 13, 14, 17};
  ASSERT_EQ(data.size(), 12u);
  const hdf5_request raw[] = {{"/spikes/times"}, {"/spikes/units"}};
  const auto arrays = read_hdf5(file, raw);
  const auto& times = arrays.at("/spikes/times");
  std::size_t ties = 0;
  for (std::size_t i = 0; i < 12; ++i) {
    const auto events = data.read(i).events.events;
    EXPECT_EQ(events.size(), counts[i]);
    EXPECT_EQ(data.label(i), labels[i]);
    EXPECT_TRUE(in_order(events));
    std::vector<std::pair<std::int64_t, std::uint32_t>> expected;  // a second way to the same order
    for (std::uint64_t n = times.offsets[i]; n < times.offsets[i + 1]; ++n)
      expected.emplace_back(std::llround(1e6 * double{std::get<2>(times.values)[n]}),
                            std::get<0>(arrays.at("/spikes/units").values)[n]);
    std::sort(expected.begin(), expected.end());
    for (std::size_t n = 0; n < events.size(); ++n) {
      ASSERT_EQ(std::pair(events[n].time_us, events[n].channel), expected[n]);
      ties += n > 0 && events[n].time_us == events[n - 1].time_us;
    }
  }
  EXPECT_GT(ties, 10'000u);
}

}  // namespace spinule::shd_test
