// Numbers as a reader wants them: units, three digits, thousands set apart.

const thin = "\u202f";  // between thousands
const gap = "\u00a0";   // before a unit
const minus = "\u2212";

const grouped = (text) => text.replace(/\B(?=(\d{3})+(?!\d))/g, thin);

// Three significant digits, more only for whole numbers above 1000.
function number(value, figures = 3) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const places = Math.max(0, figures - 1 - Math.floor(Math.log10(size) + 1e-12));
  const text = size < 1e-6 ? size.toExponential(figures - 1) : size.toFixed(Math.min(places, 12));
  const [whole, part] = text.split(".");
  return (value < 0 ? minus : "") + grouped(whole) + (part ? "." + part : "");
}

// Three digits without zeros at the end.
const plainNumber = (value) => number(value, 3).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
const count = (value) =>
    (value >= 1000 || Number.isInteger(value) ? grouped(String(Math.round(value))) : number(value));
const percent = (share, places = 1) => (100 * share).toFixed(places) + gap + "%";

// Each ladder starts from the unit in which the results are given; factors are to that unit.
const ladder = (names, base) => names.map((name, i) => ({name, factor: 10 ** (3 * (i - names.indexOf(base)))}));
const energyUnits = ladder(["aJ", "fJ", "pJ", "nJ", "µJ", "mJ", "J"], "pJ");
const timeUnits = ladder(["ns", "µs", "ms", "s"], "µs");
const powerUnits = ladder(["pW", "nW", "µW", "mW", "W"], "µW");

// The unit in which `value` reads best: from 1 to below 1000.
function unitFor(value, units) {
  if (!value) return units.find((unit) => unit.factor === 1);
  let best = units[0];
  for (const unit of units)
    if (Math.abs(value) >= 0.9995 * unit.factor) best = unit;
  return best;
}

// Each number in the unit in which it reads best.
const quantity = (value, units) => {
  const unit = unitFor(value, units);
  return number(value / unit.factor) + gap + unit.name;
};
const energy = (pj) => quantity(pj, energyUnits);
const area = (um2) => number(um2 / 1e6) + gap + "mm²";
const latency = (us) => quantity(us, timeUnits);
const power = (uw) => quantity(uw, powerUnits);
// At a decade of an axis: without zeros behind the point.
const roundEnergy = (pj) => energy(pj).replace(/\.0+(?=\D)/, "");
// Of recordings, and of the simulation.
const milliseconds = (us) => plainNumber(us / 1000) + gap + "ms";
const seconds = (s) => number(s) + gap + "s";
const rate = (perSecond) => number(perSecond) + gap + "/s";

const plural = (n, word) => count(n) + " " + word + (n === 1 ? "" : "s");
const mean = (values) => sum(values) / (values.length || 1);
const sum = (values) => values.reduce((a, b) => a + b, 0);
// Least and greatest; `otherwise` when there are none. Not by spreading: there can be more values than a call may have
// arguments.
const extent = (values, otherwise) => values.length ?
    values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]) :
    otherwise;
const unique = (values) => [...new Set(values)];

// Score interval of Wilson (J. Am. Stat. Assoc. 22, 1927) for a share of n trials, 95 %.
function interval(share, n) {
  if (!n) return [0, 1];
  const z2 = 1.96 ** 2, middle = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (1.96 * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n))) / (1 + z2 / n);
  return [middle - half, middle + half];
}

// Of a paired test.
const probability = (p) => (p < 1e-4 ? `p < 0.0001` : `p = ${p < 0.995 ? number(p, 2) : 1}`);
