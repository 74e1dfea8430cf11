// What we draw on canvases ourselves: a canvas that fits its box, event images and confusion matrices.

const pictures = [];

// A canvas as wide as its box, drawn again when the box changes. `draw(ctx, width)` works in CSS pixels.
function picture(label, heightFor, draw) {
  const canvas = el("canvas", {role: "img", "aria-label": label});
  const box = el("div", {class: "picture"}, canvas);
  const paint = () => {
    const width = Math.floor(box.clientWidth), height = Math.round(heightFor(width));
    if (!width || !height) return;
    const ratio = Math.max(2, window.devicePixelRatio || 1);
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    canvas.style.height = height + "px";
    const ctx = canvas.getContext("2d");
    ctx.scale(ratio, ratio);
    ctx.font = `11px ${style("--sans")}`;
    ctx.textBaseline = "middle";
    draw(ctx, width, height);
  };
  pictures.push(paint);
  later(paint);
  return box;
}

function writeText(ctx, text, x, y, {align = "left", colour = style("--muted"), font, turned = false} = {}) {
  ctx.save();
  if (font) ctx.font = font;
  ctx.fillStyle = colour;
  ctx.textAlign = align;
  ctx.translate(x, y);
  if (turned) ctx.rotate(-Math.PI / 2);
  ctx.fillText(text, 0, 0);
  ctx.restore();
}

// Row: true class, column: answer. Right answers and mistakes have a colour each; mistakes grow with the square root of
// their share, so that rare ones still show.
function confusionMatrix(result) {
  const names = result.labels, n = names.length;
  const totals = result.confusion.map(sum);
  const longest = Math.max(...names.map((name) => name.length));
  const margin = 26 + Math.min(60, Math.max(8, 6.2 * longest));
  const draw = (ctx, width) => {
    const cell = (width - margin - 2) / n;
    const digits = `${Math.max(8, Math.min(12, cell * 0.42))}px ${style("--sans")}`;
    result.confusion.forEach((row, i) => row.forEach((cellCount, j) => {
      const x = margin + j * cell, y = margin + i * cell, share = totals[i] ? cellCount / totals[i] : 0;
      const strength = i === j ? 0.12 + 0.78 * share : cellCount ? Math.min(1, 0.16 + 1.5 * Math.sqrt(share)) : 0;
      ctx.fillStyle = strength ? rgba(palette()[i === j ? "right" : "wrong"], strength) : style("--sunken");
      ctx.fillRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
      if (cellCount && cell >= 17)
        writeText(
            ctx, String(cellCount), x + cell / 2, y + cell / 2 + 0.5,
            {align: "center", font: digits, colour: strength > (i === j ? 0.55 : 0.85) ? "#fff" : style("--ink")});
    }));
    names.forEach((name, i) => {
      const middle = margin + (i + 0.5) * cell;
      const shown = name.length > 10 ? name.slice(0, 9) + "…" : name;
      writeText(ctx, shown, margin - 6, middle, {align: "right"});
      if (longest <= 2)
        writeText(ctx, shown, middle, margin - 9, {align: "center"});
      else
        writeText(ctx, shown, middle, margin - 6, {turned: true});
    });
    writeText(ctx, "answer", margin + (n * cell) / 2, 6, {align: "center", colour: style("--ink")});
    writeText(ctx, "true class", 6, margin + (n * cell) / 2, {align: "center", turned: true, colour: style("--ink")});
  };
  return picture(`Confusion matrix of ${result.name}`, (width) => width + 1, draw);
}

// An event image: each pixel mixes the colours of its events by their share and darkens with their number.
function eventImage(example, events, label) {
  const {width: columns, height: rows} = example;
  const on = new Float64Array(columns * rows), off = new Float64Array(columns * rows);
  const {x, y, on: brighter} = example.events;
  for (const i of events) (brighter[i] ? on : off)[y[i] * columns + x[i]] += 1;
  let most = 1;
  for (let p = 0; p < on.length; ++p) most = Math.max(most, on[p] + off[p]);
  const draw = (ctx, width) => {
    const size = width / columns, a = bytesOf(palette().on), b = bytesOf(palette().off);
    ctx.fillStyle = style("--sunken");
    ctx.fillRect(0, 0, width, size * rows);
    for (let p = 0; p < on.length; ++p) {
      const all = on[p] + off[p];
      if (!all) continue;
      const colour = a.map((part, k) => Math.round((part * on[p] + b[k] * off[p]) / all));
      ctx.fillStyle = rgba(colour, 0.2 + 0.8 * Math.sqrt(all / most));
      const left = Math.round((p % columns) * size), top = Math.round(Math.floor(p / columns) * size);
      ctx.fillRect(
          left, top, Math.round((p % columns + 1) * size) - left,
          Math.round((Math.floor(p / columns) + 1) * size) - top);
    }
  };
  return picture(label, (width) => (width * rows) / columns, draw);
}
