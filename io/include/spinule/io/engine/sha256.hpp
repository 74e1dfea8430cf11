// SHA-256 (FIPS 180-4) of bytes that come in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace spinule {

class sha256 {
 public:
  /// Throws `spinule_error` when the system's library refuses, as do the members.
  sha256();

  sha256& update(std::span<const std::byte> bytes);
  sha256& update(std::string_view text) { return update(std::as_bytes(std::span{text})); }
  /// The digest of all bytes so far, 64 lower-case hexadecimal digits. More may follow.
  std::string hex() const;
  /// Its first 16 digits as a number.
  std::uint64_t first_64_bits() const;

 private:
  struct release {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, release> context_;
};

/// Of a whole file. Throws `file_error` when it cannot be read.
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace spinule
