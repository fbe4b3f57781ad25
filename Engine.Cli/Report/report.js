"use strict";
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const font = getComputedStyle(document.body).fontFamily;
  const axis = (title, log) => ({
    title: { text: title, font: { size: 13, color: "#3e4c59" }, standoff: 8 },
    type: log ? "log" : "linear", gridcolor: "#e6eaee", linecolor: "#7b8794", tickcolor: "#7b8794",
    ticks: "outside", ticklen: 4, zeroline: false, automargin: true, exponentformat: "power",
  });
  const traces = curve => {
    if (curve.scatter) return [{ name: curve.name, x: curve.x, y: curve.y, mode: "markers", type: "scatter", marker: { color: curve.colour, size: 4, opacity: 0.5 } }];
    const line = {
      name: curve.name, x: curve.x, y: curve.y, mode: "lines", type: "scatter",
      line: { color: curve.colour, width: 1.8, dash: curve.dash }, legendgroup: curve.name,
    };
    if (!curve.error) return [line];
    const band = {
      x: curve.x.concat(curve.x.slice().reverse()),
      y: curve.y.map((v, i) => v + curve.error[i]).concat(curve.y.map((v, i) => v - curve.error[i]).reverse()),
      type: "scatter", mode: "lines", fill: "toself", fillcolor: curve.colour + "2e", line: { width: 0 },
      hoverinfo: "skip", showlegend: false, legendgroup: curve.name,
    };
    return [band, line];
  };
  const draw = element => {
    const figure = figures[element.dataset.figure];
    const layout = {
      font: { family: font, size: 12, color: "#616e7c" }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      margin: { l: 62, r: 12, t: 12, b: 46 }, hovermode: figure.curves.some(c => c.scatter) ? "closest" : "x unified", modebar: { bgcolor: "rgba(0,0,0,0)", color: "#9aa5b1", activecolor: "#0b5c8f" }, showlegend: figure.curves.length > 1,
      legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", font: { size: 12 } },
      xaxis: axis(figure.x, figure.logX), yaxis: axis(figure.y, figure.logY),
      shapes: figure.marks.map(x => ({ type: "line", x0: x, x1: x, yref: "paper", y0: 0, y1: 1, line: { color: "#9aa5b1", width: 1, dash: "dot" } })),
    };
    const config = { displaylogo: false, modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"], toImageButtonOptions: { format: "svg" } };
    element.replaceChildren();
    Plotly.newPlot(element, figure.curves.flatMap(traces), layout, config).then(() => new ResizeObserver(() => Plotly.Plots.resize(element)).observe(element));
  };
  // Plots are built when they come near the view: a long report opens at once. What was not looked at prints as the SVG.
  const waiting = new Set(document.querySelectorAll("[data-figure]"));
  const show = element => { if (waiting.delete(element)) draw(element); };
  const observer = new IntersectionObserver(entries => entries.filter(e => e.isIntersecting).forEach(e => { observer.unobserve(e.target); show(e.target); }), { rootMargin: "600px" });
  waiting.forEach(element => observer.observe(element));
})();
