// The page of a training: learning curves, activity of layers, weights, one sample before and after.

const training = JSON.parse(document.getElementById("data").textContent);

const colourOf = (i) => palette().runs[i % palette().runs.length];
const share = (part) => part.correct / part.samples;

function mainVerdict() {
  const parts = [["training", "training"], ["validation", "validation"]]
                    .filter(([name]) => training[name].samples)
                    .map(([name, word]) => [el("b", {}, percent(share(training[name]))), ` of ${
                        count(training[name].samples)} samples for ${word}`]);
  const [first, ...rest] = parts;
  return el("p", {class: "verdict"}, "The trained network answers ", first, rest.map((part) => [" and ", part]),
            " correctly.");
}

function masthead() {
  const layers = training.populations.map((p) => `${count(p.size)} ${p.model}`).join(" → ");
  return el(
      "header", {}, el("p", {class: "eyebrow"}, "Spinule training report"), el("h1", {}, training.dataset),
      mainVerdict(), training.remark ? el("p", {class: "note"}, training.remark) : null,
      el("p", {class: "aid"}, `${training.network}: ${layers}. ${training.settings["--rule"]}, ${
          plural(training.epochs.length, "epoch")}.`));
}

// Lines over epochs. `sets`: {label, values, colour, dashed}.
function curves({label, sets, axis, show, extra = {}}) {
  const epochs = training.epochs.length;
  return [
    sets.length > 1 ? legend(sets.map((set) => [set.label, set.colour, "round"])) : null,
    chartBox(
        240, label,
        () => ({
          type: "line",
          data: {
            labels: training.epochs.map((_, i) => i + 1),
            datasets: sets.map((set) => ({
                                 label: set.label,
                                 data: set.values,
                                 borderColor: set.colour,
                                 backgroundColor: set.colour,
                                 borderWidth: 2,
                                 pointRadius: epochs > 40 ? 0 : 2.5,
                                 pointHoverRadius: 5,
                               })),
          },
          options: {
            interaction: {mode: "index", intersect: false},
            scales: {
              x: {
                title: axisTitle("epoch"),
                grid: {display: false, drawBorder: true},
                ticks: {color: style("--muted"), maxTicksLimit: 12, maxRotation: 0}
              },
              y: valueAxis(axis, extra),
            },
            plugins: {
              tooltip: {
                callbacks: {
                  title: (items) => `epoch ${items[0].label}`,
                  label: (item) => `${item.dataset.label}: ${show(item.raw)}`
                }
              }
            },
          },
        }))
  ];
}

function curveSection() {
  const validated = training.validation.samples > 0;
  const both = (key) => [{label: "training", values: training.epochs.map((e) => e[key]), colour: colourOf(0)},
                         ...(validated ? [{
                           label: "validation",
                           values: training.epochs.map((e) => e["validation_" + key]),
                           colour: colourOf(1)
                         }] :
                                         [])];
  const inPercent = both("accuracy").map((set) => ({...set, values: set.values.map((v) => 100 * v)}));
  const aid = validated ? "Training: as samples were learned, changed at random if that was asked for; validation: " +
          "with the weights after the epoch." :
                          "As samples were learned.";
  return section(
      "curves", "Learning",
      el("div", {class: "columns pair"},
         figure("Loss", aid, curves({label: "Loss", sets: both("loss"), axis: "loss", show: (v) => number(v)})),
         figure(
             "Samples answered correctly", aid,
             curves({
               label: "Accuracy",
               sets: inPercent,
               axis: "correct, %",
               show: (v) => percent(v / 100),
               extra: {suggestedMax: 100}
             }))),
      taskTable());
}

function taskTable() {
  if (!training.tasks) return null;
  const {accuracies, ACC, BWT} = training.tasks;
  const heads = [["after learning", ""], ...accuracies.map((_, k) => [`task ${k + 1}`, "n"])];
  const rows = accuracies.map((row, k) => [`task ${k + 1}`, ...row.map((x) => percent(x))]);
  return figure(
      "Tasks",
      `Accuracy on each task. Mean in the end (ACC) ${percent(ACC)}; mean change since learned (BWT) ${percent(BWT)}.`,
      table(heads, rows));
}

function layerSection() {
  const layers = training.epochs[0]?.layers ?? [];
  if (!layers.length) return null;
  const sets = (key, factor = 1) => layers.map(
      (layer, i) => ({
        label: layer.name,
        values: training.epochs.map((e) => factor * e.layers[i][key]),
        colour: colourOf(i)
      }));
  const aid = (layers.length > 1 ? "I" : `${layers[0].name}: i`) + "n the last batch of each epoch.";
  const one = (title, key, axis, factor, show) =>
      figure(title, aid, curves({label: title, sets: sets(key, factor), axis, show}));
  return section(
      "layers", "Layers",
      el("div", {class: "columns pair"},
         one("Spikes of a unit in a sample", "spikes", "spikes", 1, (v) => number(v)),
         one("Units that never fired", "silent", "silent, %", 100, (v) => percent(v / 100)),
         one("Units that fired in half of all ticks", "saturated", "saturated, %", 100, (v) => percent(v / 100)),
         one("Norm of the gradient of the weights onto a layer", "gradient_norm", "norm", 1, (v) => number(v))));
}

function weightChart(of) {
  const bins = of.before.length, width = (of.greatest - of.least) / bins || 1;
  const middle = (i) => of.least + (i + 0.5) * width;
  const sets = [["before", of.before, palette().plain, true], ["after", of.after, colourOf(0), false]];
  return chartBox(
      210, `Weights of ${of.projection}`,
      () => ({
        type: "line",
        data: {
          datasets: sets.map(([label, counts, colour, dashed]) => ({
                               label,
                               data: counts.map((n, i) => ({x: middle(i), y: n})),
                               borderColor: colour,
                               backgroundColor: colour + "26",
                               borderWidth: 2,
                               borderDash: dashed ? [5, 4] : [],
                               stepped: "middle",
                               fill: true,
                               pointRadius: 0,
                               pointHoverRadius: 4,
                             })),
        },
        options: {
          interaction: {mode: "index", intersect: false},
          scales: {
            x: {
              ...valueAxis("weight"),
              type: "linear",
              beginAtZero: false,
              grid: {display: false, drawBorder: true},
              ticks: {...valueAxis().ticks, includeBounds: false},
              min: of.least,
              max: of.greatest > of.least ? of.greatest : of.least + width
            },
            y: valueAxis("synapses"),
          },
          plugins: {
            tooltip: {
              callbacks: {
                title: (items) => `about ${plainNumber(items[0].raw.x)}`,
                label: (item) => `${item.dataset.label}: ${plural(item.raw.y, "synapse")}`
              }
            }
          },
        },
      }));
}

function weightSection() {
  return section(
      "weights", "Weights", legend([["before", palette().plain], ["after", colourOf(0)]]),
      el("div", {class: "columns pair"},
         training.weights.map(
             (of) => figure(
                 pretty(of.projection), `${plural(sum(of.after), "synapse")}, from ${plainNumber(of.least)} to ${
                                            plainNumber(of.greatest)}.`,
                 weightChart(of)))));
}

function sampleSection() {
  const {before, after} = training.example;
  const firing = new Set((training.epochs[0]?.layers ?? []).map((layer) => layer.name));
  const answer = (e) => (e.answer === e.label ? "Answered right" : `Answered ${training.labels[e.answer]}`);
  const one = (title, e) => figure(
      title,
      `${answer(e)}. Every dot is one event or spike: time runs right, channels and neurons upwards, in steps of ${
          milliseconds(e.tick_us)}.`,
      raster({...e, layers: e.layers.filter((layer) => firing.has(layer.name))}, title));
  return section(
      "sample", `Sample ${before.sample}, class ${training.labels[before.label]}`, one("Before", before),
      one("After", after));
}

function optionSection() {
  const rows = Object.entries(training.settings)
                   .map(([name, value]) => [name, Array.isArray(value) ? value.join(" ") : String(value)])
                   .filter(([name, value]) => value !== "" && !(name === "--last" && value === "4294967295"));
  const half = Math.ceil(rows.length / 2);
  const heads = [["option", "code"], ["value", "n"]];
  return section(
      "options", "Options",
      el("div", {class: "columns pair"}, table(heads, rows.slice(0, half)), table(heads, rows.slice(half))),
      el("p", {class: "aid"}, "This file holds all numbers as JSON, in the element with the id “data”."));
}

function contents() {
  return [masthead(), curveSection(), layerSection(), weightSection(), sampleSection(), optionSection()];
}
