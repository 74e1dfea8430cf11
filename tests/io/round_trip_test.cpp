// What is written comes back: every format, over random content.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include <nlohmann/json.hpp>

#include <spinule/io/mnist.hpp>
#include <spinule/io/model_file.hpp>
#include <spinule/io/nmnist.hpp>
#include <spinule/io/result.hpp>
#include <spinule/io/shd.hpp>
#include <spinule/random.hpp>

#include "io/hdf5_maker.hpp"
#include "io/scratch.hpp"

namespace spinule::round_trip_test {

constexpr std::uint64_t contents = 40;

random_stream stream(std::uint64_t number) { return {number, purpose::user, 0}; }

std::string word(random_stream& random, std::uint64_t longest) {
  std::string text;
  for (std::uint64_t n = random.below(longest + 1); n > 0; --n) text += static_cast<char>(' ' + random.below(95));
  return text;
}

TEST(round_trip, of_recordings_of_any_camera) {
  for (std::uint64_t number = 0; number < contents; ++number) {
    random_stream random = stream(number);
    const sensor pixels{.width = 1 + static_cast<std::uint32_t>(random.below(256)),
                        .height = 1 + static_cast<std::uint32_t>(random.below(240))};
    std::vector<event> events;
    std::int64_t now = 0;
    for (std::uint64_t n = random.below(500); n > 0; --n) {
      now += static_cast<std::int64_t>(random.below(number % 2 == 0 ? 3 : 16'000));
      if (now >= 1 << 23) break;
      events.push_back({now, static_cast<std::uint32_t>(random.below(pixels.channels()))});
    }
    std::sort(events.begin(), events.end(), [](const event& a, const event& b) {
      return std::pair{a.time_us, a.channel} < std::pair{b.time_us, b.channel};
    });
    const recording back = decode_nmnist(encode_nmnist(events, pixels), "here", pixels);
    ASSERT_EQ(back.events, events) << number;
    ASSERT_GE(back.length.in(1_us), events.empty() ? 0.0 : static_cast<double>(events.back().time_us));
  }
}

/// Times that binary16 seconds can say: so many 1024ths.
TEST(round_trip, of_spoken_words) {
  const scratch folder;
  for (std::uint64_t number = 0; number < 10; ++number) {
    random_stream random = stream(number);
    shd_content content;
    std::vector<std::vector<event>> expected;
    for (std::uint64_t row = random.below(5); row < 8; ++row) {
      auto& times = content.times.emplace_back();
      auto& units = content.units.emplace_back();
      auto& events = expected.emplace_back();
      for (std::uint64_t n = random.below(100); n > 0; --n) {
        const auto time = static_cast<std::int64_t>(random.below(1024));
        const auto channel = static_cast<std::uint32_t>(random.below(700));
        times.push_back(static_cast<float>(time) / 1024.0f);
        units.push_back(static_cast<int>(channel));
        events.push_back({(time * 1'000'000 * 2 + 1024) / 2048, channel});
      }
      content.labels.push_back(static_cast<int>(random.below(20)));
      std::sort(events.begin(), events.end(), [](const event& a, const event& b) {
        return std::pair{a.time_us, a.channel} < std::pair{b.time_us, b.channel};
      });
    }
    make_shd(folder / "words.h5", content);
    const shd data{folder / "words.h5"};
    ASSERT_EQ(data.size(), expected.size());
    for (std::size_t i = 0; i < data.size(); ++i) {
      const auto [events, label] = data.read(i);
      ASSERT_EQ(events.events, expected[i]) << number << ", sample " << i;
      ASSERT_EQ(label, static_cast<std::uint32_t>(content.labels[i]));
    }
  }
}

TEST(round_trip, of_images) {
  const scratch folder;
  random_stream random = stream(1);
  const auto number = [](std::uint32_t x) {
    return std::string{static_cast<char>(x >> 24), static_cast<char>(x >> 16), static_cast<char>(x >> 8),
                       static_cast<char>(x)};
  };
  std::string pixels, labels;
  for (int i = 0; i < 20; ++i) {
    for (int p = 0; p < 784; ++p) pixels += static_cast<char>(random.below(256));
    labels += static_cast<char>(random.below(10));
  }
  std::ofstream{folder / "t10k-images-idx3-ubyte", std::ios::binary} << number(0x803) << number(20) << number(28)
                                                                     << number(28) << pixels;
  std::ofstream{folder / "t10k-labels-idx1-ubyte", std::ios::binary} << number(0x801) << number(20) << labels;
  const mnist data{folder.path(), {.part = data_part::test}};
  ASSERT_EQ(data.size(), 20u);
  double largest = 0;
  for (std::size_t i = 0; i < 20; ++i) {
    const auto p = data.probabilities(i);
    const auto at = [&](std::size_t k) { return static_cast<double>(static_cast<unsigned char>(pixels[i * 784 + k])); };
    double sum = 0;
    for (std::size_t k = 0; k < 784; ++k) sum += at(k);
    for (std::size_t k = 1; k < 784; ++k) ASSERT_NEAR(p[k] * at(0), p[0] * at(k), 1e-9) << "in proportion to pixels";
    largest = std::max(largest, *std::max_element(p.begin(), p.end()));
    EXPECT_EQ(data.label(i), static_cast<std::uint32_t>(labels[i]));
  }
  EXPECT_DOUBLE_EQ(largest, 1);
}

template <class Element>
std::vector<Element> array_of(random_stream& random) {
  std::vector<Element> values(random.below(300));
  for (auto& x : values) x = static_cast<Element>(random.below(1u << 30)) - static_cast<Element>(1u << 6);
  return values;
}

TEST(round_trip, of_models) {
  const scratch folder;
  for (std::uint64_t number = 0; number < contents; ++number) {
    random_stream random = stream(number);
    const auto text = word(random, 5000);
    const auto floats = array_of<float>(random);
    const auto doubles = array_of<double>(random);
    const auto bytes = array_of<std::uint8_t>(random);
    const auto longs = array_of<std::int64_t>(random);
    model_writer writer{folder / "m.spn"};
    writer.add_array<float>("floats", floats);
    writer.add_text("text", text);
    writer.add_array<std::uint8_t>("bytes", bytes);
    writer.add_array<std::int64_t>("longs", longs);
    writer.add_array<double>(std::string(1 + random.below(63), 'd'), doubles);
    writer.commit();
    const model_file file = model_file::load(folder / "m.spn");
    EXPECT_EQ(file.text("text"), text);
    EXPECT_TRUE(std::ranges::equal(file.array<float>("floats"), floats));
    EXPECT_TRUE(std::ranges::equal(file.array<std::uint8_t>("bytes"), bytes));
    EXPECT_TRUE(std::ranges::equal(file.array<std::int64_t>("longs"), longs));
    EXPECT_TRUE(std::ranges::equal(file.array<double>(file.sections().back().name), doubles));
  }
}

energy_account random_energy(random_stream& random) {
  energy_account account;
  for (std::uint64_t n = random.below(4); n > 0; --n)
    account.dynamic.push_back({word(random, 9), word(random, 9), random.uniform() * 1e9, random.uniform() * 1e-9});
  for (std::uint64_t n = random.below(3); n > 0; --n)
    account.standing.push_back({word(random, 9), random.uniform(), random.uniform() * 1e6});
  const auto sum = [&] { return cost_sum{random.uniform(), random.uniform() * 1e12, random.uniform()}; };
  for (std::uint64_t n = random.below(3); n > 0; --n) account.ranges.push_back({word(random, 9), sum(), sum()});
  account.together = {"", sum(), sum()};
  account.programming.push_back({word(random, 9), word(random, 9), 7, random.uniform(), 0});
  for (std::uint64_t n = random.below(3); n > 0; --n)
    account.areas.push_back({word(random, 9), random.below(1000), random.uniform() * 1e6, 1, random.uniform() * 1e9});
  account.quantised = {8, random.uniform() * 1e9, random.uniform(), 340, random.uniform(), -random.uniform(), 0.057};
  return account;
}

example_replay random_example(random_stream& random, std::uint32_t classes) {
  example_replay e;
  e.sample = random.below(1000);
  e.label = static_cast<std::uint32_t>(random.below(classes));
  e.answer = static_cast<std::uint32_t>(random.below(classes));
  e.tick_us = 1 + random.uniform();
  e.length_us = random.uniform() * 1e6;
  e.input = word(random, 9);
  e.channels = 1 + static_cast<std::uint32_t>(random.below(500));
  if (random.below(2) == 0) e.width = e.height = 12;
  for (std::uint64_t n = random.below(50); n > 0; --n) {
    input_event in{.time_us = static_cast<std::int64_t>(random.below(1u << 31)),
                   .channel = static_cast<std::uint32_t>(random.below(e.channels))};
    if (e.width > 0)
      in = {in.time_us, in.channel, static_cast<std::uint16_t>(random.below(12)),
            static_cast<std::uint16_t>(random.below(12)), random.below(2) == 1};
    e.events.push_back(in);
  }
  for (std::uint64_t n = random.below(3); n > 0; --n)
    e.saccades_us.push_back(static_cast<std::int64_t>(random.below(99)));
  for (std::uint64_t n = random.below(3); n > 0; --n) {
    raster_layer& layer = e.layers.emplace_back(raster_layer{word(random, 9), 100, {}});
    for (std::uint64_t k = random.below(20); k > 0; --k)
      layer.spikes.push_back(
          {static_cast<std::uint32_t>(random.below(1u << 31)), static_cast<std::uint32_t>(random.below(100))});
  }
  return e;
}

replay_result random_result(std::uint64_t number) {
  random_stream random = stream(number);
  replay_result r;
  for (std::string* text : {&r.backend, &r.hardware, &r.version, &r.dataset, &r.remark, &r.spike_digest})
    *text = word(random, 20);
  for (std::string* text :
       {&r.from.model, &r.from.network, &r.from.trained_on, &r.from.command, &r.from.date, &r.from.processor})
    *text = word(random, 20);
  if (random.below(2) == 1) r.chip = static_cast<std::uint32_t>(random.below(100));
  r.duration_us = random.uniform() * 1e6;
  r.interrupted = random.below(2) == 1;
  r.threads = static_cast<std::uint32_t>(random.below(1024));
  r.seed = random.below(~std::uint64_t{0});
  const auto classes = 1 + static_cast<std::uint32_t>(random.below(5));
  for (std::uint32_t c = 0; c < classes; ++c) r.labels.push_back(word(random, 9));
  for (std::uint32_t c = 0; c < classes * classes; ++c) r.confusion.push_back(random.below(1000));
  r.samples = 5 + random.below(1000);
  r.correct = random.below(r.samples);
  for (std::uint64_t i = 0, sample = 0; i < r.samples; ++i) {
    r.sample_numbers.push_back(sample += 1 + random.below(3));
    r.truths.push_back(static_cast<std::uint32_t>(random.below(classes)));
    r.answers.push_back(static_cast<std::uint32_t>(random.below(classes)));
  }
  if (random.below(2) == 1)
    r.changes =
        sensitivity{{1, 5},
                    {1, {random.uniform(), 2, 3}, 4},
                    {{word(random, 9), random.uniform(), word(random, 3), {2, {1, 2, random.uniform()}, 1}, 0.5}}};
  r.spikes = random.below(~std::uint64_t{0});
  r.synaptic_events = random.below(~std::uint64_t{0});
  r.wall_s = random.uniform() * 100;
  for (std::uint64_t n = random.below(4); n > 0; --n)
    r.layers.push_back({word(random, 9), static_cast<std::uint32_t>(random.below(99)), random.uniform() * 1e4});
  if (random.below(2) == 0) return r;
  r.energy = random_energy(random);
  for (int n = 0; n < 5; ++n) {
    r.sample_energies_pj.push_back(random.uniform() * 1e5);
    r.sample_latencies_us.push_back(random.uniform());
  }
  r.preset = hardware_description{word(random, 9), word(random, 30), {}};
  r.preset->constants.push_back({word(random, 9), random.uniform(), word(random, 9), word(random, 9), word(random, 9),
                                 word(random, 9), word(random, 9)});
  r.preset->choices.push_back({word(random, 9), word(random, 9)});
  r.example = random_example(random, classes);
  return r;
}

TEST(round_trip, of_results_one_by_one_and_together) {
  const scratch folder;
  std::vector<replay_result> all;
  for (std::uint64_t number = 0; number < contents; ++number) {
    all.push_back(random_result(number));
    write_result(folder / "r.json", all.back());
    ASSERT_EQ(read_results(folder / "r.json"), std::vector{all.back()}) << number;
  }
  std::ofstream{folder / "all.json"} << nlohmann::json(all);
  EXPECT_EQ(read_results(folder / "all.json"), all);
}

}  // namespace spinule::round_trip_test
