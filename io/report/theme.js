// Elements and colours. The colours stay apart for colour-blind readers (Okabe and Ito 2008; Tol 2021).

// Names from the results reach the page as text nodes and attributes only, never as markup.
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) node.setAttribute(name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

const darkQuery = window.matchMedia("(prefers-color-scheme: dark)");
let printing = false;
const isDark = () => darkQuery.matches && !printing;

const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const palettes = {
  light: {
    runs: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9"],
    plain: "#6b7280",
    components: [
      "#4477aa", "#ddaa33", "#44aa99", "#cc6677", "#882255", "#999933", "#88ccee", "#aa4499", "#117733", "#332288"
    ],
    standing: ["#8b8f96", "#b4b7bc", "#6a6e75", "#cfd1d4"],
    on: "#d55e00",
    off: "#0072b2",
    right: [0, 114, 178],
    wrong: [213, 94, 0],
  },
  dark: {
    runs: ["#4ba3dc", "#f28e4a", "#2fc79a", "#e0a0c4", "#d9b44a", "#8fd0f5"],
    plain: "#a3a8b0",
    components: [
      "#6f9fd0", "#e3bd5c", "#5fc4b3", "#e08a98", "#c05f8d", "#b9b955", "#9edaf2", "#cc77bb", "#55a868", "#8f86e0"
    ],
    standing: ["#9ba0a8", "#6d727a", "#c3c6cb", "#54585f"],
    on: "#f28e4a",
    off: "#4ba3dc",
    right: [64, 150, 210],
    wrong: [240, 130, 60],
  },
};
const palette = () => palettes[isDark() ? "dark" : "light"];

const rgba = ([r, g, b], alpha) => `rgba(${r},${g},${b},${alpha})`;
const bytesOf = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

function legend(entries) {
  const item = ([label, colour, shape = "square"]) =>
      el("li", {}, el("span", {class: "swatch " + shape, style: `--c:${colour}`}), label);
  return el("ul", {class: "legend"}, entries.map(item));
}

// A figure says what it shows and, in one line, how to read it.
function figure(title, aid, ...content) {
  return el("figure", {}, el("figcaption", {}, el("strong", {}, title), el("span", {class: "aid"}, aid)), content);
}

function section(id, title, ...content) { return el("section", {id}, el("h2", {}, title), content); }

const pretty = (layer) => layer.replaceAll("->", " → ");
const none = () => el("span", {class: "none"}, "–");
const swatch = (row) => el("span", {class: "swatch round", style: `--c:${row.colour}`});
const named = (row) => [swatch(row), row.title];

// A component has its colour by its name, the same in every report.
const knownComponents = [
  "conversion", "cell read", "accumulation", "row drive", "neuron update", "spike", "synaptic operation", "message",
  "routing", "row conversion"
];
function componentColour(component) {
  const {components} = palette(), known = knownComponents.indexOf(component);
  const letters = sum([...component].map((c) => c.codePointAt(0)));
  return components[(known >= 0 ? known : letters) % components.length];
}

// `heads`: [text, class of the column]. On a narrow screen each row is a block of its own and each cell says its head.
function table(heads, rows, kind = "") {
  const head = el("tr", {}, heads.map(([text, type]) => el("th", {class: type, scope: "col"}, text)));
  const cell = (content, i) => {
    const [text, type] = heads[i];
    return i ? el("td", {class: type, "data-head": text}, el("span", {}, content)) :
               el("th", {class: type, scope: "row"}, content);
  };
  const body = rows.map((row) => el("tr", {}, row.map(cell)));
  return el("table", {class: kind}, el("thead", {}, head), el("tbody", {}, body));
}

// What most readers pass by: its title is all that is seen until it is opened.
const folded = (title, ...content) => el("details", {}, el("summary", {}, title), content);
