#include "hdf5_child.hpp"

#include <unistd.h>

#include <algorithm>
#include <new>

#include "hdf5_convert.hpp"
#include "hdf5_map.hpp"
#include "hdf5_validate.hpp"

namespace spinule {
namespace {

using hdf5_protocol::longest_path;

/// Walks from what is asked for to the data sets below it.
class walker {
 public:
  walker(hid_t file, hdf5_sender& to, const hdf5_limits& limits) : file_{file}, limits_{limits}, data_{to} {}
  void answer(const hdf5_request& request);

 private:
  bool exists(const std::string& path) const { return H5Lexists(file_, path.c_str(), H5P_DEFAULT) > 0; }
  void visit(const std::string& path, std::uint32_t depth, bool asked);
  void visit_group(hid_t group, const std::string& path, std::uint32_t depth);

  hid_t file_;
  hdf5_limits limits_;
  hdf5_converter data_;
  std::uint32_t objects_ = 0;
};

void walker::answer(const hdf5_request& request) {
  std::string path;
  for (std::size_t at = 1; at < request.path.size();) {  // every link on the way, one by one
    const std::size_t end = std::min(request.path.find('/', at), request.path.size());
    path = request.path.substr(0, end);
    if (!exists(path)) {
      if (request.required) throw refused_by_library(path, "is missing");
      return;
    }
    check_link(file_, path);
    at = end + 1;
  }
  visit(path.empty() ? "/" : path, 0, true);
}

void walker::visit(const std::string& path, std::uint32_t depth, bool asked) {
  if (depth > limits_.depth) throw hdf5_refusal{path, "lies deeper than " + std::to_string(limits_.depth) + " groups"};
  if (++objects_ > limits_.objects)
    throw hdf5_refusal{path, "is one of more than " + std::to_string(limits_.objects) + " objects"};
  const hdf5_handle object{H5Oopen(file_, path.c_str(), H5P_DEFAULT), H5Oclose, path,
                           "cannot be opened: its header is damaged"};
  const H5I_type_t type = H5Iget_type(object);
  if (type == H5I_GROUP) return visit_group(object, path, depth);
  if (type == H5I_DATASET) return data_.send(object, path);
  if (asked) throw hdf5_refusal{path, "is neither a data set nor a group"};
}

void walker::visit_group(hid_t group, const std::string& path, std::uint32_t depth) {
  H5G_info_t info;
  if (H5Gget_info(group, &info) < 0) throw refused_by_library(path, "is a damaged group");
  for (hsize_t i = 0; i < info.nlinks; ++i) {
    char name[longest_path] = {};
    const ssize_t length =
        H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT);
    if (length <= 0 || static_cast<std::size_t>(length) + path.size() + 2 > sizeof name)
      throw refused_by_library(path, "has a member whose name is damaged or too long");
    const std::string member = (path == "/" ? "" : path) + "/" + name;
    check_link(file_, member);
    visit(member, depth + 1, false);
  }
}

void serve(int pipe, int file, std::span<const hdf5_request> requests, const hdf5_limits& limits) {
  H5dont_atexit();
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  H5PLset_loading_state(0);
  const hdf5_handle image = map_hdf5(file);
  hdf5_sender parent{pipe, limits.bytes};
  walker walk{image, parent, limits};
  for (const hdf5_request& request : requests) walk.answer(request);
  parent.end();
  ::_exit(0);  // closing the file again could only fail
}

}  // namespace

void serve_hdf5(int pipe, int file, std::span<const hdf5_request> requests, const hdf5_limits& limits) {
  try {
    serve(pipe, file, requests, limits);
  } catch (const hdf5_refusal& refusal) {
    send_failure(pipe, refusal.path, refusal.what());
  } catch (const std::bad_alloc&) {
    send_failure(pipe, "/", "cannot be read: it wants more memory than is allowed");
  } catch (const std::exception& other) {
    send_failure(pipe, "/", std::string{"cannot be read: "} + other.what());
  }
  ::_exit(0);
}

}  // namespace spinule
