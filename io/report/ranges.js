// Charts of values with a range, and of values that differ by powers of ten.

const isDecade = (value) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9;

// Every decade has a line; as many of them have a number as there is room for.
function decadeAxis(values, title, show, width, rows) {
  const [least, greatest] = extent(values.filter((v) => v > 0), [1, 1]);
  const low = Math.floor(Math.log10(least) - 0.05), high = Math.ceil(Math.log10(greatest) + 0.05);
  const room = namesAbove(width, rows) ? width : width - 200;
  const every = Math.max(1, Math.ceil((high - low) / Math.max(1, Math.floor(room / 62))));
  const text = (value) => (Math.round(Math.log10(value) - low) % every ? "" : show(value));
  return {
    type: "logarithmic",
    min: 10 ** low,
    max: 10 ** high,
    title: axisTitle(title),
    grid: {drawBorder: false, color: ({tick}) => (tick && isDecade(tick.value) ? style("--rule") : "transparent")},
    ticks: {
      color: style("--muted"),
      autoSkip: false,
      maxRotation: 0,
      callback: (value) => (isDecade(value) ? text(value) : "")
    },
  };
}

const rowsHeight = (rows) => (width) => Math.max(104, 56 + rows.length * ((printing ? 24 : 34) + nameRoom(width, rows)));

const dotsOf = (set) => ({
  type: "line",
  label: set.label,
  data: set.values,
  showLine: false,
  clip: false,
  pointRadius: set.small ? 2.5 : 6,
  pointHoverRadius: set.small ? 3.5 : 7,
  pointBorderWidth: set.small ? 0 : 2,
  pointBorderColor: set.colours,
  pointBackgroundColor: set.hollow ? style("--paper") : set.colours,
  pointStyle: set.hollow ? "rectRot" : "circle",
});

const rangesOf = (ranges, colours, thickness = 9) => ({
  type: "bar",
  data: ranges,
  backgroundColor: colours.map((c) => c + "59"),
  barThickness: thickness,
  borderRadius: 4,
  borderSkipped: false,
});

// Dots on a logarithmic axis. `sets`: {label, values, colours, hollow}; `ranges`: [low, high] of each row, or none.
// `show` formats a value, `tick` one at the axis.
function dots({label, rows, sets, ranges, axis, show, tick = show}) {
  const values = [...sets.flatMap((set) => set.values), ...(ranges || []).flat()];
  const floor = 10 ** Math.floor(Math.log10(extent(values.filter((v) => v > 0), [1, 1])[0]) - 0.05);
  const colours = sets[0].colours;
  return chartBox(
      rowsHeight(rows), label,
      (width) => ({
        plugins: [rowNames],
        data: {
          labels: rows,
          datasets: [
            ...sets.map((set) => dotsOf({...set, values: set.values.map((v) => (v > 0 ? v : null))})),
            ...(ranges ? [rangesOf(ranges.map((r) => r.map((v) => Math.max(v, floor))), colours)] : [])
          ],
        },
        options: {
          indexAxis: "y",
          layout: {padding: {right: 14}},
          scales: {x: decadeAxis(values, axis, tick, width, rows), y: lined(categoryAxis(width, rows))},
          plugins: {
            rowNames: {shown: namesAbove(width, rows)},
            tooltip: {
              callbacks: {
                label: (item) => (item.dataset.label ? `${item.dataset.label}: ${show(item.raw)}` :
                                                       ranges[item.dataIndex].map(show).join(" to "))
              }
            }
          },
        },
      }));
}

// Shares with the interval in which the true share lies: a dot on a bar from low to high. `parts`: of each row the
// shares that its own is the mean of.
function intervals({label, rows, shares, ranges, parts, colours}) {
  const all = [...ranges.flat(), ...parts.flat()];
  const low = Math.max(0, Math.floor(20 * Math.min(...all) - 0.2) * 5);
  const high = Math.min(100, Math.ceil(20 * Math.max(...all) + 0.2) * 5);
  const tip = (item) => item.dataset.label === "chip" ?
      `one chip: ${percent(item.raw.x / 100)}` :
      `${percent(shares[item.dataIndex])}, 95 % interval ` +
          ranges[item.dataIndex].map((r) => percent(r)).join(" to ");
  const chips = parts.flatMap((of, i) => of.map((share) => ({x: 100 * share, y: rows[i]})));
  return chartBox(
      rowsHeight(rows), label,
      (width) => ({
        plugins: [rowNames],
        data: {
          labels: rows,
          datasets: [
            ...(chips.length ? [{
              ...dotsOf({label: "chip", values: chips, colours: style("--ink"), small: true}),
              parsing: {xAxisKey: "x", yAxisKey: "y"}
            }] :
                               []),
            dotsOf({values: shares.map((s) => 100 * s), colours}),
            rangesOf(ranges.map((r) => r.map((x) => 100 * x)), colours)
          ],
        },
        options: {
          indexAxis: "y",
          layout: {padding: {right: 14}},
          scales: {
            x: {
              ...valueAxis("samples answered correctly, %", {}, width),
              beginAtZero: false,
              min: low,
              max: high
            },
            y: lined(categoryAxis(width, rows)),
          },
          plugins: {rowNames: {shown: namesAbove(width, rows)}, tooltip: {callbacks: {label: tip}}},
        },
      }));
}

// How a sum moves with each of some constants: a bar from its low to its high end, about the line of the sum itself.
// `rows`: {name, low, high}.
function tornado({label, rows, middle, units, axis, colour}) {
  const unit = unitFor(Math.max(middle, ...rows.map((r) => Math.max(r.low, r.high))), units);
  const [least, greatest] = extent(rows.flatMap((r) => [r.low, r.high, middle]), [0, 1]);
  const names = rows.map((r) => r.name);
  const line = {
    id: "middle",
    beforeDatasetsDraw({ctx, chartArea: {top, bottom}, scales: {x}}) {
      const at = x.getPixelForValue(middle / unit.factor);
      ctx.save();
      ctx.fillStyle = style("--ink");
      ctx.fillRect(at - 0.5, top, 1, bottom - top);
      ctx.restore();
    },
  };
  const show = (v) => quantity(v, units);
  return chartBox(
      (width) => Math.max(104, 56 + rows.length * ((namesAbove(width, names) ? 28 : 24) + nameRoom(width, names))), label,
      (width) => ({
        type: "bar",
        plugins: [rowNames, line],
        data: {
          labels: names,
          datasets: [{
            data: rows.map((r) => [r.low / unit.factor, r.high / unit.factor]),
            backgroundColor: colour,
            barThickness: 12,
            minBarLength: 2,
          }],
        },
        options: {
          indexAxis: "y",
          layout: {padding: {right: 14}},
          scales: {
            x: {
              ...valueAxis(`${axis}, ${unit.name}`, {}, width),
              beginAtZero: least < 0.3 * greatest,
              grace: "3%"
            },
            y: categoryAxis(width, names)
          },
          plugins: {
            rowNames: {shown: namesAbove(width, names)},
            tooltip: {callbacks: {label: (item) => `${show(rows[item.dataIndex].low)} to ${
                show(rows[item.dataIndex].high)}`}}
          },
        },
      }));
}
