#include <spinule/io/model_file.hpp>

#include <sys/resource.h>

#include <cstring>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <io/scratch.hpp>
#include <spinule/error.hpp>

namespace spinule::model_file_test {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

const std::vector<float> weights{1.5f, -0.25f, 3e-9f};
const std::vector<std::uint16_t> rows{7, 65535};

void write_small(const std::filesystem::path& path) {
  model_writer writer{path};
  writer.add_text("network", "{\"neurons\": 3}");
  writer.add_array<float>("weights", weights);
  writer.add_array<std::uint16_t>("rows", rows);
  writer.commit();
}

// Writes `bytes` as they are and loads them as a model.
model_file reload(const scratch& folder, const std::string& bytes) {
  std::ofstream{folder / "changed.spn", std::ios::binary}.write(bytes.data(),
                                                                static_cast<std::streamsize>(bytes.size()));
  return model_file::load(folder / "changed.spn");
}

template <class Number>
std::string with(std::string bytes, std::size_t at, Number value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
  return bytes;
}

// Puts the right digest at the end, so that what lies before it is judged by its meaning.
std::string sealed(std::string bytes) {
  bytes.resize(bytes.size() - 64);
  return bytes + sha256{}.update(bytes).hex();
}

template <class Element>
class model_file_of : public testing::Test {};
using element_types = testing::Types<std::uint8_t, std::int8_t, std::uint16_t, std::int16_t, std::uint32_t,
                                     std::int32_t, std::uint64_t, std::int64_t, float, double>;
TYPED_TEST_SUITE(model_file_of, element_types);

TYPED_TEST(model_file_of, arrays_of_every_length_come_back_on_64_bytes) {
  const scratch folder;
  for (const std::size_t size : {0, 1, 7, 64, 1000}) {
    std::vector<TypeParam> values(size);
    for (std::size_t i = 0; i < size; ++i) values[i] = static_cast<TypeParam>(i * 37 + 1);
    model_writer writer{folder / "a.spn"};
    writer.add_array<TypeParam>("values", values);
    writer.add_array<TypeParam>("again", values);
    writer.commit();
    const auto file = model_file::load(folder / "a.spn");
    for (const char* name : {"values", "again"}) {
      const auto read = file.array<TypeParam>(name);
      EXPECT_TRUE(std::equal(read.begin(), read.end(), values.begin(), values.end())) << size;
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(read.data()) % 64, 0u);
    }
  }
}

TEST(model_file, texts_and_arrays_come_back_under_their_names) {
  const scratch folder;
  write_small(folder / "a.spn");
  const auto file = model_file::load(folder / "a.spn");
  EXPECT_EQ(file.text("network"), "{\"neurons\": 3}");
  EXPECT_THAT(file.array<float>("weights"), testing::ElementsAreArray(weights));
  EXPECT_THAT(file.array<std::uint16_t>("rows"), testing::ElementsAreArray(rows));
  EXPECT_EQ(file.sections().size(), 3u);
  EXPECT_TRUE(file.contains("rows"));
  EXPECT_FALSE(file.contains("row"));
}

TEST(model_file, stays_valid_when_moved) {
  const scratch folder;
  write_small(folder / "a.spn");
  auto file = model_file::load(folder / "a.spn");
  const auto before = file.array<std::uint16_t>("rows");
  const auto moved = std::move(file);
  EXPECT_EQ(moved.array<std::uint16_t>("rows").data(), before.data());
  EXPECT_THAT(before, ElementsAre(7, 65535));
}

TEST(model_file, the_same_content_gives_the_same_bytes) {
  const scratch folder;
  write_small(folder / "a.spn");
  write_small(folder / "b.spn");
  EXPECT_EQ(folder.text("a.spn"), folder.text("b.spn"));
}

TEST(model_file, an_empty_model_is_a_model) {
  const scratch folder;
  model_writer{folder / "a.spn"}.commit();
  EXPECT_TRUE(model_file::load(folder / "a.spn").sections().empty());
}

TEST(model_file, nothing_appears_without_commit) {
  const scratch folder;
  { model_writer{folder / "a.spn"}.add_text("a", "b"); }
  EXPECT_EQ(folder.count(), 0u);
}

// The definition in docs/formats.md, spelt out once more.
TEST(model_file, lies_in_the_file_as_documented) {
  const scratch folder;
  write_small(folder / "a.spn");
  const auto bytes = folder.text("a.spn");
  ASSERT_EQ(bytes.size(), 64u + 3 * 64 + 3 * 192 + 96);
  EXPECT_EQ(bytes.substr(0, 8), "\x89SPN\r\n\x1a\n");
  EXPECT_EQ(bytes.substr(8, 8), std::string("\1\0\0\0\4\3\2\1", 8));
  EXPECT_EQ(bytes.substr(64, 14), "{\"neurons\": 3}");
  EXPECT_EQ(bytes.substr(192, 4), std::string("\7\0\xff\xff", 4));
  EXPECT_STREQ(bytes.data() + 256 + 192, "weights");
  EXPECT_EQ(bytes.substr(256 + 192 + 64, 4), std::string("\12\0\0\0", 4));
  EXPECT_EQ(bytes[256 + 192 + 73 - 1], '\x80');
  EXPECT_EQ(bytes.substr(256 + 192 + 128, 64), sha256{}.update(std::as_bytes(std::span{weights})).hex());
  EXPECT_EQ(bytes.substr(bytes.size() - 72, 8), "SPN-END\n");
  EXPECT_EQ(bytes.substr(bytes.size() - 64),
            sha256{}.update(std::string_view{bytes}.substr(0, bytes.size() - 64)).hex());
}

TEST(model_file, every_flipped_bit_is_found) {
  const scratch folder;
  write_small(folder / "a.spn");
  const auto whole = folder.text("a.spn");
  std::fstream file{folder / "a.spn", std::ios::in | std::ios::out | std::ios::binary};
  const auto put = [&](std::size_t at, int byte) {
    file.seekp(static_cast<std::streamoff>(at)).put(static_cast<char>(byte)).flush();
  };
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    put(bit / 8, whole[bit / 8] ^ (1 << bit % 8));
    EXPECT_THROW(model_file::load(folder / "a.spn"), file_error) << "bit " << bit;
    put(bit / 8, whole[bit / 8]);
  }
  EXPECT_NO_THROW(model_file::load(folder / "a.spn"));
}

TEST(model_file, every_truncation_is_found) {
  const scratch folder;
  write_small(folder / "a.spn");
  const auto size = std::filesystem::file_size(folder / "a.spn");
  std::filesystem::resize_file(folder / "a.spn", size + 1);
  for (auto left = size + 2; left-- > 0;) {
    std::filesystem::resize_file(folder / "a.spn", left);
    if (left == size)
      EXPECT_NO_THROW(model_file::load(folder / "a.spn"));
    else
      EXPECT_THROW(model_file::load(folder / "a.spn"), file_error) << left;
  }
}

TEST(model_file, says_what_is_wrong) {
  const scratch folder;
  write_small(folder / "a.spn");
  const auto whole = folder.text("a.spn");
  const auto refused = [&](const std::string& bytes, const char* why) {
    EXPECT_THAT([&] { reload(folder, bytes); },
                ThrowsMessage<file_error>(AllOf(HasSubstr("changed.spn: "), HasSubstr(why))));
  };
  refused("", "not a Spinule model");
  refused("PK\3\4 something else", "not a Spinule model");
  refused(whole.substr(0, 100), "cut short: 100 bytes");
  refused(whole.substr(0, whole.size() - 1), "cut short");
  refused(with(whole, 8, 2u), "has format version 2; this Spinule reads version 1");
  refused(with(whole, 130, 'x'), "section \"weights\" was changed");
  refused(with(whole, 30, 'x'), "SHA-256 of the whole");
  const auto table = 256u, footer = static_cast<unsigned>(whole.size()) - 96;
  refused(sealed(with(whole, footer, ~std::uint64_t{0} - 63)), "does not fit");
  refused(sealed(with(whole, footer + 8, ~std::uint64_t{0})), "does not fit");
  refused(sealed(with(whole, table + 80, ~std::uint64_t{0})), "section \"network\" claims");
  refused(sealed(with(whole, table + 72, std::uint64_t{1} << 40)), "section \"network\" claims");
  refused(sealed(with(whole, table + 192 + 72, std::uint64_t{64})), "its place is from 128");
  refused(sealed(with(whole, table + 192 + 72, std::uint64_t{192})), "its place is from 128");
  refused(sealed(with(whole, table + 192 + 80, std::uint64_t{11})), "no whole number of float32");
  refused(sealed(with(whole, table + 64, 99u)), "unknown type 99");
  refused(sealed(with(whole, table, '\0')), "is empty");
  EXPECT_THROW(model_file::load(folder / "none.spn"), file_error);
  EXPECT_THROW(model_file::load(folder.path()), file_error);
}

/// Peak memory of this process in bytes.
double most_memory() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return 1024.0 * static_cast<double>(used.ru_maxrss);
}

TEST(model_file, is_refused_before_it_is_read_when_most_of_it_is_nothing) {
  const scratch folder;
  write_small(folder / "a.spn");
  const auto whole = folder.text("a.spn");
  constexpr std::uint64_t records = 100'000'000, huge = 64 + records * 192 + 96;
  const double before = most_memory();
  std::filesystem::resize_file(folder / "a.spn", huge);
  EXPECT_THAT([&] { model_file::load(folder / "a.spn"); },
              ThrowsMessage<file_error>(HasSubstr("the mark that closes a model is missing")));
  const auto table = huge - 3 * 192 - 96;
  std::string end = whole.substr(256);
  end = with(with(end, 3 * 192, table), 3 * 192 + 16, huge);
  std::fstream file{folder / "a.spn", std::ios::in | std::ios::out | std::ios::binary};
  file.seekp(static_cast<std::streamoff>(table)) << end << std::flush;
  EXPECT_THAT([&] { model_file::load(folder / "a.spn"); },
              ThrowsMessage<file_error>(HasSubstr("bytes before its table that belong to no section")));
  end = with(end, 3 * 192, std::uint64_t{64});
  end = with(end, 3 * 192 + 8, records);
  file.seekp(static_cast<std::streamoff>(table)) << end << std::flush;
  EXPECT_THAT([&] { model_file::load(folder / "a.spn"); },
              ThrowsMessage<file_error>(HasSubstr("claims 100000000 sections")));
  EXPECT_LT(most_memory() - before, 1e8);
}

TEST(model_file, names_the_section_that_is_missing_or_of_another_type) {
  const scratch folder;
  write_small(folder / "a.spn");
  const auto file = model_file::load(folder / "a.spn");
  EXPECT_THAT([&] { file.text("bias"); }, ThrowsMessage<file_error>(HasSubstr("no section \"bias\"")));
  EXPECT_THAT([&] { file.array<double>("weights"); },
              ThrowsMessage<file_error>(HasSubstr("\"weights\" holds float32, expected float64")));
}

TEST(model_file, refuses_bad_names) {
  const scratch folder;
  model_writer writer{folder / "a.spn"};
  writer.add_text("twice", "");
  EXPECT_THAT([&] { writer.add_text("twice", ""); }, ThrowsMessage<file_error>(HasSubstr("added twice")));
  EXPECT_THROW(writer.add_text("", ""), file_error);
  EXPECT_THROW(writer.add_text("a b", ""), file_error);
  EXPECT_THROW(writer.add_text(std::string(64, 'n'), ""), file_error);
  writer.add_text(std::string(63, 'n'), "long");
  writer.commit();
  EXPECT_EQ(model_file::load(folder / "a.spn").text(std::string(63, 'n')), "long");
}

}  // namespace spinule::model_file_test
