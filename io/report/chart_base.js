// What the charts have in common: one quiet style, boxes, axes.

const charts = [];

function chartDefaults() {
  Object.assign(Chart.defaults, {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    color: style("--ink"),
    borderColor: style("--rule"),
    devicePixelRatio: Math.max(2, window.devicePixelRatio || 1),
  });
  Chart.defaults.font.family = style("--sans");
  Chart.defaults.font.size = 12;
  Chart.defaults.plugins.legend.display = false;
  Object.assign(Chart.defaults.plugins.tooltip, {
    backgroundColor: style("--ink"),
    titleColor: style("--paper"),
    bodyColor: style("--paper"),
    displayColors: false,
    cornerRadius: 3,
    padding: 8,
  });
}

// A short text right of each horizontal bar: of the whole stack, or of each of the bars side by side.
const endLabels = {
  id: "endLabels",
  afterDatasetsDraw(chart, _, {text, stacked}) {
    if (!text) return;
    const {ctx} = chart;
    ctx.save();
    ctx.font = `${stacked ? 12 : 11}px ${style("--sans")}`;
    ctx.fillStyle = style("--muted");
    ctx.textBaseline = "middle";
    chart.data.labels.forEach((_, i) => {
      const bars = chart.data.datasets.map((_, k) => chart.getDatasetMeta(k).data[i]);
      if (stacked)
        ctx.fillText(text(i), Math.max(...bars.map((bar) => bar.x)) + 6, bars[0].y);
      else
        bars.forEach((bar, k) => ctx.fillText(text(i, k), bar.x + 6, bar.y));
    });
    ctx.restore();
  },
};

// In a narrow box, and where they are long, the names of rows stand above their bars instead of left of them.
const isNarrow = (width) => width < 480;
const namesAbove = (width, rows) => isNarrow(width) || 6.6 * Math.max(0, ...rows.map((r) => r.length)) > 0.4 * width;
const nameRoom = (width, rows) => (namesAbove(width, rows) ? 14 : 0);

const rowNames = {
  id: "rowNames",
  afterDatasetsDraw(chart, _, {shown}) {
    if (!shown) return;
    const {ctx, chartArea: {left, top, bottom}} = chart, rows = chart.data.labels.length;
    ctx.save();
    ctx.font = `12px ${style("--sans")}`;
    ctx.fillStyle = style("--ink");
    ctx.strokeStyle = style("--paper");
    ctx.lineWidth = 4;
    ctx.textBaseline = "middle";
    chart.data.labels.forEach((text, i) => {
      const y = top + (i * (bottom - top)) / rows + 7;
      ctx.strokeText(text, left + 2, y);  // keeps the grid off the letters
      ctx.fillText(text, left + 2, y);
    });
    ctx.restore();
  },
};

// A chart in a box of its own height, a number or a function of its width; drawn when the page is in place, because
// Chart.js asks for the width.
function chartBox(height, label, config) {
  const canvas = el("canvas", {role: "img", "aria-label": label});
  const box = el("div", {class: "chart"}, canvas);
  later(() => {
    const width = box.clientWidth;
    box.style.height = `${typeof height === "function" ? height(width) : height}px`;
    charts.push(new Chart(canvas, config(width)));
  });
  return box;
}

const axisTitle = (text) => ({display: Boolean(text), text, color: style("--muted"), font: {size: 12}});
const categoryAxis = (width, rows) => ({
  grid: {display: false, drawBorder: false},
  ticks: {color: style("--ink"), display: !namesAbove(width, rows), autoSkip: false}
});
const lined = (axis) => ({
  ...axis,
  offset: true,
  grid: {display: axis.ticks.display, color: style("--rule"), drawBorder: false}
});

// As many places as the distance of the ticks needs.
function tickText(value, _, ticks) {
  const step = ticks.length > 1 ? Math.abs(ticks[1].value - ticks[0].value) : 1;
  let places = 0;
  while (places < 9 && Math.abs(step * 10 ** places - Math.round(step * 10 ** places)) > 1e-6) ++places;
  const [whole, part] = Math.abs(value).toFixed(places).split(".");
  return (value < 0 ? minus : "") + grouped(whole) + (part ? "." + part : "");
}

function valueAxis(title, extra = {}, width = 1000) {
  return {
    beginAtZero: true,
    title: axisTitle(title),
    grid: {color: style("--rule"), drawBorder: false},
    ticks: {color: style("--muted"), maxTicksLimit: isNarrow(width) ? 4 : 6, maxRotation: 0, callback: tickText},
    ...extra
  };
}
