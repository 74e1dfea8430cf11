// Parts of the report: one sample in full, the hardware, the runs.

function exampleSection(results, state) {
  const shown = results.filter((r) => r.example);
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

function hardwareSection(results) {
  const seen = new Set();
  const presets =
      results.filter((r) => r.preset && !seen.has(r.preset.name) && seen.add(r.preset.name)).map((r) => r.preset);
  if (!presets.length) return null;
  const heads = [
    ["constant", "code"], ["value", "n"], ["unit", ""], ["band", ""], ["node", ""], ["kind", ""], ["source", "source"]
  ];
  const exact = (value) =>
      (Number.isInteger(value) && Math.abs(value) < 1e7 ? count(value) : String(Number(value.toPrecision(6))));
  const micro = (unit) => unit.replace(/^u(?=[A-Z])/, "µ");
  return section(
      "hardware", "Hardware",
      el("p", {class: "aid lead"},
         "Every constant of the emulated hardware and its source. Band: range of published or plausible values."),
      presets.map(
          (preset) =>
              el("div", {class: "preset"}, el("h3", {}, preset.name), el("p", {}, preset.summary),
                 table(
                     heads,
                     preset.constants.map(
                         (c) =>
                             [c.key, exact(c.value), micro(c.unit), c.band.replace(" .. ", " – "), c.node, c.kind,
                              c.source]),
                     "constants"))));
}

function runSection(results) {
  const heads = [
    ["run", ""], ["samples", "n"], ["threads", "n"], ["seed", "n"], ["wall time", "n"], ["Spinule", ""],
    ["SHA-256 of all spikes", "code"]
  ];
  const rows = results.map(
      (r) =>
          [named(r), count(r.samples) + (r.interrupted ? " (interrupted)" : ""), count(r.threads), String(r.seed),
           seconds(r.wall_s), r.version,
           r.spike_digest ? el("span", {title: r.spike_digest}, r.spike_digest.slice(0, 16) + "…") : none()]);
  return section(
      "runs", "Runs", table(heads, rows),
      el("p", {class: "aid"},
         "Equal digests mean that every spike of every sample is the same. This file holds the full results as JSON, " +
              "in the element with the id “data”."));
}
