"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words, nodes = data.nodes, edges = data.edges, kinds = data.kinds, days = data.days;
  const byRef = new Map(nodes.map((node, index) => [node.ref, index]));
  const ties = nodes.map(() => []);
  edges.forEach((edge, index) => { ties[edge.s].push(index); ties[edge.t].push(index); });
  const element = (id) => document.getElementById(id);
  const state = { lang: data.lang, at: data.at, here: data.start, kinds: new Set(Object.keys(kinds)), first: true };
  const word = (key) => words[state.lang][key] || words.en[key] || key;
  const label = (index) => nodes[index].label[state.lang] || nodes[index].label.en || nodes[index].ref;
  // a year stands for its days: an ask of 2019 is there from the first of them
  const inTime = (edge) => (!edge.f || edge.f <= state.at) && (!edge.u || state.at < edge.u);
  const shown = (index) => state.kinds.has(nodes[index].kind);
  const text = (name, content, attributes) => {
    const made = document.createElement(name);
    if (content !== undefined) made.textContent = content;
    Object.entries(attributes || {}).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  };
  const safe = (url) => /^https?:\/\//i.test(url || "") ? url : "";

  const search = new MiniSearch({
    fields: ["en", "ru", "kk", "ref"], idField: "id",
    tokenize: (string) => string.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean),
    searchOptions: { prefix: true, fuzzy: 0.25, boost: { en: 1.5, ru: 1.5, kk: 1.5 }, combineWith: "AND", boostDocument: (id) => 1 + Math.log1p(ties[id].length) },
  });
  search.addAll(nodes.map((node, id) => ({ id, en: node.label.en || "", ru: node.label.ru || "", kk: node.label.kk || "", ref: node.ref })));

  const colours = data.colours, forms = data.forms;
  const graph = cytoscape({
    container: element("canvas"), elements: [], minZoom: 0.2, maxZoom: 3,
    style: [
      { selector: "node", style: {
        label: "data(label)", "text-wrap": "wrap", "text-max-width": 150, "font-size": 12, "text-valign": "bottom", "text-margin-y": 4,
        "background-color": "data(colour)", shape: "data(form)", width: 26, height: 26, "border-width": 1, "border-color": "#333", "font-family": "Noto Sans, DejaVu Sans, sans-serif",
        "text-background-color": "#fff", "text-background-opacity": 0.85, "text-background-padding": 2 } },
      { selector: "node.here", style: { width: 40, height: 40, "border-width": 4, "font-weight": "bold", "font-size": 14 } },
      { selector: "edge", style: {
        label: "data(label)", "font-size": 9, color: "#444", width: 1.5, "line-color": "#999", "target-arrow-color": "#999", "target-arrow-shape": "triangle", "curve-style": "bezier",
        "text-rotation": "autorotate", "text-background-color": "#fff", "text-background-opacity": 0.8, "font-family": "Noto Sans, DejaVu Sans, sans-serif" } },
    ],
  });
  graph.on("tap", "node", (event) => go(event.target.data("index")));

  const LIMIT = 30; // more labelled neighbours than that are a ball; the list has them all
  function around(index) {
    return ties[index].filter((tie) => inTime(edges[tie]) && shown(edges[tie].s) && shown(edges[tie].t));
  }

  function draw() {
    const near = around(state.here), chosen = new Set([state.here]), drawn = [];
    for (const tie of near) {
      const other = edges[tie].s === state.here ? edges[tie].t : edges[tie].s;
      if (chosen.size <= LIMIT || chosen.has(other)) { chosen.add(other); drawn.push(tie); }
    }
    if (state.first) for (const ref of data.view) if (byRef.has(ref) && chosen.size <= LIMIT && shown(byRef.get(ref))) chosen.add(byRef.get(ref));
    const inner = new Set(drawn);
    for (const index of chosen) for (const tie of ties[index]) if (chosen.has(edges[tie].s) && chosen.has(edges[tie].t) && inTime(edges[tie]) && inner.size < 90) inner.add(tie);
    const cut = (string) => string.length > 70 ? string.slice(0, 68) + "…" : string;
    graph.elements().remove();
    graph.add([...chosen].map((index) => ({ group: "nodes", classes: index === state.here ? "here" : "",
      data: { id: "n" + index, index, label: cut(label(index)), colour: colours[nodes[index].kind] || "#999999", form: forms[nodes[index].kind] || "ellipse" } })));
    graph.add([...inner].map((tie) => ({ group: "edges", data: { id: "e" + tie, source: "n" + edges[tie].s, target: "n" + edges[tie].t, label: word(edges[tie].r) } })));
    const rings = (node) => node.data("index") === state.here ? 3 : ["gap", "ask", "case"].includes(nodes[node.data("index")].kind) ? 2 : 1;
    graph.layout({ name: "concentric", concentric: rings, levelWidth: () => 1, minNodeSpacing: 70, padding: 40, animate: false, startAngle: -1.57 }).run();
    graph.fit(undefined, 30);
    const left = new Set(near.map((tie) => edges[tie].s === state.here ? edges[tie].t : edges[tie].s)).size - (chosen.size - 1);
    element("left").textContent = left > 0 ? word("left").replace("COUNT", left) : "";
  }

  function tell() {
    const list = element("list"), index = state.here, node = nodes[index];
    list.replaceChildren();
    const title = text("h2", label(index), { tabindex: "-1", id: "here", lang: state.lang });
    list.append(title, text("p", word("kind-" + node.kind) + " · " + node.ref, { class: "kind" }));
    if (safe(node.url)) { const place = text("p"); place.append(text("a", word("source"), { href: safe(node.url), rel: "noopener noreferrer" })); list.append(place); }
    const groups = new Map(), sources = [];
    const number = (cited) => { if (!sources.includes(cited)) sources.push(cited); return sources.indexOf(cited) + 1; };
    for (const tie of around(index)) {
      const edge = edges[tie], out = edge.s === index, other = out ? edge.t : edge.s;
      const key = (out ? "" : "← ") + word(edge.r);
      if (!groups.has(key)) groups.set(key, new Map());
      const found = groups.get(key);
      if (!found.has(other)) found.set(other, { edge, cited: new Set() });
      if (edge.c !== undefined) found.get(other).cited.add(edge.c);
    }
    if (!groups.size) list.append(text("p", word("nothing")));
    for (const [key, found] of groups) {
      list.append(text("h3", key + " (" + found.size + ")", { lang: state.lang }));
      const lines = text("ul");
      for (const [other, told] of found) {
        const line = text("li"), jump = text("button", label(other), { type: "button", lang: state.lang });
        jump.addEventListener("click", () => go(other, true));
        const mark = text("span", "", { class: "mark", "aria-hidden": "true" });
        mark.style.background = colours[nodes[other].kind] || "#999999";
        line.append(mark, jump);
        const when = [told.edge.f, told.edge.u].some(Boolean) ? " " + (told.edge.f || "") + "–" + (told.edge.u || "") : "";
        if (when) line.append(text("span", when, { class: "when" }));
        if (told.cited.size) line.append(text("span", " " + [...told.cited].map((cited) => "[" + number(cited) + "]").join(""), { class: "when" }));
        lines.append(line);
      }
      list.append(lines);
    }
    if (sources.length) {
      list.append(text("h3", word("sources"), { lang: state.lang }));
      const lines = text("ol");
      for (const cited of sources) {
        const line = text("li", undefined, { lang: state.lang }), url = safe(nodes[cited].url);
        line.append(url ? text("a", label(cited), { href: url, rel: "noopener noreferrer" }) : document.createTextNode(label(cited)));
        lines.append(line);
      }
      list.append(lines);
    }
    element("told").textContent = word("told").replace("SUBJECT", label(index)).replace("COUNT", around(index).length);
  }

  function go(index, focus) {
    state.here = index;
    state.first = false;
    tell(); draw();
    if (focus) element("here").focus();
  }

  function find() {
    const asked = element("search").value.trim(), results = element("results");
    results.replaceChildren();
    if (!asked) return;
    const found = search.search(asked).filter((hit) => shown(hit.id)).slice(0, 12);
    element("found").textContent = word("found").replace("COUNT", found.length);
    for (const hit of found) {
      const line = text("li"), jump = text("button", label(hit.id) + " (" + word("kind-" + nodes[hit.id].kind) + ")", { type: "button", lang: state.lang });
      jump.addEventListener("click", () => { results.replaceChildren(); element("found").textContent = ""; go(hit.id, true); });
      line.append(jump);
      results.append(line);
    }
  }

  function speak() {
    document.documentElement.lang = state.lang;
    for (const spot of document.querySelectorAll("[data-word]")) spot.textContent = word(spot.dataset.word);
    const box = element("kinds");
    box.querySelectorAll("label").forEach((old) => old.remove());
    for (const kind of Object.keys(kinds)) {
      const line = text("label"), tick = text("input", undefined, { type: "checkbox", value: kind });
      tick.checked = state.kinds.has(kind);
      tick.addEventListener("change", () => { tick.checked ? state.kinds.add(kind) : state.kinds.delete(kind); tell(); draw(); });
      const mark = text("span", "", { class: "mark", "aria-hidden": "true" });
      mark.style.background = colours[kind] || "#999999";
      line.append(tick, mark, document.createTextNode(word("kind-" + kind)));
      box.append(line);
    }
    element("day").textContent = state.at;
    element("time").setAttribute("aria-valuetext", state.at);
    tell(); draw(); find();
  }

  element("search").addEventListener("input", find);
  element("language").addEventListener("change", (event) => { state.lang = event.target.value; speak(); });
  element("time").addEventListener("input", (event) => {
    state.at = days[Number(event.target.value)];
    element("day").textContent = state.at;
    event.target.setAttribute("aria-valuetext", state.at);
    tell(); draw();
  });
  element("form").addEventListener("submit", (event) => event.preventDefault());
  element("language").value = state.lang;
  element("time").max = days.length - 1;
  element("time").value = days.indexOf(state.at);
  speak();
})();
