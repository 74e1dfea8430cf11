// No name of Spinule's is one of the system's, so `using namespace spinule` makes none ambiguous.
#include "system_headers.hpp"

#include <gtest/gtest.h>

#include "names.hpp"

using namespace spinule;

namespace {

void use(stand_in) {}

TEST(names, are_none_of_the_system) {
#include "uses.hpp"
  EXPECT_GT(names, 250) << "declarations no longer begin in the first column?";
}

}  // namespace
