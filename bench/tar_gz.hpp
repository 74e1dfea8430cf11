// The files in a small .tar.gz archive.
#pragma once

#include <charconv>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <zlib.h>

#include <spinule/error.hpp>

namespace spinule::bench {

/// All of a gzip file. Throws `file_error` when it cannot be read, is damaged or expands to more than `limit` bytes.
inline std::string gunzip(const std::filesystem::path& path, std::size_t limit) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file{gzopen(path.c_str(), "rb"), gzclose};
  if (!file) throw file_error{path.string(), "cannot be read; set SPINULE_DATA to the folder that has it"};
  std::string all(limit + 1, '\0');
  const int got = gzread(file.get(), all.data(), static_cast<unsigned>(all.size()));
  if (got < 0) throw file_error{path.string(), "is not a whole gzip file"};
  if (static_cast<std::size_t>(got) > limit)
    throw file_error{path.string(), fmt::format("expands to more than {} bytes", limit)};
  all.resize(static_cast<std::size_t>(got));
  return all;
}

/// Contents by name, without folders. Throws `file_error` for what is no tar archive of at most 64 MiB.
inline std::map<std::string, std::string> files_of_tar_gz(const std::filesystem::path& path) {
  constexpr std::size_t block = 512, name_size = 100, size_at = 124, size_digits = 11, kind_at = 156;
  const std::string all = gunzip(path, std::size_t{64} << 20);
  std::map<std::string, std::string> files;
  for (std::size_t at = 0; at + block <= all.size() && all[at] != '\0';) {
    const char* header = all.data() + at;
    std::size_t size = 0;
    const auto [end, problem] = std::from_chars(header + size_at, header + size_at + size_digits, size, 8);
    at += block;
    if (problem != std::errc{} || size > all.size() - at)
      throw file_error{path.string(), "is no tar archive, or is cut"};
    const std::filesystem::path name{std::string{header, strnlen(header, name_size)}};
    if (header[kind_at] == '0' || header[kind_at] == '\0') files[name.filename().string()] = all.substr(at, size);
    at += (size + block - 1) / block * block;
  }
  return files;
}

}  // namespace spinule::bench
