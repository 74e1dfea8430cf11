// Parts of the report: one sample in full, the hardware, the runs.

function exampleSection(rows, state) {
  const shown = rows.filter((r) => r.example);
  if (!shown.length) return null;
  const {example} = shown[0];
  const answer = (r) => (r.example.answer === r.example.label ? "right" : `answered ${r.labels[r.example.answer]}`);
  const stage = el("div", {});
  const show = (k) => {
    state.run = k;
    [...choice.children].forEach((button, i) => button.setAttribute("aria-pressed", String(i === k)));
    stage.replaceChildren(raster(shown[k].example, shown[k].name));
    drawWaiting();
  };
  const choice =
      el("div", {class: "choice", role: "group", "aria-label": "back end"},
         shown.map((r) => el("button", {type: "button"}, named(r), el("span", {class: "aid"}, ` ${answer(r)}`))));
  [...choice.children].forEach((button, i) => button.addEventListener("click", () => show(i)));
  later(() => show(Math.min(state.run, shown.length - 1)));
  return section(
      "sample", `Sample ${example.sample}, class ${shown[0].labels[example.label]}`,
      example.width ?
          figure(
              "What the sensor saw",
              "Each image gathers the events of one movement. Orange: it became brighter; blue: darker; strong: many events.",
              legend([["brighter (ON)", palette().on], ["darker (OFF)", palette().off]]), eventImages(example)) :
          null,
      figure(
          "What the network did",
          `Every dot is one event or spike: time runs right, channels and neurons upwards, in steps of ${
              milliseconds(example.tick_us)}.` +
              (shown.length > 1 ? " Choose a back end." : ""),
          shown.length > 1 || answer(shown[0]) !== "right" ? choice : null, stage));
}

// How devices keep the weights: of each hardware, and, folded away, of each of its projections; of chips the first.
function weightTable(rows) {
  const keeping = rows.filter((r) => r.weights?.length);
  if (!keeping.length) return null;
  const heads = [
    ["", ""], ["synapses", "n"], ["kept within a tenth", "n"], ["kept as 0", "n"], ["mean error", "n"]
  ];
  const cells = (kept) => {
    const all = (pick) => sum(kept.map(pick));
    const synapses = all((w) => w.synapses) || 1, size = all((w) => w.mean_weight * w.synapses);
    const lost = all((w) => w.lost);
    return [
      count(all((w) => w.synapses)), percent(all((w) => w.close) / synapses), lost ? percent(lost / synapses) : "none",
      size ? percent(all((w) => w.mean_error * w.synapses) / size) : none()
    ];
  };
  return figure(
      "What the devices keep of the weights",
      "Kept within a tenth of what was asked for; mean error relative to the mean magnitude asked for." +
          (keeping.some((r) => r.many) ? " Of chips it is the first." : ""),
      table(heads, keeping.map((r) => [named(r), ...cells(r.weights)])),
      folded(
          "Projection by projection",
          table(
              heads, keeping.flatMap((r) => r.weights.map((w) => [`${r.name}, ${pretty(w.projection)}`, ...cells([w])])))));
}

function hardwareSection(rows) {
  const seen = new Set();
  const presets =
      rows.filter((r) => r.preset && !seen.has(r.preset.name) && seen.add(r.preset.name)).map((r) => r.preset);
  if (!presets.length) return null;
  const heads = [
    ["constant", "code"], ["value", "n"], ["unit", ""], ["range", ""], ["node", ""], ["kind", ""], ["source", "source"]
  ];
  const exact = (value) =>
      (Number.isInteger(value) && Math.abs(value) < 1e7 ? count(value) : String(Number(value.toPrecision(6))));
  const micro = (unit) => (unit === "1" ? "" : unit.replace(/^u(?=[A-Z])/, "µ"));
  const constants = (preset) => table(
      heads,
      preset.constants.map(
          (c) => [c.key, exact(c.value), micro(c.unit), c.band.replace(" .. ", " – "), c.node, c.kind, c.source]),
      "constants");
  const chosen = (preset) => preset.choices?.length ?
      el("p", {class: "aid"}, preset.choices.map((c) => `${c.key} = ${c.value}`).join(", ")) :
      null;
  return section(
      "hardware", "Hardware",
      el("p", {class: "aid lead"},
         "Every constant of the emulated hardware with its source; what is opened here is printed too. Range: of published or " +
             "plausible values."),
      weightTable(rows), presets.map(
          (preset) =>
              el("div", {class: "preset"}, el("h3", {}, preset.name), el("p", {}, preset.summary), chosen(preset),
                 folded(`${count(preset.constants.length)} constants and their sources`, constants(preset)))));
}

function runTable(results) {
  const heads = [
    ["run", ""], ["chip", "n"], ["samples", "n"], ["threads", "n"], ["seed", "n"], ["wall time", "n"],
    ["SHA-256 of all spikes", "code"]
  ];
  return table(
      heads,
      results.map(
          (r) =>
              [plainName(r), r.chip === null ? none() : String(r.chip),
               count(r.samples) + (r.interrupted ? " (interrupted)" : ""), count(r.threads), String(r.seed),
               seconds(r.wall_s),
               r.spike_digest ? el("span", {title: r.spike_digest}, r.spike_digest.slice(0, 16) + "…") : none()]));
}

function runSection(results) {
  const all = runTable(results);
  return section(
      "runs", "Runs", results.length > 8 ? folded(plural(results.length, "run"), all) : all,
      el("p", {class: "aid"},
         "Equal digests mean that every spike of every sample is the same. This file holds the full results as JSON, " +
             "in the element with the id “data”."));
}
