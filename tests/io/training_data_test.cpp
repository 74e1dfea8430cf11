// What a model says of the samples it was trained on, and by what they are known.
#include <spinule/io/engine/training_data.hpp>

#include <fstream>
#include <functional>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/io/engine/model_about.hpp>
#include <spinule/io/generator.hpp>
#include <spinule/io/mnist.hpp>
#include <spinule/io/nmnist.hpp>

#include "io/message.hpp"
#include "io/scratch.hpp"

namespace spinule::training_data_test {

using testing::HasSubstr;

training_data some() {
  training_data data{.dataset = "nmnist", .part = "train", .paths = {"a", "b"}, .training = {}, .validation = {}};
  for (const std::uint32_t i : {0u, 1u, 2u, 3u, 7u, 9u, 10u}) data.training.add(i, 1000 + i);
  for (const std::uint32_t i : {4u, 5u, 6u, 8u}) data.validation.add(i, 1000 + i);
  data.validation.add(11, 1003);  // a copy of one that was trained on
  return data;
}

void write(const std::filesystem::path& path, const training_data& data) {
  model_writer file{path};
  nlohmann::json about{{"version", about_version}};
  about["trained_on"] = add_training_data(file, data);
  file.add_text("about", about.dump());
  file.commit();
}

training_data read(const std::filesystem::path& path) {
  const model_file file = model_file::load(path);
  return training_data_of(file, about_of(file));
}

TEST(training_data, comes_back_and_takes_little_more_than_its_digests) {
  const scratch folder;
  write(folder / "a.spn", some());
  EXPECT_EQ(read(folder / "a.spn"), some());
  write(folder / "none.spn", {});
  EXPECT_EQ(read(folder / "none.spn"), training_data{});
  training_data many = some();
  many.training = {};
  for (std::uint32_t i = 0; i < 60'000; ++i) many.training.add(i, i * 0x9e3779b97f4a7c15);
  write(folder / "many.spn", many);
  EXPECT_EQ(read(folder / "many.spn"), many);
  EXPECT_LT(std::filesystem::file_size(folder / "many.spn"), 8u * 60'000 + 2000);
}

TEST(training_data, is_refused_when_it_contradicts_itself) {
  const scratch folder;
  const auto said = [&](std::vector<std::uint32_t> runs, std::size_t digests) {
    model_writer file{folder / "a.spn"};
    const std::vector<std::uint64_t> numbers(digests, 1);
    for (const char* of : {"training", "validation"}) {
      file.add_array(std::string{of} + "/runs", std::span<const std::uint32_t>{runs});
      file.add_array(std::string{of} + "/digests", std::span<const std::uint64_t>{numbers});
    }
    file.add_text("about", R"({"version": 1, "trained_on": {"dataset": "shd", "part": "all", "paths": []}})");
    file.commit();
    return message_of([&] { read(folder / "a.spn"); });
  };
  EXPECT_EQ(said({0, 3, 5, 5}, 5), "");
  EXPECT_THAT(said({0}, 1), HasSubstr("without a last"));
  EXPECT_THAT(said({3, 2}, 1), HasSubstr("do not ascend"));
  EXPECT_THAT(said({0, 3, 3, 4}, 6), HasSubstr("do not ascend"));
  EXPECT_THAT(said({0, 4294967295}, 5), HasSubstr("more numbers than there are digests, 5"));
  EXPECT_THAT(said({0, 3}, 3), HasSubstr("more numbers than there are digests, 3"));
  EXPECT_THAT(said({0, 3}, 5), HasSubstr("4 numbers for 5 digests"));
}

TEST(training_data, says_numbers_as_runs) {
  EXPECT_EQ(runs_text(some().training.numbers), "0-3, 7, 9-10");
  EXPECT_EQ(runs_text(some().training.numbers, 2), "0-3, 7 and 1 more runs");
  EXPECT_EQ(runs_text({}), "");
}

TEST(sample_memory, tells_samples_for_training_from_those_held_back) {
  const sample_memory memory{some()};
  EXPECT_TRUE(memory.trained_on(1000));
  EXPECT_FALSE(memory.held_back(1000));
  EXPECT_TRUE(memory.held_back(1004));
  EXPECT_FALSE(memory.trained_on(1004));
  EXPECT_TRUE(memory.trained_on(1003));
  EXPECT_FALSE(memory.held_back(1003)) << "it was trained on, whatever else it was";
  EXPECT_FALSE(memory.trained_on(5) || memory.held_back(5));
}

TEST(digest_of_a_sample, knows_copies_wherever_they_lie) {
  const scratch folder;
  write_nmnist(folder / "digits", {.train_per_digit = 2, .test_per_digit = 1});
  const nmnist all{folder / "digits"};
  std::set<std::uint64_t> known;
  for (std::size_t i = 0; i < all.size(); ++i) known.insert(all.digest(i));
  EXPECT_EQ(known.size(), all.size()) << "no two are taken for each other";
  const auto elsewhere = folder / "copies" / std::to_string(all.label(0));
  std::filesystem::create_directories(elsewhere);
  std::filesystem::copy_file(all.path(0), elsewhere / "77.bin");
  const nmnist copy{folder / "copies"};
  EXPECT_EQ(copy.digest(0), all.digest(0));
  const subset late{all, {7, 3}};
  EXPECT_EQ(late.digest(1), all.digest(3));
}

TEST(digest_of_a_sample, changes_with_label_channel_and_time) {
  const labelled_recording one{{{{10, 3}, {20, 4}}, milliseconds{1}}, 2};
  std::set<std::uint64_t> seen{digest_of(one)};
  const std::vector<std::function<void(labelled_recording&)>> changes{
      [](auto& s) { s.label = 3; }, [](auto& s) { s.events.events[0].channel = 4; },
      [](auto& s) { s.events.events[1].time_us = 21; }, [](auto& s) { s.events.events.pop_back(); }};
  for (const auto& change : changes) {
    labelled_recording other = one;
    change(other);
    seen.insert(digest_of(other));
  }
  EXPECT_EQ(seen.size(), changes.size() + 1);
}

TEST(digest_of_a_sample, is_that_of_the_image_where_events_are_drawn) {
  const scratch folder;
  std::string pixels(2 * 784, '\0');
  pixels[5] = pixels[784 + 6] = '\xff';
  const auto write_file = [&](const char* name, const std::string& bytes) {
    std::ofstream{folder / name, std::ios::binary} << bytes;
  };
  write_file("train-images-idx3-ubyte", std::string("\0\0\x08\x03\0\0\0\x02\0\0\0\x1c\0\0\0\x1c", 16) + pixels);
  write_file("train-labels-idx1-ubyte", std::string("\0\0\x08\x01\0\0\0\x02\x01\x02", 10));
  const mnist one{folder.path(), {.part = data_part::train, .seed = 1}},
      other{folder.path(), {.part = data_part::train, .seed = 2}};
  EXPECT_EQ(one.digest(0), other.digest(0));
  EXPECT_NE(one.digest(0), one.digest(1));
}

}  // namespace spinule::training_data_test
