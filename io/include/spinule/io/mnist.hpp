// MNIST and Fashion-MNIST images as rate-coded events.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <spinule/io/dataset.hpp>

namespace spinule {

struct mnist_options {
  data_part part = data_part::all;
  std::uint64_t seed = 1;
  milliseconds length{250};  ///< whole milliseconds, of every recording
  std::string name = "MNIST";
};

/// A folder with the published idx files, `{train,t10k}-images-idx3-ubyte[.gz]` and
/// `{train,t10k}-labels-idx1-ubyte[.gz]` of 28 x 28 pixels and 10 classes; only those of the part asked for need be
/// there. All images are held in memory.
///
/// Rate code (Ivanov and Michmizos, NeurIPS 2021, code): in every millisecond a pixel fires with probability
///
///     p = (pixel / sum of the image) / (the largest such value in its part of the set),
///
/// independently, an event at the start of that millisecond. 784 channels, row by row; `length` as chosen.
/// Sample i depends on (seed, part, i within its part) alone. Order: train before test, each as in its file.
class mnist final : public dataset {
 public:
  /// Throws `file_error` when a file is missing, damaged or does not match its partner; `spinule_error` for a length
  /// that is no positive whole number of milliseconds, at most 1000 s.
  explicit mnist(const std::filesystem::path& folder, mnist_options options = {});
  ~mnist() override;

  std::string name() const override { return options_.name; }
  std::size_t size() const override;
  std::size_t channels() const override { return 784; }
  std::size_t classes() const override { return 10; }
  std::size_t width() const override { return 28; }
  std::size_t height() const override { return 28; }
  std::uint32_t label(std::size_t i) const override;
  labelled_recording read(std::size_t i) const override;
  /// Of label and pixels: another seed gives other events of the same image.
  std::uint64_t digest(std::size_t i) const override;

  /// The law of sample i: for each channel the probability of an event per millisecond.
  std::vector<double> probabilities(std::size_t i) const;

 private:
  struct images;
  struct place {
    const images* part;
    std::size_t i;
  };
  place at(std::size_t i) const;

  mnist_options options_;
  std::uint32_t steps_;
  std::vector<std::unique_ptr<const images>> parts_;
};

}  // namespace spinule
