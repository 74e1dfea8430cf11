// Puts the report together.

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

function contents() {
  prepare(results);
  chooseUnits(results);
  return [
    masthead(results), accuracySection(results), energySection(results), timeSection(results), activitySection(results),
    exampleSection(results, state), hardwareSection(results), runSection(results)
  ];
}
