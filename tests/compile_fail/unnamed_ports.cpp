// first error: a model with several ports names them
#include <spinule/network.hpp>

using namespace spinule;

struct silent {
  using input = millivolts;
#ifdef WRONG
  static constexpr int ports = 2;
#else
  static constexpr int ports = 1;
#endif
  void check(const std::string&) const {}
  template <class Real>
  struct state {
    Real v = 0;
    static constexpr auto fields = std::tuple{field{"v", &state::v}};
  };
  template <class Real>
  struct kernel {
    kernel(const silent&, milliseconds) {}
    bool step(state<Real>&, const arriving<Real, ports>&) const { return false; }
  };
};

int main() {
  network net;
  net.add("cells", silent{}, 10);
}
