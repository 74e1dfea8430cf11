// N-MNIST: handwritten digits seen by an event camera (Orchard et al., Front. Neurosci. 9:437, 2015).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <spinule/io/dataset.hpp>

namespace spinule {

/// Pixels of an event camera whose records have 5 bytes. At most 256 x 240: row 240 marks a time overflow.
struct sensor {
  std::uint32_t width = 34, height = 34;
  std::uint32_t channels() const { return 2 * width * height; }
  /// Channels run along a row, then down the rows, OFF (polarity 0) before ON (1):
  /// channel = (polarity * height + y) * width + x.
  std::uint32_t channel(std::uint32_t x, std::uint32_t y, std::uint32_t polarity) const {
    return (polarity * height + y) * width + x;
  }
};

/// Decodes 5-byte event records: x, y (down), then, high bit first, polarity (1 bit) and time in us (23 bits). A record
/// with y = 240 is no event: it adds 2^13 us to all later times. Events of one time are put in order of channel.
/// Throws `file_error{where, byte ...}` when the last record is cut, a pixel is outside the sensor or time runs
/// backwards; `spinule_error` when the sensor is larger than the format can say.
recording decode_nmnist(std::span<const std::byte> bytes, const std::string& where, sensor pixels = {});

/// What a file holds, without keeping it.
struct nmnist_extent {
  std::uint64_t events = 0;
  std::int64_t last_us = 0;
};
/// Checks as `decode_nmnist` does and throws the same errors.
nmnist_extent scan_nmnist(std::span<const std::byte> bytes, const std::string& where, sensor pixels = {});

/// The opposite of `decode_nmnist`. Throws `spinule_error` when a channel is outside the sensor, times run backwards,
/// or one is negative or 2^23 us (8.4 s) or more.
std::vector<std::byte> encode_nmnist(std::span<const event> events, sensor pixels = {});

/// Which samples to take.
struct nmnist_options {
  data_part part = data_part::all;
  std::uint32_t first = 0;  ///< least and greatest number of a sample within its part, both included
  std::uint32_t last = std::numeric_limits<std::uint32_t>::max();
};

/// A folder of N-MNIST files, `Train/<digit>/<number>.bin` and `Test/<digit>/<number>.bin`. The folder given may be the
/// one that holds Train and Test (one of them is enough), or one of those two, or any that holds folders 0 to 9 (taken
/// as training data). <number> is the place of the digit in MNIST, from 1; a file name that is no number counts as 0.
///
/// Order of samples: train before test, then by number, then by digit, then by file name. So the first n samples of a
/// part are the first n of MNIST, classes mixed. 2312 channels, see `sensor`; times as in the file.
class nmnist final : public dataset {
 public:
  /// Lists the folder, reads no sample. Throws `file_error` when there is no such folder or no sample in it.
  explicit nmnist(const std::filesystem::path& folder, nmnist_options options = {});

  std::string name() const override { return "N-MNIST"; }
  std::size_t size() const override { return entries_.size(); }
  std::size_t channels() const override { return sensor{}.channels(); }
  std::size_t classes() const override { return 10; }
  std::size_t width() const override { return sensor{}.width; }
  std::size_t height() const override { return sensor{}.height; }
  std::uint32_t label(std::size_t i) const override { return at(i).digit; }
  labelled_recording read(std::size_t i) const override;

  /// Of sample i; each throws `spinule_error` when i >= size().
  std::uint32_t number(std::size_t i) const { return at(i).number; }
  data_part part(std::size_t i) const { return at(i).part; }
  const std::filesystem::path& path(std::size_t i) const { return at(i).path; }

 private:
  struct entry {
    data_part part;
    std::uint8_t digit;
    std::uint32_t number;
    std::filesystem::path path;
  };
  const entry& at(std::size_t i) const;
  void list_part(const std::filesystem::path& folder, data_part part, const nmnist_options& options);

  std::vector<entry> entries_;
};

}  // namespace spinule
