// Small .tar.gz archives, read whole.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <zlib.h>

#include <spinule/error.hpp>

namespace spinule {

/// The inflated bytes of a .gz file. Throws `file_error` when it cannot be read or holds more than 256 MiB.
inline std::string read_gz(const std::filesystem::path& path) {
  constexpr std::size_t most = std::size_t{256} << 20;
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file{gzopen(path.c_str(), "rb"), gzclose};
  if (!file) throw file_error{path.string(), "cannot be opened"};
  std::string bytes;
  std::array<char, 1 << 16> piece;
  int n = 0;
  while ((n = gzread(file.get(), piece.data(), static_cast<unsigned>(piece.size()))) > 0) {
    bytes.append(piece.data(), static_cast<std::size_t>(n));
    if (bytes.size() > most) throw file_error{path.string(), "holds more than 256 MiB"};
  }
  int status = Z_OK;
  gzerror(file.get(), &status);
  if (n < 0 || (status != Z_OK && status != Z_STREAM_END)) throw file_error{path.string(), "is damaged or cut short"};
  return bytes;
}

/// The regular files of a tar archive by name (POSIX.1-1988 "ustar": headers and contents in blocks of 512 bytes,
/// sizes in octal). Throws `file_error` when the archive is cut short or a header is wrong.
inline std::map<std::string, std::string> read_tar_gz(const std::filesystem::path& path) {
  constexpr std::size_t block = 512;
  const std::string bytes = read_gz(path);
  const std::string_view all = bytes;
  std::map<std::string, std::string> files;
  for (std::size_t at = 0; at < all.size() && all[at] != '\0';) {
    if (all.size() - at < block)
      throw file_error{path.string(), fmt::format("byte {}: the archive ends in a header", at)};
    const std::string_view header = all.substr(at, block), name = header.substr(0, 100),
                           digits = header.substr(124, 11);
    std::size_t size = 0;
    if (std::from_chars(digits.begin(), digits.end(), size, 8).ptr != digits.end())
      throw file_error{path.string(), fmt::format("byte {}: the header has no octal size", at)};
    at += block;
    if (size > all.size() - at) throw file_error{path.string(), fmt::format("byte {}: the archive ends in a file", at)};
    if (const char type = header[156]; type == '0' || type == '\0')
      files.emplace(name.substr(0, name.find('\0')), all.substr(at, size));
    at = std::min(all.size(), at + (size + block - 1) / block * block);
  }
  return files;
}

}  // namespace spinule
