// Parts of the report: where it comes from, the summary, and how right the answers are.

function provenance(rows, all) {
  const of = (pick) => unique(all.results.map(pick).filter(Boolean)).join(", ");
  const facts = [
    ["model", of((r) => r.provenance.model)],
    ["network", of((r) => r.provenance.network)],
    ["trained on", of((r) => r.provenance.trained_on)],
    [
      "replayed",
      `${of((r) => r.dataset)}, ${plural(all.samples || rows[0].samples, "sample")} of ${
          milliseconds(rows[0].duration_us)}`
    ],
    ["date", of((r) => r.provenance.date.replace("T", " ").replace("Z", " UTC"))],
    ["processor", of((r) => r.provenance.processor)],
    ["Spinule", of((r) => r.version)],
    ["command", of((r) => r.provenance.command), "code"],
  ];
  return el(
      "dl", {class: "facts"},
      facts.filter(([, text]) => text)
          .map(([fact, text, kind]) => el("div", {class: kind ? "whole" : ""}, el("dt", {}, fact), el("dd", {class: kind || ""}, text))));
}

const plusMinus = (text, spread, show) => (spread && spread.deviation > 0 ? `${text} ± ${show(spread.deviation)}` : text);

function summary(rows) {
  const priced = rows.some((r) => r.energy);
  const spreadOf = (r, key) => (r.many && r.spreads.energy ? r.spreads.energy[key] : null);
  const costs = [
    [
      "energy, as fast as possible", "n",
      (r) => (r.energy ? plusMinus(energy(fastTotal(r.energy)), spreadOf(r, "total"), energy) : none())
    ],
    [
      "in real time", "n",
      (r) => (r.energy ? plusMinus(energy(realTotal(r.energy)), spreadOf(r, "total_real_time"), energy) : none())
    ],
    [
      "latency", "n",
      (r) => (r.latencies.length ?
                  plusMinus(latency(mean(r.latencies)), r.many ? r.spreads.latency : null, latency) :
                  none())
    ],
  ];
  const columns = [
    ["back end", "", named],
    [
      "accuracy", "n",
      (r) => el("span", {}, el("b", {}, percent(r.accuracy)), r.many ? ` ± ${number(100 * r.deviation, 2)}` : "")
    ],
    ["95 % interval", "n", (r) => r.range.map((x) => number(100 * x)).join(" – ")],
    ...(priced ? costs : []),
    ["spikes", "n", (r) => count(r.spikes)],
    ["synaptic events", "n", (r) => count(r.events)],
    ["simulated at", "n", (r) => rate(r.pace)],
  ];
  const plain = rows.filter((r) => !r.energy);
  const notes = [
    priced ? "Energy is dynamic and static in total; energy, latency, spikes and synaptic events are means per sample. " :
             "Spikes and synaptic events are means per sample. ",
    rows.some((r) => r.many) ? "After ± stands the standard deviation over chips. " : "",
    priced && plain.length ?
        `${plain.map((r) => r.name).join(", ")}: no hardware is emulated, so there is no energy and no latency. ` :
        "",
  ];
  return [table(columns, rows.map((r) => columns.map((column) => column[2](r))), "summary"),
          el("p", {class: "aid"}, notes)];
}

function accuracyChart(rows) {
  return intervals({
    label: "Accuracy of each back end",
    rows: rows.map((r) => r.title),
    shares: rows.map((r) => r.accuracy),
    ranges: rows.map((r) => r.range),
    parts: rows.map((r) => r.chipAccuracies),
    colours: rows.map((r) => r.colour)
  });
}

function worstConfusion(row) {
  let worst = {n: 0};
  row.confusion.forEach((line, i) => line.forEach((n, j) => {
    if (i !== j && n > worst.n) worst = {n, i, j};
  }));
  if (!worst.n) return "no mistakes";
  return `most frequent mistake: ${row.labels[worst.i]} → ${row.labels[worst.j]}, ${plural(worst.n, "time")}`;
}

function testTable(rows, all) {
  const pairs = rows.flatMap((a, i) => rows.slice(i + 1).map((b) => [a, b, testsBetween(a, b, all)]))
                    .filter(([, , between]) => between);
  if (!pairs.length) return null;
  const answer = ({tests, apart, same}) => {
    if (same) return "right on the same samples";
    if (tests.length > 1) return `told apart on ${apart} of ${tests.length} chips`;
    return `${apart ? "told apart" : "cannot be told apart"}, ${probability(tests[0].p)}`;
  };
  const heads = [["pair", ""], ["samples", "n"], ["right in the first alone", "n"], ["in the second", "n"], ["", ""]];
  return figure(
      "Which can be told apart",
      "Paired test of McNemar, exact: the same samples answered by both. Told apart: p below 0.05; of pairs that are " +
          "alike one in twenty is.",
      table(
          heads,
          pairs.map(
              ([a, b, between]) =>
                  [`${a.name} and ${b.name}`, count(between.tests[0].samples), plainNumber(between.onlyA),
                   plainNumber(between.onlyB), answer(between)]),
          "tests"));
}

function accuracySection(rows, all) {
  const matrices = rows.filter((r) => r.labels.length && r.confusion.length)
                       .map(
                           (r) =>
                               el("div", {class: "matrix"}, el("p", {class: "over"}, named(r)), confusionMatrix(r),
                                  el("p", {class: "under"}, `${count(r.correct)} of ${count(r.answered)} right`,
                                     el("br"), worstConfusion(r))));
  const many = Math.max(0, ...rows.map((r) => r.labels.length)) > 12;
  return section(
      "accuracy", "Accuracy", testTable(rows, all),
      figure(
          "Confusion",
          "Rows are true classes, columns answers. Blue on the diagonal is right; orange off it is a mistake, the " +
              "stronger the more frequent." + (rows.some((r) => r.many) ? " Chips are added up." : ""),
          el("div", {class: many ? "matrices many" : "matrices"}, matrices)));
}
