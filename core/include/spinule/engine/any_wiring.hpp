// A wiring rule with its type erased, as the network stores it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <spinule/wiring.hpp>

namespace spinule {

class wiring {
 public:
  template <class Rule>
  requires wiring_rule<Rule> || sized_wiring_rule<Rule> wiring(Rule rule)
      : rule_{std::make_shared<holder<Rule>>(std::move(rule))} {}  // NOLINT: implicit by design
  bool by_source() const { return rule_->by_source(); }
  void check(const endpoints& ends, const std::string& where) const { rule_->check(ends, where); }
  /// Nothing where the rule does not say.
  std::optional<double> expected_synapses(const endpoints& ends) const { return rule_->expected_synapses(ends); }
  /// Empty where rows are independent.
  std::vector<std::uint32_t> row_sizes(const endpoints& ends, random_stream& random) const {
    return rule_->row_sizes(ends, random);
  }
  /// `size`: of this row, for a rule that has row sizes.
  void row(index_t i, const endpoints& ends, std::uint32_t size, random_stream& random,
           std::vector<index_t>& partners) const {
    rule_->row(i, ends, size, random, partners);
  }

 private:
  struct interface {
    virtual ~interface() = default;
    virtual bool by_source() const = 0;
    virtual void check(const endpoints&, const std::string&) const = 0;
    virtual std::optional<double> expected_synapses(const endpoints&) const = 0;
    virtual std::vector<std::uint32_t> row_sizes(const endpoints&, random_stream&) const = 0;
    virtual void row(index_t, const endpoints&, std::uint32_t, random_stream&, std::vector<index_t>&) const = 0;
  };
  template <class Rule>
  struct holder final : interface {
    explicit holder(Rule r) : rule{std::move(r)} {}
    bool by_source() const override { return Rule::by_source; }
    void check(const endpoints& e, const std::string& where) const override { rule.check(e, where); }
    std::optional<double> expected_synapses(const endpoints& e) const override {
      if constexpr (requires { rule.expected_synapses(e); })
        return rule.expected_synapses(e);
      else
        return static_cast<void>(e), std::nullopt;
    }
    std::vector<std::uint32_t> row_sizes(const endpoints& e, random_stream& r) const override {
      if constexpr (sized_wiring_rule<Rule>)
        return rule.row_sizes(e, r);
      else
        return static_cast<void>(e), static_cast<void>(r), std::vector<std::uint32_t>{};
    }
    void row(index_t i, const endpoints& e, std::uint32_t size, random_stream& r,
             std::vector<index_t>& p) const override {
      if constexpr (sized_wiring_rule<Rule>)
        rule.row(i, e, size, r, p);
      else
        static_cast<void>(size), rule.row(i, e, r, p);
    }
    Rule rule;
  };
  std::shared_ptr<const interface> rule_;
};

}  // namespace spinule
