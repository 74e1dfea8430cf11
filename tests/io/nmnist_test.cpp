#include <spinule/io/nmnist.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "io/message.hpp"
#include "io/real_data.hpp"
#include "io/scratch.hpp"

namespace spinule::nmnist_test {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::vector<std::byte> bytes_of(std::initializer_list<int> values) {
  std::vector<std::byte> bytes;
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

void write(const std::filesystem::path& path, const std::vector<std::byte>& bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream{path, std::ios::binary}.write(reinterpret_cast<const char*>(bytes.data()),
                                              static_cast<std::streamsize>(bytes.size()));
}

const auto two_events = bytes_of({7, 15, 0x80, 0x02, 0x8e, 19, 18, 0x01, 0x0b, 0xb7});

TEST(nmnist_format, is_decoded_by_its_definition) {
  const recording decoded = decode_nmnist(two_events, "here");
  ASSERT_EQ(decoded.events.size(), 2u);
  EXPECT_EQ(decoded.events[0], (event{0x28e, (34u + 15) * 34 + 7}));  // ON
  EXPECT_EQ(decoded.events[1], (event{0x10bb7, 18u * 34 + 19}));      // OFF
  EXPECT_EQ(decoded.length, milliseconds{69});                        // 68.535 ms
}

TEST(nmnist_format, adds_8192_us_to_all_times_after_an_overflow_record) {
  const auto bytes = bytes_of({1, 2, 0, 0, 9, 0, 240, 0, 0, 0, 1, 2, 0, 0, 3, 5, 240, 0, 0, 0, 1, 2, 0, 0, 1});
  const recording decoded = decode_nmnist(bytes, "here");
  ASSERT_EQ(decoded.events.size(), 3u);
  EXPECT_EQ(decoded.events[0].time_us, 9);
  EXPECT_EQ(decoded.events[1].time_us, 3 + 8192);
  EXPECT_EQ(decoded.events[2].time_us, 1 + 2 * 8192);
  EXPECT_EQ(scan_nmnist(bytes, "here").events, 3u);
}

TEST(nmnist_format, puts_events_of_one_time_in_order_of_channel) {
  const recording decoded =
      decode_nmnist(bytes_of({9, 0, 0, 0, 5, 3, 0, 0, 0, 5, 3, 0, 0, 0, 5, 1, 1, 0, 0, 6}), "here");
  const std::vector<event> expected{{5, 3}, {5, 3}, {5, 9}, {6, 35}};
  EXPECT_EQ(decoded.events, expected);
}

TEST(nmnist_format, holds_nothing_in_no_bytes) {
  EXPECT_TRUE(decode_nmnist({}, "here").events.empty());
  EXPECT_EQ(decode_nmnist({}, "here").length, milliseconds{1});
}

TEST(nmnist_format, refuses_a_truncated_file) {
  const auto cut = std::span{two_events}.first(9);
  EXPECT_THAT(message_of([&] { decode_nmnist(cut, "a.bin"); }),
              AllOf(HasSubstr("a.bin"), HasSubstr("9 bytes"), HasSubstr("cut")));
  EXPECT_THROW(scan_nmnist(cut, "a.bin"), file_error);
}

TEST(nmnist_format, refuses_pixels_outside_the_sensor_and_says_where) {
  const auto wide = bytes_of({1, 1, 0, 0, 1, 34, 1, 0, 0, 2}), high = bytes_of({1, 34, 0, 0, 1});
  EXPECT_THAT(message_of([&] { decode_nmnist(wide, "a.bin"); }),
              AllOf(HasSubstr("a.bin, byte 5"), HasSubstr("(34, 1)")));
  EXPECT_THAT(message_of([&] { scan_nmnist(high, "a.bin"); }), AllOf(HasSubstr("byte 0"), HasSubstr("(1, 34)")));
  EXPECT_EQ(decode_nmnist(wide, "a.bin", {35, 34}).events.size(), 2u);
}

TEST(nmnist_format, refuses_times_that_run_backwards_and_says_where) {
  const auto back = bytes_of({1, 1, 0, 0, 9, 1, 1, 0, 0, 8});
  EXPECT_THAT(message_of([&] { decode_nmnist(back, "a.bin"); }),
              AllOf(HasSubstr("byte 5"), HasSubstr("from 9 us to 8 us"), HasSubstr("sorted")));
}

TEST(nmnist_format, refuses_a_sensor_that_reaches_the_overflow_row) {
  EXPECT_THROW(decode_nmnist(two_events, "a.bin", {256, 241}), spinule_error);
  EXPECT_THROW(decode_nmnist(two_events, "a.bin", {0, 34}), spinule_error);
}

TEST(nmnist_format, is_encoded_by_the_inverse_of_decoding) {
  const auto decoded = decode_nmnist(two_events, "here");
  EXPECT_EQ(encode_nmnist(decoded.events), two_events);
  EXPECT_THROW(encode_nmnist(std::vector<event>{{0, 2312}}), spinule_error);
  EXPECT_THROW(encode_nmnist(std::vector<event>{{5, 0}, {4, 0}}), spinule_error);
  EXPECT_THROW(encode_nmnist(std::vector<event>{{1 << 23, 0}}), spinule_error);
  EXPECT_THROW(encode_nmnist(std::vector<event>{{-1, 0}}), spinule_error);
}

TEST(nmnist, orders_samples_by_part_number_and_digit) {
  const scratch folder;
  for (const char* file : {"Test/3/00001.bin", "Train/9/00002.bin", "Train/1/00010.bin", "Train/0/2.bin",
                           "Train/4/x.bin", "Train/4/.00001.bin", "Train/4/readme.txt", "Train/11/00001.bin"})
    write(folder / file, two_events);
  const nmnist data{folder.path()};
  std::vector<std::string> order;
  for (std::size_t i = 0; i < data.size(); ++i)
    order.push_back(data.path(i).lexically_relative(folder.path()).string());
  EXPECT_THAT(order, ::testing::ElementsAre("Train/4/x.bin", "Train/0/2.bin", "Train/9/00002.bin", "Train/1/00010.bin",
                                            "Test/3/00001.bin"));
  EXPECT_EQ(data.number(3), 10u);
  EXPECT_EQ(data.part(4), data_part::test);
  EXPECT_EQ(data.label(2), 9u);
  EXPECT_EQ(nmnist(folder.path(), {.first = 2, .last = 9}).size(), 2u);
  EXPECT_EQ(nmnist(folder.path(), {.part = data_part::test}).size(), 1u);
  EXPECT_EQ(nmnist(folder / "Train").size(), 4u);
  EXPECT_EQ(nmnist(folder / "Test/").part(0), data_part::test);
}

TEST(nmnist, refuses_a_folder_that_is_missing_empty_or_a_file) {
  const scratch folder;
  write(folder / "file.bin", two_events);
  EXPECT_THAT(message_of([&] { nmnist{folder / "none"}; }), HasSubstr("is no folder"));
  EXPECT_THAT(message_of([&] { nmnist{folder / "file.bin"}; }), HasSubstr("is no folder"));
  EXPECT_THAT(message_of([&] { nmnist{folder.path()}; }), HasSubstr("Train/<digit>/<number>.bin"));
}

TEST(nmnist, names_the_file_that_cannot_be_read) {
  const scratch folder;
  write(folder / "Train/3/00001.bin", {});
  write(folder / "Train/4/00002.bin", bytes_of({1, 2, 3}));
  write(folder / "Train/5/00003.bin", two_events);
  const nmnist data{folder.path()};
  EXPECT_THAT(message_of([&] { data.read(0); }), AllOf(HasSubstr("3/00001.bin"), HasSubstr("empty")));
  EXPECT_THAT(message_of([&] { data.read(1); }), AllOf(HasSubstr("4/00002.bin"), HasSubstr("3 bytes")));
  std::filesystem::remove(folder / "Train/5/00003.bin");
  EXPECT_THAT(message_of([&] { data.read(2); }), HasSubstr("5/00003.bin: cannot be read: No such file"));
  EXPECT_THAT(message_of<spinule_error>([&] { data.read(3); }), HasSubstr("sample 3"));
}

TEST(nmnist, reads_the_published_sample_with_its_three_saccades) {
  SPINULE_REAL_DATA(folder, "nmnist");
  const nmnist data{folder, {.part = data_part::train, .first = 1, .last = 1}};
  ASSERT_EQ(data.size(), 1u);
  EXPECT_EQ(data.number(0), 1u);
  const auto [events, label] = data.read(0);
  EXPECT_EQ(label, 5u);
  ASSERT_EQ(events.events.size(), 4681u);
  int bursts[3] = {};
  for (const event& e : events.events) ++bursts[std::min<std::int64_t>(e.time_us / 105'000, 2)];
  EXPECT_EQ(bursts[0], 1894);
  EXPECT_EQ(bursts[1], 1708);
  EXPECT_EQ(bursts[2], 1079);
}

TEST(nmnist, agrees_with_the_index_of_the_published_files) {
  SPINULE_REAL_DATA(folder, "nmnist");
  const nmnist data{folder};
  ASSERT_EQ(data.size(), 1413u);
  std::ifstream index_t{folder / "INDEX.csv"};
  std::string line;
  std::map<std::string, std::array<std::int64_t, 5>> rows;  // digit, number, events, first, last
  for (std::getline(index_t, line); std::getline(index_t, line);) {
    std::vector<std::string> cells;
    std::istringstream in{line};
    for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
    if (cells[1] == "Train" || cells[1] == "Test")
      rows[cells[0]] = {std::stol(cells[2]), std::stol(cells[3]), std::stol(cells[4]), std::stol(cells[5]),
                        std::stol(cells[6])};
  }
  std::uint64_t total = 0;
  std::size_t i = 0;
  for (const auto& [events, label] : data) {
    const auto& row = rows.at(data.path(i).lexically_relative(folder).generic_string());
    EXPECT_EQ(label, row[0]);
    EXPECT_EQ(data.number(i), row[1]);
    EXPECT_EQ(static_cast<std::int64_t>(events.events.size()), row[2]);
    EXPECT_EQ(events.events.front().time_us, row[3]);
    EXPECT_EQ(events.events.back().time_us, row[4]);
    EXPECT_TRUE(std::is_sorted(events.events.begin(), events.events.end(), [](const event& a, const event& b) {
      return std::pair{a.time_us, a.channel} < std::pair{b.time_us, b.channel};
    }));
    total += events.events.size();
    ++i;
  }
  EXPECT_EQ(total, 5'235'415u);
}

TEST(nmnist, is_read_by_several_threads_at_once) {
  SPINULE_REAL_DATA(folder, "nmnist");
  const nmnist data{folder, {.part = data_part::test}};
  ASSERT_EQ(data.size(), 75u);
  std::vector<std::size_t> alone(data.size()), together(data.size());
  for (std::size_t i = 0; i < data.size(); ++i) alone[i] = data.read(i).events.events.size();
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (std::size_t i = t; i < data.size(); i += 4) together[i] = data.read(i).events.events.size();
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(alone, together);
}

TEST(nmnist_format, serves_other_cameras_of_the_same_layout) {
  SPINULE_REAL_DATA(folder, "dvs128_gesture");
  const std::size_t counts[] = {63471, 84260, 113063, 151879, 181179, 124244, 159617, 101288, 141773, 85936};
  for (int i = 1; i <= 10; ++i) {
    std::ifstream file{folder / (std::to_string(i) + ".bs2"), std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    const nmnist_extent extent = scan_nmnist(std::as_bytes(std::span{text}), "clip", {128, 128});
    EXPECT_EQ(extent.events, counts[i - 1]);
    EXPECT_LT(extent.last_us, 1'450'000);
  }
}

}  // namespace spinule::nmnist_test
