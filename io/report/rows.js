// What the page shows side by side: a row for each back end and hardware. Chips of one hardware are one row, of their
// means; a run that was ended early, where other chips did all samples, is in none.

const fastTotal = (sums) => sums.dynamic + sums.static;
const realTotal = (sums) => sums.dynamic + sums.static_real_time;

// Means of lists whose items are alike but for numbers.
function meanOf(lists, keys) {
  return lists[0].map((item, i) => {
    const all = {...item};
    for (const key of keys) all[key] = mean(lists.map((list) => list[i]?.[key] ?? 0));
    return all;
  });
}

function meanSums(sums) {
  return Object.fromEntries(
      ["dynamic", "static", "static_real_time"].map((key) => [key, mean(sums.map((s) => s[key]))]));
}

const dynamicOf = (e) => ({dynamic: e.total - e.static, static: e.static, static_real_time: e.static_real_time});

function meanEnergy(all) {
  const [one] = all;
  const range = (pick) => ({low: meanSums(all.map((e) => pick(e).low)), high: meanSums(all.map((e) => pick(e).high))});
  return {
    ...meanSums(all.map(dynamicOf)),
    shares: meanOf(all.map((e) => e.shares), ["pj", "events", "clipped"]),
    standing: meanOf(all.map((e) => e.standing), ["pj", "real_time_pj", "power_uw"]),
    ranges: one.ranges.map((r, i) => ({constant: r.constant, ...range((e) => e.ranges[i])})),
    together: range((e) => e.together),
    programming: meanOf(all.map((e) => e.programming), ["pj", "events"]),
    areas_um2: one.areas_um2 ?? [],
    quantised: one.quantised ? meanOf(all.map((e) => [e.quantised]), ["rate", "break_even", "break_even_5"])[0] : null,
  };
}

function rowOf(group, results) {
  const runs = group.results.map((i) => results[i]), [one] = runs;
  const priced = runs.every((r) => r.energy_pj);
  const add = (pick) => sum(runs.map(pick));
  const samples = data.samples || one.samples;
  return {
    ...one,
    runs,
    many: runs.length > 1,
    leftOut: group.left_out.map((i) => results[i]),
    accuracy: group.accuracy.mean,
    deviation: group.accuracy.deviation,
    chipAccuracies: runs.length > 1 ? runs.map((r) => r.correct / r.samples) : [],
    range: interval(group.accuracy.mean, samples),
    spreads: {energy: group.energy_pj, latency: group.latency_us},
    confusion: one.confusion.map((line, i) => line.map((_, j) => add((r) => r.confusion[i][j]))),
    correct: add((r) => r.correct),
    answered: add((r) => r.samples),
    energy: priced ? meanEnergy(runs.map((r) => r.energy_pj)) : null,
    latencies: runs.flatMap((r) => r.sample_latencies_us),
    spikes: add((r) => r.spikes) / (add((r) => r.samples) || 1),
    events: add((r) => r.synaptic_events) / (add((r) => r.samples) || 1),
    layers: one.layers.length ? meanOf(runs.map((r) => r.layers), ["spikes_per_sample"]) : [],
    pace: add((r) => r.samples) / (add((r) => r.wall_s) || 1),
    preset: results.find((r) => r.preset && r.hardware === one.hardware && r.backend === one.backend)?.preset,
  };
}

const plainName = (r) => (r.hardware ? `${r.backend} · ${r.hardware}` : r.backend);

function makeRows(all) {
  const {runs, plain} = palette();
  const rows = all.groups.map((group) => rowOf(group, all.results));
  const anyPriced = rows.some((r) => r.energy);
  let next = 0;
  rows.forEach((r, i) => {
    const alike = rows.filter((other) => plainName(other) === plainName(r));
    r.name = plainName(r) + (alike.length > 1 ? ` (run ${alike.indexOf(r) + 1})` : "");
    r.title = r.name + (r.many ? `, ${r.runs.length} chips` : "");
    r.colour = r.energy || !anyPriced ? runs[next++ % runs.length] : plain;
    r.place = i;
  });
  return rows;
}

// Tests of two rows: how many of them tell apart, and the p of a single one.
function testsBetween(a, b, all) {
  const of = (row) => all.groups[row.place].results;
  const tests = all.tests.filter(
      (t) => (of(a).includes(t.first) && of(b).includes(t.second)) ||
          (of(b).includes(t.first) && of(a).includes(t.second)));
  if (!tests.length) return null;
  const swapped = of(b).includes(tests[0].first);
  return {
    tests,
    apart: tests.filter((t) => t.told_apart).length,
    same: tests.every((t) => t.only_first + t.only_second === 0),
    onlyA: mean(tests.map((t) => (swapped ? t.only_second : t.only_first))),
    onlyB: mean(tests.map((t) => (swapped ? t.only_first : t.only_second))),
  };
}
// Of most of the chips, where there are several.
const toldApart = (between) => between && between.apart > between.tests.length / 2;
