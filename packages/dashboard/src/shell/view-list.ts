/** The views of the page, in the order of the navigation. Each is loaded when it is opened first. */
import type { Component } from "svelte";
import type { ViewName } from "../state/route.ts";
import type { Who } from "../state/session-api.ts";

export interface ViewEntry {
  readonly name: ViewName;
  readonly load: () => Promise<{ readonly default: Component }>;
  /** Stroked paths of its icon, in a box of 24 by 24. */
  readonly icon: string;
  /** The right that its reader needs. */
  readonly needs: NonNullable<Who["scope"]>;
  /** The part of the gateway without which there is nothing to show; it is always there if omitted. */
  readonly part?: string;
}

export const POINT_VIEW_ENTRIES: readonly ViewEntry[] = [
  {
    name: "now",
    load: () => import("../views/now/now.svelte"),
    icon: "M4.500 17a9 9 0 1 1 15 0M12 15l4-6",
    needs: "read",
  },
  {
    name: "history",
    load: () => import("../views/history/history.svelte"),
    icon: "M4 20V11M10 20V4M16 20v-7M21 20H3",
    needs: "read",
  },
  {
    name: "quality",
    load: () => import("../views/quality/quality.svelte"),
    icon: "M2.500 12h3l2.500-7 4 14 3.500-10 2 3h4",
    needs: "read",
  },
  {
    name: "events",
    load: () => import("../views/events/events.svelte"),
    icon: "M8 6h13M8 12h13M8 18h13M3.500 6h.01M3.500 12h.01M3.500 18h.01",
    needs: "read",
  },
  {
    name: "meter",
    load: () => import("../views/meter/meter.svelte"),
    icon: "M6 3h12a1.500 1.500 0 0 1 1.500 1.500v15A1.500 1.500 0 0 1 18 21H6a1.500 1.500 0 0 1-1.500-1.500v-15A1.500 1.500 0 0 1 6 3ZM8 7h8v4H8ZM9 16h.01M15 16h.01",
    needs: "read",
  },
  {
    name: "link",
    load: () => import("../views/link/link.svelte"),
    icon: "M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0ZM12 17v4",
    needs: "read",
  },
];

export const GATEWAY_VIEW_ENTRIES: readonly ViewEntry[] = [
  {
    name: "points",
    load: () => import("../views/points/points.svelte"),
    icon: "M4 4h6v6H4ZM14 4h6v6h-6ZM4 14h6v6H4ZM14 14h6v6h-6Z",
    needs: "read",
  },
  {
    name: "fleet",
    load: () => import("../views/fleet/fleet.svelte"),
    icon: "M4 20V9l4-3v3l4-3v3l4-3v14ZM16 20h4V10h-4M8 13h.01M12 13h.01M8 16.500h.01M12 16.500h.01",
    needs: "read",
    part: "fleet",
  },
  {
    name: "settings",
    load: () => import("../views/settings/settings.svelte"),
    icon: "M4 7h10M18 7h2M4 17h2M10 17h10M16 4.500v5M8 14.500v5",
    needs: "read",
  },
];

/** Without a place in the navigation: others lead there. */
const OTHER_VIEW_ENTRIES: readonly ViewEntry[] = [
  { name: "start", load: () => import("../views/start/start.svelte"), icon: "M12 5v14M5 12h14", needs: "admin" },
];

export function viewEntry(name: ViewName): ViewEntry | undefined {
  return [...POINT_VIEW_ENTRIES, ...GATEWAY_VIEW_ENTRIES, ...OTHER_VIEW_ENTRIES].find((entry) => entry.name === name);
}
