#include <spinule/io/mnist.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>
#include <fstream>
#include <numeric>

#include "io/message.hpp"
#include "io/real_data.hpp"
#include "io/scratch.hpp"

namespace spinule::mnist_test {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string number(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

std::string images(std::uint32_t count, const std::string& pixels, std::uint32_t side = 28) {
  return number(0x803) + number(count) + number(side) + number(side) + pixels;
}

std::string labels(const std::string& classes) {
  return number(0x801) + number(static_cast<std::uint32_t>(classes.size())) + classes;
}

/// One image with a bright pixel 3 and a pixel 5 of half its value, and one black one.
class mnist_files : public ::testing::Test {
 protected:
  scratch folder;
  std::string pixels = std::string(2 * 784, '\0');
  mnist_files() {
    pixels[3] = static_cast<char>(200);
    pixels[5] = static_cast<char>(100);
    write("train-images-idx3-ubyte", images(2, pixels));
    write("train-labels-idx1-ubyte", labels({7, 2}));
  }
  void write(const char* name, const std::string& content) const {
    std::ofstream{folder / name, std::ios::binary | std::ios::trunc} << content;
  }
  std::string refusal() const {
    return message_of([&] { (mnist{folder.path(), {.part = data_part::train}}); });
  }
};

TEST_F(mnist_files, fire_with_the_share_of_a_pixel_in_its_image) {
  const mnist data{folder.path(), {.part = data_part::train}};
  const auto [events, label] = data.read(0);
  EXPECT_EQ(label, 7u);
  EXPECT_EQ(events.length, milliseconds{250});
  EXPECT_DOUBLE_EQ(data.probabilities(0)[3], 1);
  EXPECT_DOUBLE_EQ(data.probabilities(0)[5], 0.5);
  std::vector<std::int64_t> bright;
  int dim = 0;
  for (const event& e : events.events) {
    if (e.channel == 3) bright.push_back(e.time_us);
    dim += e.channel == 5;
    EXPECT_TRUE(e.channel == 3 || e.channel == 5);
  }
  ASSERT_EQ(bright.size(), 250u);  // every millisecond
  for (std::size_t step = 0; step < 250; ++step) EXPECT_EQ(bright[step], static_cast<std::int64_t>(step) * 1000);
  EXPECT_NEAR(dim, 125, 4 * std::sqrt(250 * 0.25));
  EXPECT_TRUE(data.read(1).events.events.empty());
}

TEST_F(mnist_files, are_read_compressed_too) {
  std::filesystem::remove(folder / "train-images-idx3-ubyte");
  const std::string content = images(2, pixels);
  gzFile packed = gzopen((folder / "train-images-idx3-ubyte.gz").c_str(), "wb");
  gzwrite(packed, content.data(), static_cast<unsigned>(content.size()));
  gzclose(packed);
  EXPECT_EQ(refusal(), "");
  std::filesystem::resize_file(folder / "train-images-idx3-ubyte.gz", 20);
  EXPECT_THAT(refusal(), AllOf(HasSubstr("train-images-idx3-ubyte.gz"), HasSubstr("ends in the middle")));
}

TEST_F(mnist_files, are_refused_when_wrong) {
  write("train-images-idx3-ubyte", number(0x804) + number(0));
  EXPECT_THAT(refusal(), AllOf(HasSubstr("train-images-idx3-ubyte"), HasSubstr("starts with 0x00000804")));
  write("train-images-idx3-ubyte", "abc");
  EXPECT_THAT(refusal(), HasSubstr("too short"));
  write("train-images-idx3-ubyte", images(3, pixels));
  EXPECT_THAT(refusal(), HasSubstr("says that it holds 3 items"));
  write("train-images-idx3-ubyte", images(2, std::string(2 * 27 * 27, '\0'), 27));
  EXPECT_THAT(refusal(), HasSubstr("no images of 28 x 28"));
  write("train-images-idx3-ubyte", images(1, pixels.substr(784)));
  EXPECT_THAT(refusal(), HasSubstr("holds 2 labels for 1 images"));
  write("train-images-idx3-ubyte", images(2, pixels));
  write("train-labels-idx1-ubyte", labels({1, 10}));
  EXPECT_THAT(refusal(), HasSubstr("label 10 of item 1"));
  write("train-labels-idx1-ubyte", images(2, pixels));
  EXPECT_THAT(refusal(), HasSubstr("holds no labels"));
}

TEST_F(mnist_files, need_a_length_of_whole_milliseconds) {
  for (const double bad : {0.0, -1.0, 0.5, 1e9, std::nan("")})
    EXPECT_THROW((mnist{folder.path(), {.part = data_part::train, .length = milliseconds{bad}}}), spinule_error) << bad;
}

TEST(mnist, has_the_published_counts) {
  SPINULE_REAL_DATA(folder, "mnist");
  const mnist data{folder};
  EXPECT_EQ(data.size(), 70'000u);
  std::vector<int> counts(10);
  for (std::size_t i = 60'000; i < data.size(); ++i) ++counts[data.label(i)];
  EXPECT_THAT(counts, ::testing::ElementsAre(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009));
  EXPECT_EQ(data.label(0), 5u);
  double greatest = 0;
  for (std::size_t i = 0; i < 1000; ++i)
    for (const double p : data.probabilities(i)) greatest = std::max(greatest, p);
  EXPECT_LE(greatest, 1);
}

TEST(mnist, follows_the_bernoulli_law) {
  SPINULE_REAL_DATA(folder, "mnist");
  const mnist data{folder, {.part = data_part::test}};
  constexpr std::size_t samples = 400;
  std::vector<double> per_step(250);
  double squares = 0, all = 0, all_mean = 0, all_variance = 0;
  for (std::size_t i = 0; i < samples; ++i) {
    double mean = 0, variance = 0;
    for (const double p : data.probabilities(i)) {
      mean += 250 * p;
      variance += 250 * p * (1 - p);
    }
    const auto events = data.read(i).events.events;
    const double count = static_cast<double>(events.size());
    squares += (count - mean) * (count - mean) / variance;
    all += count;
    all_mean += mean;
    all_variance += variance;
    for (const event& e : events) ++per_step[static_cast<std::size_t>(e.time_us / 1000)];
  }
  EXPECT_NEAR(all, all_mean, 4 * std::sqrt(all_variance));
  EXPECT_NEAR(squares, samples, 4 * std::sqrt(2.0 * samples));  // chi-squared
  double steps = 0;
  for (const double n : per_step) steps += (n - all_mean / 250) * (n - all_mean / 250) / (all_variance / 250);
  EXPECT_NEAR(steps, 250, 4 * std::sqrt(2.0 * 250));  // no time is preferred
}

TEST(mnist, gives_the_same_sample_in_any_order_and_another_for_another_seed) {
  SPINULE_REAL_DATA(folder, "mnist");
  const mnist all{folder}, test{folder, {.part = data_part::test}}, other{folder, {.part = data_part::test, .seed = 2}};
  const auto late = test.read(9).events.events;
  test.read(3);
  EXPECT_EQ(test.read(9).events.events, late);
  EXPECT_EQ(all.read(60'009).events.events, late);
  EXPECT_NE(other.read(9).events.events, late);
  EXPECT_TRUE(std::is_sorted(late.begin(), late.end(), [](const event& a, const event& b) {
    return std::pair{a.time_us, a.channel} < std::pair{b.time_us, b.channel};
  }));
}

TEST(mnist, serves_fashion_mnist_as_well) {
  SPINULE_REAL_DATA(folder, "fashion_mnist");
  const auto data = open_dataset("fashion-mnist", folder, {.part = data_part::test, .length = milliseconds{100}});
  EXPECT_EQ(data->name(), "Fashion-MNIST");
  EXPECT_EQ(data->size(), 10'000u);
  EXPECT_EQ(data->label(0), 9u);
  const auto events = data->read(0).events;
  EXPECT_EQ(events.length, milliseconds{100});
  EXPECT_LT(events.events.back().time_us, 100'000);
}

}  // namespace spinule::mnist_test
