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
