#include <spinule/io/info.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include <spinule/io/generator.hpp>
#include "io/message.hpp"
#include "io/real_data.hpp"
#include "io/scratch.hpp"

namespace spinule {
namespace {

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
  EXPECT_EQ(words.events, events);
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
                          .labels = {{2, 1}, {10, 2}}};
  const auto json = nlohmann::json::parse(to_json(info));
  EXPECT_EQ(json.size(), 8u);
  EXPECT_EQ(json["format"], "N-MNIST folder");
  EXPECT_EQ(json["samples"], 3);
  EXPECT_EQ(json["events"], 12);
  EXPECT_EQ(json["duration_us"], 99);
  EXPECT_EQ(json["width"], 34);
  EXPECT_EQ(json["height"], 34);
  EXPECT_EQ(json["channels"], 2312);
  EXPECT_EQ(json["labels"]["10"], 2);
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
              AllOf(HasSubstr("no known format"), HasSubstr(".h5.gz")));
  EXPECT_THAT(message_of([&] { inspect(folder / "empty"); }), HasSubstr("no known format"));
  EXPECT_THAT(message_of([&] { inspect(folder / "none"); }), HasSubstr("No such file"));
  EXPECT_THAT(message_of([&] { inspect(folder.path()); }), HasSubstr("Train/<digit>/<number>.bin"));
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

}  // namespace
}  // namespace spinule
