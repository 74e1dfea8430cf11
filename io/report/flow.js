// Part of the report: where the energy of a sample comes from and where it goes, as bands as thick as it is much.

const barWidth = 9, lineHeight = 15;

// From what causes it, through the layer that spends it, to the component. What is less than a hundredth goes together.
function energyFlows(row) {
  const cause = (layer) => (layer.includes("->") ? `spikes of ${layer.split("->")[0]}` : `neurons of ${layer}`);
  const flows = [
    ...row.energy.shares.map(
        ({layer, component, pj}) => ({stops: [cause(layer), pretty(layer), component], colour: component, pj})),
    ...row.energy.standing.map(
        ({component, pj}) => ({stops: ["standing power", "as long as it takes", component], colour: null, pj}))
  ].filter(({pj}) => pj > 0);
  const total = sum(flows.map(({pj}) => pj));
  [0, 1, 2].forEach((k) => {
    const of = (name) => sum(flows.filter(({stops}) => stops[k] === name).map(({pj}) => pj));
    const small = unique(flows.map(({stops}) => stops[k])).filter((name) => of(name) < 0.01 * total);
    if (small.length < 2) return;
    for (const flow of flows)
      if (small.includes(flow.stops[k])) flow.stops[k] = `other ${["causes", "layers", "components"][k]}`;
  });
  return {flows, total};
}

// The bars of one column from top to bottom, the largest first.
function columnOf(flows, k) {
  const names = unique(flows.map(({stops}) => stops[k]));
  const bars = names.map((name) => ({name, pj: sum(flows.filter(({stops}) => stops[k] === name).map(({pj}) => pj))}));
  const last = (bar) => (/^(other|standing|as long)/.test(bar.name) ? 1 : 0);
  return bars.sort((a, b) => last(a) - last(b) || b.pj - a.pj);
}

// Gives bars their places, and each label one of its own where bars are thin.
function placeBars(bars, scale, gapHeight, height) {
  let y = (height - sum(bars.map(({pj}) => pj * scale)) - gapHeight * (bars.length - 1)) / 2;
  for (const bar of bars) {
    Object.assign(bar, {y, tall: Math.max(1.5, bar.pj * scale), out: y, into: y});
    y += bar.pj * scale + gapHeight;
  }
  let free = lineHeight / 2;
  for (const bar of bars) free = (bar.label = Math.max(free, bar.y + bar.tall / 2)) + lineHeight;
  let most = height - lineHeight / 2;
  for (const bar of [...bars].reverse()) most = (bar.label = Math.min(most, bar.label)) - lineHeight;
}

function band(ctx, x0, y0, x1, y1, tall, colour) {
  const middle = (x0 + x1) / 2;
  ctx.fillStyle = colour;
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.bezierCurveTo(middle, y0, middle, y1, x1, y1);
  ctx.lineTo(x1, y1 + tall);
  ctx.bezierCurveTo(middle, y1 + tall, middle, y0 + tall, x0, y0 + tall);
  ctx.fill();
}

function drawBands(ctx, flows, columns, xs, scale) {
  const places = columns.map((bars) => new Map(bars.map((bar, i) => [bar.name, {bar, i}])));
  [0, 1].forEach((k) => {
    const order = [...flows].sort(
        (a, b) => places[k].get(a.stops[k]).i - places[k].get(b.stops[k]).i ||
            places[k + 1].get(a.stops[k + 1]).i - places[k + 1].get(b.stops[k + 1]).i);
    const incoming = [...flows].sort((a, b) => places[k].get(a.stops[k]).i - places[k].get(b.stops[k]).i);
    for (const flow of incoming) {
      const {bar} = places[k + 1].get(flow.stops[k + 1]);
      flow.end = bar.into;
      bar.into += flow.pj * scale;
    }
    for (const flow of order) {
      const {bar} = places[k].get(flow.stops[k]), tall = flow.pj * scale;
      const colour = flow.colour ? componentColour(flow.colour) : palette().standing[0];
      band(ctx, xs[k] + barWidth, bar.out, xs[k + 1], flow.end, Math.max(0.7, tall), rgba(bytesOf(colour), 0.45));
      bar.out += tall;
    }
  });
}

// Text that a band may lie behind.
function haloed(ctx, text, x, y, colour, align = "left") {
  ctx.textAlign = align;
  ctx.strokeStyle = style("--paper");
  ctx.lineWidth = 3.5;
  ctx.lineJoin = "round";
  ctx.strokeText(text, x, y);
  ctx.fillStyle = colour;
  ctx.fillText(text, x, y);
}

function flowPicture(row) {
  const {flows, total} = energyFlows(row);
  const columns = [0, 1, 2].map((k) => columnOf(flows, k));
  const most = Math.max(...columns.map((bars) => bars.length)), gapHeight = 9;
  const draw = (ctx, width, height) => {
    const room = Math.min(210, 0.34 * width), xs = [0, (width - room) * 0.47, width - room - barWidth];
    const scale = (height - gapHeight * (most - 1) - 4) / total, small = isNarrow(width);
    columns.forEach((bars) => placeBars(bars, scale, gapHeight, height));
    drawBands(ctx, flows, columns, xs, scale);
    ctx.font = `${small ? 10 : 12}px ${style("--sans")}`;
    const ink = style("--ink");
    columns.forEach((bars, k) => bars.forEach((bar) => {
      ctx.fillStyle = ink;
      ctx.fillRect(xs[k], bar.y, barWidth, bar.tall);
      const x = xs[k] + barWidth + 6;
      haloed(ctx, bar.name, x, bar.label, ink);
      if (k === 0 && small) return;
      const after = x + ctx.measureText(`${bar.name}  `).width, share = percent(bar.pj / total, bar.pj < 0.1 * total ? 1 : 0);
      haloed(ctx, k === 2 && !small ? `${energy(bar.pj)} · ${share}` : share, after, bar.label, k === 2 ? style("--muted") : ink);
    }));
  };
  return picture(
      `Energy of ${row.name} from cause to component`, () => Math.max(190, most * (lineHeight + gapHeight) + 60), draw);
}

function flowFigure(priced) {
  const shown = priced.filter((r) => fastTotal(r.energy) > 0);
  if (!shown.length) return null;
  return figure(
      "Where the energy goes",
      "From left to right: what causes it, the layer that spends it, the component. A band is as thick as its share of " +
          "the total, as fast as possible; means per sample.",
      shown.map((r) => el(
                    "div", {class: "panel"}, el("h3", {}, named(r), el("span", {class: "aid"}, ` ${energy(fastTotal(r.energy))}`)),
                    flowPicture(r))));
}
