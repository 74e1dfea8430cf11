// What the pages of a sweep and of an explanation have in common.

const study = JSON.parse(document.getElementById("data").textContent);
const many = study.chips.length > 1;

const points = (share) => `${share < 0 ? minus : share > 0 ? "+" : ""}${number(Math.abs(100 * share), 2)}`;
const accuracyOf = (of) =>
    el("span", {}, percent(of.accuracy.mean), many ? ` ± ${number(100 * of.accuracy.deviation, 2)}` : "");
const totalEnergy = (of) => of.energy_pj.mean;

function studyFacts(kind) {
  const from = study.provenance;
  const chips = many ? `, chips ${study.chips[0]} to ${study.chips[study.chips.length - 1]}` :
      study.chips.length    ? `, chip ${study.chips[0]}` :
                              "";
  const facts = [
    ["model", from.model],
    ["network", from.network],
    ["trained on", from.trained_on],
    [kind, `${study.dataset}, ${plural(study.samples, "sample")} of ${milliseconds(study.duration_us)}`],
    ["hardware", `${study.backend} · ${study.hardware}${chips}`],
    ["date", from.date.replace("T", " ").replace("Z", " UTC")],
    ["processor", from.processor],
    ["Spinule", study.version],
    ["command", from.command, "code"],
  ];
  return el(
      "dl", {class: "facts"},
      facts.filter(([, text]) => text)
          .map(([fact, text, type]) => el(
                   "div", {class: type ? "whole" : ""}, el("dt", {}, fact), el("dd", {class: type || ""}, text))));
}

function studyHead(title, kind, verdicts, ...notes) {
  return el(
      "header", {}, el("p", {class: "eyebrow"}, title), el("h1", {}, study.dataset), studyFacts(kind),
      verdicts.map((verdict) => el("p", {class: "verdict"}, verdict)),
      [study.remark, ...notes].filter(Boolean).map((note) => el("p", {class: "note"}, note)));
}

// A thin line from the low to the high end of a value, through its dot or the end of its bar.
const whiskers = {
  id: "whiskers",
  afterDatasetsDraw(chart, _, {ends, along}) {
    if (!ends) return;
    const {ctx, scales} = chart;
    const shown = (axis, value) => Math.max(axis.min, Math.min(axis.max, value));
    ctx.save();
    ctx.strokeStyle = style("--ink");
    ctx.globalAlpha = 0.55;
    ctx.lineWidth = 1.2;
    chart.data.datasets.forEach((_, k) => chart.getDatasetMeta(k).data.forEach((dot, i) => {
      const range = ends(i, k);
      if (!range || range[0] === range[1]) return;
      const [low, high] = range.map((v) => scales[along].getPixelForValue(shown(scales[along], v)));
      ctx.beginPath();
      if (along === "x") {
        ctx.moveTo(low, dot.y);
        ctx.lineTo(high, dot.y);
      } else {
        ctx.moveTo(dot.x, low);
        ctx.lineTo(dot.x, high);
      }
      ctx.stroke();
    }));
    ctx.restore();
  },
};

const studyHardware = () => hardwareSection([{preset: study.preset}]);
const dataNote = () =>
    el("p", {class: "aid"}, "This file holds all numbers as JSON, in the element with the id “data”.");
