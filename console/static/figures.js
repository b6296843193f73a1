// Draws a chart over each table that has one; the table stays, and is all there is without scripts.
"use strict";

const COLOURS = ["#0b5c8a", "#a34700", "#1b6e3c", "#6b2fa0"];
const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3]];
const POINTS = ["circle", "rectRot", "triangle", "rect"];
const INK = "#1f2933";
const number = new Intl.NumberFormat("vi-VN");

// Of several series in bars each but the first is hatched: colour alone tells nobody anything.
function filled(colour, place) {
  if (place === 0) return colour;
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = colour;
  pen.lineWidth = 3;
  pen.beginPath();
  for (const start of [-8, 0, 8]) {
    pen.moveTo(start, place % 2 ? 8 : 0);
    pen.lineTo(start + 8, place % 2 ? 0 : 8);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}

function read(table) {
  const heads = [...table.tHead.rows[0].cells];
  const drawn = heads.map((cell, place) => (cell.hasAttribute("data-drawn") ? place : -1)).filter((p) => p > 0);
  const rows = [...table.tBodies[0].rows].filter((row) => row.cells[0].textContent !== "Tất cả");
  return {
    labels: rows.map((row) => row.cells[0].textContent),
    series: drawn.map((place) => ({
      label: heads[place].textContent,
      data: rows.map((row) => Number(row.cells[place].dataset.value || 0)),
    })),
  };
}

const MOST = 25; // bars that can be read

// What all names begin with tells nothing apart: "Trung tâm Phục vụ hành chính công xã …".
function told(labels) {
  const words = labels.map((label) => label.split(" "));
  let same = 0;
  while (labels.length > 2 && words.every((w) => w.length > same + 1 && w[same] === words[0][same])) same += 1;
  return same < 3 ? labels : words.map((w) => "…" + w.slice(same).join(" "));
}

const LETTERS = innerWidth < 600 ? 17 : 34;
const short = (text) => (text.length > LETTERS ? text.slice(0, LETTERS - 1) + "…" : text);

function options(kind, series) {
  const value = {
    beginAtZero: true,
    ticks: { precision: 0, callback: (v) => number.format(v) },
    title: { display: series.length === 1, text: series[0].label, color: INK },
  };
  const lying = kind !== "line";
  const named = {
    ticks: {
      autoSkip: !lying,
      maxRotation: 0,
      callback(place) {
        return short(this.getLabelForValue(place));
      },
    },
    grid: { display: false },
  };
  const stacked = kind === "stacked";
  const scales = lying ? { x: value, y: named } : { x: named, y: value };
  if (stacked) scales.x.stacked = scales.y.stacked = true;
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    indexAxis: lying ? "y" : "x",
    interaction: { mode: "index", intersect: false, axis: lying ? "y" : "x" },
    scales,
    plugins: {
      legend: { display: series.length > 1, labels: { usePointStyle: kind === "line", boxWidth: kind === "line" ? 8 : 26, boxHeight: 8, color: INK } },
      tooltip: { callbacks: { label: (of) => `${of.dataset.label}: ${number.format(of.raw)}` } },
    },
  };
}

function draw(box) {
  const kind = box.dataset.chart;
  const { labels, series } = read(document.getElementById(box.dataset.of));
  const lying = kind !== "line";
  if (lying) {
    labels.splice(MOST);
    labels.splice(0, MOST, ...told(labels));
    series.forEach((one) => one.data.splice(MOST));
  }
  const datasets = series.map((one, place) => ({
    ...one,
    borderColor: COLOURS[place % COLOURS.length],
    backgroundColor: lying ? filled(COLOURS[place % COLOURS.length], place) : COLOURS[place % COLOURS.length],
    borderWidth: lying ? 1 : 2,
    borderDash: lying ? undefined : DASHES[place % DASHES.length],
    pointStyle: POINTS[place % POINTS.length],
    pointRadius: labels.length > 45 ? 0 : 3,
    tension: 0.15,
  }));
  box.hidden = false;
  if (lying) box.style.height = `${Math.max(9, 4.5 + labels.length * (kind === "stacked" ? 1.7 : 1.25 * Math.max(1, series.length * 0.8)))}rem`;
  const chart = new Chart(box.querySelector("canvas"), {
    type: lying ? "bar" : "line",
    data: { labels, datasets },
    options: options(kind, series),
  });
  box.dataset.drawn = String(chart.data.datasets.length);
}

// Only the fields of the chosen kind of period.
function fit() {
  const chosen = document.getElementById("ky").value;
  for (const part of document.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== chosen;
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-chart]").forEach(draw);
  document.getElementById("ky").addEventListener("change", fit);
  fit();
});
window.addEventListener("beforeprint", () => Object.values(Chart.instances).forEach((chart) => chart.resize()));
