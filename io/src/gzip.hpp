// Files that may be compressed with gzip.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include "bytes.hpp"

namespace spinule {

/// Hands the content of a file, expanded when it is a gzip file, to `take` piece by piece; `take` may return false to
/// stop early. Throws `file_error` when the file cannot be read, is cut or damaged, or expands to more than `limit`
/// bytes.
void expand(const std::filesystem::path& path, std::uint64_t limit,
            const std::function<bool(std::span<const std::byte>)>& take);

/// The same, into memory.
std::vector<std::byte> expanded(const std::filesystem::path& path, std::uint64_t limit);

/// The same, as a file: the file itself when it is not compressed, otherwise a nameless one in memory.
descriptor open_expanded(const std::filesystem::path& path, std::uint64_t limit);

}  // namespace spinule
