// Part of the report: what the cells of arrays hold, as pictures.

const levelsOf = ({levels}) => Int8Array.from(atob(levels), (byte) => byte.charCodeAt(0));

// From orange, the most negative, through the ground to blue.
function levelColour(level) {
  const {right, wrong} = palette(), ground = bytesOf(style("--sunken")), share = Math.abs(level) / 127;
  return (level < 0 ? wrong : right).map((part, k) => Math.round(ground[k] + (part - ground[k]) * share));
}

function mapPicture(label, shown) {
  const levels = levelsOf(shown), {rows, columns} = shown;
  const draw = (ctx, width, height) => {
    const cells = document.createElement("canvas");
    cells.width = columns;
    cells.height = rows;
    const inner = cells.getContext("2d"), image = inner.createImageData(columns, rows);
    const colours = new Map();
    levels.forEach((level, i) => {
      if (!colours.has(level)) colours.set(level, levelColour(level));
      image.data.set([...colours.get(level), 255], 4 * i);
    });
    inner.putImageData(image, 0, 0);
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(cells, 0, 0, width, height);
    ctx.strokeStyle = style("--rule");
    ctx.strokeRect(0.5, 0.5, width - 1, height - 1);
  };
  return picture(label, (width) => Math.max(40, Math.min(1.4 * width, (width * rows) / columns)), draw);
}

// `show` writes a value; `signed`: whether there are values below 0.
function mapPanel(title, shown, what, show, signed) {
  const text = ([r, g, b]) => `rgb(${r},${g},${b})`;
  const stops = (signed ? [-127, 0, 127] : [0, 127]).map((level) => text(levelColour(level)));
  const ends = signed ? [minus + show(shown.largest), "0", "+" + show(shown.largest)] : ["0", show(shown.largest)];
  return el(
      "div", {class: "map"}, el("p", {class: "over"}, title),
      shown.largest ? mapPicture(what, shown) : el("p", {class: "empty"}, "0 in every cell."),
      shown.largest ? el("div", {class: "scale"}, el("span", {style: `background:linear-gradient(90deg,${stops})`}),
                         el("div", {}, ends.map((end) => el("span", {}, end)))) :
                      null);
}

const microsiemens = (value) => number(value) + gap + "µS";

function arrayPanel(map, row) {
  const of = `${pretty(map.projection)} on ${row.name}`;
  const place = map.tiles > 1 ? `tile ${map.tile} of ${count(map.tiles)}, ` : "";
  return el(
      "div", {class: "panel"},
      el("h3", {}, pretty(map.projection),
         el("span", {class: "aid"}, ` ${place}${plural(map.rows, "word line")} × ${plural(map.pairs, "pair")}, mean error ${
                                        microsiemens(map.mean_error)}`)),
      el("div", {class: "maps"},
         mapPanel("conductance, G+ − G−", map.conductance, `Conductance of ${of}`, microsiemens, true),
         mapPanel("error, held − asked", map.error, `Error of ${of}`, microsiemens, true),
         map.drop ?
             mapPanel("voltage lost in wires", map.drop, `Voltage drop of ${of}`, (v) => percent(v), false) :
             null));
}

const exactMaps = (row) => el(
    "div", {class: "maps"},
    row.arrays.map(
        (map) => mapPanel(
            pretty(map.projection), map.conductance, `Conductance of ${pretty(map.projection)} on ${row.name}`,
            microsiemens, true)));

function arrayFigure(row) {
  const chip = row.many ? " Of chips it is the first." : "";
  const pixels = "Down: word lines; across: pairs of cells. A pixel has the cell of its block that is farthest from 0.";
  if (row.arrays.every((map) => !map.error.largest && !map.drop))
    return figure(
        row.title, `G+ − G− of a tile of each projection; cells hold exactly what was asked. ${pixels}${chip}`,
        exactMaps(row));
  const wires = row.arrays.some((map) => map.drop) ? " Voltage: all rows driven at the same time, the worst case." : "";
  return figure(
      row.title, `Of a projection the tile that is farthest off. ${pixels}${wires}${chip}`,
      row.arrays.map((map) => arrayPanel(map, row)));
}

function arraySection(rows) {
  const shown = rows.filter((r) => r.arrays?.length);
  return shown.length ? section("arrays", "Arrays", shown.map(arrayFigure)) : null;
}
