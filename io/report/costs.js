// Parts of the report: energy by layer and component.

function dynamicBars(row) {
  const {shares} = row.energy;
  const layers = unique(shares.map((s) => s.layer)), components = unique(shares.map((s) => s.component));
  const part = (layer, component) =>
      sum(shares.filter((s) => s.layer === layer && s.component === component).map((s) => s.pj));
  const totals = layers.map((layer) => sum(shares.filter((s) => s.layer === layer).map((s) => s.pj)));
  const unit = unitFor(Math.max(...totals), energyUnits);
  return bars({
    label: `Dynamic energy of ${row.name}`,
    rows: layers.map(pretty),
    sets: components.map(
        (component) => ({
          label: component,
          colour: componentColour(component),
          values: layers.map((layer) => part(layer, component))
        })),
    unit,
    axis: `${unit.name} a sample`,
    show: energy,
    ends: (i) => energy(totals[i]),
    stacked: true
  });
}

function staticBars(row) {
  const {standing} = row.energy;
  if (!standing.length) return el("p", {class: "empty"}, "This preset names no standing power.");
  const unit = unitFor(Math.max(...standing.map((s) => s.pj)), energyUnits);
  return bars({
    label: `Static energy of ${row.name}`,
    rows: standing.map((s) => s.component),
    sets: [{label: "static", colour: palette().standing[0], values: standing.map((s) => s.pj)}],
    unit,
    axis: `${unit.name} a sample`,
    show: energy,
    ends: (i) => power(standing[i].power_uw),
    stacked: true
  });
}

// Ground that the hardware in use takes, by component.
function areaTable(priced) {
  const sized = priced.filter((r) => r.energy.areas_um2.length);
  if (!sized.length) return null;
  const components = unique(sized.flatMap((r) => r.energy.areas_um2.map((a) => a.component)));
  const text = (a) => {
    const range = a.low < a.high ? ` (${area(a.low)} – ${area(a.high)})` : "";
    return el("span", {}, area(a.um2), el("span", {class: "aid"}, range));
  };
  const cell = (r, component) => {
    const found = r.energy.areas_um2.find((a) => a.component === component);
    return found ? text(found) : none();
  };
  const whole = (r) => Object.fromEntries(["um2", "low", "high"].map((k) => [k, sum(r.energy.areas_um2.map((a) => a[k]))]));
  return figure(
      "Area by component",
      "Of all arrays, nodes or chips in use, with the ends of the published ranges. What has no published size is not " +
          "counted.",
      table([["component", ""], ...sized.map((r) => [r.name, "n"])],
            [...components.map((c) => [c, ...sized.map((r) => cell(r, c))]),
             ["total", ...sized.map((r) => el("b", {}, text(whole(r))))]]));
}

// Beside a network of whole numbers without spikes: at which rate the spiking one takes less.
function quantisedTable(priced) {
  const compared = priced.filter((r) => r.energy.quantised?.operations);
  if (!compared.length) return null;
  const share = (rate) => (rate > 0 ? `below ${percent(rate, 2)}` : "at none");
  const heads = [
    ["hardware", ""], ["without spikes", "n"], ["with spikes", "n"], ["rate of spikes", "n"], ["takes less", "n"],
    ["at 5 ticks", "n"]
  ];
  return figure(
      "Beside a network without spikes",
      "The same synapses in a network of whole numbers, each multiplied and added once a sample, beside both ledgers as fast " +
          "as possible. Rate: events over synapses and ticks. A published estimate for 5 ticks is 5.7 % (arXiv 2409.08290).",
      table(heads, compared.map((r) => {
        const q = r.energy.quantised;
        return [named(r), `${energy(q.pj)} at ${q.bits} bits`, energy(fastTotal(r.energy)), percent(q.rate, 2),
                share(q.break_even), share(q.break_even_5)];
      })));
}

function layerPanel(row) {
  const head = (what, pj) => el("p", {class: "over"}, what + " ", el("b", {}, energy(pj)));
  return el(
      "div", {class: "panel"}, el("h3", {}, named(row)),
      el("div", {class: "ledgers"},
         el("div", {}, head("dynamic", row.energy.dynamic),
            row.energy.shares.length ? dynamicBars(row) : el("p", {class: "empty"}, "No event costs energy.")),
         el("div", {}, head("static, as fast as possible", row.energy.static), staticBars(row))));
}

function layerFigure(priced) {
  const components = unique(priced.flatMap((r) => r.energy.shares.map((s) => s.component)));
  return figure(
      "Energy by layer and component",
      "Mean per sample, each panel on its own scale; beside a static bar stands its power. Dynamic and static are two " +
          "ledgers.",
      legend(components.map((component) => [component, componentColour(component)])), priced.map(layerPanel));
}
