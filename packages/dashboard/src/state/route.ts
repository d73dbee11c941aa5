/** Where the reader is: what the part of the address after `#` says. */

/** The views of one metering point. */
export const POINT_VIEWS = ["now", "history", "quality", "events", "meter", "link"] as const;
/** The views of the gateway as a whole. */
export const GATEWAY_VIEWS = ["points", "fleet", "settings", "start"] as const;

export type PointViewName = (typeof POINT_VIEWS)[number];
export type GatewayViewName = (typeof GATEWAY_VIEWS)[number];
export type ViewName = PointViewName | GatewayViewName;

export interface Route {
  readonly view: ViewName;
  /** The metering point; null for the gateway's own views, and while none is chosen. */
  readonly point: string | null;
  /** A part of the view, as `outputs` of the settings or `ET13` of the meter's tables; null if none is named. */
  readonly section: string | null;
  readonly query: Readonly<Record<string, string>>;
}

/** Nobody types a longer one. */
const LONGEST_HASH = 2000;

export function isPointView(name: string | undefined): name is PointViewName {
  return (POINT_VIEWS as readonly (string | undefined)[]).includes(name);
}

function isGatewayView(name: string | undefined): name is GatewayViewName {
  return (GATEWAY_VIEWS as readonly (string | undefined)[]).includes(name);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A "%" that means nothing, as after a cut address.
    return part;
  }
}

/**
 * The route of an address fragment; anything unknown is the first view.
 *
 * @example routeOf("#/points/main%20house/history?by=month").point // "main house"
 * @example routeOf("#/settings/outputs").section // "outputs"
 * @example routeOf("#meter=home").point // "home"
 */
export function routeOf(hash: string): Route {
  const [path = "", search = ""] = hash.slice(0, LONGEST_HASH).replace(/^#/, "").split("?", 2);
  const query = Object.fromEntries(new URLSearchParams(search));
  const [first, second, third, fourth] = path
    .split("/")
    .filter((part) => part !== "")
    .map(decoded);
  if (first === "points" && second !== undefined)
    return { view: isPointView(third) ? third : "now", point: second, section: fourth ?? null, query };
  if (isGatewayView(first)) return { view: first, point: null, section: second ?? null, query };
  // Bookmarks of the time when the page had one view.
  const point = path.startsWith("meter=") ? new URLSearchParams(path).get("meter") : null;
  return { view: "now", point, section: null, query };
}

/**
 * The address fragment of a route.
 *
 * @example hrefOf({ view: "history", point: "home", query: { by: "month" } }) // "#/points/home/history?by=month"
 */
export function hrefOf({
  view,
  point = null,
  section = null,
  query = {},
}: Partial<Route> & Pick<Route, "view">): string {
  const parts = isPointView(view) ? (point === null ? [] : ["points", point, view]) : [view];
  if (parts.length > 0 && section !== null) parts.push(section);
  const search = new URLSearchParams(query).toString();
  return `#/${parts.map(encodeURIComponent).join("/")}${search === "" ? "" : `?${search}`}`;
}
