/* What happens when: filters, selection, pointer, keys. */
function refresh() {
  const count = sift();
  showCounts(count);
  drawTime();
  showNotice();
  paint();
  showEvidence();
}

function paint() {
  drawn = new Map([...passing].filter(([id, entry]) => shown.has(id) || (selection && inFocus(entry.tie))));
  paintNodes(nearOf(selection));
  showTable();
  redraw();
}

function setEgo(number) {
  state.ego = number;
  refresh();
  fit();
}

function select(choice) {
  selection = choice;
  paint();
  if (choice && "node" in choice) network.selectNodes([choice.node], false);
  else network.unselectAll();
  hideTip();
  showEvidence();
  announce(choice);
  if (!touched && (!choice || besideEvidence())) fit();
  else if (choice) uncover(choice);
}

/* For those who do not see the panel open. */
function announce(choice) {
  byId("said").textContent = choice ? `${byId("evidence-heading").textContent}: ${byId("evidence-count").textContent}` : "";
}

let opener = null; // what had the focus before the statements opened

/* A selection from the keyboard or a list: the focus goes with it, and back when the statements are closed. */
function choose(choice) {
  if (!byId("evidence").contains(document.activeElement)) opener = document.activeElement;
  select(choice);
  byId("evidence").focus({ preventScroll: true });
}

function close() {
  const within = byId("evidence").contains(document.activeElement);
  select(null);
  const back = opener && opener.isConnected && opener !== document.body ? opener : byId(root.dataset.view);
  if (within) back.focus({ preventScroll: true });
  opener = null;
}

// ---- hints -------------------------------------------------------------------------------------------------------------

function tip(at, head, lines) {
  const box = byId("tip");
  box.replaceChildren(make("strong", {}, ...head), ...lines.map((line) => make("span", {}, line)));
  box.hidden = false;
  box.style.left = Math.max(4, Math.min(at.x + 14, frame.clientWidth - box.offsetWidth - 8)) + "px";
  box.style.top = Math.max(4, Math.min(at.y + 14, frame.clientHeight - box.offsetHeight - 8)) + "px";
}

function hideTip() {
  byId("tip").hidden = true;
}

function tipOfNode(number, at) {
  const node = nodes[number];
  const own = [...passing.values()].filter(({ tie }) => tie.from === number || tie.to === number);
  const count = own.reduce((sum, entry) => sum + entry.active.length, 0);
  tip(
    at,
    [isolated(node.label)],
    [
      kindOf(node).label + (node.iso3 ? " · " + node.iso3 : ""),
      `${words(own.length, "tie", "ties")}, ${words(count, "statement", "statements")}`,
    ],
  );
}

function tipOfTie(id, at) {
  const entry = drawn.get(id);
  const counts = relationCounts(entry.active);
  const codes = mostFirst(counts);
  tip(
    at,
    [isolated(nodes[entry.tie.from].label), " – ", isolated(nodes[entry.tie.to].label)],
    [
      familyWords(entry),
      ...codes.slice(0, 6).map((code) => `${counts.get(code)} ${code}`),
      ...(codes.length > 6 ? [`and ${codes.length - 6} more`] : []),
    ],
  );
}

let pointed = null; // the tie below the pointer

/* vis-network tells of nodes; the ties are ours. */
function point(event) {
  if (event.buttons) return;
  const box = frame.getBoundingClientRect();
  const at = { x: event.clientX - box.left, y: event.clientY - box.top };
  const tie = network.getNodeAt(at) === undefined ? tieAt(at.x, at.y) : null;
  if (tie) {
    tipOfTie(tie, at);
    frame.style.cursor = "pointer";
  } else if (pointed) {
    hideTip();
    frame.style.cursor = "";
  }
  pointed = tie;
}

// ---- the panel's controls ------------------------------------------------------------------------------------------------

function setTheme(name) {
  root.dataset.theme = name;
  readColours();
  byId("theme").textContent = name === "dark" ? "Light" : "Dark";
  buildPanel();
  paint();
  showEvidence();
}

/* Where the window is narrow the panel lies over the graph and opens with a button. */
function showPanel(open) {
  root.dataset.panel = open ? "open" : "closed";
  byId("panel-button").setAttribute("aria-expanded", String(open));
  if (open) byId("search").focus();
}

function reset() {
  resetState();
  selection = null;
  clearSearch();
  buildPanel();
  refresh();
  fit();
}

function onInput(id, change) {
  byId(id).addEventListener("input", (event) => change(event.target.value));
}

function wireControls() {
  const clicks = {
    theme: () => setTheme(theme() === "dark" ? "light" : "dark"),
    fit,
    reset,
    "empty-reset": reset,
    "zoom-in": () => zoomBy(1.3),
    "zoom-out": () => zoomBy(1 / 1.3),
    "as-graph": () => setView("graph"),
    "as-table": () => setView("table"),
    "to-table": () => {
      setView("table");
      byId("table").focus();
    },
    "panel-button": () => showPanel(root.dataset.panel !== "open"),
    "panel-close": () => {
      showPanel(false);
      byId("panel-button").focus();
    },
    "save-png": async () => save("graph.png", await picture()),
    "save-svg": () => save("graph.svg", new Blob([vectorDrawing()], { type: "image/svg+xml" })),
    "save-csv": () => save("statements.csv", new Blob([table()], { type: "text/csv" })),
  };
  for (const [id, work] of Object.entries(clicks)) byId(id).addEventListener("click", work);
  byId("roll-up").addEventListener("change", (event) => {
    state.rollUp = event.target.checked;
    selection = null;
    refresh();
  });
  byId("names").addEventListener("change", (event) => {
    state.names = event.target.checked;
    redraw();
  });
  for (const name of ["confidence", "strongest", "least"])
    onInput(name, (value) => {
      state[name] = Number(value);
      refresh();
    });
  for (const name of ["from", "to"]) onInput(name, (value) => setTime(name, value));
  onInput("search", search);
  byId("search").addEventListener("blur", () => {
    byId("results").hidden = true;
    byId("search").setAttribute("aria-expanded", "false");
  });
  byId("search").addEventListener("focus", () => {
    if (byId("search").value) search();
  });
  byId("search").addEventListener("keydown", (event) => {
    if (event.key === "Enter") pick(cursor);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      moveCursor(event.key === "ArrowDown" ? 1 : -1);
    }
  });
  systemDark.addEventListener("change", () => setTheme(systemDark.matches ? "dark" : "light"));
  window.addEventListener("beforeprint", beforePrint);
  window.addEventListener("afterprint", afterPrint);
}

// ---- keys ---------------------------------------------------------------------------------------------------------------

/* The next or previous actor, the biggest first. */
function walk(step) {
  const order = ranked.filter((node) => alive.has(node.id));
  if (!order.length) return;
  const at = selection && "node" in selection ? order.findIndex((node) => node.id === selection.node) : step > 0 ? -1 : 0;
  select({ node: order[(at + step + order.length) % order.length].id });
}

/* Closes what is open, the topmost first. */
function escape(event) {
  hideTip();
  if (event.target === byId("search") && byId("search").value) clearSearch();
  else if (root.dataset.panel === "open") {
    showPanel(false);
    byId("panel-button").focus();
  } else if (selection) close();
  else if (event.target === byId("search")) byId("search").blur();
  else if (state.ego !== null) setEgo(null);
}

const KEYS = {
  n: () => walk(1),
  p: () => walk(-1),
  "+": () => zoomBy(1.25),
  "-": () => zoomBy(0.8),
  0: () => fit(),
  t: () => setView(root.dataset.view === "table" ? "graph" : "table"),
};
const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function wireKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      escape(event);
      return;
    }
    const inField = event.target instanceof HTMLInputElement;
    const typing = inField && event.target.type === "search";
    if (event.key === "/" && !typing) {
      event.preventDefault();
      if (getComputedStyle(byId("panel-button")).display !== "none") showPanel(true);
      byId("search").focus();
    } else if (!inField && KEYS[event.key]) KEYS[event.key]();
    else if (event.target === frame && ARROWS[event.key]) {
      event.preventDefault();
      touched = true;
      const [x, y] = ARROWS[event.key];
      network.moveTo({ position: network.getViewPosition(), offset: { x: 60 * x, y: 60 * y }, animation: false });
    } else if (event.target === frame && event.key === "Enter" && selection) choose(selection);
  });
}

// ---- the pointer ----------------------------------------------------------------------------------------------------------

function wireNetwork() {
  let still = 0;
  const rest = () => {
    moving = false;
    redraw();
  };
  network.on("beforeDrawing", (context) =>
    onScreen(context, () => {
      drawHulls(context);
      drawLines(context, placesOf());
    }),
  );
  network.on("afterDrawing", (context) =>
    onScreen(context, () => {
      placeLabels(placesOf());
      drawLabels(context);
    }),
  );
  network.on("click", ({ nodes: [node], pointer }) => {
    const tie = node === undefined ? tieAt(pointer.DOM.x, pointer.DOM.y) : null;
    select(node !== undefined ? { node } : tie ? { tie } : null);
  });
  network.on("hoverNode", ({ node, pointer }) => tipOfNode(node, pointer.DOM));
  network.on("blurNode", hideTip);
  network.on("dragStart", () => {
    hideTip();
    touched = moving = true;
  });
  network.on("dragEnd", rest);
  network.on("zoom", () => {
    hideTip();
    touched = moving = true;
    clearTimeout(still);
    still = setTimeout(rest, 150);
  });
  network.on("resize", () =>
    queueMicrotask(() => {
      turn();
      if (!touched) fit();
    }),
  ); // only after vis-network has put its own idea of the view
  frame.addEventListener("mousemove", point);
  frame.addEventListener("mouseleave", hideTip);
}

root.dataset.theme = systemDark.matches ? "dark" : "light";
root.dataset.view = "graph";
readColours();
resetState();
nodeSet.add(layOut().map((place, number) => ({ ...place, shape: nodes[number].shape, size: nodes[number].size, hidden: true })));
network = new vis.Network(frame, { nodes: nodeSet, edges: new vis.DataSet() }, data.network.options);
frame.querySelector("[tabindex]")?.removeAttribute("tabindex"); // the frame takes the focus, not what vis-network puts into it
byId("theme").textContent = theme() === "dark" ? "Light" : "Dark";
buildPanel();
sayTime();
wireControls();
wireKeys();
wireNetwork();
refresh();
fit();
network.once("afterDrawing", () => {
  root.dataset.ready = "true";
});
/* For whoever drives the page by script, its tests among them. */
window.kg = {
  network,
  select,
  tieAt,
  table,
  picture,
  drawing: vectorDrawing,
  labels: () => placed,
  ties: () => [...drawn.keys()],
  actors: () => [...alive],
  endsOf: (id) => [tieOf.get(id).from, tieOf.get(id).to],
  tiesOf: (number) => [...drawn.values()].filter(({ tie }) => tie.from === number || tie.to === number).map(({ tie }) => tie.id),
};
