// The charts that Chart.js draws.

const plainUnit = {name: "", factor: 1};

// Horizontal bars. `sets`: {label, values, colour}; `show` formats a value, `ends` gives the text after bar i of set k.
function bars({label, rows, sets, unit = plainUnit, axis, show, ends, stacked = false, thickness = 18, room = 74}) {
  const perRow = stacked ? 1 : sets.length, thick = printing && stacked ? 0.7 * thickness : thickness;
  return chartBox(
      (width) => Math.max(104, 58 + rows.length * (perRow * thick + 14 + nameRoom(width, rows))), label,
      (width) => ({
        type: "bar",
        plugins: [endLabels, rowNames],
        data: {
          labels: rows,
          datasets: sets.map((set) => ({
                               label: set.label,
                               data: set.values.map((v) => v / unit.factor),
                               backgroundColor: set.colour,
                               barThickness: thick - (perRow > 1 ? 3 : 0)
                             })),
        },
        options: {
          indexAxis: "y",
          layout: {padding: {right: ends ? room : 8}},
          scales: {x: valueAxis(axis, {stacked}, width), y: {...categoryAxis(width, rows), stacked}},
          plugins: {
            rowNames: {shown: namesAbove(width, rows)},
            endLabels: {text: ends, stacked},
            tooltip: {callbacks: {label: (item) => `${item.dataset.label}: ${show(item.raw * unit.factor)}`}},
          },
        },
      }));
}

// How `values` are spread: bars of equal width from the least to the greatest.
function histogram({label, values, unit, axis, colour, show}) {
  const [least, greatest] = extent(values);
  const single = greatest - least <= 1e-9 * greatest;
  const bins = single ? 1 : Math.max(8, Math.min(40, Math.round(Math.sqrt(values.length) * 1.3)));
  const width = single ? greatest * 0.02 || 1 : (greatest - least) / bins;
  const from = single ? least - width / 2 : least;
  const counts = new Array(bins).fill(0);
  for (const v of values) counts[Math.min(bins - 1, Math.floor((v - from) / width))] += 1;
  const points = counts.map((n, i) => ({x: (from + (i + 0.5) * width) / unit.factor, y: n / values.length}));
  const edge = (i) => show(from + i * width);
  return chartBox(
      190, label,
      (across) => ({
        type: "bar",
        data: {
          datasets: [{
            data: points,
            backgroundColor: colour,
            barPercentage: single ? 0.1 : 1,
            categoryPercentage: single ? 1 : 0.94,
            borderWidth: 0
          }]
        },
        options: {
          scales: {
            x: {
              ...valueAxis(axis, {}, across),
              type: "linear",
              beginAtZero: false,
              ticks: {...valueAxis("", {}, across).ticks, includeBounds: false},
              offset: single,
              grid: {display: false, drawBorder: true},
              min: (from - (single ? 4 * width : 0)) / unit.factor,
              max: (from + (single ? 5 * width : bins * width)) / unit.factor
            },
            y: {
              ...valueAxis("share of samples"),
              ticks: {color: style("--muted"), maxTicksLimit: 5, callback: (v) => plainNumber(100 * v) + gap + "%"}
            },
          },
          plugins: {
            tooltip: {
              callbacks: {
                title: () => "",
                label: (item) => `${edge(item.dataIndex)} to ${edge(item.dataIndex + 1)}: ${
                    plural(counts[item.dataIndex], "sample")}`
              }
            }
          },
        },
      }));
}
