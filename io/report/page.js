// Puts the report together: on the first page of paper what it comes to, then how.

const data = JSON.parse(document.getElementById("data").textContent);
const state = {
  run: 0
};

function remarks(rows) {
  const notes = unique(data.results.map((r) => r.remark).filter(Boolean));
  const leftOut = rows.flatMap((r) => r.leftOut);
  if (leftOut.length)
    notes.push(`${leftOut.map((r) => `Chip ${r.chip} of ${r.hardware}`).join(", ")} was ended before its last ` +
               "sample and is in no mean.");
  if (data.results.some((r) => r.interrupted && !leftOut.includes(r)))
    notes.push(
        "A run was ended before its last sample. " +
        (data.partial ? `Accuracies and tests are of the ${plural(data.samples, "sample")} that all runs share; energy ` +
                 "and time are means over the samples that each has done." :
                        "Its numbers count the samples done until then."));
  return notes.map((note) => el("p", {class: "note"}, note));
}

function atAGlance(rows) {
  const priced = rows.filter((r) => r.energy);
  const accuracy = figure(
      "Share of samples answered correctly",
      "Dot: this run" + (rows.some((r) => r.many) ? ", or the mean of chips, each a small dot" : "") +
          "; bar: 95 % interval of the true share. Where bars overlap the paired test below decides.",
      accuracyChart(rows));
  return el("div", {class: "glance columns pair"}, accuracy, priced.length ? energyFigure(priced) : null);
}

function masthead(rows) {
  return el(
      "header", {}, el("p", {class: "eyebrow"}, "Spinule replay report"),
      el("h1", {}, unique(data.results.map((r) => r.dataset)).join(", ") || "Replay"), provenance(rows, data),
      verdict(rows, data), remarks(rows), summary(rows), atAGlance(rows));
}

function contents() {
  const rows = makeRows(data);
  return [
    masthead(rows), accuracySection(rows, data), energySection(rows), sensitivitySection(rows), timeSection(rows),
    activitySection(rows), exampleSection(rows, state), arraySection(rows), hardwareSection(rows),
    runSection(data.results)
  ];
}
