#include <spinule/io/dataset.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "io/message.hpp"
#include "io/scratch.hpp"

namespace spinule::dataset_test {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// Sample i has i events and label i % 3.
class counting final : public dataset {
 public:
  std::string name() const override { return "counting"; }
  std::size_t size() const override { return 7; }
  std::size_t channels() const override { return 1; }
  std::size_t classes() const override { return 3; }
  std::uint32_t label(std::size_t i) const override {
    check_index(i);
    return static_cast<std::uint32_t>(i % 3);
  }
  labelled_recording read(std::size_t i) const override {
    const std::uint32_t known = label(i);
    return {{std::vector<event>(i), milliseconds{1}}, known};
  }
};

static_assert(std::input_iterator<dataset::iterator>);

TEST(dataset, is_a_range_of_recordings_and_labels) {
  const counting data;
  std::size_t i = 0;
  for (const auto& [events, label] : data) {
    EXPECT_EQ(events.events.size(), i);
    EXPECT_EQ(label, i % 3);
    ++i;
  }
  EXPECT_EQ(i, 7u);
  EXPECT_EQ(data.label_name(2), "2");
  EXPECT_EQ(data.width(), 0u);
  EXPECT_THAT(message_of<spinule_error>([&] { data.read(7); }), AllOf(HasSubstr("counting"), HasSubstr("sample 7")));
}

TEST(dataset, is_cut_to_a_subset_by_indices_or_by_a_predicate) {
  const counting data;
  const subset chosen{data, {6, 2, 2}};
  EXPECT_EQ(chosen.size(), 3u);
  EXPECT_EQ(chosen.read(0).events.events.size(), 6u);
  EXPECT_EQ(chosen.read(2).events.events.size(), 2u);
  EXPECT_EQ(chosen.label(1), 2u);
  EXPECT_EQ(chosen.name(), "counting (3 of 7)");
  const subset zeros = select(data, [&](std::size_t i) { return data.label(i) == 0; });
  EXPECT_EQ(zeros.size(), 3u);
  EXPECT_EQ(zeros.original(2), 6u);
  EXPECT_THROW(zeros.read(3), spinule_error);
  EXPECT_THROW((subset{data, {7}}), spinule_error);
}

TEST(open_dataset, lists_the_kinds_when_it_does_not_know_one) {
  EXPECT_THAT(message_of<spinule_error>([] { open_dataset("cifar", "/"); }),
              AllOf(HasSubstr("\"cifar\""), HasSubstr("nmnist"), HasSubstr("shd"), HasSubstr("fashion-mnist")));
}

TEST(open_dataset, names_what_is_missing) {
  const scratch folder;
  EXPECT_THAT(message_of([&] { open_dataset("nmnist", folder / "none"); }), HasSubstr("is no folder"));
  EXPECT_THAT(message_of([&] { open_dataset("shd", folder / "none.h5"); }), HasSubstr("No such file"));
  EXPECT_THAT(message_of([&] { open_dataset("shd", folder.path()); }), HasSubstr("has no shd_train"));
  EXPECT_THAT(message_of([&] { open_dataset("mnist", folder.path()); }),
              HasSubstr("has no train-images-idx3-ubyte.gz"));
}

TEST(open_dataset, asks_which_of_two_spoken_parts_is_meant) {
  const scratch folder;
  std::ofstream{folder / "shd_train.h5"} << "x";
  std::ofstream{folder / "shd_test.h5.gz"} << "x";
  EXPECT_THAT(message_of([&] { open_dataset("shd", folder.path()); }),
              HasSubstr("has shd_test.h5.gz and shd_train.h5"));
  EXPECT_THAT(message_of([&] { open_dataset("shd", folder.path(), {.part = data_part::train}); }),
              HasSubstr("shd_train.h5: is not an HDF5 file"));
}

}  // namespace spinule::dataset_test
