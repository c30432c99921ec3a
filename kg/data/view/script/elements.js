/* Elements of the page. All text from documents and actors goes through text nodes: nothing here writes HTML. */
function make(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/* Text whose direction of writing does not reach beyond it. */
function isolated(text) {
  return make("bdi", {}, text);
}

function button(text, onclick, properties) {
  return make("button", { type: "button", onclick, ...properties }, text);
}

const SVG = "http://www.w3.org/2000/svg";

/* An SVG element; numbers are written with two decimals at most. */
function shape(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes))
    element.setAttribute(name, typeof value === "number" ? String(Math.round(value * 100) / 100) : value);
  element.append(...children);
  return element;
}

function drawing(width, height, ...shapes) {
  return shape("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, ...shapes);
}

/* Corners of a node's mark around (0, 0) at radius 1, as vis-network draws them; null for a disc. */
const turns = (count, at) => Array.from({ length: count }, (_, turn) => at(turn));
const CORNERS = {
  diamond: [
    [0, -1],
    [1, 0],
    [0, 1],
    [-1, 0],
  ],
  square: [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ],
  triangle: [
    [0, -1.15],
    [1, 0.58],
    [-1, 0.58],
  ],
  triangleDown: [
    [0, 1.15],
    [1, -0.58],
    [-1, -0.58],
  ],
  hexagon: turns(6, (turn) => [Math.cos((turn * Math.PI) / 3), Math.sin((turn * Math.PI) / 3)]),
  star: turns(10, (turn) => [
    Math.sin((turn * Math.PI) / 5) * (turn % 2 ? 0.5 : 1.3),
    -Math.cos((turn * Math.PI) / 5) * (turn % 2 ? 0.5 : 1.3),
  ]),
};

/* The mark of a kind of actor, filled or open, for the legend and the saved drawing. */
function markOf(kind, x, y, reach, { colour, ground, wide }) {
  const open = kind.shape === "ring";
  const look = { fill: open ? ground : colour, stroke: open ? colour : ground, "stroke-width": wide };
  if (!CORNERS[kind.shape]) return shape("circle", { cx: x, cy: y, r: reach, ...look });
  return shape("polygon", {
    points: CORNERS[kind.shape].map(([dx, dy]) => `${(x + dx * reach).toFixed(1)},${(y + dy * reach).toFixed(1)}`).join(" "),
    ...look,
  });
}

function kindSample(kind) {
  const open = kind.shape === "ring";
  return drawing(
    16,
    16,
    markOf(kind, 8, 8, open ? 5.2 : 5.8, { colour: kind[theme()], ground: open ? "var(--panel)" : "none", wide: open ? 2.4 : 0 }),
  );
}

/* A line of the legend looks as in the drawing. */
function lineSample(family, reported) {
  const dash = reported ? DASHES[family] : DOTS;
  return drawing(
    30,
    10,
    shape("line", {
      x1: 1.5,
      x2: 28.5,
      y1: 5,
      y2: 5,
      stroke: `var(--${family})`,
      "stroke-width": family === "standing" ? 1.6 : 2.4,
      "stroke-dasharray": dash.length ? dash.join(" ") : "none",
      "stroke-linecap": reported ? "butt" : "round",
    }),
  );
}
