// Damaged files are refused or read, and nothing else.
#include <gtest/gtest.h>
#include <zlib.h>

#include <chrono>
#include <fstream>
#include <random>

#include <spinule/io/generator.hpp>
#include <spinule/io/info.hpp>
#include <spinule/io/mnist.hpp>
#include <spinule/io/model_file.hpp>
#include <spinule/io/nmnist.hpp>
#include <spinule/io/result.hpp>
#include <spinule/io/shd.hpp>

#include "io/fake_results.hpp"
#include "io/hdf5_maker.hpp"
#include "io/message.hpp"
#include "io/mutation.hpp"
#include "io/scratch.hpp"

namespace spinule::fuzz_test {

std::span<const std::byte> as_bytes(const std::string& text) { return std::as_bytes(std::span{text}); }

TEST(fuzz, ten_thousand_mutations_of_a_recording_are_read_or_refused) {
  const auto good = encode_nmnist(draw_digit(5, 1, 0).events);
  const std::string seed{reinterpret_cast<const char*>(good.data()), good.size()};
  std::mt19937_64 random{1};
  int read = 0, refused = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::string bytes = damaged(seed, i, random);
    try {
      const recording decoded = decode_nmnist(as_bytes(bytes), "mutant");
      for (std::size_t n = 1; n < decoded.events.size(); ++n)
        ASSERT_LE(decoded.events[n - 1].time_us, decoded.events[n].time_us);
      for (const event& e : decoded.events) ASSERT_LT(e.channel, sensor{}.channels());
      ++read;
    } catch (const file_error&) {
      ++refused;
    }
  }
  EXPECT_EQ(read + refused, 10'000);
  EXPECT_GT(refused, 5000);
}

/// Damages a good file over and over; whatever `read` does with it, it throws nothing but `file_error`, and that names
/// the file.
template <class Read>
void expect_read_or_refused(const std::filesystem::path& path, const std::string& good, int cases, Read read) {
  std::mt19937_64 random{7};
  int refused = 0;
  for (int i = 0; i < cases; ++i) {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << damaged(good, i, random);
    try {
      read();
    } catch (const file_error& problem) {
      ASSERT_NE(std::string{problem.what()}.find(path.filename().string()), std::string::npos) << problem.what();
      ++refused;
    } catch (const std::exception& other) {
      FAIL() << "case " << i << ": " << other.what();
    }
  }
  EXPECT_GT(refused, 0);
}

std::string big_endian(std::uint32_t x) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(x >> shift & 0xff);
  return bytes;
}

/// Three images and labels in a folder.
void make_mnist(const scratch& folder) {
  std::string pixels;
  for (int i = 0; i < 3 * 784; ++i) pixels += static_cast<char>(i * 7);
  std::ofstream{folder / "train-images-idx3-ubyte", std::ios::binary} << big_endian(0x803) << big_endian(3)
                                                                      << big_endian(28) << big_endian(28) << pixels;
  std::ofstream{folder / "train-labels-idx1-ubyte", std::ios::binary} << big_endian(0x801) << big_endian(3)
                                                                      << std::string{1, 9, 0};
}

TEST(fuzz, damaged_images_and_labels_are_read_or_refused) {
  for (const char* name : {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"}) {
    const scratch folder;
    make_mnist(folder);
    const auto read_all = [&] {
      const mnist data{folder.path(), {.part = data_part::train}};
      for (std::size_t i = 0; i < data.size(); ++i)
        for (const event& e : data.read(i).events.events) ASSERT_LT(e.channel, 784u);
      inspect(folder / name);
    };
    expect_read_or_refused(folder / name, folder.text(name), 500, read_all);
  }
}

TEST(fuzz, damaged_gzip_is_read_or_refused) {
  const scratch folder;
  make_mnist(folder);
  const std::string images = folder.text("train-images-idx3-ubyte");
  std::filesystem::remove(folder / "train-images-idx3-ubyte");
  const auto path = folder / "train-images-idx3-ubyte.gz";
  const gzFile packed = gzopen(path.c_str(), "wb");
  gzwrite(packed, images.data(), static_cast<unsigned>(images.size()));
  gzclose(packed);
  expect_read_or_refused(path, folder.text(path.filename()), 500,
                         [&] { mnist(folder.path(), {.part = data_part::train}); });
}

TEST(fuzz, a_damaged_recording_in_a_folder_is_read_or_refused) {
  const scratch folder;
  write_nmnist(folder / "digits", {.train_per_digit = 1, .test_per_digit = 0});
  const auto victim = folder / "digits/Train/3/00004.bin";
  const nmnist data{folder / "digits"};
  expect_read_or_refused(victim, folder.text("digits/Train/3/00004.bin"), 500, [&] {
    for (const event& e : data.read(3).events.events) ASSERT_LT(e.channel, 2312u);
    inspect(folder / "digits");
  });
}

TEST(fuzz, a_damaged_result_is_read_or_refused) {
  const scratch folder;
  const auto path = folder / "result.json";
  auto result = fake::random_rram();
  result.sample_energies_pj.resize(3);
  result.sample_latencies_us.resize(3);
  result.example->events.resize(5);
  for (auto& layer : result.example->layers) layer.spikes.resize(3);
  write_result(path, result);
  expect_read_or_refused(path, folder.text("result.json"), 2000, [&] { read_results(path); });
}

/// With the right digest at the end, so that everything before it is judged by its meaning.
TEST(fuzz, a_damaged_model_with_the_right_digest_is_read_or_refused) {
  const scratch folder;
  const auto path = folder / "model.spn";
  model_writer writer{path};
  writer.add_text("about", "some words");
  writer.add_array<float>("weights", std::vector<float>(50, 1.5f));
  writer.commit();
  const std::string good = folder.text("model.spn");
  std::mt19937_64 random{3};
  for (int i = 0; i < 1000; ++i) {
    std::string bytes = damaged(good, i, random);
    bytes.resize(std::max<std::size_t>(bytes.size(), 64) - 64);
    std::ofstream{path, std::ios::binary | std::ios::trunc} << bytes << sha256{}.update(bytes).hex();
    try {
      const model_file file = model_file::load(path);
      for (const model_section& s : file.sections()) {
        if (s.type == section_type::text) file.text(s.name);
        if (s.type == section_type::float32) file.array<float>(s.name);
      }
    } catch (const file_error&) {
    }
  }
}

/// A thousand each, so that they can run side by side: a fork for every case takes its time.
class fuzz_hdf5 : public ::testing::TestWithParam<unsigned> {};

TEST_P(fuzz_hdf5, a_thousand_mutations_of_a_file_are_read_or_refused) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr int cases = 50;  // a fork takes many times as long
#else
  constexpr int cases = 1000;
#endif
  const scratch folder;
  const auto path = folder / "mutant.h5";
  std::mt19937_64 random{GetParam()};
  shd_content content;
  for (int i = 0; i < 4; ++i) {
    auto& times = content.times.emplace_back();
    auto& channels = content.units.emplace_back();
    for (int n = 0; n < 150; ++n) {
      times.push_back(static_cast<float>(random() % 1000) * 1e-3f);
      channels.push_back(static_cast<int>(random() % 700));
    }
    content.labels.push_back(i);
  }
  make_shd(path, content);
  const std::string seed = folder.text("mutant.h5");
  int read = 0, refused = 0, died = 0, hung = 0;
  std::chrono::duration<double> longest{};
  for (int i = 0; i < cases; ++i) {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << mutated(seed, random);
    const auto start = std::chrono::steady_clock::now();
    try {
      const shd data{path, {}, {.bytes = 64 << 20, .patience = std::chrono::milliseconds{500}}};
      for (std::size_t n = 0; n < data.size(); ++n)
        for (const event& e : data.read(n).events.events) ASSERT_LT(e.channel, 700u);
      ++read;
    } catch (const file_error& problem) {
      const std::string what = problem.what();
      died += what.find("died by signal") != std::string::npos;
      hung += what.find("no progress") != std::string::npos;
      ++refused;
    }
    longest = std::max<std::chrono::duration<double>>(longest, std::chrono::steady_clock::now() - start);
  }
  EXPECT_EQ(read + refused, cases);
  EXPECT_LT(longest.count(), 5);
  RecordProperty("read", read);
  RecordProperty("refused", refused);
  RecordProperty("reader_died", died);
  RecordProperty("reader_hung", hung);
}

INSTANTIATE_TEST_SUITE_P(seed, fuzz_hdf5, ::testing::Range(0u, 10u));

}  // namespace spinule::fuzz_test
