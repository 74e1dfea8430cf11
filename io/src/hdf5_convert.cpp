#include "hdf5_convert.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#include "half.hpp"
#include "hdf5_validate.hpp"

namespace spinule {
namespace {

using namespace hdf5_protocol;

/// Memory for rows of variable length, handed out to the library up to a limit and taken back all at once.
class arena {
 public:
  explicit arena(std::uint64_t limit) : limit_{limit} {}
  void serve(hid_t transfer) { H5Pset_vlen_mem_manager(transfer, take, this, give_back, this); }
  void clear() { blocks_.clear(), used_ = 0; }
  bool exceeded() const { return exceeded_; }

 private:
  static void* take(std::size_t bytes, void* self) { return static_cast<arena*>(self)->allocate(bytes); }
  static void give_back(void*, void*) {}
  void* allocate(std::size_t bytes) {
    if (bytes > limit_ - std::min(limit_, used_)) return exceeded_ = true, nullptr;
    used_ += bytes + 16;
    return blocks_.emplace_back(new (std::nothrow) char[bytes]).get();  // no exception may cross the library
  }
  std::uint64_t limit_, used_ = 0;
  bool exceeded_ = false;
  std::vector<std::unique_ptr<char[]>> blocks_;
};

}  // namespace

hdf5_converter::hdf5_converter(hdf5_sender& to) : to_{&to}, half_{half_type()} {}

void hdf5_converter::send(hid_t data, const std::string& path) {
  auto [header, count] = extent_of(data, path);
  const hdf5_handle type{H5Dget_type(data), H5Tclose, path, "has a damaged type"};
  check_storage(data, type, count, path);
  const H5T_class_t family = H5Tget_class(type);
  header.ragged = family == H5T_VLEN;
  std::optional<hdf5_handle> base;
  if (header.ragged) base.emplace(H5Tget_super(type), H5Tclose, path, "has a damaged type");
  const std::optional<element_kind> kind =
      family == H5T_STRING ? std::nullopt : std::optional{kind_of(base ? *base : type, path)};
  header.type = kind ? kind->type : element::text;
  if (header.ragged && header.rank != 1)
    throw hdf5_refusal{path, "has rows of variable length in more than one dimension"};
  to_->array(header, path);
  if (!kind) return send_text(data, type, count, path);
  if (header.ragged) return send_ragged(data, *kind, count, path);
  send_flat(data, *kind, count, path);
}

hdf5_converter::element_kind hdf5_converter::kind_of(hid_t type, const std::string& path) const {
  const std::size_t size = H5Tget_size(type);
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
      if (size <= 2 && H5Tget_sign(type) == H5T_SGN_NONE) return {element::u16, H5T_NATIVE_UINT16, 2};
      if (size <= 8) return {element::i64, H5T_NATIVE_INT64, 8};
      break;
    case H5T_FLOAT:
      if (H5Tequal(type, half_) > 0) return {element::f32, half_, 2, true};
      if (size <= 4) return {element::f32, H5T_NATIVE_FLOAT, 4};
      if (size <= 8) return {element::f64, H5T_NATIVE_DOUBLE, 8};
      break;
    default:
      break;
  }
  throw hdf5_refusal{path,
                     "has a type that is not read; integers and floating point of up to 64 bits, rows of these of "
                     "variable length, and strings are"};
}

void hdf5_converter::send_elements(const element_kind& kind, const void* elements, std::size_t count) {
  if (kind.half) {
    floats_.resize(count);
    const auto* halves = static_cast<const std::uint16_t*>(elements);
    std::transform(halves, halves + count, floats_.begin(), from_half);
    elements = floats_.data();
  }
  to_->values({static_cast<const std::byte*>(elements), count * element_bytes[static_cast<std::size_t>(kind.type)]});
}

void hdf5_converter::send_flat(hid_t data, const element_kind& kind, std::uint64_t count, const std::string& path) {
  to_->spend(count, 8, path);
  const std::unique_ptr<std::byte[]> values{new std::byte[count * kind.bytes + 1]};
  if (H5Dread(data, kind.memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.get()) < 0)
    throw refused_by_library(path, "cannot be read: its data is damaged");
  send_elements(kind, values.get(), static_cast<std::size_t>(count));
}

void hdf5_converter::send_ragged(hid_t data, const element_kind& kind, std::uint64_t rows, const std::string& path) {
  const hdf5_handle type{H5Tvlen_create(kind.memory), H5Tclose, path, "has a damaged type"};
  const hdf5_handle transfer{H5Pcreate(H5P_DATASET_XFER), H5Pclose, path, "cannot be read"};
  const hdf5_handle from{H5Dget_space(data), H5Sclose, path, "has a damaged extent"};
  constexpr hsize_t batch = 128;
  std::vector<hvl_t> row(batch);
  std::vector<std::uint64_t> lengths;
  arena memory{to_->left()};
  memory.serve(transfer);
  for (hsize_t first = 0; first < rows; first += batch) {
    const hsize_t count = std::min<hsize_t>(batch, rows - first);
    const hdf5_handle to{H5Screate_simple(1, &count, nullptr), H5Sclose, path, "cannot be read"};
    H5Sselect_hyperslab(from, H5S_SELECT_SET, &first, nullptr, &count, nullptr);
    std::fill(row.begin(), row.end(), hvl_t{0, nullptr});
    if (H5Dread(data, type, to, from, transfer, row.data()) < 0 || memory.exceeded()) {
      if (memory.exceeded()) to_->refuse(path);
      throw refused_by_library(path, "cannot be read: the data of rows " + std::to_string(first) + " to " +
                                         std::to_string(first + count - 1) + " is damaged");
    }
    lengths.clear();
    for (hsize_t i = 0; i < count; ++i) lengths.push_back(row[i].len);
    to_->lengths(lengths);
    for (hsize_t i = 0; i < count; ++i) {
      to_->spend(row[i].len * 8 + 8, path);
      send_elements(kind, row[i].p, row[i].len);
    }
    memory.clear();
  }
}

void hdf5_converter::send_text(hid_t data, hid_t type, std::uint64_t count, const std::string& path) {
  const bool variable = H5Tis_variable_str(type) > 0;
  const std::size_t size = variable ? sizeof(char*) : H5Tget_size(type);
  to_->spend(count, std::uint64_t{size} + 32, path);
  const hdf5_handle transfer{H5Pcreate(H5P_DATASET_XFER), H5Pclose, path, "cannot be read"};
  arena memory{to_->left()};
  memory.serve(transfer);
  std::vector<char> cells(static_cast<std::size_t>(count) * size + 1);
  if (H5Dread(data, type, H5S_ALL, H5S_ALL, transfer, cells.data()) < 0 || memory.exceeded()) {
    if (memory.exceeded()) to_->refuse(path);
    throw refused_by_library(path, "cannot be read: its data is damaged");
  }
  for (std::size_t i = 0; i < count; ++i) {
    const char* text = &cells[i * size];
    if (variable) std::memcpy(&text, &cells[i * size], sizeof text);
    const std::size_t length = text == nullptr ? 0 : variable ? ::strlen(text) : ::strnlen(text, size);
    to_->text({text, length}, path);
  }
}

}  // namespace spinule
