// A set of labelled recordings, read one at a time.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <spinule/recording.hpp>

namespace spinule {

/// Which part of a set whose authors divided it.
enum class data_part : std::uint8_t { all, train, test };

/// Samples 0 .. size() - 1, each a recording and its class, as an input range:
///
///     for (const auto& [events, label] : data) ...
///
/// Sample i is the same whenever and in whatever order it is read. Const members may be called from several threads at
/// once. `length` of a recording is the first whole millisecond after its last event, unless the set says otherwise.
class dataset {
 public:
  class iterator;

  dataset() = default;
  dataset(const dataset&) = default;
  dataset(dataset&&) = default;
  dataset& operator=(const dataset&) = default;
  dataset& operator=(dataset&&) = default;
  virtual ~dataset() = default;

  virtual std::string name() const = 0;
  virtual std::size_t size() const = 0;
  /// Every event has channel < channels(), every sample label < classes().
  virtual std::size_t channels() const = 0;
  virtual std::size_t classes() const = 0;
  /// Pixels of the sensor; 0 when the channels form no picture.
  virtual std::size_t width() const { return 0; }
  virtual std::size_t height() const { return 0; }

  /// The class of sample i, without reading its events. Throws `spinule_error` when i >= size().
  virtual std::uint32_t label(std::size_t i) const = 0;
  /// Reads sample i. Throws `spinule_error` when i >= size(), `file_error` when its file is missing or wrong.
  virtual labelled_recording read(std::size_t i) const = 0;
  /// Tells sample i from others wherever they lie: `digest_of(read(i))`, unless the set makes its events itself. Throws
  /// as `read`.
  virtual std::uint64_t digest(std::size_t i) const;
  /// What people call a class: its number, unless the set has names.
  virtual std::string label_name(std::uint32_t label) const;

  iterator begin() const;
  iterator end() const;

 protected:
  /// Throws `spinule_error` when i >= size().
  void check_index(std::size_t i) const;
};

/// Reads on dereference; nothing is kept between steps.
class dataset::iterator {
 public:
  using value_type = labelled_recording;
  using difference_type = std::ptrdiff_t;
  using iterator_concept = std::input_iterator_tag;

  iterator() = default;
  iterator(const dataset& data, std::size_t i) : data_{&data}, i_{i} {}

  labelled_recording operator*() const { return data_->read(i_); }
  iterator& operator++() { return ++i_, *this; }
  void operator++(int) { ++i_; }
  bool operator==(const iterator&) const = default;

 private:
  const dataset* data_ = nullptr;
  std::size_t i_ = 0;
};

/// The first 64 bits of a SHA-256 of label and events.
std::uint64_t digest_of(const labelled_recording& sample);

inline dataset::iterator dataset::begin() const { return {*this, 0}; }
inline dataset::iterator dataset::end() const { return {*this, size()}; }

/// Samples chosen[0], chosen[1], ... of another set, which must outlive it. An index may appear more than once.
class subset final : public dataset {
 public:
  /// Throws `spinule_error` when an index is outside `whole`.
  subset(const dataset& whole, std::vector<std::size_t> chosen);

  std::string name() const override;
  std::size_t size() const override { return chosen_.size(); }
  std::size_t channels() const override { return whole_->channels(); }
  std::size_t classes() const override { return whole_->classes(); }
  std::size_t width() const override { return whole_->width(); }
  std::size_t height() const override { return whole_->height(); }
  std::uint32_t label(std::size_t i) const override { return whole_->label(original(i)); }
  labelled_recording read(std::size_t i) const override { return whole_->read(original(i)); }
  std::uint64_t digest(std::size_t i) const override { return whole_->digest(original(i)); }
  std::string label_name(std::uint32_t label) const override { return whole_->label_name(label); }

  /// Where sample i stands in the whole set. Throws `spinule_error` when i >= size().
  std::size_t original(std::size_t i) const;

 private:
  const dataset* whole_;
  std::vector<std::size_t> chosen_;
};

/// The samples i of `whole` for which `keep(i)` holds, in order: `select(digits, [&](auto i) { return digits.number(i)
/// <= 1000; })`.
template <std::predicate<std::size_t> Predicate>
subset select(const dataset& whole, Predicate keep) {
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < whole.size(); ++i)
    if (keep(i)) chosen.push_back(i);
  return {whole, std::move(chosen)};
}

/// What `open_dataset` passes on; a kind ignores what it has no use for.
struct dataset_options {
  data_part part = data_part::all;
  std::uint32_t first = 0;  ///< nmnist, shd: least and greatest sample number
  std::uint32_t last = std::numeric_limits<std::uint32_t>::max();
  std::uint64_t seed = 1;    ///< mnist: of the rate code
  milliseconds length{250};  ///< mnist: of a sample
  /// csv, see own_recordings.hpp
  std::uint32_t width = 0, height = 0, sensor_channels = 0;
  std::string time_unit = {};
  bool from_first = false;
  std::vector<std::string> class_names = {};
};

/// "nmnist" (folder, see nmnist.hpp), "shd" (file, or folder with shd_train*.h5[.gz] and shd_test*.h5[.gz]), "mnist"
/// and "fashion-mnist" (folder, see mnist.hpp), "csv" (file or folder, see own_recordings.hpp).
std::span<const std::string_view> dataset_kinds();

/// Opens a set by the name of its kind. Throws `spinule_error` for an unknown kind, `file_error` for what cannot be
/// read.
std::unique_ptr<dataset> open_dataset(std::string_view kind, const std::filesystem::path& path,
                                      const dataset_options& options = {});

}  // namespace spinule
