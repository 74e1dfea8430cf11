#include "hdf5_send.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "hdf5_handle.hpp"
#include "isolated.hpp"

namespace spinule {

using namespace hdf5_protocol;

void hdf5_sender::refuse(const std::string& path) const {
  throw hdf5_refusal{path, "holds more than the " + std::to_string(budget_) + " bytes that may be read"};
}

void hdf5_sender::spend(std::uint64_t bytes, const std::string& path) {
  if (bytes > left_) refuse(path);
  left_ -= bytes;
}

void hdf5_sender::spend(std::uint64_t count, std::uint64_t bytes, const std::string& path) {
  std::uint64_t all = 0;
  if (__builtin_mul_overflow(count, bytes, &all)) refuse(path);
  spend(all, path);
}

void hdf5_sender::frame(frame_kind kind, std::span<const std::byte> payload) {
  const frame_header header{.kind = kind, .bytes = payload.size()};
  send_all(pipe_, std::as_bytes(std::span{&header, 1}));
  send_all(pipe_, payload);
}

void hdf5_sender::array(const array_header& header, const std::string& path) {
  std::vector<std::byte> payload(sizeof header + path.size());
  std::memcpy(payload.data(), &header, sizeof header);
  std::memcpy(payload.data() + sizeof header, path.data(), path.size());
  frame(frame_kind::array, payload);
}

void hdf5_sender::lengths(std::span<const std::uint64_t> of_rows) {
  frame(frame_kind::lengths, std::as_bytes(of_rows));
}

void hdf5_sender::values(std::span<const std::byte> elements) {
  for (; !elements.empty(); elements = elements.subspan(std::min(elements.size(), longest_frame)))
    frame(frame_kind::values, elements.first(std::min(elements.size(), longest_frame)));
}

void hdf5_sender::text(std::string_view text, const std::string& path) {
  spend(text.size(), path);
  if (text.size() > longest_frame) throw hdf5_refusal{path, "holds a text of more than a million characters"};
  frame(frame_kind::text, std::as_bytes(std::span{text}));
}

void send_failure(int pipe, const std::string& path, const std::string& what) {
  const std::string text = (path + '\0' + what).substr(0, longest_frame);
  const frame_header header{.kind = frame_kind::failure, .bytes = text.size()};
  send_all(pipe, std::as_bytes(std::span{&header, 1}));
  send_all(pipe, std::as_bytes(std::span{text}));
}

}  // namespace spinule
