// Parts of the report: time and activity.

function latencyPanel(row) {
  const sorted = [...row.latencies].sort((a, b) => a - b);
  const rank = (share) => sorted[Math.ceil(share * sorted.length) - 1];
  return el(
      "div", {},
      el("p", {class: "over"}, named(row), el("br"),
         el("span", {class: "aid"},
            `mean ${latency(mean(row.latencies))}, p50 ${latency(rank(0.5))}, p99 ${latency(rank(0.99))}`)),
      histogram({
        label: `Latency of ${row.name}`,
        values: row.latencies,
        unit: unitFor(mean(row.latencies), timeUnits),
        axis: `latency of a sample, ${unitFor(mean(row.latencies), timeUnits).name}`,
        colour: row.colour,
        show: latency
      }));
}

function paceChart(rows) {
  const colours = rows.map((r) => r.colour);
  return dots({
    label: "Throughput",
    rows: rows.map((r) => r.name),
    axis: "samples per second",
    show: (v) => count(Number(v.toPrecision(3))),
    sets: [
      {
        label: "emulated hardware",
        values: rows.map((r) => (r.latencies.length ? 1e6 / mean(r.latencies) : 0)),
        colours
      },
      {label: "this simulation", values: rows.map((r) => r.pace), colours, hollow: true}
    ]
  });
}

function timeSection(rows) {
  const timed = rows.filter((r) => r.latencies.length);
  return section(
      "time", "Time",
      timed.length ? figure(
                         "Latency of the emulated hardware",
                         "How the time for one sample is spread over the samples; each panel has its own scale.",
                         el("div", {class: "columns"}, timed.map(latencyPanel))) :
                     null,
      figure(
          "Throughput",
          "Filled dot: the emulated hardware, one sample after the other; hollow diamond: this simulation.",
          paceChart(rows)));
}

function layerSpikes(rows) {
  const layers = unique(rows.flatMap((r) => r.layers.map((l) => l.name)));
  const of = (r, name) => (r.layers.find((l) => l.name === name) || {spikes_per_sample: 0}).spikes_per_sample;
  if (!layers.length) return null;
  return figure(
      "Spikes by layer", "Mean per sample" + (rows.length > 1 ? ", one bar for each back end." : "."),
      rows.length > 1 ? legend(rows.map((r) => [r.name, r.colour])) : null, bars({
        label: "Spikes per layer",
        rows: layers.map(pretty),
        axis: "spikes a sample",
        show: count,
        thickness: 16,
        room: 48,
        ends: (i, k) => count(of(rows[k], layers[i])),
        sets: rows.map((r) => ({label: r.name, colour: r.colour, values: layers.map((name) => of(r, name))}))
      }));
}

function activitySection(rows) {
  const traffic = bars({
    label: "Synaptic events",
    rows: rows.map((r) => r.name),
    axis: "synaptic events a sample",
    show: count,
    stacked: true,
    sets: rows.map((r, k) => ({label: r.name, colour: r.colour, values: rows.map((_, i) => (i === k ? r.events : 0))})),
    ends: (i) => count(rows[i].events)
  });
  return section(
      "activity", "Activity",
      el("div", {class: "columns pair"}, layerSpikes(rows),
         figure("Synaptic events", "Spikes times the synapses they reach; mean per sample.", traffic)));
}
