// The outcome in words: how right, at what price, and against what.

const name = (text) => el("span", {class: "name"}, text);

function listed(parts) {
  return parts.flatMap((part, i) => (i === 0 ? [part] : [i === parts.length - 1 ? " and " : ", ", part]));
}

// The emulated hardware that the report is about: analogue with its own spikes if there is one, else any with a price.
function heroOf(results) {
  const priced = results.filter((r) => r.energy_pj);
  const analogue = priced.filter((r) => r.backend !== "digital");
  return analogue.find((r) => !sameSpikes(r, results[0])) || analogue[0] || priced[0];
}

const sameSpikes = (a, b) => a !== b && Boolean(a.spike_digest) && a.spike_digest === b.spike_digest;

function accuracySentence(first) {
  return [
    el("b", {}, percent(first.accuracy)), ` of ${plural(first.samples, "sample")} answered correctly on `,
    name(first.name), ". "
  ];
}

function twinSentence(results) {
  const twins = results.slice(1).filter((r) => sameSpikes(r, results[0]));
  if (!twins.length) return [];
  return [
    ...listed(twins.map((r) => name(r.name))), twins.length > 1 ? " give" : " gives", " exactly the same spikes. "
  ];
}

function paceSentence(first) {
  return [
    "Simulated at ", el("b", {}, plural(Number(number(first.samples_per_s).replaceAll(thin, "")), "sample")),
    " a second on ", plural(first.threads, "thread"), "."
  ];
}

function priceSentence(hero, results) {
  if (!hero) return paceSentence(results[0]);
  const first = results[0], points = 100 * (hero.accuracy - first.accuracy);
  const change = Math.abs(points) < 0.05 ?
      ["the same accuracy"] :
      [el("b", {}, percent(hero.accuracy)), ` (${points > 0 ? "+" : minus}${number(Math.abs(points), 2)} points)`];
  const price = [
    [el("b", {}, energy(hero.dynamic)), " of dynamic"],
    [el("b", {}, energy(hero.energy_pj.static)), " of static energy"]
  ];
  const pace = hero.latency_us ? [", in ", el("b", {}, latency(hero.latency_us.mean))] : [];
  return [
    name(hero.name), ...(hero === first ? [" takes "] : [" reaches ", ...change, " for "]), ...listed(price).flat(),
    " a sample", ...pace, ". "
  ];
}

function baselineSentence(hero, results) {
  const baseline = hero && results.find((r) => r.backend === "digital" && r !== hero && r.energy_pj);
  if (!baseline) return [];
  const ratio = baseline.dynamic / hero.dynamic;
  if (!(ratio > 0 && ratio < Infinity)) return [];
  const compare = ratio >= 1 ? `${number(ratio, 2)} times less` : `${number(1 / ratio, 2)} times more`;
  return ["Its events take ", el("b", {}, compare), " energy than those of ", name(baseline.name), "."];
}

function verdict(results) {
  const hero = heroOf(results);
  return el(
      "p", {class: "verdict"}, accuracySentence(results[0]), twinSentence(results), priceSentence(hero, results),
      baselineSentence(hero, results));
}
