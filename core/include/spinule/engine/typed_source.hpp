// source_block for one source.
#pragma once

#include <memory>
#include <vector>

#include <spinule/engine/neuron_block.hpp>
#include <spinule/model.hpp>

namespace spinule {

template <class Source>
class typed_source final : public source_block {
 public:
  typed_source(const Source& source, const source_setting& setting) : kernel_{source, setting} {}
  std::unique_ptr<source_block> clone() const override { return std::make_unique<typed_source>(*this); }
  void reset(std::uint64_t episode) override { kernel_.reset(episode); }
  void emit(moment now, emission_buffer& sent) override {
    if constexpr (graded<Source>)
      kernel_.emit(now, sent.neurons, sent.values);
    else
      kernel_.emit(now, sent.neurons);
  }
  bool play(std::span<const event> events, moment start) override {
    if constexpr (requires { kernel_.play(events, start); }) {
      kernel_.play(events, start);
      return true;
    } else {
      static_cast<void>(events), static_cast<void>(start);
      return false;
    }
  }

 private:
  typename Source::kernel kernel_;
};

}  // namespace spinule
