// Generated digits and a small model trained on them, for tests of the command.
#pragma once

#include <fstream>

#include <gtest/gtest.h>

#include <spinule/io/generator.hpp>

#include "cli/command.hpp"

namespace spinule {

class command : public testing::Test {
 protected:
  /// 3 recordings a digit to train on and 1 to test.
  words digits() const {
    const auto folder = place_ / "digits";
    if (!std::filesystem::exists(folder)) write_nmnist(folder, {.train_per_digit = 3, .test_per_digit = 1});
    return {"--dataset", "nmnist", "--data", folder.string()};
  }
  words test_digits() const { return digits() + words{"--part", "test"}; }
  std::string model() const {
    const std::string file = in("model.spn");
    if (std::filesystem::exists(file)) return file;
    const outcome o = spinule(words{"train"} + digits() + words{"--part", "train", "--liquid", "200", "-o", file});
    if (o.code != 0) throw std::runtime_error{"cannot train: " + o.err};
    return file;
  }
  /// 28 x 28 pictures as MNIST stores them, two of each class: a bar whose place and length tell the class.
  words pictures(const std::string& kind) const {
    std::string pixels, labels;
    for (int i = 0; i < 20; ++i) {
      for (int p = 0; p < 28 * 28; ++p)
        pixels += static_cast<char>(p / 28 / 2 == i % 10 && p % 28 < 14 + i % 10 ? 255 : 0);
      labels += static_cast<char>(i % 10);
    }
    const auto big_endian = [](int n) {
      return std::string{'\0', '\0', static_cast<char>(n >> 8), static_cast<char>(n)};
    };
    std::ofstream{in("train-images-idx3-ubyte"), std::ios::binary} << big_endian(0x803) << big_endian(20)
                                                                   << big_endian(28) << big_endian(28) << pixels;
    std::ofstream{in("train-labels-idx1-ubyte"), std::ios::binary} << big_endian(0x801) << big_endian(20) << labels;
    return {"--dataset", kind, "--data", place_.path().string(), "--part", "train"};
  }
  words replay() const { return words{"replay", model()} + test_digits(); }
  std::string in(const std::string& name) const { return (place_ / name).string(); }
  const std::filesystem::path& place() const { return place_.path(); }
  std::string text(const std::string& name) const { return place_.text(name); }
  /// Files in the folder, temporary ones included.
  std::size_t files() const { return place_.count(); }

 private:
  scratch place_;
};

}  // namespace spinule
