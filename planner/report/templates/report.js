"use strict";
(() => {
  const root = document.documentElement;
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const COLOURS = new Set(["accent", "second", "soft", "faint", "good", "bad", "warn", "band"]);

  const NARROW = 560, LEGEND_ROW = 20;

  const colour = (name) => getComputedStyle(root).getPropertyValue("--" + name).trim();

  /** A copy of a figure with the theme's colours in place of their names. */
  const themed = (part) => {
    if (Array.isArray(part)) return part.map(themed);
    if (part === null || typeof part !== "object") return part;
    return Object.fromEntries(Object.entries(part).map(([key, value]) =>
      [key, /color$/.test(key) && COLOURS.has(value) ? colour(value) : themed(value)]));
  };

  const layout = (figure, height) => {
    const axis = {gridcolor: colour("line"), linecolor: colour("faint"), zerolinecolor: colour("faint"), automargin: true, fixedrange: true};
    const own = figure.layout;
    return {
      ...own, height, autosize: true, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: {family: getComputedStyle(document.body).fontFamily, size: 12.5, color: colour("ink")},
      margin: {l: 8, r: 12, t: 12, b: 8}, xaxis: {...axis, ...own.xaxis}, yaxis: {...axis, ...own.yaxis},
      legend: {orientation: "h", x: 0, y: 1.02, yanchor: "bottom", traceorder: "normal"}, bargap: 0.35,
      hoverlabel: {bgcolor: colour("surface"), bordercolor: colour("faint"), font: {color: colour("ink")}},
    };
  };

  const draw = () => Promise.all([...document.querySelectorAll("[data-chart]")].map((place) => {
    const figure = figures[place.dataset.chart];
    const rows = place.clientWidth < NARROW && figure.data.length > 1 ? figure.data.length : 0;
    const height = figure.height + rows * LEGEND_ROW;
    place.style.height = height + "px";
    return Plotly.react(place, themed(figure.data), layout(figure, height), {displayModeBar: false, responsive: true});
  }));

  const theme = document.getElementById("theme");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const now = root.dataset.theme || (dark.matches ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
    draw();
  });
  dark.addEventListener("change", draw);

  /** Sort the rows of a table by a column: numbers by their value, texts by the alphabet. */
  const sort = (table, column, head) => {
    const body = table.tBodies[0];
    const down = head.getAttribute("aria-sort") === "ascending" || (head.classList.contains("number") && !head.hasAttribute("aria-sort"));
    const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
    const rows = [...body.rows].sort((one, other) => {
      const [a, b] = [value(one), value(other)];
      const order = a !== "" && b !== "" && !isNaN(a) && !isNaN(b) ? a - b : a.localeCompare(b, "en");
      return down ? -order : order;
    });
    table.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    body.append(...rows);
  };

  document.querySelectorAll("table.sortable").forEach((table) => {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => sort(table, column, head));
    });
  });

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details.fold:not([open])")];
    closed.forEach((one) => { one.open = true; });
    draw();
  });
  addEventListener("afterprint", () => {
    closed.forEach((one) => { one.open = false; });
    draw();
  });

  draw().then(() => { root.dataset.drawn = "yes"; });
})();
