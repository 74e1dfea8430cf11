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
  document.getElementById("page").replaceChildren(...contents().filter(Boolean));
  drawWaiting();
}

// A canvas counts as drawn when some of its pixels differ from the others.
function isDrawn(canvas) {
  if (!canvas.width || !canvas.height) return false;
  const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  return pixels.some((pixel) => pixel !== pixels[0]);
}

function takeStock() {
  const canvases = [...document.querySelectorAll("canvas")];
  document.documentElement.dataset.canvases = canvases.length;
  document.documentElement.dataset.charts =
      location.hash === "#check" ? canvases.filter(isDrawn).length : canvases.length;
}

let resizing = 0;
window.addEventListener("resize", () => {
  cancelAnimationFrame(resizing);
  resizing = requestAnimationFrame(() => pictures.forEach((paint) => paint()));
});
darkQuery.addEventListener("change", drawPage);
for (const [name, value] of [["beforeprint", true], ["afterprint", false]])
  window.addEventListener(name, () => {
    printing = value;
    drawPage();
  });

drawPage();
takeStock();
