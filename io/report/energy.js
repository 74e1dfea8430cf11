// Parts of the report: energy in total, with its range and what it rests on.

const readings = [
  {text: "as fast as possible", total: fastTotal, static: "static", pj: "pj"},
  {text: "in real time", total: realTotal, static: "static_real_time", pj: "real_time_pj"},
];

function energyChart(priced) {
  const entries = priced.flatMap((r) => readings.map((reading) => ({r, reading})));
  return dots({
    label: "Energy of a sample",
    rows: entries.map(({r, reading}) => `${r.name}, ${reading.text}`),
    axis: "energy of a sample in total",
    show: energy,
    tick: roundEnergy,
    ranges: entries.map(({r, reading}) => {
      const {low, high} = r.energy.together;
      return [reading.total(low), reading.total(high)];
    }),
    sets: [{
      label: "total",
      values: entries.map(({r, reading}) => reading.total(r.energy)),
      colours: entries.map(({r}) => r.colour)
    }]
  });
}

const energyFigure = (priced) => figure(
    "Energy of a sample",
    "Dot: dynamic and static in total; bar: with all constants at the low, and all at the high end of their published " +
        "ranges. Each line of the grid is a factor of ten.",
    energyChart(priced));

function clippedText(row) {
  const conversions = row.energy.shares.filter((s) => s.component === "conversion");
  const all = sum(conversions.map((s) => s.events)), clipped = sum(conversions.map((s) => s.clipped));
  if (!all) return none();
  return clipped ? number((100 * clipped) / all, 2) + gap + "%" : "none";
}

function writingText(row) {
  const {programming} = row.energy;
  return programming.length ? energy(sum(programming.map((s) => s.pj))) : none();
}

function ledgerTable(priced) {
  const band = (r, total) => {
    const {low, high} = r.energy.together;
    return el("span", {class: "aid below"}, `${energy(total(low))} – ${energy(total(high))}`);
  };
  const total = (r, {total: of}) => el("span", {}, el("b", {}, energy(of(r.energy))), band(r, of));
  const columns = [
    ["hardware", "", named],
    ["dynamic", "n", (r) => energy(r.energy.dynamic)],
    ["static, as fast as possible", "n", (r) => energy(r.energy.static)],
    ["total, as fast as possible", "n", (r) => total(r, readings[0])],
    ["static, in real time", "n", (r) => energy(r.energy.static_real_time)],
    ["total, in real time", "n", (r) => total(r, readings[1])],
    ["conversions clipped", "n", clippedText],
    ["writing the arrays, once", "n", writingText],
  ];
  const slow = priced.filter((r) => r.latencies.some((us) => us > r.duration_us));
  return figure(
      "Two readings of the static energy",
      "As fast as possible: standing power over the time that the hardware itself needs. In real time with the sensor: " +
          `over the ${milliseconds(priced[0].duration_us)} that a sample is replayed for, the hardware waiting.`,
      table(columns, priced.map((r) => columns.map((column) => column[2](r))), "ledgers-table"),
      slow.map((r) => {
        const late = r.latencies.filter((us) => us > r.duration_us).length;
        return el(
            "p", {class: "note"}, `${r.name} is slower than the sensor in ${count(late)} of ${
                plural(r.latencies.length, "sample")}: it cannot follow in real time, and there its own time counts.`);
      }));
}

function componentTable(priced) {
  const parts = (r) => [...r.energy.shares.map((s) => [s.component, s.pj]),
                        ...r.energy.standing.map((s) => [`static: ${s.component}`, s.pj])];
  const components = unique(priced.flatMap((r) => parts(r).map(([c]) => c)));
  const of = (r, component) => sum(parts(r).filter(([c]) => c === component).map(([, pj]) => pj));
  const weight = (component) => Math.max(...priced.map((r) => of(r, component) / (fastTotal(r.energy) || 1)));
  const cell = (r, component) => {
    const pj = of(r, component);
    return pj ? el("span", {}, energy(pj), el("span", {class: "aid"}, ` ${percent(pj / fastTotal(r.energy))}`)) : none();
  };
  const colour = (component) => component.startsWith("static: ") ? palette().standing[0] : componentColour(component);
  const heads = [["component", ""], ...priced.map((r) => [r.name, "n"])];
  const rows = components.filter((c) => weight(c) > 0).sort((a, b) => weight(b) - weight(a)).map(
      (component) => [[el("span", {class: "swatch", style: `--c:${colour(component)}`}), component],
                      ...priced.map((r) => cell(r, component))]);
  return figure(
      "Energy by component", "Mean per sample and share of the total, as fast as possible.",
      table(heads, [...rows, ["total", ...priced.map((r) => el("b", {}, energy(fastTotal(r.energy))))]]));
}

// The constants between whose ends a total moves most.
function mostMoving(row, total, n = 5) {
  const span = (r) => Math.abs(total(r.high) - total(r.low));
  return [...row.energy.ranges].filter((r) => span(r) > 1e-3 * total(row.energy)).sort((a, b) => span(b) - span(a))
      .slice(0, n);
}

function tornadoPanel(row) {
  const chart = ({text, total}) => {
    const moving = mostMoving(row, total);
    return el(
        "div", {}, el("p", {class: "over"}, `${text} `, el("b", {}, energy(total(row.energy)))),
        moving.length ? tornado({
          label: `Constants that the energy of ${row.name} rests on, ${text}`,
          rows: moving.map((r) => ({name: r.constant, low: total(r.low), high: total(r.high)})),
          middle: total(row.energy),
          units: energyUnits,
          axis: "energy of a sample",
          colour: row.colour
        }) :
                        el("p", {class: "empty"}, "No published range of a constant moves it by as much as 0.1 %."));
  };
  return el("div", {class: "panel"}, el("h3", {}, named(row)), el("div", {class: "columns pair"}, readings.map(chart)));
}

function tornadoFigure(priced) {
  return figure(
      "The constants that matter most",
      "Bar: the total with one constant at the low and at the high end of its published range, all else as it is; line: " +
          "the total itself.",
      priced.map(tornadoPanel));
}

function energySection(rows) {
  const priced = rows.filter((r) => r.energy);
  if (!priced.length)
    return section(
        "energy", "Energy", el("p", {class: "empty"}, "No run here emulates hardware, so there is no energy to show."));
  return section(
      "energy", "Energy", ledgerTable(priced), flowFigure(priced), tornadoFigure(priced), componentTable(priced),
      quantisedTable(priced), layerFigure(priced), areaTable(priced));
}
