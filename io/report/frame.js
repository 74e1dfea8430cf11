// Draws what `contents()` of the page gives, and again when the colours of the reader's screen change.

const waiting = [];
function later(task) { waiting.push(task); }
function drawWaiting() {
  while (waiting.length) waiting.shift()();
}

function drawPage() {
  document.documentElement.toggleAttribute("data-printing", printing);
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  while (charts.length) charts.pop().destroy();
  pictures.length = waiting.length = 0;
  chartDefaults();
  const opened = [...document.querySelectorAll("details")].map((details) => details.open);
  document.getElementById("page").replaceChildren(...contents().filter(Boolean));
  document.querySelectorAll("details").forEach((details, i) => { details.open = Boolean(opened[i]); });
  drawWaiting();
}

// A canvas counts as drawn when some of its pixels differ from the others.
function isDrawn(canvas) {
  if (!canvas.width || !canvas.height) return false;
  const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  return pixels.some((pixel) => pixel !== pixels[0]);
}

// Elements that reach beyond the right edge of the window.
const beyondEdge = () => [...document.querySelectorAll("#page *")].filter(
    (element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1);

function takeStock() {
  document.documentElement.dataset.wide = beyondEdge().length;
  const canvases = [...document.querySelectorAll("canvas")];
  document.documentElement.dataset.canvases = canvases.length;
  document.documentElement.dataset.charts =
      location.hash === "#check" ? canvases.filter(isDrawn).length : canvases.length;
}

// Charts lay their names out anew where the window has become narrow or wide.
const wasNarrow = () => isNarrow(window.innerWidth);
let resizing = 0, narrow = wasNarrow();
window.addEventListener("resize", () => {
  cancelAnimationFrame(resizing);
  resizing = requestAnimationFrame(() => {
    if (narrow === wasNarrow()) return pictures.forEach((paint) => paint());
    narrow = wasNarrow();
    drawPage();
  });
});
darkQuery.addEventListener("change", drawPage);
for (const [name, value] of [["beforeprint", true], ["afterprint", false]])
  window.addEventListener(name, () => {
    printing = value;
    drawPage();
  });

drawPage();
takeStock();
