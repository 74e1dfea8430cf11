// The text of the error that an action throws.
#pragma once

#include <string>

#include <spinule/error.hpp>

namespace spinule {

/// Empty when `action` throws no `Error`.
template <class Error = file_error, class Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const Error& problem) {
    return problem.what();
  }
  return {};
}

}  // namespace spinule
