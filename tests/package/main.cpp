// A neuron model of the user's own, in the user's own file, on two back ends of the installed library.
#include <cstdio>
#include <string>
#include <tuple>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/error.hpp>
#include <spinule/io/info.hpp>
#include <spinule/learning/confusion.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

using namespace spinule;

/// v += input; v >= threshold: fire, v -= threshold.
struct integrator {
  millivolts threshold{10};
  using input = millivolts;
  static constexpr int ports = 1;
  void check(const std::string& where) const {
    if (!(threshold > 0_mV)) throw spinule_error{where, "the threshold must be positive"};
  }
  template <class Real>
  struct state {
    Real v = 0;  ///< mV
    static constexpr auto fields = std::tuple{field{"v", &state::v}};
  };
  template <class Real>
  class kernel {
   public:
    kernel(const integrator& m, milliseconds) : threshold_{static_cast<Real>(m.threshold.value())} {}
    bool step(state<Real>& s, Real input) const {
      s.v += input;
      const bool fires = s.v >= threshold_;
      s.v -= fires ? threshold_ : 0;
      return fires;
    }
    void skip(state<Real>&, ticks) const {}

   private:
    Real threshold_;
  };
};

template <class Backend>
bool fires_once_in_ten(const network& net, population input, population cells, const Backend& on) {
  simulation sim{net, on};
  for (std::int64_t k = 0; k < 100; ++k) sim.play(input, recording{{{1000 * k, 0}}, 100_ms});
  sim.run(200_ms);
  return sim.counts(cells)[0] == 10 && sim.counts(cells)[1] == 0;
}

int main() {
  network net;
  const auto input = net.add("input", replay{}, 2);
  const auto cells = net.add("cells", integrator{}, 2);
  net.connect(input, cells, one_to_one{}, {.weight = 1_mV, .delay = 1_ms});
  const bool right = fires_once_in_ten(net, input, cells, reference{1_ms}) &&
                     fires_once_in_ten(net, input, cells, cpu{.tick = 1_ms}) &&
                     fires_once_in_ten(net, input, cells, crossbar{.tick = 1_ms});
  try {
    inspect("/nowhere");
  } catch (const file_error& wrong) {
    std::printf("%s\n", right ? "one spike in ten, as it should be" : "wrong spikes");
    return right ? 0 : 1;
  }
  return 1;
}
