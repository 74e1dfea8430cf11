#include "gzip.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include <spinule/error.hpp>

namespace spinule {
namespace {

struct close_gz {
  void operator()(gzFile file) const { gzclose_r(file); }
};
using gz_file = std::unique_ptr<std::remove_pointer_t<gzFile>, close_gz>;

[[noreturn]] void fail(const std::filesystem::path& path, gzFile file) {
  int code = Z_OK;
  const std::string reason = gzerror(file, &code);
  if (code == Z_ERRNO) throw file_error{path.string(), "cannot be read: " + std::generic_category().message(errno)};
  if (code == Z_MEM_ERROR) fail_for_memory(path);
  if (code == Z_BUF_ERROR) throw file_error{path.string(), "ends in the middle of its gzip data; copy it again"};
  throw file_error{path.string(), "is damaged gzip data (" + reason + "); copy it again"};
}

}  // namespace

void expand(const std::filesystem::path& path, std::uint64_t limit,
            const std::function<bool(std::span<const std::byte>)>& take) try {
  std::uint64_t size = 0;
  const descriptor raw = open_file(path, size);
  const gz_file file{gzdopen(::dup(raw.number()), "rb")};
  if (!file) fail_for_memory(path);
  gzbuffer(file.get(), 1 << 18);
  std::vector<std::byte> piece(1 << 18);
  std::uint64_t total = 0;
  for (;;) {
    const int n = gzread(file.get(), piece.data(), static_cast<unsigned>(piece.size()));
    if (n < 0) fail(path, file.get());
    if (n == 0) break;
    total += static_cast<std::uint64_t>(n);
    if (total > limit) throw file_error{path.string(), fmt::format("expands to more than the {} bytes allowed", limit)};
    if (!take(std::span{piece}.first(static_cast<std::size_t>(n)))) return;
  }
  int code = Z_OK;
  gzerror(file.get(), &code);
  if (code != Z_OK) fail(path, file.get());
} catch (const std::bad_alloc&) {
  fail_for_memory(path);
}

std::vector<std::byte> expanded(const std::filesystem::path& path, std::uint64_t limit) {
  std::vector<std::byte> content;
  expand(path, limit, [&](auto piece) {
    content.insert(content.end(), piece.begin(), piece.end());
    return true;
  });
  return content;
}

descriptor open_expanded(const std::filesystem::path& path, std::uint64_t limit) {
  std::uint64_t size = 0;
  descriptor file = open_file(path, size);
  unsigned char magic[2] = {};
  const bool compressed = ::pread(file.number(), magic, 2, 0) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
  if (!compressed) {
    if (size > limit)
      throw file_error{path.string(), fmt::format("holds {} bytes, more than the {} allowed", size, limit)};
    return file;
  }
  descriptor memory{::memfd_create("spinule", MFD_CLOEXEC)};
  if (memory.number() < 0) fail_for_memory(path);
  try {
    expand(path, limit, [&](auto piece) { return write_all(memory.number(), piece), true; });
  } catch (const std::system_error& problem) {
    throw file_error{path.string(), std::string{"cannot be expanded: "} + problem.what()};
  }
  return memory;
}

}  // namespace spinule
