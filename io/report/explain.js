// The page of an explanation: what each non-ideality and each layer takes, and the worst cells.

const chance = (d) => (d.tests.length > 1 ? `told apart on ${d.told_apart} of ${d.tests.length} chips` :
                                            d.told_apart ? `told apart, ${probability(d.tests[0].p)}` :
                                                           "not told apart");
const withError = (d, sign = 1) => `${points(sign * d.mean)} ± ${number(100 * d.standard_error, 2)}`;

function explainVerdict() {
  const {ideal, full, non_idealities: parts} = study, d = full.difference;
  const first = [
    "Ideal devices and converters answer ", el("b", {}, percent(ideal.accuracy.mean)),
    ` of ${plural(study.samples, "sample")} correctly, `,
    el("span", {class: "name"}, study.hardware), many ? ` (mean of ${study.chips.length} chips) ` : " ",
    el("b", {}, percent(full.accuracy.mean)), `: ${withError(d)} points, ${chance(d)}.`
  ];
  if (!parts.length) return [first, "Nothing about this hardware is less than ideal."];
  const [most] = parts;
  if (!(most.without.difference.mean > 0)) return [first, "Switching off no part of it alone gives anything back."];
  return [
    first,
    [
      "Most is given back by switching off ", el("b", {}, most.name),
      `: ${withError(most.without.difference)} points, ${chance(most.without.difference)}.`
    ]
  ];
}

const explainHead = () => studyHead("Spinule explanation", "replayed", explainVerdict());

// Two bars for each part: what is given back without it, and what it takes alone; lines: one standard error.
function lossChart(label, parts) {
  const {runs} = palette(), names = parts.map((p) => pretty(p.name));
  const sets = [
    ["given back when it is ideal", runs[0], (p) => p.without.difference, 1],
    ["taken when it alone is not", runs[1], (p) => p.alone.difference, -1]
  ];
  const value = (k, i) => 100 * sets[k][3] * sets[k][2](parts[i]).mean;
  const error = (k, i) => 100 * sets[k][2](parts[i]).standard_error;
  return [
    legend(sets.map(([text, colour]) => [text, colour])),
    chartBox(
        (width) => 62 + parts.length * (46 + nameRoom(width, names)), label,
        (width) => ({
          type: "bar",
          plugins: [rowNames, whiskers],
          data: {
            labels: names,
            datasets: sets.map(([text, colour], k) => ({
                                 label: text,
                                 data: parts.map((_, i) => value(k, i)),
                                 backgroundColor: colour + "b0",
                                 barThickness: 13
                               })),
          },
          options: {
            indexAxis: "y",
            layout: {padding: {right: 12}},
            scales: {x: valueAxis("points of accuracy, %", {grace: "12%"}, width), y: categoryAxis(width, names)},
            plugins: {
              rowNames: {shown: namesAbove(width, names)},
              whiskers: {ends: (i, k) => [value(k, i) - error(k, i), value(k, i) + error(k, i)], along: "x"},
              tooltip: {
                callbacks: {
                  label: (item) => `${item.dataset.label}: ${number(item.raw, 2)} ± ${
                      number(error(item.datasetIndex, item.dataIndex), 2)} points`
                }
              }
            },
          },
        }))
  ];
}

function lossTable(parts, what) {
  const told = (d) => el("span", {}, withError(d), el("span", {class: "aid below"}, chance(d)));
  const heads = [
    [what, ""], ["accuracy without", "n"], ["points against the full", "n"], ["energy without", "n"],
    ["accuracy alone", "n"], ["points against the ideal", "n"], ["energy alone", "n"]
  ];
  const side = (of) => [accuracyOf(of), told(of.difference), energy(totalEnergy(of))];
  const name = (p) => (p.what ? el("span", {}, p.name, el("span", {class: "aid below"}, p.what)) : pretty(p.name));
  return table(heads, parts.map((p) => [name(p), ...side(p.without), ...side(p.alone)]), "losses");
}

const pairAid = () =>
    "Differences on the same samples" + (many ? ", means over chips" : "") +
    "; lines and ±: one standard error. Told apart: exact paired test of McNemar, p below 0.05" +
    (many ? ", chip by chip." : ".");

function partSection() {
  if (!study.non_idealities.length) return null;
  const absent = study.absent.length ? ` Not in this hardware: ${study.absent.join(", ")}.` : "";
  return section(
      "parts", "Non-idealities",
      figure("What each of them takes", pairAid(), lossChart("Loss by non-ideality", study.non_idealities)),
      lossTable(study.non_idealities, "non-ideality"),
      el("p", {class: "aid"},
         "Without: the hardware with this one ideal. Alone: ideal hardware with this one. A conversion costs the same " +
             "in all runs." + absent));
}

function layerSection() {
  if (!study.projections.length) return null;
  return section(
      "layers", "Layers",
      figure("What each projection takes", pairAid(), lossChart("Loss by projection", study.projections)),
      lossTable(study.projections, "projection"),
      el("p", {class: "aid"},
         "Without: this projection on ideal devices and converters. Alone: all others on ideal ones."));
}

function cellSection() {
  if (!study.cells.length) return null;
  const heads = [
    ["source", ""], ["target", ""], ["asked", "n"], ["held", "n"], ["error over the mean weight", "n"]
  ];
  const rows = study.cells.map((c) => [
    `${c.source} ${c.source_neuron}`, `${c.target} ${c.target_neuron}`, plainNumber(c.asked), plainNumber(c.held),
    number(c.error)
  ]);
  return section(
      "cells", "Worst cells",
      figure(
          "Pairs that hold a weight farthest from the one asked for",
          "In the unit of the target; without the noise of reads. The error is relative to the mean magnitude of the " +
              "weights of the projection." + (many ? " Of the first chip." : ""),
          table(heads, rows)));
}

function contents() {
  return [explainHead(), partSection(), layerSection(), cellSection(), studyHardware(), dataNote()];
}
