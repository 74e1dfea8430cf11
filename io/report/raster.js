// One sample in full: its input and the spikes of every layer over one time axis.

const left = 118, right = 78, axisHeight = 42, between = 12, top = 18;

// A layer of 1000 neurons gets more room than one of 10, but not a hundred times as much.
const bandHeight = (size) => Math.max(44, Math.min(300, 30 + 7.5 * Math.sqrt(size)));

function bandsOf(example) {
  const {events} = example, sensor = example.width > 0;
  const input = {
    name: example.input,
    size: example.channels,
    count: events.time_us.length,
    dots: (i) => [events.time_us[i], sensor ? events.y[i] * example.width + events.x[i] : events.channel[i]],
    rows: sensor ? example.width * example.height : example.channels,
    colour: (i) => (sensor ? palette()[events.on[i] ? "on" : "off"] : palette().off),
    what: "event",
  };
  const layers = example.layers.map((layer) => ({
                                      name: layer.name,
                                      size: layer.size,
                                      rows: layer.size,
                                      count: layer.ticks.length,
                                      dots: (i) => [(layer.ticks[i] + 0.5) * example.tick_us, layer.neurons[i]],
                                      colour: () => style("--ink"),
                                      what: "spike",
                                    }));
  return [input, ...layers];
}

function drawBand(ctx, band, y, height, across) {
  ctx.fillStyle = style("--sunken");
  ctx.fillRect(left, y, across.width, height);
  const dot = Math.max(1.6, Math.min(3.2, (height / band.rows) * 0.8));
  ctx.globalAlpha = band.count > 20000 ? 0.45 : band.count > 4000 ? 0.65 : 0.9;
  for (let i = 0; i < band.count; ++i) {
    const [us, row] = band.dots(i);
    ctx.fillStyle = band.colour(i);
    ctx.fillRect(across.x(us) - dot / 2, y + height - ((row + 0.5) / band.rows) * height - dot / 2, dot, dot);
  }
  ctx.globalAlpha = 1;
  writeText(
      ctx, band.name, left - 12, y + height / 2 - 8,
      {align: "right", colour: style("--ink"), font: `600 12px ${style("--sans")}`});
  writeText(
      ctx, `${count(band.size)} ${band.what === "event" ? "channels" : "neurons"}`, left - 12, y + height / 2 + 8,
      {align: "right"});
  writeText(ctx, count(band.count), left + across.width + 10, y + height / 2 - 8, {colour: style("--ink")});
  writeText(ctx, band.what + (band.count === 1 ? "" : "s"), left + across.width + 10, y + height / 2 + 8);
}

function drawSaccades(ctx, example, across, bottom) {
  example.saccades_us.forEach((start, i) => {
    const end = example.saccades_us[i + 1] ?? example.length_us;
    writeText(ctx, `saccade ${i + 1}`, across.x((start + end) / 2), 8, {align: "center"});
    if (!start) return;
    ctx.strokeStyle = style("--muted");
    ctx.lineWidth = 1;
    ctx.setLineDash([3, 3]);
    ctx.beginPath();
    ctx.moveTo(across.x(start), top);
    ctx.lineTo(across.x(start), bottom);
    ctx.stroke();
    ctx.setLineDash([]);
  });
}

function drawTime(ctx, example, across, y) {
  const length = example.length_us / 1000;
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((s) => length / s <= 8) || length;
  for (let t = 0; t <= length; t += step) {
    const x = across.x(t * 1000);
    ctx.fillStyle = style("--muted");
    ctx.fillRect(x, y, 1, 4);
    writeText(ctx, plainNumber(t), x, y + 13, {align: "center"});
  }
  writeText(ctx, "time, ms", left + across.width, y + 27, {align: "right"});
}

function raster(example, name) {
  const bands = bandsOf(example), heights = bands.map((band) => bandHeight(band.rows));
  const bottom = top + sum(heights) + between * (bands.length - 1);
  const draw = (ctx, width) => {
    const across = {width: width - left - right, x: (us) => left + (us / example.length_us) * (width - left - right)};
    let y = top;
    bands.forEach((band, i) => {
      drawBand(ctx, band, y, heights[i], across);
      y += heights[i] + between;
    });
    drawSaccades(ctx, example, across, bottom);
    drawTime(ctx, example, across, bottom + 4);
  };
  return picture(`Raster of sample ${example.sample} on ${name}`, () => bottom + axisHeight, draw);
}

function eventImages(example) {
  const starts = example.saccades_us.length ? example.saccades_us : [0];
  const all = example.events.time_us;
  const panels = starts.map((start, i) => {
    const end = starts[i + 1] ?? Infinity;
    const events = [...all.keys()].filter((k) => all[k] >= start && all[k] < end);
    const name = starts.length > 1 ? `saccade ${i + 1}` : "whole sample";
    const span = `${plainNumber(start / 1000)} to ${milliseconds(Math.min(end, example.length_us))}`;
    return el(
        "div", {class: "frame"}, eventImage(example, events, `Events of ${name}`),
        el("p", {class: "under"}, el("b", {}, name), ` ${span} · ${plural(events.length, "event")}`));
  });
  return el("div", {class: "frames"}, panels);
}
