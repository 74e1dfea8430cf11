// An option that cannot be taken.
#pragma once

#include <spinule/error.hpp>

namespace spinule {

/// The command was called wrongly: `where` is the option. Ends with the exit code 2 rather than 1.
class usage_error : public error {
 public:
  using error::error;
};

}  // namespace spinule
