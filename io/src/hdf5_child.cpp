#include "hdf5_child.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

#include "half.hpp"
#include "hdf5_handle.hpp"
#include "hdf5_protocol.hpp"
#include "isolated.hpp"

namespace spinule {
namespace {

using namespace hdf5_protocol;

/// Memory for rows of variable length, handed out to the library up to a limit and taken back all at once.
class arena {
 public:
  explicit arena(std::uint64_t limit) : limit_{limit} {}
  void clear() { blocks_.clear(), used_ = 0; }
  bool exceeded() const { return exceeded_; }

  static void* take(std::size_t bytes, void* self) { return static_cast<arena*>(self)->allocate(bytes); }
  static void give_back(void*, void*) {}

 private:
  void* allocate(std::size_t bytes) {
    if (bytes > limit_ - std::min(limit_, used_)) return exceeded_ = true, nullptr;
    used_ += bytes + 16;
    return blocks_.emplace_back(new char[bytes]).get();
  }
  std::uint64_t limit_, used_ = 0;
  bool exceeded_ = false;
  std::vector<std::unique_ptr<char[]>> blocks_;
};

/// How elements of one data set lie in the file and travel.
struct element_kind {
  element type;
  hid_t memory;       ///< what the library converts to
  std::size_t bytes;  ///< of that
  bool half = false;  ///< binary16, which we convert ourselves: the library is slow at it
};

class reader {
 public:
  reader(int pipe, int file, const hdf5_limits& limits);
  void answer(const hdf5_request& request);
  void send(frame_kind kind, std::span<const std::byte> payload);

 private:
  bool exists(const std::string& path);
  void check_link(const std::string& path);
  void visit(const std::string& path, std::uint32_t depth, bool asked);
  void visit_group(hid_t group, const std::string& path, std::uint32_t depth);
  void visit_data_set(hid_t data, const std::string& path);
  void check_storage(hid_t data, hid_t type, std::uint64_t count, const std::string& path);
  element_kind kind_of(hid_t type, const std::string& path);
  void spend(std::uint64_t bytes, const std::string& path);

  void send_flat(hid_t data, const element_kind& kind, std::uint64_t count, const std::string& path);
  void send_ragged(hid_t data, const element_kind& kind, std::uint64_t rows, const std::string& path);
  void send_text(hid_t data, hid_t type, std::uint64_t count, const std::string& path);
  void send_elements(const element_kind& kind, const void* elements, std::size_t count);

  int pipe_;
  hdf5_limits limits_;
  std::uint64_t left_;
  std::uint32_t objects_ = 0;
  hdf5_handle file_, half_;
  std::vector<float> floats_;
};

/// The file as memory, handed to the library without a copy: it neither knows nor needs a name, and a file that is cut
/// while it is read ends this child only.
hdf5_handle open(int file) {
  struct stat status {};
  ::fstat(file, &status);
  const auto bytes = static_cast<std::size_t>(status.st_size);
  void* image = ::mmap(nullptr, std::max<std::size_t>(bytes, 1), PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
  if (image == MAP_FAILED) throw hdf5_refusal{"/", "cannot be mapped: there is not enough memory"};
  H5FD_file_image_callbacks_t calls{};
  calls.image_malloc = [](std::size_t, H5FD_file_image_op_t, void* memory) { return memory; };
  calls.image_memcpy = [](void* to, const void*, std::size_t, H5FD_file_image_op_t, void*) { return to; };
  calls.image_free = [](void*, H5FD_file_image_op_t, void*) { return herr_t{0}; };
  calls.udata_copy = [](void* memory) { return memory; };
  calls.udata_free = [](void*) { return herr_t{0}; };
  calls.udata = image;
  const hdf5_handle access{H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "/", "cannot be opened"};
  H5Pset_fapl_core(access, 1 << 16, false);
  H5Pset_file_image_callbacks(access, &calls);
  H5Pset_file_image(access, image, bytes);
  return {H5Fopen("image", H5F_ACC_RDONLY, access), H5Fclose, "/", "is not an HDF5 file, or its header is damaged"};
}

reader::reader(int pipe, int file, const hdf5_limits& limits)
    : pipe_{pipe}, limits_{limits}, left_{limits.bytes}, file_{open(file)}, half_{half_type()} {}

void reader::send(frame_kind kind, std::span<const std::byte> payload) {
  const frame_header header{.kind = kind, .bytes = payload.size()};
  send_all(pipe_, std::as_bytes(std::span{&header, 1}));
  send_all(pipe_, payload);
}

void reader::spend(std::uint64_t bytes, const std::string& path) {
  if (bytes > left_)
    throw hdf5_refusal{path, "holds more than the " + std::to_string(limits_.bytes) + " bytes that may be read"};
  left_ -= bytes;
}

void reader::answer(const hdf5_request& request) {
  std::string path;
  for (std::size_t at = 1; at < request.path.size();) {  // every link on the way, one by one
    const std::size_t end = std::min(request.path.find('/', at), request.path.size());
    path = request.path.substr(0, end);
    if (!exists(path)) {
      if (request.required) throw hdf5_refusal{path, "is missing"};
      return;
    }
    check_link(path);
    at = end + 1;
  }
  visit(path.empty() ? "/" : path, 0, true);
}

bool reader::exists(const std::string& path) { return H5Lexists(file_, path.c_str(), H5P_DEFAULT) > 0; }

void reader::check_link(const std::string& path) {
  H5L_info_t link;
  if (H5Lget_info(file_, path.c_str(), &link, H5P_DEFAULT) < 0) throw hdf5_refusal{path, "is a damaged link"};
  if (link.type == H5L_TYPE_EXTERNAL)
    throw hdf5_refusal{path, "is a link into another file; only data in this file is read"};
  if (link.type != H5L_TYPE_HARD)
    throw hdf5_refusal{path, "is a soft or user-defined link; only hard links are followed"};
}

void reader::visit(const std::string& path, std::uint32_t depth, bool asked) {
  if (depth > limits_.depth) throw hdf5_refusal{path, "lies deeper than " + std::to_string(limits_.depth) + " groups"};
  if (++objects_ > limits_.objects)
    throw hdf5_refusal{path, "is one of more than " + std::to_string(limits_.objects) + " objects"};
  const hdf5_handle object{H5Oopen(file_, path.c_str(), H5P_DEFAULT), H5Oclose, path,
                           "cannot be opened: its header is damaged"};
  const H5I_type_t type = H5Iget_type(object);
  if (type == H5I_GROUP) return visit_group(object, path, depth);
  if (type == H5I_DATASET) return visit_data_set(object, path);
  if (asked) throw hdf5_refusal{path, "is neither a data set nor a group"};
}

void reader::visit_group(hid_t group, const std::string& path, std::uint32_t depth) {
  H5G_info_t info;
  if (H5Gget_info(group, &info) < 0) throw hdf5_refusal{path, "is a damaged group"};
  for (hsize_t i = 0; i < info.nlinks; ++i) {
    char name[longest_path] = {};
    const ssize_t length =
        H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT);
    if (length <= 0 || static_cast<std::size_t>(length) + path.size() + 2 > sizeof name)
      throw hdf5_refusal{path, "has a member whose name is damaged or too long"};
    const std::string member = (path == "/" ? "" : path) + "/" + name;
    check_link(member);
    visit(member, depth + 1, false);
  }
}

void reader::visit_data_set(hid_t data, const std::string& path) {
  const hdf5_handle space{H5Dget_space(data), H5Sclose, path, "has a damaged extent"};
  if (H5Sget_simple_extent_type(space) == H5S_NULL) throw hdf5_refusal{path, "holds nothing (a null data space)"};
  array_header header;
  const int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 0 || rank > static_cast<int>(most_dimensions)) throw hdf5_refusal{path, "has more than 8 dimensions"};
  header.rank = static_cast<std::uint32_t>(rank);
  std::array<hsize_t, H5S_MAX_RANK> extent{};
  if (H5Sget_simple_extent_dims(space, extent.data(), nullptr) != rank)
    throw hdf5_refusal{path, "has a damaged extent"};
  std::uint64_t count = 1;
  for (std::uint32_t d = 0; d < header.rank; ++d) {
    header.extent[d] = extent[d];
    if (__builtin_mul_overflow(count, header.extent[d], &count)) throw hdf5_refusal{path, "has a damaged extent"};
  }

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

  std::vector<std::byte> payload(sizeof header + path.size());
  std::memcpy(payload.data(), &header, sizeof header);
  std::memcpy(payload.data() + sizeof header, path.data(), path.size());
  send(frame_kind::array, payload);
  if (!kind) return send_text(data, type, count, path);
  if (header.ragged) return send_ragged(data, *kind, count, path);
  send_flat(data, *kind, count, path);
}

/// Where the bytes of the data set are, and whether there can be as many as it says.
void reader::check_storage(hid_t data, hid_t type, std::uint64_t count, const std::string& path) {
  const hdf5_handle plan{H5Dget_create_plist(data), H5Pclose, path, "has a damaged storage description"};
  const H5D_layout_t layout = H5Pget_layout(plan);
  if (layout == H5D_VIRTUAL) throw hdf5_refusal{path, "is a virtual data set; only data in this file is read"};
  if (layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED)
    throw hdf5_refusal{path, "has an unknown storage layout"};
  if (H5Pget_external_count(plan) != 0)
    throw hdf5_refusal{path, "is stored in another file; only data in this file is read"};
  const int filters = H5Pget_nfilters(plan);
  for (int i = 0; i < filters; ++i) {
    unsigned flags = 0, settings = 0;
    std::size_t values = 0;
    const H5Z_filter_t filter =
        H5Pget_filter2(plan, static_cast<unsigned>(i), &flags, &values, nullptr, 0, nullptr, &settings);
    if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32)
      throw hdf5_refusal{path, "uses filter " + std::to_string(filter) + "; deflate, shuffle and fletcher32 are read"};
  }
  const std::uint64_t stored = H5Dget_storage_size(data), size = H5Tget_size(type);
  const std::uint64_t most = filters > 0 ? 1100 : 1;  // deflate shrinks to 1/1032 at best
  std::uint64_t declared = 0;
  if (size == 0 || __builtin_mul_overflow(count, size, &declared) || declared / most > stored)
    throw hdf5_refusal{path, "says that it holds " + std::to_string(count) + " elements, but stores only " +
                                 std::to_string(stored) + " bytes"};
}

element_kind reader::kind_of(hid_t type, const std::string& path) {
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

void reader::send_elements(const element_kind& kind, const void* elements, std::size_t count) {
  if (kind.half) {
    floats_.resize(count);
    const auto* halves = static_cast<const std::uint16_t*>(elements);
    std::transform(halves, halves + count, floats_.begin(), from_half);
    elements = floats_.data();
  }
  auto bytes =
      std::span{static_cast<const std::byte*>(elements), count * element_bytes[static_cast<std::size_t>(kind.type)]};
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(bytes.size(), longest_frame)))
    send(frame_kind::values, bytes.first(std::min(bytes.size(), longest_frame)));
}

void reader::send_flat(hid_t data, const element_kind& kind, std::uint64_t count, const std::string& path) {
  std::uint64_t bytes = 0;
  if (__builtin_mul_overflow(count, std::uint64_t{8}, &bytes)) bytes = ~std::uint64_t{0};
  spend(bytes, path);
  const std::unique_ptr<std::byte[]> values{new std::byte[count * kind.bytes + 1]};
  if (H5Dread(data, kind.memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.get()) < 0)
    throw hdf5_refusal{path, "cannot be read: its data is damaged"};
  send_elements(kind, values.get(), static_cast<std::size_t>(count));
}

void reader::send_ragged(hid_t data, const element_kind& kind, std::uint64_t rows, const std::string& path) {
  const hdf5_handle type{H5Tvlen_create(kind.memory), H5Tclose, path, "has a damaged type"};
  const hdf5_handle transfer{H5Pcreate(H5P_DATASET_XFER), H5Pclose, path, "cannot be read"};
  const hdf5_handle from{H5Dget_space(data), H5Sclose, path, "has a damaged extent"};
  constexpr hsize_t batch = 128;
  std::vector<hvl_t> row(batch);
  std::vector<std::uint64_t> lengths;
  arena memory{left_};
  H5Pset_vlen_mem_manager(transfer, arena::take, &memory, arena::give_back, &memory);
  for (hsize_t first = 0; first < rows; first += batch) {
    const hsize_t count = std::min<hsize_t>(batch, rows - first);
    const hdf5_handle to{H5Screate_simple(1, &count, nullptr), H5Sclose, path, "cannot be read"};
    H5Sselect_hyperslab(from, H5S_SELECT_SET, &first, nullptr, &count, nullptr);
    std::fill(row.begin(), row.end(), hvl_t{0, nullptr});
    const herr_t read = H5Dread(data, type, to, from, transfer, row.data());
    if (memory.exceeded()) spend(left_ + 1, path);
    if (read < 0)
      throw hdf5_refusal{path, "cannot be read: the data of rows " + std::to_string(first) + " to " +
                                   std::to_string(first + count - 1) + " is damaged"};
    lengths.clear();
    for (hsize_t i = 0; i < count; ++i) lengths.push_back(row[i].len);
    send(frame_kind::lengths, std::as_bytes(std::span{lengths}));
    for (hsize_t i = 0; i < count; ++i) {
      spend(row[i].len * 8 + 8, path);
      send_elements(kind, row[i].p, row[i].len);
    }
    memory.clear();
  }
}

void reader::send_text(hid_t data, hid_t type, std::uint64_t count, const std::string& path) {
  const bool variable = H5Tis_variable_str(type) > 0;
  const std::size_t size = variable ? sizeof(char*) : H5Tget_size(type);
  std::uint64_t bytes = 0;
  if (__builtin_mul_overflow(count, std::uint64_t{size + 32}, &bytes)) bytes = ~std::uint64_t{0};
  spend(bytes, path);
  const hdf5_handle transfer{H5Pcreate(H5P_DATASET_XFER), H5Pclose, path, "cannot be read"};
  arena memory{left_};
  H5Pset_vlen_mem_manager(transfer, arena::take, &memory, arena::give_back, &memory);
  std::vector<char> cells(static_cast<std::size_t>(count) * size + 1);
  const herr_t read = H5Dread(data, type, H5S_ALL, H5S_ALL, transfer, cells.data());
  if (memory.exceeded()) spend(left_ + 1, path);
  if (read < 0) throw hdf5_refusal{path, "cannot be read: its data is damaged"};
  for (std::size_t i = 0; i < count; ++i) {
    const char* text = &cells[i * size];
    if (variable) std::memcpy(&text, &cells[i * size], sizeof text);
    const std::size_t length = text == nullptr ? 0 : variable ? ::strlen(text) : ::strnlen(text, size);
    spend(length, path);
    if (length > longest_frame) throw hdf5_refusal{path, "holds a text of more than a million characters"};
    send(frame_kind::text, std::as_bytes(std::span{text, length}));
  }
}

void send_failure(int pipe, const std::string& path, const std::string& what) {
  const std::string text = path + '\0' + what;
  const frame_header header{.kind = frame_kind::failure, .bytes = text.size()};
  send_all(pipe, std::as_bytes(std::span{&header, 1}));
  send_all(pipe, std::as_bytes(std::span{text}));
}

}  // namespace

void serve_hdf5(int pipe, int file, std::span<const hdf5_request> requests, const hdf5_limits& limits) {
  try {
    H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    H5PLset_loading_state(0);
    reader source{pipe, file, limits};
    for (const hdf5_request& request : requests) source.answer(request);
    source.send(frame_kind::end, {});
    ::_exit(0);  // closing the file again could only fail
  } catch (const hdf5_refusal& refusal) {
    send_failure(pipe, refusal.path, refusal.what());
  } catch (const std::exception&) {
    send_failure(pipe, "/", "cannot be read: it wants more memory than is allowed");
  }
  ::_exit(0);
}

}  // namespace spinule
