#include <spinule/io/engine/hdf5_reader.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <thread>

#include "io/hdf5_maker.hpp"
#include "io/message.hpp"
#include "io/real_data.hpp"
#include "io/scratch.hpp"

namespace spinule::hdf5_reader_test {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::map<std::string, hdf5_array> read(const std::filesystem::path& path, std::vector<hdf5_request> requests,
                                       const hdf5_limits& limits = {}) {
  return read_hdf5(path, requests, limits);
}

class hdf5_reader : public ::testing::Test {
 protected:
  scratch folder;
  std::filesystem::path path = folder / "file.h5";
  /// What reading `object` of the file says is wrong.
  std::string refusal(const char* object, const hdf5_limits& limits = {}) {
    return message_of([&] { read(path, {{object}}, limits); });
  }
};

TEST_F(hdf5_reader, brings_every_kind_of_element_back_exactly) {
  const int whole[] = {-3, 0, 70000};
  const double real[] = {0.1, -2e300};
  const float small[] = {0.5f, 1.25f};
  const std::uint8_t bytes[] = {0, 255};
  const char fixed[2][4] = {{'a', 'b', 'c', 'd'}, {'e', 0, 0, 0}};
  const char* variable = "na\xc3\xafve";
  {
    hdf5_maker file{path};
    file.flat("/i64", H5T_STD_I64BE, H5T_NATIVE_INT, 3, whole);
    file.flat("/f64", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 2, real);
    file.flat("/f16", half_type_of_file(), H5T_NATIVE_FLOAT, 2, small);
    file.flat("/f32", H5T_IEEE_F32BE, H5T_NATIVE_FLOAT, 2, small);
    file.flat("/u8", H5T_STD_U8LE, H5T_NATIVE_UINT8, 2, bytes);
    file.group("/deep");
    file.group("/deep/er");
    const hid_t four = H5Tcopy(H5T_C_S1), any = H5Tcopy(H5T_C_S1);
    H5Tset_size(four, 4);
    H5Tset_size(any, H5T_VARIABLE);
    H5Tset_cset(any, H5T_CSET_UTF8);
    file.flat("/deep/fixed", four, four, 2, fixed);
    file.scalar("/deep/er/variable", any, any, &variable);
    file.ragged<float>("/deep/rows", H5T_IEEE_F64LE, H5T_NATIVE_FLOAT, {{1, 2}, {}, {3}});
  }
  const auto all = read(path, {{"/"}});
  EXPECT_EQ(all.size(), 8u);
  EXPECT_THAT(std::get<1>(all.at("/i64").values), ElementsAre(-3, 0, 70000));
  EXPECT_THAT(std::get<3>(all.at("/f64").values), ElementsAre(0.1, -2e300));
  EXPECT_THAT(std::get<2>(all.at("/f16").values), ElementsAre(0.5f, 1.25f));
  EXPECT_THAT(std::get<2>(all.at("/f32").values), ElementsAre(0.5f, 1.25f));
  EXPECT_THAT(std::get<0>(all.at("/u8").values), ElementsAre(0, 255));
  EXPECT_THAT(std::get<4>(all.at("/deep/fixed").values), ElementsAre("abcd", "e"));
  EXPECT_THAT(std::get<4>(all.at("/deep/er/variable").values), ElementsAre("na\xc3\xafve"));
  EXPECT_TRUE(all.at("/deep/er/variable").shape.empty());
  EXPECT_THAT(std::get<3>(all.at("/deep/rows").values), ElementsAre(1, 2, 3));
  EXPECT_THAT(all.at("/deep/rows").offsets, ElementsAre(0, 2, 2, 3));
  EXPECT_THAT(all.at("/f64").shape, ElementsAre(2));
  EXPECT_EQ(read(path, {{"/deep"}}).size(), 3u);
}

TEST_F(hdf5_reader, reads_compressed_chunks_and_refuses_other_filters) {
  const std::vector<int> values(10'000, 7);
  for (const bool known : {true, false}) {
    const hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t chunk = 1000;
    H5Pset_chunk(plan, 1, &chunk);
    H5Pset_shuffle(plan);
    H5Pset_deflate(plan, 4);
    H5Pset_fletcher32(plan);
    if (!known) H5Pset_nbit(plan);
    hdf5_maker{path}.flat("/x", H5T_STD_I32LE, H5T_NATIVE_INT, values.size(), values.data(), plan);
    if (known) {
      const auto all = read(path, {{"/x"}});
      EXPECT_EQ(std::get<1>(all.at("/x").values), std::vector<std::int64_t>(values.begin(), values.end()));
    } else {
      EXPECT_THAT(refusal("/x"), AllOf(HasSubstr("file.h5, /x"), HasSubstr("filter 5")));
    }
  }
}

TEST_F(hdf5_reader, reads_a_file_compressed_as_a_whole_within_its_budget) {
  make_shd(folder / "plain.h5", {{{0.5f}}, {{3}}, {0}});
  const std::string plain = folder.text("plain.h5");
  gzFile packed = gzopen(path.c_str(), "wb");
  gzwrite(packed, plain.data(), static_cast<unsigned>(plain.size()));
  gzclose(packed);
  EXPECT_EQ(read(path, {{"/"}}).size(), 3u);
  EXPECT_THAT(refusal("/", {.file_bytes = 1000}), HasSubstr("expands to more than the 1000 bytes"));
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  EXPECT_THAT(refusal("/"), HasSubstr("ends in the middle"));
}

TEST_F(hdf5_reader, leaves_out_what_may_be_missing_and_names_what_may_not) {
  make_shd(path, {{{0.5f}}, {{3}}, {0}});
  EXPECT_EQ(read(path, {{"/labels"}, {"/extra/keys", false}}).size(), 1u);
  EXPECT_THAT(refusal("/extra/keys"), HasSubstr("file.h5, /extra: is missing"));
  EXPECT_THAT(refusal("/labels/x"), HasSubstr("/labels/x: is missing"));
  EXPECT_THROW(read(path, {{"labels"}}), spinule_error);
}

TEST_F(hdf5_reader, refuses_links_and_storage_that_leave_the_file) {
  make_shd(folder / "other.h5", {{{0.5f}}, {{3}}, {0}});
  std::ofstream{folder / "raw"} << "12345678";
  {
    hdf5_maker file{path};
    H5Lcreate_external("other.h5", "/labels", file.id, "/elsewhere", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/elsewhere", file.id, "/soft", H5P_DEFAULT, H5P_DEFAULT);
    const hid_t outside = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(outside, (folder / "raw").c_str(), 0, 8);
    const int values[2] = {1, 2};
    file.flat("/stored", H5T_STD_I32LE, H5T_NATIVE_INT, 2, values, outside);
    const hid_t virtually = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t one = 1;
    const hid_t space = H5Screate_simple(1, &one, nullptr);
    H5Pset_virtual(virtually, space, (folder / "other.h5").c_str(), "/labels", space);
    H5Dclose(H5Dcreate2(file.id, "/virtual", H5T_STD_U16LE, space, H5P_DEFAULT, virtually, H5P_DEFAULT));
  }
  EXPECT_THAT(refusal("/elsewhere"), HasSubstr("is a link into another file"));
  EXPECT_THAT(refusal("/soft"), HasSubstr("only hard links"));
  EXPECT_THAT(refusal("/stored"), HasSubstr("is stored in another file"));
  EXPECT_THAT(refusal("/virtual"), HasSubstr("is a virtual data set"));
  EXPECT_FALSE(refusal("/").empty());
}

TEST_F(hdf5_reader, refuses_types_it_does_not_know) {
  const double pair[2] = {1, 2};
  {
    hdf5_maker file{path};
    const hid_t compound = H5Tcreate(H5T_COMPOUND, 16);
    H5Tinsert(compound, "a", 0, H5T_NATIVE_DOUBLE);
    H5Tinsert(compound, "b", 8, H5T_NATIVE_DOUBLE);
    file.flat("/compound", compound, compound, 1, pair);
    const hid_t type = H5Tcopy(H5T_NATIVE_INT);
    H5Tcommit2(file.id, "/type", type, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Tclose(type);
    H5Dclose(H5Dcreate2(file.id, "/null", H5T_NATIVE_INT, H5Screate(H5S_NULL), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  }
  EXPECT_THAT(refusal("/compound"), HasSubstr("has a type that is not read"));
  EXPECT_THAT(refusal("/type"), HasSubstr("neither a data set nor a group"));
  EXPECT_THAT(refusal("/null"), HasSubstr("holds nothing"));
}

TEST_F(hdf5_reader, checks_its_budgets_before_it_allocates) {
  const std::vector<double> values(10'000);
  {
    hdf5_maker file{path};
    file.flat("/big", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values.size(), values.data());
    file.ragged<float>("/rows", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {std::vector<float>(30'000)});
    const hsize_t huge = hsize_t{1} << 50, chunk = 1000;
    const hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(plan, 1, &chunk);
    H5Dclose(H5Dcreate2(file.id, "/empty", H5T_NATIVE_INT, H5Screate_simple(1, &huge, nullptr), H5P_DEFAULT, plan,
                        H5P_DEFAULT));
    file.group("/a");
    file.group("/a/b");
    file.group("/a/b/c");
  }
  EXPECT_THAT(refusal("/big", {.bytes = 50'000}), AllOf(HasSubstr("/big"), HasSubstr("more than the 50000 bytes")));
  EXPECT_THAT(refusal("/rows", {.bytes = 50'000}), AllOf(HasSubstr("/rows"), HasSubstr("more than the 50000 bytes")));
  EXPECT_THAT(refusal("/big", {.file_bytes = 100}), HasSubstr("more than the 100 allowed"));
  EXPECT_THAT(refusal("/empty"), HasSubstr("says that it holds 1125899906842624 elements, but stores only 0 bytes"));
  EXPECT_THAT(refusal("/a", {.depth = 1}), HasSubstr("/a/b/c: lies deeper than 1"));
  EXPECT_THAT(refusal("/a", {.objects = 2}), HasSubstr("/a/b/c: is one of more than 2 objects"));
}

TEST_F(hdf5_reader, stops_at_groups_that_contain_themselves) {
  {
    hdf5_maker file{path};
    file.group("/a");
    H5Lcreate_hard(file.id, "/a", file.id, "/a/again", H5P_DEFAULT, H5P_DEFAULT);
  }
  EXPECT_THAT(refusal("/"), HasSubstr("lies deeper than 32 groups"));
}

TEST_F(hdf5_reader, refuses_what_is_no_hdf5_file) {
  std::ofstream{path} << "no such thing";
  EXPECT_THAT(refusal("/"), HasSubstr("file.h5: is not an HDF5 file"));
  std::ofstream{path, std::ios::trunc};
  EXPECT_THAT(refusal("/"), HasSubstr("is not an HDF5 file"));
  EXPECT_THAT(message_of([&] { read(folder.path(), {{"/"}}); }), HasSubstr("is a folder"));
  EXPECT_THAT(message_of([&] { read(folder / "none", {{"/"}}); }), HasSubstr("No such file"));
}

/// One chunk of `bytes` zeros, deflated.
void make_deflated_zeros(const std::filesystem::path& path, std::size_t bytes) {
  const std::unique_ptr<void, decltype(&std::free)> zeros{std::calloc(bytes, 1), std::free};
  std::vector<Bytef> packed(compressBound(bytes));
  uLongf size = packed.size();
  compress2(packed.data(), &size, static_cast<const Bytef*>(zeros.get()), bytes, 1);
  const hdf5_maker file{path};
  const hsize_t extent = 8, most = H5S_UNLIMITED, chunk = bytes;
  const hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(plan, 1, &chunk);
  H5Pset_deflate(plan, 1);
  const hid_t data =
      H5Dcreate2(file.id, "/x", H5T_STD_U8LE, H5Screate_simple(1, &extent, &most), H5P_DEFAULT, plan, H5P_DEFAULT);
  const hsize_t first = 0;
  H5Dwrite_chunk(data, H5P_DEFAULT, 0, &first, size, packed.data());
  H5Dclose(data);
}

TEST_F(hdf5_reader, says_what_the_library_says_of_damaged_data) {
  make_deflated_zeros(path, 1 << 20);
  EXPECT_EQ(std::get<0>(read(path, {{"/x"}}).at("/x").values), std::vector<std::uint16_t>(8));
  std::string bytes = folder.text("file.h5");
  const std::size_t begin = bytes.find("\x78\x01");  // of the zlib stream
  ASSERT_NE(begin, std::string::npos);
  for (std::size_t i = 2; i < 40; ++i) bytes[begin + i] = '\xff';
  std::ofstream{path, std::ios::binary | std::ios::trunc} << bytes;
  EXPECT_THAT(refusal("/x"), AllOf(HasSubstr("/x: cannot be read: its data is damaged"), HasSubstr("(HDF5: inflate")));
}

TEST_F(hdf5_reader, says_that_memory_is_short_when_it_is) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a child with shadow memory has no limit";
#endif
  make_deflated_zeros(path, std::size_t{320} << 20);
  EXPECT_THAT(refusal("/x", {.bytes = 1 << 20}), HasSubstr("/x: cannot be read: it wants more memory than is allowed"));
}

TEST_F(hdf5_reader, says_that_a_path_leads_through_no_group) {
  hdf5_maker{path}.labels({1, 2});
  EXPECT_THAT(refusal("/labels/more"), AllOf(HasSubstr("/labels/more: is missing"), HasSubstr("HDF5: ")));
}

TEST_F(hdf5_reader, refuses_every_truncation) {
  make_shd(path, {{{0.5f, 0.75f}}, {{3, 5}}, {0}});
  const std::string whole = folder.text("file.h5");
  for (std::size_t kept = 0; kept < whole.size(); kept += 97) {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << whole.substr(0, kept);
    EXPECT_THROW(read(path, {{"/"}}), file_error) << kept;
  }
}

TEST_F(hdf5_reader, is_used_by_several_threads_at_once) {
  make_shd(path, {{{0.5f}}, {{3}}, {0}});
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) good += read(path, {{"/"}}).size() == 3;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 40);
}

TEST_F(hdf5_reader, reads_published_networks_and_spike_files) {
  SPINULE_REAL_DATA(nir, "nir");
  const auto network = read(nir / "cnn_sinabs_nmnist.nir", {{"/"}});
  EXPECT_THAT(network.at("/node/nodes/0/weight").shape, ElementsAre(16, 2, 5, 5));
  EXPECT_THAT(network.at("/node/nodes/9/weight").shape, ElementsAre(256, 128));
  EXPECT_THAT(network.at("/node/edges").shape.size(), 2u);
  SPINULE_REAL_DATA(sonata, "sonata/spike_files");
  const auto spikes = read(sonata / "spikes.one_pop.h5", {{"/spikes/v1/timestamps"}, {"/spikes/v1/node_ids"}});
  EXPECT_EQ(std::get<3>(spikes.at("/spikes/v1/timestamps").values).size(), 124u);
  EXPECT_EQ(std::get<1>(spikes.at("/spikes/v1/node_ids").values).size(), 124u);
}

}  // namespace spinule::hdf5_reader_test
