/** Moving and zooming a chart with mouse, wheel and fingers. */
import type { Span } from "./shown-range.ts";

export interface GestureTarget {
  /** Pixels from the left edge of the plot, and how wide it is. */
  readonly plot: () => { readonly left: number; readonly width: number };
  readonly span: () => Span;
  /** While moving. */
  readonly set: (span: Span) => void;
  /** Afterwards. */
  readonly settle: () => void;
  /** A click or a tap, at pixels from the left edge of the element. */
  readonly tap: (x: number) => void;
  /** The pointer is there; null when it has left. */
  readonly point: (x: number | null) => void;
  /** Whether the wheel zooms although the page could scroll. */
  readonly hasFocus: () => boolean;
}

/** What fingers and pointers do, in pixels; without a browser, so that it can be tested. */
export class Gesture {
  readonly #target: GestureTarget;
  readonly #pointers = new Map<number, number>();
  #start: Span = { from: 0, to: 1 };
  #startX = 0;
  #startGap = 0;
  #moved = false;

  constructor(target: GestureTarget) {
    this.#target = target;
  }

  down(id: number, x: number): void {
    // A third finger changes nothing.
    if (this.#pointers.size >= 2) return;
    if (this.#pointers.size === 0) this.#moved = false;
    this.#pointers.set(id, x);
    this.#begin();
  }

  /** True if the chart moves with it. */
  move(id: number, x: number): boolean {
    if (!this.#pointers.has(id)) {
      this.#target.point(x);
      return false;
    }
    this.#pointers.set(id, x);
    const [middle, gap] = this.#places();
    // A finger is never quite still.
    if (!this.#moved && Math.abs(middle - this.#startX) < 5 && Math.abs(gap - this.#startGap) < 5) return false;
    this.#moved = true;
    this.#target.set(this.#spanAt(middle, gap));
    return true;
  }

  up(id: number): void {
    const x = this.#pointers.get(id);
    if (x === undefined) return;
    this.#pointers.delete(id);
    if (this.#pointers.size > 0) this.#begin();
    else if (this.#moved) this.#target.settle();
    else this.#target.tap(x);
  }

  /** The browser took the pointer, to scroll the page. */
  cancel(id: number): void {
    if (!this.#pointers.delete(id) || this.#pointers.size > 0) return;
    if (this.#moved) this.#target.settle();
  }

  /** Turns of a wheel, pixels; true if they are used here. */
  wheel({
    x,
    deltaX,
    deltaY,
    zooms,
  }: {
    readonly x: number;
    readonly deltaX: number;
    readonly deltaY: number;
    readonly zooms: boolean;
  }): boolean {
    const { left, width } = this.#target.plot();
    const { from, to } = this.#target.span();
    const length = to - from;
    if (Math.abs(deltaX) > Math.abs(deltaY)) {
      const by = (deltaX / width) * length;
      this.#target.set({ from: from + by, to: to + by });
    } else if (deltaY !== 0 && (zooms || this.#target.hasFocus())) {
      // A wheel with a click has a hundred pixels: a fifth more or less.
      const factor = 1.2 ** (Math.max(-300, Math.min(300, deltaY)) / (zooms ? 30 : 100));
      const share = Math.min(1, Math.max(0, (x - left) / width));
      const start = from + share * length * (1 - factor);
      this.#target.set({ from: start, to: start + length * factor });
    } else return false;
    return true;
  }

  #begin(): void {
    this.#start = this.#target.span();
    [this.#startX, this.#startGap] = this.#places();
  }

  #places(): [number, number] {
    const [a = 0, b = a] = [...this.#pointers.values()];
    return [(a + b) / 2, Math.abs(a - b)];
  }

  #spanAt(middle: number, gap: number): Span {
    const { left, width } = this.#target.plot();
    const length = this.#start.to - this.#start.from;
    const factor = this.#startGap >= 20 && gap >= 20 ? this.#startGap / gap : 1;
    // The moment below the fingers stays below them.
    const held = this.#start.from + ((this.#startX - left) / width) * length;
    const from = held - ((middle - left) / width) * length * factor;
    return { from, to: from + length * factor };
  }
}

/** Lets an element be moved and zoomed; gives what ends that. */
export function listen(element: HTMLElement, target: GestureTarget): () => void {
  const gesture = new Gesture(target);
  const xOf = (event: MouseEvent): number => event.clientX - element.getBoundingClientRect().left;
  let settling: ReturnType<typeof setTimeout> | undefined;
  const ends: (() => void)[] = [];
  const on = <K extends keyof HTMLElementEventMap>(type: K, run: (event: HTMLElementEventMap[K]) => void): void => {
    element.addEventListener(type, run, { passive: false });
    ends.push(() => element.removeEventListener(type, run));
  };
  on("pointerdown", (event) => {
    if (event.button === 0) gesture.down(event.pointerId, xOf(event));
  });
  on("pointermove", (event) => {
    // Only then, because the click on something within would be lost.
    if (gesture.move(event.pointerId, xOf(event)) && !element.hasPointerCapture(event.pointerId))
      element.setPointerCapture(event.pointerId);
  });
  on("pointerup", (event) => gesture.up(event.pointerId));
  on("pointercancel", (event) => gesture.cancel(event.pointerId));
  on("pointerleave", (event) => {
    if (element.hasPointerCapture(event.pointerId)) return;
    gesture.cancel(event.pointerId);
    if (event.pointerType === "mouse") target.point(null);
  });
  on("wheel", (event) => {
    const unit = event.deltaMode === 1 ? 33 : 1;
    const [deltaX, deltaY] =
      event.shiftKey && event.deltaX === 0 ? [event.deltaY * unit, 0] : [event.deltaX * unit, event.deltaY * unit];
    // Browsers report the pinch on a touchpad as a wheel with Ctrl.
    if (!gesture.wheel({ x: xOf(event), deltaX, deltaY, zooms: event.ctrlKey || event.metaKey })) return;
    event.preventDefault();
    clearTimeout(settling);
    settling = setTimeout(target.settle, 220);
  });
  return () => {
    clearTimeout(settling);
    for (const end of ends) end();
  };
}
