// Reading JSON with errors that name the field.
#pragma once

#include <concepts>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <spinule/error.hpp>

namespace spinule {

/// A JSON value and the way to it, which `spinule_error::what()` begins with.
class json_field {
 public:
  json_field(const nlohmann::json& value, std::string name) : value_{value}, name_{std::move(name)} {}

  const std::string& name() const { return name_; }
  bool is_null() const { return value_.is_null(); }

  bool has(const char* key) const { return value_.is_object() && value_.contains(key); }
  json_field operator[](const char* key) const {
    want(value_.is_object(), "an object");
    const auto found = value_.find(key);
    if (found == value_.end()) throw spinule_error{name_, std::string{"the field \""} + key + "\" is missing"};
    return {*found, name_ + "." + key};
  }

  std::vector<json_field> items() const {
    want(value_.is_array(), "an array");
    std::vector<json_field> all;
    all.reserve(value_.size());
    for (std::size_t i = 0; i < value_.size(); ++i) all.emplace_back(value_[i], name_ + "[" + std::to_string(i) + "]");
    return all;
  }

  std::vector<std::pair<std::string, json_field>> members() const {
    want(value_.is_object(), "an object");
    std::vector<std::pair<std::string, json_field>> all;
    for (const auto& [key, value] : value_.items()) all.emplace_back(key, json_field{value, name_ + "." + key});
    return all;
  }

  void read(std::string& to) const {
    want(value_.is_string(), "a string");
    to = value_.get<std::string>();
  }

  void read(bool& to) const {
    want(value_.is_boolean(), "true or false");
    to = value_.get<bool>();
  }

  void read(double& to) const {
    want(value_.is_number(), "a number");
    to = value_.get<double>();
  }

  template <std::unsigned_integral Whole>
  void read(Whole& to) const {
    const bool whole = value_.is_number_unsigned() || (value_.is_number_integer() && value_.get<std::int64_t>() >= 0);
    const bool fits = whole && value_.get<std::uint64_t>() <= std::numeric_limits<Whole>::max();
    want(fits, fmt::format("a whole number from 0 to {}", std::numeric_limits<Whole>::max()));
    to = value_.get<Whole>();
  }

  void read(std::int64_t& to) const {
    const bool fits = value_.is_number_integer() && !(value_.is_number_unsigned() && value_.get<std::int64_t>() < 0);
    want(fits, "a whole number below 2^63");
    to = value_.get<std::int64_t>();
  }

  /// Plain values only: a name is made for the one that is wrong, not for each.
  template <class Plain>
  void read(std::vector<Plain>& to) const {
    want(value_.is_array(), "an array");
    to.resize(value_.size());
    for (std::size_t i = 0; i < to.size(); ++i) read_item(i, to[i]);
  }

 private:
  template <class Plain>
  void read_item(std::size_t i, Plain& to) const {
    try {
      json_field{value_[i], {}}.read(to);
    } catch (const spinule_error& wrong) {
      throw spinule_error{name_ + "[" + std::to_string(i) + "]", std::string{wrong.what()}.substr(2)};
    }
  }

  void want(bool met, const std::string& what) const {
    if (!met)
      throw spinule_error{name_, std::string{"is "} + value_.type_name() + " " + shown() + ", expected " + what};
  }

  std::string shown() const {
    auto text = value_.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    return text.size() <= 40 ? text : text.substr(0, 37) + "...";
  }

  const nlohmann::json& value_;
  std::string name_;
};

}  // namespace spinule
