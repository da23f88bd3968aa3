// One figure in its element; it follows theme and size.

import type { EChartsType } from "echarts/core";
import { readTheme } from "../chart/theme";
import { init } from "./library";
import { build } from "./option";
import type { Figure } from "./types";

export class Mounted {
  private chart: EChartsType | null = null;
  private figure: Figure | null = null;
  private drawnIn = "";
  private readonly canvas = document.createElement("div");
  private readonly resize = new ResizeObserver(() => this.redrawIfChanged());
  private readonly theme = new MutationObserver(() => this.redrawIfChanged());

  constructor(private readonly element: HTMLElement) {
    this.canvas.className = "absolute inset-0";
    element.append(this.canvas);
    this.resize.observe(element);
    this.theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    // Names are measured before a web font has come, and must be placed anew after.
    void document.fonts.ready.then(() => this.redraw());
  }

  draw(figure: Figure) {
    this.figure = figure;
    this.redraw();
  }

  image(kind: "png" | "svg"): string {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!this.figure || !this.chart) return "";
    const theme = readTheme();
    if (kind === "png") return this.chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: theme.panel });
    const copy = init(null, { renderer: "svg", ssr: true, width, height });
    copy.setOption({ ...build(this.figure, theme, width, height), backgroundColor: theme.panel });
    const text = copy.renderToSVGString();
    copy.dispose();
    return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  }

  dispose() {
    this.resize.disconnect();
    this.theme.disconnect();
    this.chart?.dispose();
    this.chart = null;
    this.figure = null;
    this.canvas.remove();
  }

  private surroundings(): string {
    const { clientWidth, clientHeight } = this.element;
    return `${clientWidth}x${clientHeight} ${document.documentElement.dataset.theme}`;
  }

  private redrawIfChanged() {
    if (this.surroundings() !== this.drawnIn) this.redraw();
  }

  private redraw() {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!this.figure || width < 10 || height < 10) return;
    this.drawnIn = this.surroundings();
    this.chart ??= init(this.canvas, { renderer: "canvas", width, height });
    this.chart.resize({ width, height });
    this.chart.setOption(build(this.figure, readTheme(), width, height), { notMerge: true });
  }
}
