#include <spinule/io/info.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <sstream>

#include <spinule/io/generator.hpp>
#include "io/message.hpp"
#include "io/real_data.hpp"
#include "io/scratch.hpp"

namespace spinule::info_test {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(info, counts_what_a_generated_folder_and_file_hold) {
  const scratch folder;
  write_nmnist(folder / "digits", {.train_per_digit = 1, .test_per_digit = 2, .seed = 1});
  write_shd(folder / "words.h5", 20);
  const dataset_info digits = inspect(folder / "digits"), words = inspect(folder / "words.h5");
  EXPECT_EQ(digits.format, "N-MNIST folder");
  EXPECT_EQ(digits.samples, 30u);
  EXPECT_EQ(digits.labels.at(9), 3u);
  EXPECT_EQ(digits.channels, 2312u);
  EXPECT_EQ(words.format, "SHD HDF5");
  EXPECT_EQ(words.samples, 20u);
  EXPECT_EQ(words.width, 0u);
  std::uint64_t events = 0;
  for (std::uint32_t w = 0; w < 20; ++w) events += draw_word(w, 1, 0).events.size();
  EXPECT_EQ(words.events, std::optional{events});
  const dataset_info one = inspect(folder / "digits/Train/3/00004.bin");
  EXPECT_EQ(one.format, "N-MNIST recording");
  EXPECT_EQ(one.events, draw_digit(3, 1, 0).events.size());
  EXPECT_EQ(one.duration_us, draw_digit(3, 1, 0).events.back().time_us);
  EXPECT_EQ(one.labels.at(3), 1u);
}

TEST(info, is_written_as_json_with_every_field) {
  const dataset_info info{.format = "N-MNIST folder",
                          .samples = 3,
                          .events = 12,
                          .duration_us = 99,
                          .width = 34,
                          .height = 34,
                          .channels = 2312,
                          .labels = {{2, 1}, {10, 2}},
                          .names = {{10, "ten"}},
                          .remark = {}};
  const auto json = nlohmann::json::parse(to_json(info));
  EXPECT_EQ(json.size(), 10u);
  EXPECT_EQ(json["format"], "N-MNIST folder");
  EXPECT_EQ(json["samples"], 3);
  EXPECT_EQ(json["events"], 12);
  EXPECT_EQ(json["duration_us"], 99);
  EXPECT_EQ(json["width"], 34);
  EXPECT_EQ(json["height"], 34);
  EXPECT_EQ(json["channels"], 2312);
  EXPECT_EQ(json["labels"]["10"], 2);
  EXPECT_EQ(json["names"], (nlohmann::json{{"10", "ten"}}));
  EXPECT_EQ(json["remark"], "");
  EXPECT_TRUE(nlohmann::json::parse(to_json({}))["labels"].is_object());
}

TEST(info, checks_every_file_and_names_the_bad_one) {
  const scratch folder;
  write_nmnist(folder / "digits", {.train_per_digit = 1, .test_per_digit = 0, .seed = 1});
  std::ofstream{folder / "digits/Train/7/00008.bin", std::ios::app} << "x";
  EXPECT_THAT(message_of([&] { inspect(folder / "digits"); }), AllOf(HasSubstr("7/00008.bin"), HasSubstr("cut")));
}

TEST(info, says_which_formats_there_are) {
  const scratch folder;
  std::ofstream{folder / "text.txt"} << "hello";
  std::ofstream{folder / "empty"};
  EXPECT_THAT(message_of([&] { inspect(folder / "text.txt"); }),
              AllOf(HasSubstr("no known format"), HasSubstr("begins with \"hello\""), HasSubstr(".h5.gz")));
  EXPECT_THAT(message_of([&] { inspect(folder / "empty"); }),
              AllOf(HasSubstr("no known format"), HasSubstr("is empty")));
  EXPECT_THAT(message_of([&] { inspect(folder / "none"); }), HasSubstr("No such file"));
}

TEST(info, says_what_an_unknown_folder_holds_and_which_are_known) {
  const scratch folder;
  const auto said = [&] { return message_of([&] { inspect(folder.path()); }); };
  const auto known = AllOf(HasSubstr("no known kind"), HasSubstr("Train/<digit>/<number>.bin"),
                           HasSubstr("train-images-idx3-ubyte"), HasSubstr("SHD"));
  EXPECT_THAT(said(), AllOf(HasSubstr("it is empty"), known));
  for (const char* name : {"b.png", "a.txt"}) std::ofstream{folder / name} << "x";
  std::filesystem::create_directory(folder / "more");
  EXPECT_THAT(said(), AllOf(HasSubstr("it holds a.txt, b.png, more/;"), known));
  for (const char* name : {"c", "d", "e", "f"}) std::ofstream{folder / name} << "x";
  EXPECT_THAT(said(), HasSubstr("it holds a.txt, b.png, c, d, e and 2 more;"));
}

TEST(info, names_what_is_missing_in_a_folder_of_a_known_kind) {
  const scratch folder;
  std::filesystem::create_directories(folder / "Train/3");
  EXPECT_THAT(message_of([&] { inspect(folder.path()); }), HasSubstr("holds no N-MNIST recording"));
  std::ofstream{folder / "train-images-idx3-ubyte"} << "x";
  EXPECT_THAT(message_of([&] { inspect(folder.path()); }), HasSubstr("train-"));
}

/// A header of big-endian numbers, then that many bytes.
void write_idx(const std::filesystem::path& path, std::initializer_list<std::uint32_t> header, std::size_t bytes) {
  std::ofstream file{path, std::ios::binary};
  for (const std::uint32_t x : header)
    for (const int shift : {24, 16, 8, 0}) file << static_cast<char>(x >> shift);
  for (std::size_t i = 0; i < bytes; ++i) file << static_cast<char>(i % 3);
}

TEST(info, counts_images_and_labels_and_claims_no_events) {
  const scratch folder;
  write_idx(folder / "images", {0x803, 5, 4, 6}, 5 * 4 * 6);
  write_idx(folder / "labels", {0x801, 5}, 5);
  const dataset_info images = inspect(folder / "images"), labels = inspect(folder / "labels");
  EXPECT_EQ(images.samples, 5u);
  EXPECT_EQ(images.width, 6u);
  EXPECT_EQ(images.height, 4u);
  EXPECT_EQ(labels.samples, 5u);
  EXPECT_EQ(labels.labels, (std::map<std::uint32_t, std::uint64_t>{{0, 2}, {1, 2}, {2, 1}}));
  EXPECT_EQ(to_text(images), "format    MNIST idx images\nimages    5 of 6 x 4 pixels\nchannels  24\n");
  EXPECT_EQ(to_text(labels), "format    MNIST idx labels\nlabels    5\nclasses   0: 2  1: 2  2: 1\n");
  for (const dataset_info& info : {images, labels}) {
    EXPECT_FALSE(info.events || info.duration_us);
    EXPECT_TRUE(nlohmann::json::parse(to_json(info))["events"].is_null());
  }
}

TEST(info, tells_events_of_recordings_in_words) {
  EXPECT_EQ(to_text({.format = "N-MNIST recording",
                     .samples = 1,
                     .events = 12,
                     .duration_us = 3456,
                     .width = 34,
                     .height = 34,
                     .channels = 2312,
                     .labels = {{3, 1}},
                     .remark = {}}),
            "format    N-MNIST recording\nsamples   1\nevents    12\nduration  3.5 ms\nsensor    34 x 34\n"
            "channels  2312\nclasses   3: 1\n");
}

TEST(info, knows_the_published_folder_within_the_time_allowed) {
  SPINULE_REAL_DATA(folder, "nmnist");
  const std::clock_t start = std::clock();  // of the processor: other work on the machine does not count
  const dataset_info info = inspect(folder);
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  EXPECT_EQ(info.samples, 1413u);
  EXPECT_EQ(info.events, 5'235'415u);
  EXPECT_EQ(info.duration_us, 315'109);
  EXPECT_EQ(info.labels.at(0), 97u + 5);
#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LT(seconds, 0.3);
#else
  static_cast<void>(seconds);
#endif
}

TEST(info, knows_images_and_labels) {
  SPINULE_REAL_DATA(folder, "mnist");
  const dataset_info all = inspect(folder), images = inspect(folder / "t10k-images-idx3-ubyte.gz"),
                     labels = inspect(folder / "t10k-labels-idx1-ubyte.gz");
  EXPECT_EQ(all.format, "MNIST idx folder");
  EXPECT_EQ(all.samples, 70'000u);
  EXPECT_EQ(images.format, "MNIST idx images");
  EXPECT_EQ(images.width, 28u);
  EXPECT_EQ(labels.labels.at(1), 1135u);
}

TEST(info, knows_a_folder_of_spoken_words) {
  const scratch folder;
  write_shd(folder / "shd_train.h5", 20);
  write_shd(folder / "shd_test.h5", 40);
  const dataset_info all = inspect(folder.path()), train = inspect(folder / "shd_train.h5"),
                     test = inspect(folder / "shd_test.h5");
  EXPECT_EQ(all.format, "SHD HDF5 folder");
  EXPECT_EQ(all.samples, 60u);
  EXPECT_EQ(all.events, *train.events + *test.events);
  EXPECT_EQ(all.labels.at(3), train.labels.at(3) + test.labels.at(3));
}

TEST(info, names_classes_that_have_names) {
  const scratch folder;
  write_shd(folder / "words.h5", 40);
  const std::string text = to_text(inspect(folder / "words.h5"));
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
  EXPECT_THAT(text, AllOf(HasSubstr("classes   0 word 0: 2  1 word 1: 2"), HasSubstr("19 word 19: 2\n")));
}

TEST(info, says_what_a_folder_of_5_byte_recordings_holds) {
  const scratch folder;
  const std::string event{"\x7f\x7f\0\0\x0a", 5};
  std::ofstream{folder / "a.bs2", std::ios::binary} << event;
  std::ofstream{folder / "b.bs2", std::ios::binary} << event << event;
  const dataset_info all = inspect(folder.path());
  EXPECT_EQ(all.format, "folder of 5-byte event recordings");
  EXPECT_EQ(all.samples, 2u);
  EXPECT_EQ(all.events, std::optional{std::uint64_t{3}});
  EXPECT_EQ(all.width, 128u);
  std::ofstream{folder / "c.bs2", std::ios::binary} << "cut";
  EXPECT_THAT(message_of([&] { inspect(folder.path()); }), HasSubstr("c.bs2"));
}

TEST(info, counts_event_lists_and_takes_the_sensor_from_their_events) {
  const scratch folder;
  std::filesystem::create_directories(folder / "train/up");
  std::ofstream{folder / "train/up/a.csv"} << "time_us,x,y\n10,3,5\n2000,1,1\n";
  std::ofstream{folder / "train/down_1.csv"} << "time_us,x,y\n10,9,2\n";
  const dataset_info all = inspect(folder.path()), one = inspect(folder / "train/down_1.csv");
  EXPECT_EQ(all.format, "event lists (CSV folder)");
  EXPECT_EQ(all.samples, 2u);
  EXPECT_EQ(all.events, std::optional{std::uint64_t{3}});
  EXPECT_EQ(all.width, 10u);
  EXPECT_EQ(all.height, 6u);
  EXPECT_EQ(all.duration_us, 2000);
  EXPECT_EQ(one.format, "event list (CSV)");
  EXPECT_EQ(one.width, 10u);
  EXPECT_EQ(inspect(folder / "train/up/a.csv").samples, 1u) << "whose name gives no class";
}

TEST(info, names_event_files_of_other_programs_by_how_they_begin) {
  const scratch folder;
  const std::pair<std::string, const char*> files[] = {
      {"#!AER-DAT2.0\r\n# This is a raw AE data file\r\n\1\2\3", "AEDAT 2.0 (jAER)"},
      {"#!AER-DAT3.1\r\n#Format: RAW\r\n", "AEDAT 3.1 (cAER)"},
      {"#!AER-DAT4.0\r\nIOHE", "AEDAT 4.0 (DV)"},
      {"% Date 2020\n% evt 2.0\n\x80", "Prophesee RAW, EVT 2.0"},
      {"% Date 2020\n% evt 3.0\n% format EVT3;height=720;width=1280\n% end\n\x80", "Prophesee RAW, EVT 3.0"},
      {"% format EVT21;height=320;width=320\n", "Prophesee RAW, EVT 2.1"},
      {"% Data file containing CD events.\n% Version 2\n% Height 240\n% Width 304\n", "Prophesee DAT"},
      {std::string{"Event Stream\2\0\0\1\x40\1\xf0\0", 20}, "Event Stream 2.0.0, DVS"},
      {"MATLAB 5.0 MAT-file, Platform", "MATLAB 5 file"},
      {"\x93NUMPY\1", "NumPy array"},
      {std::string{"\0\0\x0d\3\0\0\0\1", 8}, "idx of float, 3 dimensions"},
      {std::string{"\0\0\x08\2\0\0\0\1", 8}, "idx of bytes, 2 dimensions"}};
  for (const auto& [bytes, format] : files) {
    std::ofstream{folder / "file.dat", std::ios::binary} << bytes;
    const dataset_info info = inspect(folder / "file.dat");
    EXPECT_EQ(info.format, format);
    EXPECT_THAT(to_text(info), AllOf(HasSubstr(format), HasSubstr("not read by Spinule; ")));
    EXPECT_THAT(nlohmann::json::parse(to_json(info))["remark"].get<std::string>(), HasSubstr("not read by Spinule; "));
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
      std::ofstream{folder / "cut.dat", std::ios::binary} << bytes.substr(0, cut);
      try {
        inspect(folder / "cut.dat");
      } catch (const file_error&) {
      }
    }
  }
  std::ofstream{folder / "file.dat", std::ios::binary} << files[4].first;
  EXPECT_EQ(inspect(folder / "file.dat").width, 1280u);
  std::ofstream{folder / "file.dat", std::ios::binary} << files[7].first;
  EXPECT_EQ(inspect(folder / "file.dat").height, 240u);
}

TEST(info, names_real_event_files_of_other_programs) {
  SPINULE_REAL_DATA(aedat, "aedat");
  const auto root = aedat.parent_path();
  const std::pair<const char*, const char*> files[] = {{"aedat/MovingDarkBox.aedat", "AEDAT 2.0 (jAER)"},
                                                       {"aedat/tonic_sample.aedat4", "AEDAT 4.0 (DV)"},
                                                       {"prophesee/evt2_sample.raw", "Prophesee RAW, EVT 2.0"},
                                                       {"prophesee/evt3_sample.raw", "Prophesee RAW, EVT 3.0"},
                                                       {"ncars/NCARS_obj_004397_td.dat", "Prophesee DAT"},
                                                       {"event_stream/dvs.es", "Event Stream 2.0.0, DVS"},
                                                       {"event_stream/generic.es", "Event Stream 2.0.0, generic"},
                                                       {"st_mnist/0.mat", "MATLAB 5 file"}};
  for (const auto& [file, format] : files) EXPECT_EQ(inspect(root / file).format, format) << file;
  EXPECT_EQ(inspect(root / "event_stream/dvs.es").width, 320u);
  EXPECT_THAT(inspect(root / "sonata/spike_files/spikes.h5").format, HasSubstr("HDF5 file of another kind"));
  EXPECT_THAT(inspect(root / "nir/lif_norse.nir").remark, HasSubstr("SHD has /labels"));
}

}  // namespace spinule::info_test
