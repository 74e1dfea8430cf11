#include <spinule/io/engine/sha256.hpp>

#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>

#include <spinule/error.hpp>

#include "bytes.hpp"

namespace spinule {
namespace {

void expect(int done) {
  if (done != 1)
    throw spinule_error{"SHA-256", "the cryptographic library refuses it; its configuration must allow SHA-256"};
}

}  // namespace

void sha256::release::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

sha256::sha256() : context_{EVP_MD_CTX_new()} {
  expect(context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1 ? 1 : 0);
}

sha256& sha256::update(std::span<const std::byte> bytes) {
  expect(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
  return *this;
}

std::string sha256::hex() const {
  const std::unique_ptr<evp_md_ctx_st, release> copy{EVP_MD_CTX_new()};
  expect(copy != nullptr ? EVP_MD_CTX_copy_ex(copy.get(), context_.get()) : 0);
  std::array<unsigned char, 32> digest{};
  expect(EVP_DigestFinal_ex(copy.get(), digest.data(), nullptr));
  std::string text;
  for (const unsigned byte : digest) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

std::uint64_t sha256::first_64_bits() const {
  std::uint64_t bits = 0;
  const std::string text = hex();
  std::from_chars(text.data(), text.data() + 16, bits, 16);
  return bits;
}

std::string sha256_of_file(const std::filesystem::path& path) {
  std::uint64_t bytes = 0;
  const descriptor file = open_file(path, bytes);
  std::vector<std::byte> piece(1 << 16);
  sha256 sum;
  for (;;) {
    const ssize_t n = ::read(file.number(), piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw file_error{path.string(), "cannot be read: " + std::generic_category().message(errno)};
    if (n == 0) return sum.hex();
    sum.update(std::span{piece}.first(static_cast<std::size_t>(n)));
  }
}

}  // namespace spinule
