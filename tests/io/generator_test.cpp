#include <spinule/io/generator.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include <spinule/io/nmnist.hpp>
#include <spinule/io/shd.hpp>
#include "io/message.hpp"
#include "io/scratch.hpp"

namespace spinule::generator_test {

using ::testing::HasSubstr;

/// How many samples the nearest class mean names rightly, of vectors of square roots of counts.
class nearest_mean {
 public:
  void learn(const std::vector<double>& counts, std::uint32_t label) {
    if (means_.size() <= label) means_.resize(label + 1, std::vector<double>(counts.size()));
    for (std::size_t i = 0; i < counts.size(); ++i) means_[label][i] += std::sqrt(counts[i]) / 20;
  }
  std::uint32_t name(const std::vector<double>& counts) const {
    std::uint32_t best = 0;
    double least = 1e300;
    for (std::uint32_t label = 0; label < means_.size(); ++label) {
      double distance = 0;
      for (std::size_t i = 0; i < counts.size(); ++i) {
        const double difference = std::sqrt(counts[i]) - means_[label][i];
        distance += difference * difference;
      }
      if (distance < least) least = distance, best = label;
    }
    return best;
  }

 private:
  std::vector<std::vector<double>> means_;
};

/// Counts per group of channels in equal windows.
std::vector<double> counted(const recording& events, std::size_t groups, std::size_t per_group, int windows,
                            double span_us) {
  std::vector<double> counts(groups * static_cast<std::size_t>(windows));
  for (const event& e : events.events) {
    const auto window = std::min(static_cast<int>(static_cast<double>(e.time_us) * windows / span_us), windows - 1);
    ++counts[static_cast<std::size_t>(window) * groups + e.channel / per_group];
  }
  return counts;
}

TEST(generator, draws_digits_of_the_size_of_real_ones) {
  for (std::uint32_t digit = 0; digit < 10; ++digit) {
    const recording drawn = draw_digit(digit, 1, 7);
    EXPECT_GT(drawn.events.size(), 1500u) << digit;
    EXPECT_LT(drawn.events.size(), 7000u) << digit;
    EXPECT_LE(drawn.length, milliseconds{320});
    double on = 0;
    int bursts[3] = {};
    for (const event& e : drawn.events) {
      on += e.channel >= 34 * 34;
      ++bursts[std::min<std::int64_t>(e.time_us / 105'000, 2)];
    }
    EXPECT_NEAR(on / static_cast<double>(drawn.events.size()), 0.5, 0.1);
    for (const int burst : bursts) EXPECT_GT(burst, 300);
  }
}

TEST(generator, depends_on_its_arguments_alone) {
  EXPECT_EQ(draw_digit(3, 1, 5).events, draw_digit(3, 1, 5).events);
  EXPECT_NE(draw_digit(3, 1, 5).events, draw_digit(3, 2, 5).events);
  EXPECT_NE(draw_digit(3, 1, 5).events, draw_digit(3, 1, 6).events);
  EXPECT_EQ(draw_word(3, 1, 5).events, draw_word(3, 1, 5).events);
  EXPECT_NE(draw_word(3, 1, 5).events, draw_word(3, 2, 5).events);
  EXPECT_THROW(draw_digit(10, 1, 0), spinule_error);
  EXPECT_THROW(draw_word(20, 1, 0), spinule_error);
}

TEST(generator, can_be_learned_but_not_at_a_glance) {
  nearest_mean digits, words;
  const auto digit = [](std::uint32_t d, std::uint64_t i) { return counted(draw_digit(d, 1, i), 2312, 1, 3, 315e3); };
  const auto word = [](std::uint32_t w, std::uint64_t i) { return counted(draw_word(w, 1, i), 70, 10, 5, 800e3); };
  for (std::uint64_t i = 0; i < 20; ++i) {
    for (std::uint32_t d = 0; d < 10; ++d) digits.learn(digit(d, i), d);
    for (std::uint32_t w = 0; w < 20; ++w) words.learn(word(w, i), w);
  }
  int right_digits = 0, right_words = 0;
  for (std::uint64_t i = 100; i < 110; ++i) {
    for (std::uint32_t d = 0; d < 10; ++d) right_digits += digits.name(digit(d, i)) == d;
    for (std::uint32_t w = 0; w < 20; ++w) right_words += words.name(word(w, i)) == w;
  }
  EXPECT_GT(right_digits, 60);  // of 100
  EXPECT_LT(right_digits, 98);
  EXPECT_GT(right_words, 140);  // of 200
  EXPECT_LT(right_words, 198);
}

TEST(generator, writes_a_folder_that_the_reader_reads_back) {
  const scratch folder;
  write_nmnist(folder / "digits", {.train_per_digit = 2, .test_per_digit = 1, .seed = 4});
  const nmnist data{folder / "digits"};
  ASSERT_EQ(data.size(), 30u);
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(data.number(i), i + 1);
    EXPECT_EQ(data.label(i), i % 10);
    EXPECT_EQ(data.read(i).events.events, draw_digit(data.label(i), 4, i / 10).events);
  }
  EXPECT_EQ(data.part(20), data_part::test);
  EXPECT_NE(data.read(20).events.events, data.read(0).events.events);
  EXPECT_EQ(folder.count(), 1u);
}

TEST(generator, writes_spoken_words_that_the_reader_reads_back) {
  const scratch folder;
  write_shd(folder / "words.h5", 45, 4);
  const shd data{folder / "words.h5"};
  ASSERT_EQ(data.size(), 45u);
  EXPECT_EQ(data.label_name(3), "word 3");
  for (std::size_t i = 0; i < data.size(); ++i) {
    EXPECT_EQ(data.label(i), i % 20);
    EXPECT_EQ(data.read(i).events.events, draw_word(data.label(i), 4, i / 20).events);
  }
  write_shd(folder / "again.h5", 45, 4);
  EXPECT_EQ(folder.text("words.h5"), folder.text("again.h5"));
  EXPECT_EQ(folder.count(), 2u);
}

TEST(generator, leaves_nothing_half_written) {
  const scratch folder;
  std::ofstream{folder / "file"} << "mine";
  EXPECT_THAT(message_of([&] { write_nmnist(folder.path()); }), HasSubstr("not empty"));
  EXPECT_THAT(message_of([&] { write_nmnist(folder / "file"); }), HasSubstr("not empty"));
  EXPECT_THROW(write_nmnist(folder / "file" / "digits"), file_error);
  EXPECT_THROW(write_shd(folder / "none" / "words.h5", 20), file_error);
  EXPECT_THROW(write_shd(folder / "words.h5", 0), spinule_error);
  EXPECT_EQ(folder.count(), 1u);
  EXPECT_EQ(folder.text("file"), "mine");
}

}  // namespace spinule::generator_test
