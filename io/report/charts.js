// The charts that Chart.js draws.

const plainUnit = {name: "", factor: 1};

// Horizontal bars. `sets`: {label, values, colour}; `show` formats a value, `ends` gives the text after bar i of set k.
function bars({label, rows, sets, unit = plainUnit, axis, show, ends, stacked = false, thickness = 18, room = 74}) {
  const perRow = stacked ? 1 : sets.length;
  const height = Math.max(104, 58 + rows.length * (perRow * thickness + 14));
  return chartBox(
      height, label,
      () => ({
        type: "bar",
        plugins: [endLabels],
        data: {
          labels: rows,
          datasets: sets.map((set) => ({
                               label: set.label,
                               data: set.values.map((v) => v / unit.factor),
                               backgroundColor: set.colour,
                               barThickness: thickness - (perRow > 1 ? 3 : 0)
                             })),
        },
        options: {
          indexAxis: "y",
          layout: {padding: {right: ends ? room : 8}},
          scales: {x: valueAxis(axis, {stacked}), y: {...categoryAxis(), stacked}},
          plugins: {
            endLabels: {text: ends, stacked},
            tooltip: {callbacks: {label: (item) => `${item.dataset.label}: ${show(item.raw * unit.factor)}`}},
          },
        },
      }));
}

const isDecade = (value) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9;

function decadeAxis(values, title, show) {
  const [least, greatest] = extent(values.filter((v) => v > 0), [1, 1]);
  const low = 10 ** Math.floor(Math.log10(least) - 0.05);
  const high = 10 ** Math.ceil(Math.log10(greatest) + 0.05);
  return {
    type: "logarithmic",
    min: low,
    max: high,
    title: axisTitle(title),
    grid: {drawBorder: false, color: ({tick}) => (tick && isDecade(tick.value) ? style("--rule") : "transparent")},
    ticks: {
      color: style("--muted"),
      autoSkip: false,
      maxRotation: 0,
      callback: (value) => (isDecade(value) ? show(value).replace(/(\.0+)(?=\D|$)/, "") : "")
    },
  };
}

// Dots on a logarithmic axis, for values that differ by powers of ten. `sets`: {label, values, colours, hollow}; `show`
// formats a value, `tick` one at the axis.
function dots({label, rows, sets, axis, show, tick = show}) {
  const values = sets.flatMap((set) => set.values);
  return chartBox(
      Math.max(104, 56 + rows.length * 34), label,
      () => ({
        type: "line",
        data: {
          labels: rows,
          datasets: sets.map((set) => ({
                               label: set.label,
                               data: set.values.map((v) => (v > 0 ? v : null)),
                               showLine: false,
                               pointRadius: 6,
                               pointHoverRadius: 7,
                               pointBorderWidth: 2,
                               pointBorderColor: set.colours,
                               pointBackgroundColor: set.hollow ? style("--paper") : set.colours,
                               pointStyle: set.hollow ? "rectRot" : "circle",
                             })),
        },
        options: {
          indexAxis: "y",
          scales: {
            x: decadeAxis(values, axis, tick),
            y: {...categoryAxis(), offset: true, grid: {color: style("--rule"), drawBorder: false}}
          },
          plugins: {tooltip: {callbacks: {label: (item) => `${item.dataset.label}: ${show(item.raw)}`}}},
        },
      }));
}

// Shares with the interval in which the true share lies: a dot on a bar from low to high.
function intervals({label, rows, shares, ranges, colours}) {
  const low = Math.max(0, Math.floor(20 * Math.min(...ranges.map((r) => r[0])) - 0.2) * 5);
  const high = Math.min(100, Math.ceil(20 * Math.max(...ranges.map((r) => r[1])) + 0.2) * 5);
  const tip = (item) =>
      `${percent(shares[item.dataIndex])}, 95 % interval ` + ranges[item.dataIndex].map((r) => percent(r)).join(" to ");
  return chartBox(
      Math.max(104, 56 + rows.length * 34), label,
      () => ({
        data: {
          labels: rows,
          datasets: [
            {
              type: "line",
              data: shares.map((s) => 100 * s),
              showLine: false,
              pointRadius: 6,
              pointHoverRadius: 7,
              pointBackgroundColor: colours,
              pointBorderColor: colours
            },
            {
              type: "bar",
              data: ranges.map((r) => r.map((x) => 100 * x)),
              backgroundColor: colours.map((c) => c + "59"),
              barThickness: 9,
              borderRadius: 4,
              borderSkipped: false
            },
          ],
        },
        options: {
          indexAxis: "y",
          scales: {
            x: {...valueAxis("samples answered correctly, %"), beginAtZero: false, min: low, max: high},
            y: {...categoryAxis(), offset: true, grid: {color: style("--rule"), drawBorder: false}},
          },
          plugins: {tooltip: {callbacks: {label: tip}}},
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
      () => ({
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
              ...valueAxis(axis),
              type: "linear",
              beginAtZero: false,
              ticks: {...valueAxis().ticks, includeBounds: false},
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
