// The page of a sweep: accuracy against energy, over one key or two, and every point.

const axes = study.vary;
const isRatio = (axis) => axis.unit === "1" && axis.values.every((v) => v <= 1);
const micro = (unit) => unit.replace(/^u(?=[A-Z])/, "µ");
const axisName = (axis) => axis.key + (axis.unit && axis.unit !== "1" ? `, ${micro(axis.unit)}` : "");
const valueText = (value) =>
    (typeof value !== "number" ? value : Number.isInteger(value) ? count(value) : plainNumber(value));
const valueAt = (point, a) => axes[a].values[point.at[a]];
// Seconds in the largest unit of which they are a whole number: 1 d, 10 min.
const spans = [[31557600, "y"], [86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
function durationText(s) {
  const [factor, name] = spans.find(([span]) => s >= span && Number.isInteger(s / span)) || [1, "s"];
  return plainNumber(s / factor) + gap + name;
}
// With its unit, as in a sentence.
function valueOf(axis, value) {
  if (typeof value !== "number" || !axis.unit || axis.unit === "1") return valueText(value);
  return axis.unit === "s" ? durationText(value) : valueText(value) + gap + micro(axis.unit);
}
const pointName = (point) => axes.map((axis, a) => `${axis.key} ${valueOf(axis, valueAt(point, a))}`).join(", ");

function bestPoint() {
  const order = [...study.points].sort((a, b) => b.accuracy.mean - a.accuracy.mean || totalEnergy(a) - totalEnergy(b));
  return order[0];
}

function sweepVerdict() {
  if (!study.points.length) return ["No point of the grid is done yet."];
  const best = bestPoint(), within = study.points.filter((p) => p.accuracy.mean >= best.accuracy.mean - 0.01);
  const frugal = within.reduce((a, b) => (totalEnergy(b) < totalEnergy(a) ? b : a));
  const say = (p) => [
    el("b", {}, percent(p.accuracy.mean)), " for ", el("b", {}, energy(totalEnergy(p))), " a sample, at ",
    el("span", {}, pointName(p))
  ];
  const first = ["Right most often: ", ...say(best), "."];
  if (frugal === best) return [[...first, " No point within one percent of that takes less energy."]];
  return [first, ["Least energy within one percent of that: ", ...say(frugal), "."]];
}

function sweepHead() {
  const unfinished = study.interrupted ? "The sweep was interrupted: points that are missing were not done." : "";
  return studyHead("Spinule sweep report", "replayed", sweepVerdict(), unfinished);
}

const deviations = (of) => [of.mean - of.deviation, of.mean + of.deviation];

function paretoChart() {
  const unit = unitFor(Math.max(...study.points.map(totalEnergy)), energyUnits), {runs, plain} = palette();
  const place = (p) => ({x: totalEnergy(p) / unit.factor, y: 100 * p.accuracy.mean, point: p});
  const front = study.points.filter((p) => p.pareto).sort((a, b) => totalEnergy(a) - totalEnergy(b)).map(place);
  const others = study.points.filter((p) => !p.pareto).map(place);
  const sets = [[front, runs[0], 5, true], [others, plain, 3.5, false]];
  const spreadOf = (i, k) => {
    const {point} = sets[k][0][i];
    return many ? deviations(point.accuracy).map((v) => 100 * v) : null;
  };
  return [
    legend([["on the Pareto front", runs[0], "round"], ...(others.length ? [["other points", plain, "round"]] : [])]),
    chartBox(
        (width) => (isNarrow(width) ? 300 : 400), "Accuracy against energy",
        (width) => ({
          type: "scatter",
          plugins: [whiskers],
          data: {
            datasets: sets.map(([data, colour, pointRadius, showLine]) => ({
                                 data,
                                 showLine,
                                 pointRadius,
                                 pointHoverRadius: pointRadius + 2,
                                 borderColor: colour,
                                 backgroundColor: colour,
                                 borderWidth: 1.5,
                                 stepped: "before",
                                 clip: false
                               })),
          },
          options: {
            layout: {padding: {right: 12, top: 8}},
            scales: {
              x: {...valueAxis(`energy of a sample, ${unit.name}`, {beginAtZero: false, grace: "4%"}, width)},
              y: valueAxis("correct, %", {beginAtZero: false, grace: "8%"}, width),
            },
            plugins: {
              whiskers: {ends: spreadOf, along: "y"},
              tooltip: {
                callbacks: {
                  label: ({raw: {point}}) =>
                      [pointName(point), `${percent(point.accuracy.mean)}, ${energy(totalEnergy(point))}`]
                }
              }
            },
          },
        }))
  ];
}

function paretoSection() {
  if (!study.points.length) return null;
  return section(
      "pareto", "Accuracy against energy",
      figure(
          "Every point of the grid",
          "A point is on the front when none is as often right for less energy, or more often for as much. Energy: " +
              "as fast as possible, dynamic and static in total." +
              (many ? " Bars: one standard deviation over chips." : "") + " Point at a dot to see its values.",
          paretoChart()));
}

// Values that span two decades stand on a logarithmic axis; times are marked there by what people call them.
const isWide = (values) => values.every((v) => v > 0) && Math.max(...values) >= 100 * Math.min(...values);
const times = [1e-6, 1e-3, 1, 60, 3600, 86400, 30 * 86400, 31557600, 10 * 31557600];
function wideAxis(values, unit, width) {
  const [least, greatest] = extent(values), decades = [];
  for (let k = Math.floor(Math.log10(least)); k <= Math.log10(greatest) + 1; ++k) decades.push(10 ** k);
  const shown = (unit === "s" ? times : decades).filter((v) => v >= 0.8 * least && v <= 1.25 * greatest);
  const every = Math.ceil(shown.length / (isNarrow(width) ? 4 : 8));
  return {
    type: "logarithmic",
    min: 0.8 * least,
    max: 1.25 * greatest,
    afterBuildTicks: (axis) => { axis.ticks = shown.filter((_, i) => i % every === 0).map((value) => ({value})); },
    callback: unit === "s" ? durationText : plainNumber
  };
}

// One curve over the values of the only key.
function valueCurve({label, axis, of, title, show, colour}) {
  const values = study.points.map((p) => valueAt(p, 0)), numeric = typeof values[0] === "number";
  const y = study.points.map((p) => of(p).mean);
  const xs = {
    title: axisTitle(numeric && axis.unit === "s" && isWide(values) ? axis.key : axisName(axis)),
    grid: {display: false, drawBorder: true},
    ticks: {color: style("--muted"), maxRotation: 0, ...(numeric ? {callback: tickText} : {})}
  };
  const over = (width) => {
    if (!numeric) return {...xs, offset: true};
    if (!isWide(values)) return {...xs, type: "linear", ticks: {...xs.ticks, maxTicksLimit: isNarrow(width) ? 5 : 9}};
    const {callback, ...wide} = wideAxis(values, axis.unit, width);
    return {...xs, ...wide, ticks: {...xs.ticks, callback, autoSkip: false}};
  };
  return chartBox(
      260, label,
      (width) => ({
        type: "line",
        plugins: [whiskers],
        data: {
          labels: values.map(valueText),
          datasets: [{
            data: numeric ? values.map((x, i) => ({x, y: y[i]})) : y,
            borderColor: colour,
            backgroundColor: colour,
            borderWidth: 2,
            pointRadius: 3.5,
            showLine: numeric,
            clip: false
          }]
        },
        options: {
          layout: {padding: {right: 12, top: 8}},
          scales: {
            x: over(width),
            y: valueAxis(title, {beginAtZero: false, grace: "10%"}, width)
          },
          plugins: {
            whiskers: {ends: (i) => (many ? deviations(of(study.points[i])) : null), along: "y"},
            tooltip: {
              callbacks: {
                title: (items) => `${axis.key} ${valueOf(axis, values[items[0].dataIndex])}`,
                label: (item) => show(y[item.dataIndex])
              }
            }
          },
        },
      }));
}

function overOneKey() {
  const [axis] = axes, unit = unitFor(Math.max(...study.points.map(totalEnergy)), energyUnits), {runs} = palette();
  const scaled = (of, factor) => ({mean: of.mean * factor, deviation: of.deviation * factor});
  const aid = many ? "Bars: one standard deviation over chips." : "";
  return el(
      "div", {class: "columns pair"},
      figure("Samples answered correctly", aid, valueCurve({
               label: "Accuracy",
               axis,
               of: (p) => scaled(p.accuracy, 100),
               title: "correct, %",
               show: (v) => percent(v / 100),
               colour: runs[0]
             })),
      figure("Energy of a sample", aid, valueCurve({
               label: "Energy",
               axis,
               of: (p) => scaled(p.energy_pj, 1 / unit.factor),
               title: unit.name,
               show: (v) => energy(v * unit.factor),
               colour: runs[1]
             })));
}

// Rows: values of the first key; columns: those of the second. The stronger, the larger.
function heatTable(label, of, show, colour, dark) {
  const [rows, columns] = axes.map((axis) => axis.values.map(valueText));
  const cells = new Map(study.points.map((p) => [p.at.join(), of(p)]));
  const [low, high] = extent([...cells.values()], [0, 1]), longest = Math.max(...rows.map((t) => t.length));
  const left = 24 + 6.6 * Math.min(longest, 14), top = 40, tall = 30;
  const draw = (ctx, width) => {
    const cell = (width - left - 2) / columns.length;
    const font = `${Math.max(8, Math.min(12, cell * 0.27))}px ${style("--sans")}`;
    rows.forEach((name, i) => {
      writeText(ctx, name, left - 6, top + (i + 0.5) * tall, {align: "right"});
      columns.forEach((_, j) => {
        const value = cells.get([i, j].join()), x = left + j * cell, y = top + i * tall;
        const strength = value === undefined ? 0 : high > low ? 0.1 + 0.85 * (value - low) / (high - low) : 0.5;
        ctx.fillStyle = value === undefined ? style("--sunken") : rgba(colour, strength);
        ctx.fillRect(x + 0.5, y + 0.5, cell - 1, tall - 1);
        if (value !== undefined && cell >= 22)
          writeText(
              ctx, show(value), x + cell / 2, y + tall / 2,
              {align: "center", font, colour: strength > dark ? "#fff" : style("--ink")});
      });
    });
    const every = Math.ceil((Math.max(...columns.map((t) => t.length)) * 6.6 + 8) / cell);
    columns.forEach((name, j) => {
      if (j % every === 0) writeText(ctx, name, left + (j + 0.5) * cell, top - 10, {align: "center"});
    });
    const ink = {align: "center", colour: style("--ink")};
    writeText(ctx, axisName(axes[1]), left + (columns.length * cell) / 2, 10, ink);
    writeText(ctx, axisName(axes[0]), 8, top + (rows.length * tall) / 2, {...ink, turned: true});
  };
  return picture(label, () => top + Math.max(rows.length * tall, 6.6 * axisName(axes[0]).length - top) + 4, draw);
}

function overTwoKeys() {
  const unit = unitFor(Math.max(...study.points.map(totalEnergy)), energyUnits);
  return el(
      "div", {class: "columns pair"},
      figure(
          "Samples answered correctly, %", "The stronger the colour, the more often.",
          heatTable("Accuracy", (p) => 100 * p.accuracy.mean, (v) => number(v), palette().right, 0.55)),
      figure(
          `Energy of a sample, ${unit.name}`, "The stronger the colour, the more.",
          heatTable("Energy", (p) => totalEnergy(p) / unit.factor, (v) => number(v), palette().wrong, 0.85)));
}

function keySection() {
  if (axes.length > 2 || !study.points.length) return null;
  return section(
      "keys", axes.length > 1 ? `Over ${axes[0].key} and ${axes[1].key}` : `Over ${axes[0].key}`,
      axes.length > 1 ? overTwoKeys() : overOneKey());
}

function pointTable() {
  const pm = (of, show) => (of.deviation > 0 ? `${show(of.mean)} ± ${show(of.deviation)}` : show(of.mean));
  const mark = (p) => (p.pareto ? el("b", {}, "yes") : none());
  const [first, ...rest] = axes;
  const heads = [
    ["", ""], ...rest.map((axis) => [axisName(axis), "n"]), ["accuracy", "n"],
    ["energy, as fast as possible", "n"], ["in real time", "n"], ["latency", "n"], ["on the front", "n"]
  ];
  const rows = study.points.map((p) => [
    `${first.key} ${valueOf(first, valueAt(p, 0))}`, ...rest.map((_, a) => valueText(valueAt(p, a + 1))), accuracyOf(p),
    pm(p.energy_pj, energy), pm(p.real_time_energy_pj, energy), pm(p.latency_us, latency), mark(p)
  ]);
  return table(heads, rows, "points");
}

function pointSection() {
  if (!study.points.length) return null;
  const all = pointTable(), n = study.points.length;
  return section(
      "points", "Points",
      el("p", {class: "aid"},
         "Energy is dynamic and static in total; energy and latency are means per sample." +
             (many ? " After ± stands the standard deviation over chips." : "")),
      n > 40 ? folded(plural(n, "point"), all) : all, dataNote());
}

function contents() { return [sweepHead(), paretoSection(), keySection(), pointSection(), studyHardware()]; }
