// The exceptions of the library. It never prints and never aborts.
#pragma once

#include <stdexcept>
#include <string>

namespace spinule {

/// Something is wrong at `where` (a population, a projection, an option): what it is, and what would be right.
/// `what()` reads "where: what".
class spinule_error : public std::runtime_error {
 public:
  spinule_error(const std::string& where, const std::string& what) : std::runtime_error(where + ": " + what) {}
};

/// A file or folder cannot be read, written or understood. `where` is its path, with the place in it where known.
class file_error : public spinule_error {
 public:
  using spinule_error::spinule_error;
};

}  // namespace spinule
