// Part of the report: what would change the results of a crossbar, from short runs of the same samples.

const changeNames = {"adc.bits": "converter", "device.read_noise": "read noise", tick: "tick"};

function changeText({what, value, unit}) {
  if (what === "device.read_noise") return `${plainNumber(100 * value)}${gap}%`;
  return `${plainNumber(value)}${gap}${unit}`;
}

function changeTable(row) {
  const {samples, unchanged, changed} = row.sensitivity, n = samples.length;
  const answers = ({correct, p}) => {
    const points = (100 * (correct - unchanged.correct)) / n;
    const change = points ? ` ${points > 0 ? "+" : minus}${number(Math.abs(points), 2)} points` : "";
    return el(
        "span", {}, percent(correct / n),
        el("span", {class: "aid"}, change, change ? (p < 0.05 ? `, told apart, ${probability(p)}` : ", not told apart") :
                                                    ""));
  };
  const times = (value, of) => el("span", {class: "aid"}, ` ${(value / of).toFixed(2)}×`);
  const cost = (run, total) => el(
      "span", {}, energy(total(run.energy_pj)),
      run === unchanged ? null : times(total(run.energy_pj), total(unchanged.energy_pj)));
  const columns = [
    ["", "", (c) => c.what ? changeNames[c.what] || c.what : "as it is"],
    ["changed to", "n", (c) => (c.what ? changeText(c) : none())],
    ["accuracy", "n", (c) => (c.what ? answers(c) : percent(c.correct / n))],
    ["energy, as fast as possible", "n", (c) => cost(c, fastTotal)],
    ["in real time", "n", (c) => cost(c, realTotal)],
    ["latency", "n", (c) => latency(c.latency_us)],
  ];
  return el(
      "div", {class: "panel"}, el("h3", {}, named(row)),
      table(columns, [unchanged, ...changed].map((c) => columns.map((column) => column[2](c))), "changes"));
}

function sensitivitySection(rows) {
  const tried = rows.filter((r) => r.sensitivity);
  if (!tried.length) return null;
  const n = tried[0].sensitivity.samples.length;
  return section(
      "changes", "What would change it",
      figure(
          "Other converters, read noise and ticks",
          `Short runs of the same ${plural(n, "sample")}, one thing changed at a time; the accuracy is compared with ` +
              "that of the same samples unchanged by a paired test." +
              (tried.some((r) => r.many) ? " Of chips it is the first." : ""),
          tried.map(changeTable)));
}
