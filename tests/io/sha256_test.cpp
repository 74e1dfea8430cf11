#include <spinule/io/engine/sha256.hpp>

#include <gtest/gtest.h>

#include <fstream>

#include "io/message.hpp"
#include "io/scratch.hpp"

namespace spinule::sha256_test {

TEST(sha256, gives_the_digests_of_the_standard) {
  EXPECT_EQ(sha256{}.hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256{}.update("abc").hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256{}.update(std::string(1'000'000, 'a')).hex(),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(sha256, does_not_see_where_pieces_end_and_goes_on_after_a_digest) {
  const std::string text(1000, 'x');
  sha256 pieces;
  pieces.update(text.substr(0, 63));
  EXPECT_EQ(pieces.hex(), sha256{}.update(text.substr(0, 63)).hex());
  pieces.update(text.substr(63));
  EXPECT_EQ(pieces.hex(), sha256{}.update(text).hex());
}

TEST(sha256, sums_a_file_and_names_one_that_is_missing) {
  const scratch folder;
  const std::string text(200'000, 'y');
  std::ofstream{folder / "file"} << text;
  EXPECT_EQ(sha256_of_file(folder / "file"), sha256{}.update(text).hex());
  EXPECT_NE(message_of([&] { sha256_of_file(folder / "none"); }).find("none"), std::string::npos);
}

}  // namespace spinule::sha256_test
