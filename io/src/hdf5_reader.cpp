#include <spinule/io/engine/hdf5_reader.hpp>

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>

#include <spinule/error.hpp>

#include "gzip.hpp"
#include "hdf5_child.hpp"
#include "hdf5_protocol.hpp"
#include "isolated.hpp"

namespace spinule {
namespace {

using namespace hdf5_protocol;

/// Collects what the child sends, believing none of its lengths.
class receiver {
 public:
  receiver(isolated_process& child, std::string where, const hdf5_limits& limits)
      : child_{child}, where_{std::move(where)}, left_{limits.bytes + limits.objects * header_cost} {}

  std::map<std::string, hdf5_array> all() {
    while (frame()) {
    }
    finish_array();
    return std::move(arrays_);
  }

 private:
  static constexpr std::uint64_t header_cost = 512;

  [[noreturn]] void distrust() { throw file_error{where_, "is damaged: its reader sent nonsense"}; }

  void spend(std::uint64_t bytes) {
    if (bytes > left_) distrust();
    left_ -= bytes;
  }

  /// Reads one frame; false after the last.
  bool frame() {
    frame_header header{};
    child_.read(std::as_writable_bytes(std::span{&header, 1}));
    if (header.bytes > longest_frame) distrust();
    switch (header.kind) {
      case frame_kind::array:
        return start_array(header.bytes), true;
      case frame_kind::lengths:
        return add_lengths(header.bytes), true;
      case frame_kind::values:
        return add_values(header.bytes), true;
      case frame_kind::text:
        return add_text(header.bytes), true;
      case frame_kind::failure:
        fail(text(header.bytes));
      case frame_kind::end:
        return false;
    }
    distrust();
  }

  std::string text(std::uint64_t bytes) {
    std::string result(static_cast<std::size_t>(bytes), '\0');
    child_.read(std::as_writable_bytes(std::span{result}));
    return result;
  }

  [[noreturn]] void fail(std::string message) {
    for (char& c : message)
      if (c != '\0' && (c < ' ' || c > '~')) c = '?';  // names in a foreign file may hold anything
    const std::size_t cut = std::min(message.find('\0'), message.size());
    const std::string path = message.substr(0, cut), what = message.substr(std::min(cut + 1, message.size()));
    throw file_error{path == "/" ? where_ : where_ + ", " + path, what};
  }

  void start_array(std::uint64_t bytes) {
    finish_array();
    array_header header;
    if (bytes <= sizeof header || bytes > sizeof header + longest_path) distrust();
    child_.read(std::as_writable_bytes(std::span{&header, 1}));
    if (header.rank > most_dimensions || static_cast<std::size_t>(header.type) >= element_bytes.size()) distrust();
    spend(header_cost);
    array_ = &arrays_[text(bytes - sizeof header)];
    *array_ = {};
    array_->shape.assign(header.extent.begin(), header.extent.begin() + header.rank);
    array_->ragged = header.ragged != 0;
    if (array_->ragged) array_->offsets.push_back(0);
    switch (header.type) {
      case element::u16:
        array_->values.emplace<0>();
        break;
      case element::i64:
        array_->values.emplace<1>();
        break;
      case element::f32:
        array_->values.emplace<2>();
        break;
      case element::f64:
        array_->values.emplace<3>();
        break;
      case element::text:
        array_->values.emplace<4>();
        break;
    }
  }

  void add_lengths(std::uint64_t bytes) {
    if (array_ == nullptr || !array_->ragged || bytes % 8 != 0) distrust();
    spend(bytes);
    std::vector<std::uint64_t> lengths(static_cast<std::size_t>(bytes / 8));
    child_.read(std::as_writable_bytes(std::span{lengths}));
    for (const std::uint64_t length : lengths) {
      std::uint64_t end = 0;
      if (__builtin_add_overflow(array_->offsets.back(), length, &end)) distrust();
      array_->offsets.push_back(end);
    }
  }

  void add_values(std::uint64_t bytes) {
    if (array_ == nullptr) distrust();
    spend(bytes);
    std::visit(
        [&]<class T>(std::vector<T>& values) {
          if constexpr (std::is_arithmetic_v<T>) {
            if (bytes % sizeof(T) != 0) distrust();
            const std::size_t before = values.size();
            values.resize(before + static_cast<std::size_t>(bytes) / sizeof(T));
            child_.read(std::as_writable_bytes(std::span{values}.subspan(before)));
          } else {
            distrust();
          }
        },
        array_->values);
  }

  void add_text(std::uint64_t bytes) {
    auto* texts = array_ == nullptr ? nullptr : std::get_if<std::vector<std::string>>(&array_->values);
    if (texts == nullptr) distrust();
    spend(bytes + 32);
    texts->push_back(text(bytes));
  }

  /// The array at hand must hold what its header said.
  void finish_array() {
    if (array_ == nullptr) return;
    std::uint64_t count = 1;
    for (const std::uint64_t extent : array_->shape)
      if (__builtin_mul_overflow(count, extent, &count)) distrust();
    const std::uint64_t values = std::visit([](const auto& v) -> std::uint64_t { return v.size(); }, array_->values);
    const bool whole =
        array_->ragged ? array_->offsets.size() == count + 1 && array_->offsets.back() == values : values == count;
    if (!whole) distrust();
    array_ = nullptr;
  }

  isolated_process& child_;
  std::string where_;
  std::uint64_t left_;
  std::map<std::string, hdf5_array> arrays_;
  hdf5_array* array_ = nullptr;
};

}  // namespace

std::map<std::string, hdf5_array> read_hdf5(const std::filesystem::path& path, std::span<const hdf5_request> requests,
                                            const hdf5_limits& limits) {
  for (const hdf5_request& request : requests)
    if (request.path.empty() || request.path[0] != '/' || request.path.size() >= longest_path)
      throw spinule_error{path.string(),
                          fmt::format("\"{}\" was asked for; \"/group/data\" is the form", request.path)};
  const descriptor file = open_expanded(path, limits.file_bytes);
  constexpr std::uint64_t library = 256 << 20;
  struct stat status {};
  ::fstat(file.number(), &status);
  isolated_process child{{.where = path.string(),
                          .memory = static_cast<std::uint64_t>(status.st_size) + limits.bytes + library,
                          .patience = limits.patience,
                          .file = file.number()},
                         [&](int pipe) { serve_hdf5(pipe, file.number(), requests, limits); }};
  return receiver{child, path.string(), limits}.all();
}

}  // namespace spinule
