// Draws what stands in data-chart with ECharts; the numbers themselves are in the table beside each, for whoever reads, prints or has no script.
import { init } from "./vendor/echarts/echarts.min.js";

const INK = "#536072", BLUE = "#066fd1", PALE = "rgba(6, 111, 209, .12)", GREY = "#8a97a8", EDGE = "#e2e8f0";
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const drawn = new Map();

function line(given) {
  const last = given.values.length - 1;
  const known = given.values.concat(given.target === null ? [] : [given.target]).filter((one) => one !== null);
  const low = Math.min(...known), high = Math.max(...known), room = Math.max((high - low) * .15, high === low ? 1 : 0);
  return {
    grid: { left: 2, right: 6, top: 6, bottom: 4 },
    xAxis: { type: "category", data: given.labels, show: false, boundaryGap: false },
    yAxis: { type: "value", show: false, min: low - room, max: high + room },
    tooltip: tip((at) => at[0].value === undefined || at[0].value === null ? at[0].name : at[0].name + "  " + at[0].value + given.unit),
    series: [{
      type: "line", data: given.values.map((value, place) => ({ value, symbolSize: place === last ? 6 : 0 })), symbol: "circle", connectNulls: false,
      lineStyle: { color: BLUE, width: 2 }, itemStyle: { color: BLUE }, areaStyle: { color: PALE, origin: "start" },
      markLine: given.target === null ? undefined : { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: GREY, type: "dashed" }, data: [{ yAxis: given.target }] },
    }],
  };
}

function bars(given) {
  return {
    grid: { left: 8, right: 8, top: 12, bottom: 4, containLabel: true },
    xAxis: { type: "category", data: given.labels, axisTick: { show: false }, axisLine: { lineStyle: { color: EDGE } }, axisLabel: { color: INK, hideOverlap: true } },
    yAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: EDGE } }, axisLabel: { color: INK } },
    tooltip: tip((at) => at[0].name + "  " + at[0].value + given.unit),
    series: [{ type: "bar", data: given.values, itemStyle: { color: BLUE, borderRadius: [3, 3, 0, 0] }, barMaxWidth: 28 }],
  };
}

// One strip: dots along a scale, the median as a mark.
function strip(given) {
  return {
    grid: { left: 6, right: 6, top: 2, bottom: 2 },
    xAxis: { type: "value", min: given.low, max: given.high, show: false },
    yAxis: { type: "value", min: -1, max: 1, show: false },
    tooltip: tip((at) => at.data[2] + "  " + at.data[0], "item"),
    series: [
      { type: "line", data: [[given.low, 0], [given.high, 0]], symbol: "none", silent: true, lineStyle: { color: EDGE, width: 1 } },
      { type: "scatter", data: given.points.map((one) => [one.value, 0, one.name]), symbolSize: 8, itemStyle: { color: "rgba(6, 111, 209, .45)" },
        markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: "#172130", width: 2, type: "solid" }, data: [[{ coord: [given.median, -1] }, { coord: [given.median, 1] }]] } },
    ],
  };
}

// Words drawn on the canvas: the content policy lets nobody write styles into the page.
function tip(words, trigger = "axis") {
  return { trigger, renderMode: "richText", confine: true, formatter: words, borderWidth: 1, padding: [4, 8], textStyle: { color: "#172130", fontSize: 12 }, axisPointer: { type: "none" } };
}

const KINDS = { line, bars, strip };

/** Draws every chart inside `root` that is not drawn yet; a chart whose place has gone is let go. */
export function draw(root = document) {
  for (const [place, chart] of drawn) {
    if (!place.isConnected) { chart.dispose(); drawn.delete(place); }
  }
  for (const place of root.querySelectorAll("[data-chart]")) {
    if (drawn.has(place)) { continue; }
    const given = JSON.parse(place.dataset.chart), chart = init(place, null, { renderer: "canvas" });
    chart.setOption({ animation: !still && root === document, animationDuration: 300, textStyle: { fontFamily: "inherit" }, ...KINDS[given.kind](given) });
    drawn.set(place, chart);
  }
}

addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
// On paper the tables are open.
const closed = [];
addEventListener("beforeprint", () => document.querySelectorAll("details.chart-table:not([open])").forEach((one) => { one.open = true; closed.push(one); }));
addEventListener("afterprint", () => { while (closed.length) { closed.pop().open = false; } });
draw();
