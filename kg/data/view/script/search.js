/* Search for an actor: by any part of its name or its ISO code, accents and case aside. */
const plain = (text) =>
  text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();
const haystack = ranked.map((node) => [plain(node.label + " " + (node.iso3 || "")), node]);
let found = [];
let cursor = 0;

function search() {
  const query = plain(byId("search").value.trim());
  found = query
    ? haystack
        .filter(([text]) => text.includes(query))
        .map(([, node]) => node)
        .slice(0, 12)
    : [];
  cursor = 0;
  showFound(query);
}

function showFound(query) {
  const list = byId("results");
  list.replaceChildren(
    ...found.map((node, position) =>
      make(
        "li",
        {
          role: "option",
          id: "result-" + position,
          "aria-selected": String(position === cursor),
          onmousedown: (event) => {
            event.preventDefault();
            pick(position);
          },
        },
        isolated(node.label),
        make("span", { className: "count" }, alive.has(node.id) ? "" : "hidden"),
      ),
    ),
  );
  if (query && !found.length)
    list.append(make("li", { className: "count", role: "option", "aria-disabled": "true" }, "No actor of that name"));
  list.hidden = !query;
  byId("search").setAttribute("aria-expanded", String(Boolean(query)));
  if (found.length) byId("search").setAttribute("aria-activedescendant", "result-" + cursor);
  else byId("search").removeAttribute("aria-activedescendant");
}

function moveCursor(step) {
  cursor = Math.max(0, Math.min(found.length - 1, cursor + step));
  showFound(plain(byId("search").value.trim()));
  byId("result-" + cursor)?.scrollIntoView({ block: "nearest" });
}

function pick(position) {
  if (!found[position]) return;
  const number = found[position].id;
  clearSearch();
  showPanel(false);
  choose({ node: number });
  if (alive.has(number) && root.dataset.view === "graph") {
    network.moveTo({ position: network.getPosition(number), scale: Math.max(network.getScale(), 0.8), animation: false });
    uncover({ node: number });
    touched = true;
  }
}

function clearSearch() {
  byId("search").value = "";
  search();
}
