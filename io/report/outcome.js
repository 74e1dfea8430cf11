// Parts of the report: the summary, and how right the answers are.

function summary(results) {
  const plain = results.filter((r) => !r.energy_pj);
  const columns = [
    ["back end", "", named],
    ["accuracy", "n", (r) => el("b", {}, percent(r.accuracy))],
    ["95 % interval", "n", (r) => r.range.map((x) => number(100 * x)).join(" – ")],
    ...(plain.length === results.length ? [] :
                                          [
                                            ["dynamic", "n", (r) => (r.energy_pj ? energy(r.dynamic) : none())],
                                            ["static", "n", (r) => (r.energy_pj ? energy(r.energy_pj.static) : none())],
                                            ["latency", "n", (r) => (r.latency_us ? latency(r.latency_us.mean) : none())],
                                            ["p99", "n", (r) => (r.latency_us ? latency(r.latency_us.p99) : none())]
                                          ]),
    ["spikes", "n", (r) => count(r.spikes / r.samples || 0)],
    ["synaptic events", "n", (r) => count(r.synaptic_events / r.samples || 0)],
    ["simulated at", "n", (r) => rate(r.samples_per_s)],
  ];
  const absent = plain.length ?
      `${plain.map((r) => r.name).join(", ")}: no hardware is emulated, so there is no energy and no latency.` :
      "";
  return [
    table(columns, results.map((r) => columns.map((column) => column[2](r)))),
    el("p", {class: "aid"}, "Energy, latency, spikes and synaptic events are means per sample. ", absent)
  ];
}

function worstConfusion(result) {
  let worst = {n: 0};
  result.confusion.forEach((row, i) => row.forEach((n, j) => {
    if (i !== j && n > worst.n) worst = {n, i, j};
  }));
  if (!worst.n) return "no mistakes";
  return `most frequent mistake: ${result.labels[worst.i]} → ${result.labels[worst.j]}, ${plural(worst.n, "time")}`;
}

function accuracySection(results) {
  const chart = intervals({
    label: "Accuracy of each back end",
    rows: results.map((r) => r.name),
    shares: results.map((r) => r.accuracy),
    ranges: results.map((r) => r.range),
    colours: results.map((r) => r.colour)
  });
  const matrices = results.filter((r) => r.labels.length && r.confusion.length)
                       .map(
                           (r) =>
                               el("div", {class: "matrix"}, el("p", {class: "over"}, named(r)), confusionMatrix(r),
                                  el("p", {class: "under"}, `${count(r.correct)} of ${count(r.samples)} right`,
                                     el("br"), worstConfusion(r))));
  const many = Math.max(0, ...results.map((r) => r.labels.length)) > 12;
  return section(
      "accuracy", "Accuracy",
      figure(
          "Share of samples answered correctly",
          "Dot: this run; bar: 95 % interval of the true share. Bars that overlap widely cannot be told apart.", chart),
      figure(
          "Confusion",
          "Rows are true classes, columns answers. Blue on the diagonal is right; orange off it is a mistake, the " +
              "stronger the more frequent.",
          el("div", {class: many ? "matrices many" : "matrices"}, matrices)));
}
