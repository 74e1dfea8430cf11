#include "bytes.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include <spinule/error.hpp>

namespace spinule {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, int reason) {
  throw file_error{path.string(), "cannot be read: " + std::generic_category().message(reason)};
}

}  // namespace

void fail_for_memory(const std::filesystem::path& path) {
  throw file_error{path.string(), "needs more memory than there is; free some, or raise its limit (ulimit -v)"};
}

void descriptor::close() {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

descriptor open_file(const std::filesystem::path& path, std::uint64_t& bytes) {
  descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};  // a pipe without a writer must not block
  if (file.number() < 0) fail(path, errno);
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) fail(path, errno);
  if (S_ISDIR(status.st_mode)) throw file_error{path.string(), "is a folder, a file is wanted"};
  if (!S_ISREG(status.st_mode)) throw file_error{path.string(), "is no regular file; copy the data to one"};
  bytes = static_cast<std::uint64_t>(status.st_size);
  return file;
}

void read_file(const std::filesystem::path& path, std::vector<std::byte>& content, std::uint64_t limit) {
  std::uint64_t bytes = 0;
  const descriptor file = open_file(path, bytes);
  if (bytes > limit)
    throw file_error{path.string(),
                     fmt::format("holds {} bytes, more than the {} that such a file may have", bytes, limit)};
  try {
    content.resize(static_cast<std::size_t>(bytes));
  } catch (const std::bad_alloc&) {
    fail_for_memory(path);
  }
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t n = ::read(file.number(), content.data() + done, content.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(path, errno);
    if (n == 0) break;  // shorter than it was when opened
    done += static_cast<std::size_t>(n);
  }
  content.resize(done);
}

void write_all(int file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(file, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw std::system_error{n < 0 ? errno : EIO, std::generic_category()};
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  const descriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)};
  if (file.number() < 0) throw std::system_error{errno, std::generic_category()};
  write_all(file.number(), bytes);
}

}  // namespace spinule
