// Puts the report together, and again when the colours of the reader's screen change.

const waiting = [];
function later(task) { waiting.push(task); }
function drawWaiting() {
  while (waiting.length) waiting.shift()();
}

function nameOf(result, all) {
  const name = (r) => (r.hardware ? `${r.backend} · ${r.hardware}` : r.backend);
  const alike = all.filter((r) => name(r) === name(result));
  return alike.length > 1 ? `${name(result)} (run ${alike.indexOf(result) + 1})` : name(result);
}

function prepare(results) {
  const {runs, plain} = palette();
  const priced = results.some((r) => r.energy_pj);
  let next = 0;
  for (const r of results) {
    r.name = nameOf(r, results);
    r.colour = r.energy_pj || !priced ? runs[next++ % runs.length] : plain;
    r.range = interval(r.accuracy, r.samples);
    r.dynamic = r.energy_pj ? r.energy_pj.total - r.energy_pj.static : 0;
  }
  return results;
}

function masthead(results) {
  const notes = unique(results.map((r) => r.remark).filter(Boolean));
  if (results.some((r) => r.interrupted))
    notes.push("A run was ended before its last sample; its numbers count the samples done until then.");
  return el(
      "header", {}, el("p", {class: "eyebrow"}, "Spinule replay report"),
      el("h1", {}, unique(results.map((r) => r.dataset)).join(", ") || "Replay"), verdict(results),
      notes.map((note) => el("p", {class: "note"}, note)), summary(results));
}

const results = JSON.parse(document.getElementById("data").textContent);
const state = {
  run: 0
};

function drawPage() {
  document.documentElement.toggleAttribute("data-printing", printing);
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  while (charts.length) charts.pop().destroy();
  pictures.length = waiting.length = 0;
  chartDefaults();
  prepare(results);
  chooseUnits(results);
  const parts = [
    masthead(results), accuracySection(results), energySection(results), timeSection(results), activitySection(results),
    exampleSection(results, state), hardwareSection(results), runSection(results)
  ];
  document.getElementById("page").replaceChildren(...parts.filter(Boolean));
  drawWaiting();
}

// A canvas counts as drawn when some of its pixels differ from the others.
function isDrawn(canvas) {
  if (!canvas.width || !canvas.height) return false;
  const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  return pixels.some((pixel) => pixel !== pixels[0]);
}

function takeStock() {
  const canvases = [...document.querySelectorAll("canvas")];
  document.documentElement.dataset.canvases = canvases.length;
  document.documentElement.dataset.charts =
      location.hash === "#check" ? canvases.filter(isDrawn).length : canvases.length;
}

let resizing = 0;
window.addEventListener("resize", () => {
  cancelAnimationFrame(resizing);
  resizing = requestAnimationFrame(() => pictures.forEach((paint) => paint()));
});
darkQuery.addEventListener("change", drawPage);
for (const [name, value] of [["beforeprint", true], ["afterprint", false]])
  window.addEventListener(name, () => {
    printing = value;
    drawPage();
  });

drawPage();
takeStock();
