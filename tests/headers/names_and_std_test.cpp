// Nor is one of the standard library's.
#include <bits/stdc++.h>

#include <gtest/gtest.h>

#include "names.hpp"

using namespace spinule;
using namespace std;

namespace {

void use(stand_in) {}

TEST(names, are_none_of_the_standard_library) {
#include "uses.hpp"
}

}  // namespace
