// The outcome in words: who is right most often, who takes least energy, and against what.

const name = (text) => el("span", {class: "name"}, text);

function listed(parts) {
  return parts.flatMap((part, i) => (i === 0 ? [part] : [i === parts.length - 1 ? " and " : ", ", part]));
}

const sameSpikes = (a, b) => a !== b && Boolean(a.spike_digest) && a.spike_digest === b.spike_digest;
const bold = (text) => el("b", {}, text);
const titled = (row) => [name(row.name), row.many ? ` (mean of ${row.runs.length} chips)` : ""];

// The best by `value`, and all that are as good.
function bestBy(rows, value) {
  const least = Math.min(...rows.map(value));
  return rows.filter((r) => value(r) === least);
}

function apartSentence(best, rows, all) {
  const others = rows.filter((r) => !best.includes(r));
  if (!others.length) return [];
  const between = others.map((r) => [r, testsBetween(best[0], r, all)]).filter(([, t]) => t);
  if (!between.length) return [];
  const apart = between.filter(([, t]) => toldApart(t)).map(([r]) => r);
  const alike = between.filter(([, t]) => !toldApart(t)).map(([r]) => r);
  const names = (of) => listed(of.map((r) => name(r.name)));
  if (!alike.length) return [" A paired test tells it apart from ", others.length > 1 ? "all others. " : "the other. "];
  return [
    " A paired test cannot tell it apart from ", ...names(alike),
    ...(apart.length ? [", but from ", ...names(apart)] : []), ". "
  ];
}

function accuracySentence(rows, all) {
  const best = bestBy(rows, (r) => -r.accuracy);
  const twins = best.slice(1).every((r) => sameSpikes(r, best[0]));
  return [
    "Right most often: ", ...listed(best.map((r) => titled(r))).flat(), ", ", bold(percent(best[0].accuracy)),
    ` of ${plural(all.samples || best[0].samples, "sample")}`,
    best.length > 1 && twins ? ", with exactly the same spikes." : ".", ...apartSentence(best, rows, all)
  ];
}

const bandText = (row, total) => {
  const {low, high} = row.energy.together;
  return total(high) > total(low) ?
      `; the published ranges of its constants give ${energy(total(low))} to ${energy(total(high))}. ` :
      ". ";
};

// "12 times less than digital · truenorth": of the same total.
function ratioTo(best, rows, total) {
  const digital = rows.filter((r) => r.energy && r.backend === "digital" && r !== best);
  const others = digital.length ? digital : rows.filter((r) => r.energy && r !== best);
  if (!others.length) return [];
  const next = bestBy(others, (r) => total(r.energy))[0];
  const ratio = total(next.energy) / total(best.energy);
  if (!(ratio > 1 && ratio < Infinity)) return [];
  return [`, ${number(ratio, 2)} times less than `, name(next.name)];
}

function energySentence(rows) {
  const priced = rows.filter((r) => r.energy);
  if (!priced.length) return paceSentence(rows[0]);
  const fast = bestBy(priced, (r) => fastTotal(r.energy))[0], real = bestBy(priced, (r) => realTotal(r.energy))[0];
  const one = (row, total) =>
      [bold(energy(total(row.energy))), " a sample", ...ratioTo(row, rows, total), bandText(row, total)];
  return [
    "Least energy, dynamic and static in total: ", ...titled(fast), ". As fast as possible it takes ",
    ...one(fast, fastTotal), `In real time with the sensor, ${milliseconds(real.duration_us)} a sample, `,
    ...(real === fast ? ["it takes "] : [...titled(real), " takes least, "]), ...one(real, realTotal)
  ];
}

function paceSentence(row) {
  return [
    "Simulated at ", bold(plural(Number(number(row.pace).replaceAll(thin, "")), "sample")), " a second on ",
    plural(row.threads, "thread"), "."
  ];
}

function verdict(rows, all) {
  return [
    el("p", {class: "verdict"}, accuracySentence(rows, all)), el("p", {class: "verdict"}, energySentence(rows))
  ];
}
