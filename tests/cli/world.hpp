// Generated digits and a small model trained on them, for tests of the command.
#pragma once

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
  words replay() const { return words{"replay", model()} + test_digits(); }
  std::string in(const std::string& name) const { return (place_ / name).string(); }
  std::string text(const std::string& name) const { return place_.text(name); }
  /// Files in the folder, temporary ones included.
  std::size_t files() const { return place_.count(); }

 private:
  scratch place_;
};

}  // namespace spinule
