// An option that cannot be taken.
#pragma once

#include <string>

#include <spinule/error.hpp>

namespace spinule {

/// The command was called wrongly: `where` is the option. Ends with the exit code 2 rather than 1.
class usage_error : public spinule_error {
 public:
  using spinule_error::spinule_error;
};

/// What `take` returns; what it finds wrong, as a fault of the option. A file that is wrong stays a file that is wrong.
template <class Take>
auto of_option(const std::string& option, Take take) {
  try {
    return take();
  } catch (const file_error&) {
    throw;
  } catch (const usage_error&) {
    throw;
  } catch (const spinule_error& wrong) {
    throw usage_error{option, wrong.what()};
  }
}

}  // namespace spinule
