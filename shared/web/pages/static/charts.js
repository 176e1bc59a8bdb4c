// Draws a picture beside a table of the same figures. A figure says what it shows; the page loads echarts.min.js and this file:
//   <figure data-chart="bar" data-labels='["A","B"]' data-series='[{"name":"Points","values":[3,4.5]}]'>
//     <figcaption>…</figcaption><div class="chart"></div> <details>… the table …</details>
//   </figure>
//   data-chart       bar | rows (bars that lie, the first on top) | line | area | points (rows with a dot for each number of a list of values)
//   data-stack       bars and areas stand on one another
//   data-percent     figures are shares of 1 and said in percent
//   data-least, data-most  ends of the axis of figures; left out: as the figures are
//   data-mark        a line across at this figure, named by data-mark-name
// Without scripts the table alone is shown.
"use strict";

(() => {
  const drawn = new Map();
  const lang = document.documentElement.lang;

  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    const of = (name) => style.getPropertyValue("--" + name).trim();
    return { ink: of("ink"), muted: of("muted"), line: of("line"), surface: of("surface"), series: [of("primary"), of("accent"), ...[3, 4, 5, 6].map((n) => of("series-" + n))], font: getComputedStyle(document.body).fontFamily };
  };

  const list = (text) => JSON.parse(text || "[]");

  function option(figure, room) {
    const { chart, labels, series, stack, percent, least, most, mark, markName } = figure.dataset;
    const { ink, muted, line, surface, series: palette, font } = colours();
    const number = new Intl.NumberFormat(lang, percent !== undefined ? { style: "percent", maximumFractionDigits: 1 } : { maximumFractionDigits: 2 });
    const said = (value) => number.format(value);
    const names = list(labels);
    const all = list(series);
    const rows = Math.ceil(all.reduce((sum, one) => sum + one.name.length * 7.5 + 48, 0) / room); // of the legend
    const lying = chart === "rows" || chart === "points";
    const text = { color: ink, fontFamily: font, fontSize: 13 };
    const things = { type: "category", data: names, inverse: lying, axisTick: { show: false }, axisLine: { lineStyle: { color: line } }, axisLabel: { ...text, hideOverlap: !lying, ...(lying ? { width: Math.max(110, Math.min(230, room * .4)), lineHeight: 15, interval: 0, overflow: names.length > 6 ? "truncate" : "break" } : {}) } };
    const ends = { ...(least !== undefined ? { min: Number(least) } : {}), ...(most !== undefined ? { max: Number(most) } : {}) };
    const whole = all.every((one) => one.values.every((value) => Array.isArray(value) || Number.isInteger(value)));
    const figures = { type: "value", ...ends, ...(whole && chart !== "points" ? { minInterval: 1 } : {}), axisLabel: { ...text, color: muted, formatter: said, hideOverlap: true }, splitLine: { lineStyle: { color: line } } };
    const across = mark === undefined ? {} : { markLine: { symbol: "none", silent: true, data: [{ [lying ? "xAxis" : "yAxis"]: Number(mark), name: markName || "" }], lineStyle: { color: muted, type: "dashed" }, label: { ...text, color: muted, formatter: markName || "" } } };
    const shape = (one, n) => {
      if (chart === "points") return { type: "scatter", symbolSize: 11, itemStyle: { opacity: .75 }, data: one.values.flatMap((values, at) => values.map((value) => [value, at])) };
      if (chart === "line" || chart === "area") return { type: "line", data: one.values, symbolSize: 7, lineStyle: { width: 2.5, type: ["solid", "dashed", "dotted"][n % 3] }, ...(chart === "area" ? { areaStyle: { opacity: .18 } } : {}) };
      return { type: "bar", data: one.values, barMaxWidth: 34, itemStyle: { borderRadius: 4 }, ...(lying && all.length === 1 ? { label: { ...text, show: true, position: "outside", formatter: (at) => said(at.value) } } : {}) };
    };
    return {
      animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
      animationDuration: 300,
      color: palette,
      textStyle: text,
      grid: { left: 8, right: lying && all.length === 1 ? 48 : 24, top: all.length > 1 ? 18 + 22 * rows : 16, bottom: 8, containLabel: true },
      legend: { show: all.length > 1, top: 0, left: 0, textStyle: text },
      // As rich text: what is drawn as HTML needs inline styles, which the page's policy refuses.
      tooltip: { trigger: chart === "points" ? "item" : "axis", renderMode: "richText", confine: true, backgroundColor: surface, borderColor: line, textStyle: text, valueFormatter: said, axisPointer: { type: "shadow" },
        ...(chart === "points" ? { formatter: (one) => names[one.value[1]] + ": " + number.format(one.value[0]) } : {}) },
      xAxis: lying ? figures : things,
      yAxis: lying ? things : figures,
      series: all.map((one, n) => ({ name: one.name, ...shape(one, n), ...(stack !== undefined ? { stack: "one" } : {}), ...(n === 0 ? across : {}) })),
    };
  }

  function draw(figure) {
    const place = figure.querySelector(".chart");
    if (!place || !window.echarts) return;
    const words = figure.querySelector("figcaption");
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", words ? words.textContent.trim() : "");
    const picture = window.echarts.getInstanceByDom(place) || window.echarts.init(place, null, { renderer: "canvas" });
    picture.setOption(option(figure, place.clientWidth || 320), true);
    drawn.set(figure, picture);
  }

  function begin(root) {
    for (const [figure, picture] of drawn) if (!figure.isConnected) { picture.dispose(); drawn.delete(figure); }
    for (const figure of root.querySelectorAll("figure[data-chart]")) draw(figure);
  }

  let waiting = 0;
  window.addEventListener("resize", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => { for (const picture of drawn.values()) picture.resize(); }, 120);
  });
  // A picture in a closed part of the page has no size until it is opened.
  document.addEventListener("toggle", (event) => { if (event.target.open) for (const [figure, picture] of drawn) if (event.target.contains(figure)) picture.resize(); }, true);
  for (const query of ["(prefers-color-scheme: dark)", "print"]) window.matchMedia(query).addEventListener("change", () => begin(document));
  document.addEventListener("htmx:afterSettle", (event) => begin(event.target.parentElement || document));
  document.fonts.ready.then(() => begin(document));
  begin(document);
})();
