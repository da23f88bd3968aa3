// One chart: what it shows, the tool in hand, and what follows theme and size. It lives in a frame of its own, so that
// a page that is left and opened again gets the picture back as it was, without drawing it anew.

import type { EChartsType } from "echarts/core";
import { init } from "./library";
import { type Built, type View, build } from "./option";
import { type Projection, cornersOf, follow, outline, overlay, regionOf } from "./selection";
import { readTheme } from "./theme";
import type { Drawing, Pair, Region, Tool } from "./types";
import { moved, zoomed } from "./view";

export class Mounted {
  private chart: EChartsType | null = null;
  private drawing: Drawing | null = null;
  private built: Built | null = null;
  private region: Region | null = null;
  /** The part of the scales on screen, with the axes it is of. */
  private view: (View & { axes: string }) | null = null;
  private tool: Tool = "lasso";
  private axes = "";
  /** The drawing as it came, and the size and theme it was last drawn in. */
  private text = "";
  private drawnIn = "";
  private readonly element = document.createElement("div");
  private readonly canvas = document.createElement("div");
  private readonly svg: SVGSVGElement;
  private readonly resize = new ResizeObserver(() => this.redrawIfChanged());
  private readonly theme = new MutationObserver(() => this.redrawIfChanged());
  onSelect: (region: Region) => void = () => undefined;
  onZoom: (part: string) => void = () => undefined;

  constructor() {
    const { element } = this;
    element.className = "absolute inset-0";
    this.canvas.className = "absolute inset-0";
    element.append(this.canvas);
    this.svg = overlay(element);
    this.resize.observe(element);
    this.theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    element.addEventListener("pointerdown", (event) => this.press(event));
    element.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    element.addEventListener("dblclick", () => this.whole());
    // Names are measured before a web font has come, and must be placed anew after.
    void document.fonts.ready.then(() => this.redraw());
  }

  /** Puts the chart into a place on the page; it leaves the one it was in. */
  moveTo(place: HTMLElement) {
    place.append(this.element);
  }

  draw(text: string) {
    if (text === this.text) return;
    this.text = text;
    const drawing = JSON.parse(text) as Drawing;
    const { spec, labels } = drawing;
    this.axes = JSON.stringify([spec.kind, spec.log_x, spec.log_y, labels.x, labels.y]);
    this.drawing = drawing;
    this.redraw();
  }

  show(region: Region | null) {
    this.region = region;
    this.outlineRegion();
  }

  /** Shows a part of the scales, as `onZoom` told it. */
  zoom(part: string) {
    if (part === JSON.stringify(this.view)) return;
    this.view = JSON.parse(part);
    this.redraw();
  }

  take(tool: Tool) {
    this.tool = tool;
    this.element.style.cursor = tool === "pan" ? "grab" : "crosshair";
    // A finger that pans scrolls the page; one that selects must not.
    this.element.style.touchAction = tool === "pan" ? "pan-y" : "none";
  }

  image(kind: "png" | "svg"): string {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!this.drawing || !this.chart) return "";
    const theme = readTheme();
    const { option } = build(this.drawing, theme, width, height, this.view);
    if (kind === "png") return this.chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: theme.panel });
    const copy = init(null, { renderer: "svg", ssr: true, width, height });
    copy.setOption({ ...option, backgroundColor: theme.panel });
    const text = copy.renderToSVGString();
    copy.dispose();
    return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  }

  /** The size the chart has and the theme it is under. */
  private surroundings(): string {
    const { clientWidth, clientHeight } = this.element;
    return `${clientWidth}x${clientHeight} ${document.documentElement.dataset.theme}`;
  }

  private redrawIfChanged() {
    if (this.surroundings() !== this.drawnIn) this.redraw();
  }

  private redraw() {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!this.drawing || width < 10 || height < 10) return;
    // Other axes are shown whole.
    if (this.view && this.view.axes !== this.axes) this.go(null);
    this.drawnIn = this.surroundings();
    this.chart ??= init(this.canvas, { renderer: "canvas", width, height });
    this.chart.resize({ width, height });
    this.built = build(this.drawing, readTheme(), width, height, this.view);
    this.chart.setOption(this.built.option, { notMerge: true });
    this.outlineRegion();
  }

  /** Goes to a part of the scales, or to the whole: the page keeps it. */
  private go(view: View | null) {
    this.view = view && { axes: this.axes, ...view };
    this.onZoom(JSON.stringify(this.view));
  }

  private outlineRegion() {
    const { built, region } = this;
    if (!built || !region) return this.svg.replaceChildren();
    outline(
      this.svg,
      built.places.map((place, i) => ({ place, corners: cornersOf(region, place, this.projection(i), this.hasY()) })),
    );
  }

  private hasY() {
    return this.drawing?.spec.kind !== "histogram";
  }

  private projection(panel: number): Projection {
    const at = { xAxisIndex: panel, yAxisIndex: panel };
    return {
      toData: (pixel) => this.chart?.convertFromPixel(at, pixel) as Pair,
      toPixel: (value) => {
        // A lasso that left the panel of a log axis may have corners that the axis cannot show.
        const { x, y } = this.built?.scales ?? {};
        const shown = (v: number, scale?: { type: string; min: number }) => (scale?.type === "log" && v <= 0 ? scale.min : v);
        return this.chart?.convertToPixel(at, [shown(value[0], x), shown(value[1], y)]) as Pair;
      },
    };
  }

  /** The panel under the pointer. */
  private panelAt([x, y]: Pair): number {
    const places = this.built?.places ?? [];
    return places.findIndex((p) => x >= p.left && x <= p.left + p.width && y >= p.top && y <= p.top + p.height);
  }

  private pixel(event: MouseEvent): Pair {
    const box = this.element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  private press(event: PointerEvent) {
    const start = this.pixel(event);
    const panel = this.panelAt(start);
    const place = this.built?.places[panel];
    if (event.button !== 0 || !place || !this.built) return;
    if (event.pointerType !== "mouse" && this.tool === "pan") return;
    this.element.setPointerCapture(event.pointerId);
    const { tool } = this;
    const { scales } = this.built;
    const lasso = tool === "lasso" && this.hasY();
    const track: Pair[] = [start];
    const drag = new AbortController();
    const { signal } = drag;
    const within = (event: MouseEvent): Pair => {
      const [x, y] = this.pixel(event);
      const clamp = (value: number, low: number, size: number) => Math.min(Math.max(value, low), low + size);
      return [clamp(x, place.left, place.width), clamp(y, place.top, place.height)];
    };
    const move = (event: PointerEvent) => {
      const now = within(event);
      if (tool === "pan") {
        const [x, y] = this.pixel(event);
        this.go(moved(scales, place, [x - start[0], y - start[1]]));
        return this.redraw();
      }
      if (lasso) follow(track, now);
      else track[1] = now;
      const [[x1, y1], [x2, y2]] = [start, now];
      const [top, bottom] = this.hasY() ? [y1, y2] : [place.top, place.top + place.height];
      const corners: Pair[] = lasso ? track : [[x1, top], [x2, top], [x2, bottom], [x1, bottom]];
      outline(this.svg, [{ place, corners }]);
    };
    const end = (isKept: boolean) => {
      drag.abort();
      if (tool === "pan") return;
      const region = isKept ? regionOf(track, tool, this.projection(panel), this.hasY()) : null;
      if (region) {
        this.region = region;
        this.onSelect(region);
      }
      this.outlineRegion();
    };
    this.element.addEventListener("pointermove", move, { signal });
    this.element.addEventListener("pointerup", () => end(true), { signal });
    this.element.addEventListener("pointercancel", () => end(false), { signal });
    document.addEventListener("keydown", (event) => event.key === "Escape" && end(false), { signal });
  }

  private wheel(event: WheelEvent) {
    const pixel = this.pixel(event);
    const place = this.built?.places[this.panelAt(pixel)];
    if (this.tool !== "pan" || !place || !this.built) return;
    event.preventDefault();
    this.go(zoomed(this.built.scales, place, pixel, event.deltaY));
    this.redraw();
  }

  private whole() {
    if (!this.view) return;
    this.go(null);
    this.redraw();
  }
}
