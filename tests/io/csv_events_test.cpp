// Event lists of one's own as text: read as they are meant, or refused with file and line.
#include <fstream>
#include <functional>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/io/own_recordings.hpp>

#include "io/message.hpp"
#include "io/mutation.hpp"
#include "io/scratch.hpp"

namespace spinule::csv_events_test {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class csv : public testing::Test {
 protected:
  std::filesystem::path put(const std::string& name, const std::string& text) const {
    const auto path = place_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << text;
    return path;
  }
  /// What reading one file says; empty: it is read.
  std::string said(const std::string& text, const csv_options& options = {}) const {
    const auto path = put("left_1.csv", text);
    return message_of([&] { csv_events{path, options}; });
  }
  std::vector<event> events_of(const std::string& text, const csv_options& options = {}) const {
    return csv_events{put("left_1.csv", text), options}.read(0).events.events;
  }
  scratch place_;
};

TEST_F(csv, of_an_event_camera_becomes_channels_row_by_row_off_before_on) {
  const csv_events data{put("left_1.csv", "time_us,x,y,polarity\n10,3,1,0\n20,0,0,1\n20,1,0,0\n"),
                        {.width = 4, .height = 2}};
  EXPECT_EQ(data.size(), 1u);
  EXPECT_EQ(data.channels(), 16u);
  EXPECT_EQ(data.width(), 4u);
  EXPECT_EQ(data.height(), 2u);
  EXPECT_THAT(data.read(0).events.events, ElementsAre(event{10, 7}, event{20, 1}, event{20, 8}));
  EXPECT_EQ(data.read(0).events.length, milliseconds{1});
  EXPECT_EQ(data.label_name(data.label(0)), "left");
}

TEST_F(csv, of_a_cochlea_keeps_its_channels_and_puts_times_in_order) {
  const csv_events data{put("left_1.csv", "t_ms\tchannel\n2.5\t3\n1.25\t9\n1.25\t4\n"), {.channels = 10}};
  EXPECT_EQ(data.channels(), 10u);
  EXPECT_EQ(data.width(), 0u);
  EXPECT_THAT(data.read(0).events.events, ElementsAre(event{1250, 4}, event{1250, 9}, event{2500, 3}));
  const csv_events both{put("left_1.csv", "t_ms,channel,p\n1,3,-1\n1,3,+1\n"), {.channels = 10}};
  EXPECT_EQ(both.channels(), 20u);
  EXPECT_THAT(both.read(0).events.events, ElementsAre(event{1000, 3}, event{1000, 13}));
}

TEST_F(csv, is_read_with_every_separator_line_end_quotation_and_name) {
  const std::vector<event> same{{1000, 2}, {2000, 5}};
  for (const char* text :
       {"time_us,channel\n1000,2\n2000,5\n", "time_us,channel\r\n1000,2\r\n2000,5", "TIME (ms);CH\n1;2\n2;5\n",
        "Timestamp [us],Unit,name\n1000,2,\"a, b\"\n2000,5,c\n", "t_s address\n0.001 2\n  0.002   5 \n",
        "\xef\xbb\xbf# made by hand\n\ntime_ns, \"addr\"\n1000000, 2\n# between\n2000000, 5\n\n",
        "# time_unit = ms\ntime,channel\n1,2.0\n2e0,5\n", "ts_\xc2\xb5s,channel\n999.6,2\n2000.4,5\n"})
    EXPECT_EQ(events_of(text, {.channels = 6}), same) << text;
  EXPECT_EQ(events_of("time,channel\n1,2\n2,5\n", {.channels = 6, .time_unit = "ms"}), same);
  EXPECT_EQ(events_of("# channels: 6\ntime_us,channel\n1000,2\n2000,5\n"), same);
}

TEST_F(csv, counts_times_from_the_first_event_where_it_is_asked_to) {
  EXPECT_THAT(events_of("time_s,channel\n1700000000.5,2\n1700000000.25,1\n", {.channels = 3, .from_first = true}),
              ElementsAre(event{0, 1}, event{250'000, 2}));
  EXPECT_THAT(said("time_s,channel\n1700000000.5,2\n", {.channels = 3}),
              AllOf(HasSubstr("left_1.csv:2: "), HasSubstr("1000 s and more"), HasSubstr("--from-first")));
}

TEST_F(csv, says_classes_by_column_folder_or_file_name_and_parts_by_folder) {
  const csv_options sensor{.channels = 2};
  put("names/10_1.csv", "time_us,channel\n1,0\n");
  put("names/9_7.csv", "time_us,channel\n1,0\n");
  put("names/9_12.csv", "time_us,channel\n1,1\n");
  put("names/.hidden.csv", "no list");
  put("names/notes.md", "no list");
  const csv_events names{place_ / "names", sensor};
  EXPECT_EQ(names.size(), 3u);
  EXPECT_EQ(names.classes(), 2u);
  EXPECT_EQ(names.label_name(0), "9") << "numbers in order of size";
  EXPECT_EQ(names.label_name(1), "10");

  for (const char* part : {"train", "Test"})
    for (const char* label : {"yes", "no"})
      for (const char* file : {"a.csv", "b.tsv"})
        if (part[0] == 't' || label[0] == 'y' || file[0] == 'a')
          put(std::string{"folders/"} + part + "/" + label + "/" + file, "time_us,channel\n5,1\n");
  EXPECT_EQ((csv_events{place_ / "folders", sensor}.size()), 7u);
  const csv_events test{place_ / "folders", {.part = data_part::test, .channels = 2}};
  EXPECT_EQ(test.size(), 3u);
  EXPECT_EQ(test.label_name(test.label(0)), "no");
  const csv_events train{place_ / "folders", {.part = data_part::train, .channels = 2}};
  EXPECT_EQ(train.size(), 4u);

  const csv_events column{put("all.csv", "sample,time_us,channel,label\n7,1,0,b\n8,2,1,a\n7,3,1,b\n"), sensor};
  EXPECT_EQ(column.size(), 2u);
  EXPECT_THAT(column.read(0).events.events, ElementsAre(event{1, 0}, event{3, 1}));
  EXPECT_EQ(column.label_name(column.label(0)), "b");
  EXPECT_EQ(column.label(1), 0u);
  put("two/train.csv", "sample,time_us,channel,label\n1,1,0,a\n2,1,0,b\n");
  put("two/test.csv", "sample,time_us,channel,label\n1,1,0,b\n");
  const csv_events two{place_ / "two", {.part = data_part::test, .channels = 2}};
  EXPECT_EQ(two.size(), 1u);
  EXPECT_EQ(two.classes(), 2u) << "those of the other part are classes too";
  EXPECT_EQ(two.label(0), 1u);
}

TEST_F(csv, takes_the_classes_that_it_is_given) {
  const auto path = put("b_1.csv", "time_us,channel\n1,0\n");
  const csv_events data{path, {.channels = 2, .classes = {"a", "b", "c"}}};
  EXPECT_EQ(data.classes(), 3u);
  EXPECT_EQ(data.label(0), 1u);
  EXPECT_THAT(message_of([&] {
                csv_events{path, {.channels = 2, .classes = {"a", "c"}}};
              }),
              HasSubstr("the class \"b\" is none of a, c"));
}

TEST_F(csv, is_refused_where_something_is_missing_and_told_what_would_do) {
  EXPECT_THAT(said("time_us,x,y\n1,33,20\n"), AllOf(HasSubstr("greatest x is 33 and the greatest y 20"),
                                                    HasSubstr("--width 34 --height 21"), HasSubstr("# width = 34")));
  EXPECT_THAT(said("time_us,channel\n1,63\n"), AllOf(HasSubstr("--channels 64"), HasSubstr("# channels = 64")));
  EXPECT_THAT(said("time,channel\n1,63\n"), AllOf(HasSubstr("left_1.csv:1: "), HasSubstr("--time-unit")));
  EXPECT_THAT(said("x,y,p\n1,2,3\n"),
              AllOf(HasSubstr(":1: "), HasSubstr("names no time"), HasSubstr("it has x, y, p")));
  EXPECT_THAT(said("time_us,p\n1,1\n"), HasSubstr("must name a channel, or x and y; it has time_us, p"));
  EXPECT_THAT(said("time_us,x\n1,1\n"), HasSubstr("a channel, or x and y"));
  EXPECT_THAT(said("time_us,channel,x,y\n1,1,1,1\n"), HasSubstr("a channel, or x and y"));
  EXPECT_THAT(said("time_us,t_ms,channel\n1,1,1\n"), HasSubstr("two columns of one kind, time_us and t_ms"));
  EXPECT_THAT(said("time_hours,channel\n1,1\n"), HasSubstr("in no unit of time"));
  EXPECT_THAT(said("time_us,channel\n1,1\n", {.channels = 2, .time_unit = "ms"}), HasSubstr("contradicts the unit ms"));
  EXPECT_THAT(said(""), HasSubstr("is empty"));
  EXPECT_THAT(said("# only a comment\n"), HasSubstr("is empty"));
  EXPECT_THAT(said("time_us,channel\n"), HasSubstr("holds no event"));
  EXPECT_THAT(message_of([&] {
                csv_events{put("7.csv", "time_us,channel\n1,1\n"), {.channels = 2}};
              }),
              AllOf(HasSubstr("7.csv: says no class"), HasSubstr("CLASS_NUMBER.csv")));
  EXPECT_THAT(message_of([&] { csv_events{place_ / "none.csv"}; }), HasSubstr("No such file"));
  std::filesystem::create_directory(place_ / "empty");
  EXPECT_THAT(message_of([&] { csv_events{place_ / "empty"}; }), HasSubstr("holds no .csv"));
  put("flat/a_1.csv", "time_us,channel\n1,1\n");
  EXPECT_THAT(message_of([&] {
                csv_events{place_ / "flat", {.part = data_part::test, .channels = 2}};
              }),
              HasSubstr("is not divided into parts"));
}

TEST_F(csv, is_refused_for_a_line_that_is_wrong_with_file_and_line) {
  const csv_options sensor{.width = 4, .height = 3};
  const auto wrong = [&](const std::string& line) { return said("time_us,x,y,p\n1,1,1,1\n" + line + "\n", sensor); };
  EXPECT_EQ(wrong("2,3,2,0"), "");
  EXPECT_THAT(wrong("2,4,1,0"),
              AllOf(HasSubstr("left_1.csv:3: "), HasSubstr("x \"4\" is no whole number from 0 to 3")));
  EXPECT_THAT(wrong("2,3,3,0"), HasSubstr("y \"3\" is no whole number from 0 to 2"));
  EXPECT_THAT(wrong("2,-1,1,0"), HasSubstr("x \"-1\""));
  EXPECT_THAT(wrong("2,1.5,1,0"), HasSubstr("x \"1.5\""));
  EXPECT_THAT(wrong("2,1,1"), HasSubstr("left_1.csv:3: has 3 fields, and the header 4"));
  EXPECT_THAT(wrong("2"), HasSubstr("has 1 field,"));
  EXPECT_THAT(wrong("2,1,1,1,1"), HasSubstr("has 5 fields"));
  EXPECT_THAT(wrong("2,1,1,2"), HasSubstr("polarity \"2\" is none of"));
  EXPECT_THAT(wrong(",1,1,1"), HasSubstr("\"\" is no time"));
  EXPECT_THAT(wrong("soon,1,1,1"), HasSubstr("\"soon\" is no time"));
  EXPECT_THAT(wrong("nan,1,1,1"), HasSubstr("is no time"));
  EXPECT_THAT(wrong("-5,1,1,1"), HasSubstr("the time -5 is not from 0"));
  EXPECT_THAT(wrong("1e300,1,1,1"), HasSubstr("the time 1e300"));
  EXPECT_THAT(wrong("\"2,1,1,1"), HasSubstr("quotation"));
  EXPECT_THAT(wrong(std::string("2,1\0,1,1", 8)), HasSubstr("byte 0"));
  EXPECT_THAT(wrong(std::string(5000, '1')), HasSubstr("more than 4096 bytes"));
  EXPECT_THAT(said("# width = 0\ntime_us,x,y\n1,1,1\n"), HasSubstr(":1: \"0\" is no width"));
  EXPECT_THAT(said("# width = 5\n# width = 6\ntime_us,x,y\n1,1,1\n"), HasSubstr(":2: says that the width is 6, and 5"));
  EXPECT_THAT(said("time_us,x,y,sample,label\n1,1,1,s,a\n2,1,1,s,b\n", sensor),
              AllOf(HasSubstr(":3: has label \"b\""), HasSubstr("has \"a\" at")));
}

TEST_F(csv, thousands_of_damaged_files_are_read_or_refused) {
  std::mt19937_64 random{3};
  std::string good = "# width = 6\n# height = 5\ntime_us,x,y,p,label,sample\n";
  for (int i = 0; i < 60; ++i)
    good += std::to_string(i * 37) + "," + std::to_string(i % 6) + "," + std::to_string(i % 5) + "," +
            std::to_string(i % 2) + ",class " + std::to_string(i % 3) + "," + std::to_string(i % 3) + "\n";
  int read = 0, refused = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto path = put("damaged.csv", damaged(good, i, random));
    try {
      const csv_events data{path};
      for (const auto& [events, label] : data) {
        ASSERT_LT(label, data.classes());
        for (const event& e : events.events) ASSERT_LT(e.channel, data.channels());
      }
      ++read;
    } catch (const file_error& e) {
      ASSERT_THAT(e.what(), HasSubstr("damaged.csv"));
      ++refused;
    }
  }
  EXPECT_GT(read, 10);
  EXPECT_GT(refused, 1000);
}

TEST(own_recordings, come_from_a_function) {
  const own_recordings data{
      {.name = "pendulum",
       .size = 3,
       .channels = 4,
       .classes = 2,
       .read =
           [](std::size_t i) {
             const auto channel = static_cast<std::uint32_t>(i);
             return labelled_recording{{{{2500, channel}, {10, 3}}, milliseconds{0}}, channel % 2};
           },
       .label_names = {"rest", "swing"}}};
  EXPECT_EQ(data.size(), 3u);
  EXPECT_EQ(data.label(1), 1u);
  EXPECT_EQ(data.label_name(1), "swing");
  EXPECT_THAT(data.read(2).events.events, ElementsAre(event{10, 3}, event{2500, 2}));
  EXPECT_EQ(data.read(2).events.length, milliseconds{3});
  EXPECT_THROW(data.read(3), spinule_error);
}

TEST(own_recordings, are_refused_for_what_cannot_be) {
  const auto source = [] {
    return recording_source{.size = 2, .channels = 4, .classes = 2, .read = [](std::size_t) {
                              return labelled_recording{{{{1, 3}}, milliseconds{1}}, 1};
                            }};
  };
  const auto said = [&](const std::function<void(recording_source&)>& change) {
    recording_source s = source();
    change(s);
    return message_of<spinule_error>([&] { own_recordings{s}.read(1); });
  };
  const auto reading = [](std::vector<event> events, double length, std::uint32_t label) {
    return [=](std::size_t) { return labelled_recording{{events, milliseconds{length}}, label}; };
  };
  EXPECT_EQ(said([](auto&) {}), "");
  EXPECT_THAT(said([](auto& s) { s.read = nullptr; }), HasSubstr("no function"));
  EXPECT_THAT(said([](auto& s) { s.size = 0; }), HasSubstr("0 samples"));
  EXPECT_THAT(said([](auto& s) { s.width = 3; }), HasSubstr("no pictures of 3 x 0"));
  EXPECT_THAT(said([](auto& s) { s.label_names = {"one"}; }), HasSubstr("1 names for 2 classes"));
  EXPECT_THAT(said([](auto& s) { s.labels = {1}; }), HasSubstr("1 labels for 2 samples"));
  EXPECT_THAT(said([](auto& s) { s.labels = {1, 5}; }), HasSubstr("label 5 of sample 1 must be below 2"));
  EXPECT_THAT(said([](auto& s) { s.labels = {1, 0}; }), HasSubstr("sample 1: has label 1, and was said to have 0"));
  EXPECT_THAT(said([&](auto& s) { s.read = reading({{1, 4}}, 1, 1); }), HasSubstr("sample 1: channel 4"));
  EXPECT_THAT(said([&](auto& s) { s.read = reading({{-1, 0}}, 1, 1); }), HasSubstr("before the start"));
  EXPECT_THAT(said([&](auto& s) { s.read = reading({{5000, 0}}, 1, 1); }), HasSubstr("is 1 ms long"));
}

}  // namespace spinule::csv_events_test
