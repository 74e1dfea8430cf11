// Files as bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

namespace spinule {

/// An open file descriptor, closed at the end.
class descriptor {
 public:
  descriptor() = default;
  explicit descriptor(int number) : number_{number} {}
  descriptor(descriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
  descriptor& operator=(descriptor&& other) noexcept { return std::swap(number_, other.number_), *this; }
  ~descriptor() { close(); }

  int number() const { return number_; }
  void close();

 private:
  int number_ = -1;
};

/// Throws the `file_error` of a file for which there is too little memory.
[[noreturn]] void fail_for_memory(const std::filesystem::path& path);

/// Opens a regular file for reading. `bytes` receives its size. Throws `file_error` with the system's reason, or when
/// it is a folder or a pipe.
descriptor open_file(const std::filesystem::path& path, std::uint64_t& bytes);

/// Reads a whole file into `content`, whose memory is used again. Throws `file_error` as `open_file`, and when the file
/// is longer than `limit` bytes.
void read_file(const std::filesystem::path& path, std::vector<std::byte>& content, std::uint64_t limit);

/// Writes all of `bytes`. Throws `std::system_error` with the system's reason.
void write_all(int file, std::span<const std::byte> bytes);

/// Makes a new file. Throws `std::system_error`.
void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes);

}  // namespace spinule
