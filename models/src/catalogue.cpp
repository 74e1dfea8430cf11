#include <spinule/models/catalogue.hpp>

#include <spinule/models/adaptive_lif.hpp>
#include <spinule/models/astrocyte_modulated_lif.hpp>
#include <spinule/models/balance_astrocyte.hpp>
#include <spinule/models/chi_astrocyte.hpp>
#include <spinule/models/conductance_lif.hpp>
#include <spinule/models/cuba_lif.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/gliotransmission_terminal.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/li_rinzel_astrocyte.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/quadratic_lif.hpp>
#include <spinule/models/rate_astrocyte.hpp>
#include <spinule/models/rate_unit.hpp>
#include <spinule/models/rectified_unit.hpp>
#include <spinule/models/relay.hpp>
#include <spinule/models/sigmoid_unit.hpp>
#include <spinule/models/soft_reset_lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/threshold_unit.hpp>
#include <spinule/models/tsodyks_markram_terminal.hpp>

namespace spinule {
namespace {

template <class Model>
std::shared_ptr<const any_model> usual() {
  return std::make_shared<neuron_holder<Model>>(std::vector{Model{}});
}

}  // namespace

const named_models& model_catalogue() {
  static const named_models all{{"adaptive_lif", usual<adaptive_lif>()},
                                {"astrocyte_modulated_lif", usual<astrocyte_modulated_lif>()},
                                {"balance_astrocyte", usual<balance_astrocyte>()},
                                {"chi_astrocyte", usual<chi_astrocyte>()},
                                {"conductance_lif", usual<conductance_lif>()},
                                {"cuba_lif", usual<cuba_lif>()},
                                {"current_lif", usual<current_lif>()},
                                {"gliotransmission_terminal", usual<gliotransmission_terminal>()},
                                {"leaky_integrator", usual<leaky_integrator>()},
                                {"li_rinzel_astrocyte", usual<li_rinzel_astrocyte>()},
                                {"lif", usual<lif>()},
                                {"quadratic_lif", usual<quadratic_lif>()},
                                {"rate_astrocyte", usual<rate_astrocyte>()},
                                {"rate_unit", usual<rate_unit>()},
                                {"rectified_unit", usual<rectified_unit>()},
                                {"relay", usual<relay>()},
                                {"replay", std::make_shared<source_holder<replay>>(replay{})},
                                {"sigmoid_unit", usual<sigmoid_unit>()},
                                {"soft_reset_lif", usual<soft_reset_lif>()},
                                {"threshold_unit", usual<threshold_unit>()},
                                {"tsodyks_markram_terminal", usual<tsodyks_markram_terminal>()}};
  return all;
}

}  // namespace spinule
