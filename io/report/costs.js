// Parts of the report: energy, time and activity.

// One colour for each component, the same in every panel; the most expensive components come first.
function componentColours(results) {
  const totals = new Map();
  for (const r of results)
    for (const s of r.energy_pj.shares) {
      const share = s.pj / (r.dynamic || 1);
      totals.set(s.component, (totals.get(s.component) || 0) + share);
    }
  const order = [...totals.keys()].sort((a, b) => totals.get(b) - totals.get(a));
  const {components} = palette();
  return new Map(order.map((component, i) => [component, components[i % components.length]]));
}

function dynamicBars(result, colours) {
  const {shares} = result.energy_pj;
  const layers = unique(shares.map((s) => s.layer));
  const part = (layer, component) =>
      sum(shares.filter((s) => s.layer === layer && s.component === component).map((s) => s.pj));
  const totals = layers.map((layer) => sum(shares.filter((s) => s.layer === layer).map((s) => s.pj)));
  const sets = [...colours]
                   .filter(([component]) => shares.some((s) => s.component === component))
                   .map(
                       ([component, colour]) =>
                           ({label: component, colour, values: layers.map((layer) => part(layer, component))}));
  return bars({
    label: `Dynamic energy of ${result.name}`,
    rows: layers.map(pretty),
    sets,
    unit: units.energy,
    axis: `${units.energy.name} a sample`,
    show: energy,
    ends: (i) => energy(totals[i]),
    stacked: true
  });
}

function staticBars(result) {
  const {standing} = result.energy_pj;
  if (!standing.length) return el("p", {class: "empty"}, "This preset names no standing power.");
  const sets = [{label: "static", colour: palette().standing[0], values: standing.map((s) => s.pj)}];
  return bars({
    label: `Static energy of ${result.name}`,
    rows: standing.map((s) => s.component),
    sets,
    unit: units.energy,
    axis: `${units.energy.name} a sample`,
    show: energy,
    ends: (i) => power(standing[i].power_uw),
    stacked: true
  });
}

function energyPanel(result, colours) {
  const head = (what, pj) => el("p", {class: "over"}, what + " ", el("b", {}, energy(pj)));
  return el(
      "div", {class: "panel"}, el("h3", {}, named(result)),
      el("div", {class: "ledgers"},
         el("div", {}, head("dynamic", result.dynamic),
            result.energy_pj.shares.length ? dynamicBars(result, colours) :
                                             el("p", {class: "empty"}, "No event costs energy.")),
         el("div", {}, head("static", result.energy_pj.static), staticBars(result))));
}

function energySection(results) {
  const priced = results.filter((r) => r.energy_pj);
  if (!priced.length)
    return section(
        "energy", "Energy", el("p", {class: "empty"}, "No run here emulates hardware, so there is no energy to show."));
  const colours = componentColours(priced);
  const overview = dots({
    label: "Energy of a sample",
    rows: priced.map((r) => r.name),
    axis: `energy of a sample, ${units.energy.name}`,
    show: energy,
    tick: (pj) => plainNumber(pj / units.energy.factor),
    sets: [
      {label: "dynamic", values: priced.map((r) => r.dynamic), colours: priced.map((r) => r.colour)}, {
        label: "static",
        values: priced.map((r) => r.energy_pj.static),
        colours: priced.map((r) => r.colour),
        hollow: true
      }
    ]
  });
  return section(
      "energy", "Energy",
      figure(
          "Energy of a sample",
          "Filled dot: what events cost; hollow diamond: what is drawn whether or not anything happens. " +
              "Each step of the grid is a factor of ten.",
          overview),
      figure(
          "Energy by layer and component",
          "Bars: mean per sample, each panel on its own scale; beside a static bar stands its power. " +
              "Dynamic and static are two ledgers, never added.",
          legend([...colours]), priced.map((r) => energyPanel(r, colours))));
}

function timeSection(results) {
  const timed = results.filter((r) => r.sample_latencies_us.length);
  const spread = timed.map((r) => {
    return el(
        "div", {},
        el("p", {class: "over"}, named(r), el("br"),
           el("span", {class: "aid"},
              `mean ${latency(r.latency_us.mean)}, p50 ${latency(r.latency_us.p50)}, p99 ${latency(r.latency_us.p99)}`)),
        histogram({
          label: `Latency of ${r.name}`,
          values: r.sample_latencies_us,
          unit: units.latency,
          axis: `latency of a sample, ${units.latency.name}`,
          colour: r.colour,
          show: latency
        }));
  });
  const pace = dots({
    label: "Throughput",
    rows: results.map((r) => r.name),
    axis: "samples per second",
    show: (v) => count(Number(v.toPrecision(3))),
    sets: [
      {
        label: "emulated hardware",
        values: results.map((r) => (r.latency_us ? 1e6 / r.latency_us.mean : 0)),
        colours: results.map((r) => r.colour)
      },
      {
        label: "this simulation",
        values: results.map((r) => r.samples_per_s),
        colours: results.map((r) => r.colour),
        hollow: true
      }
    ]
  });
  return section(
      "time", "Time",
      timed.length ? figure(
                         "Latency of the emulated hardware",
                         "How the time for one sample is spread over the samples; each panel has its own scale.",
                         el("div", {class: "columns"}, spread)) :
                     null,
      figure(
          "Throughput",
          "Filled dot: the emulated hardware, one sample after the other; hollow diamond: this simulation.",
          pace));
}

function activitySection(results) {
  const layers = unique(results.flatMap((r) => r.layers.map((l) => l.name)));
  const of = (r, name) => (r.layers.find((l) => l.name === name) || {spikes_per_sample: 0}).spikes_per_sample;
  const spikes = layers.length ? bars({
    label: "Spikes per layer",
    rows: layers.map(pretty),
    axis: "spikes a sample",
    show: count,
    thickness: 16,
    room: 48,
    ends: (i, k) => count(of(results[k], layers[i])),
    sets: results.map((r) => ({label: r.name, colour: r.colour, values: layers.map((name) => of(r, name))}))
  }) :
                                 null;
  const events = results.map((r) => r.synaptic_events / r.samples || 0);
  const traffic = bars({
    label: "Synaptic events",
    rows: results.map((r) => r.name),
    axis: "synaptic events a sample",
    show: count,
    stacked: true,
    sets: results.map((r, k) => ({label: r.name, colour: r.colour, values: events.map((v, i) => (i === k ? v : 0))})),
    ends: (i) => count(events[i])
  });
  return section(
      "activity", "Activity",
      el("div", {class: "columns pair"},
         spikes ?
             figure(
                 "Spikes by layer", "Mean per sample" + (results.length > 1 ? ", one bar for each back end." : "."),
                 results.length > 1 ? legend(results.map((r) => [r.name, r.colour])) : null, spikes) :
             null,
         figure("Synaptic events", "Spikes times the synapses they reach; mean per sample.", traffic)));
}
