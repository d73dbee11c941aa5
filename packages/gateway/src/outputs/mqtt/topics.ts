/**
 * The topics of the output `mqtt`. Ids of points are lower-case letters, digits, - and _, those of meters behind them have a point before
 * their serial number; so they need no escaping.
 */

/** Below the prefix. */
export const bridgeTopics = (prefix: string) => ({
  /** "online", or "offline" by the will. Retained. */
  state: `${prefix}/bridge/state`,
  /** The gateway itself. Retained. */
  info: `${prefix}/bridge/info`,
  /** The meters of the last start, so that the next one can tidy up. Retained. */
  devices: `${prefix}/bridge/devices`,
  /** How it is doing, every few minutes. Retained. */
  health: `${prefix}/bridge/health`,
  /** For tests of the way to the broker and back. */
  echo: `${prefix}/bridge/echo`,
});

export const pointTopics = (prefix: string, id: string) => ({
  availability: `${prefix}/meter/${id}/availability`,
  live: `${prefix}/meter/${id}/live`,
  energy: `${prefix}/meter/${id}/energy`,
  status: `${prefix}/meter/${id}/status`,
  diagnostics: `${prefix}/meter/${id}/diagnostics`,
  /** What a kWh costs now. Retained. */
  price: `${prefix}/meter/${id}/price`,
  /** What a meter behind another one answered last. Retained. */
  values: `${prefix}/meter/${id}/values`,
  interval: `${prefix}/meter/${id}/interval`,
  register: `${prefix}/meter/${id}/register`,
  event: `${prefix}/meter/${id}/event`,
  device: `${prefix}/meter/${id}/device`,
});

/** Those whose last message the broker keeps. */
export const retainedTopics = (prefix: string, id: string): readonly string[] => {
  const { availability, energy, status, diagnostics, price, values } = pointTopics(prefix, id);
  return [availability, energy, status, diagnostics, price, values];
};

/** A prefix as a part of identifiers. */
const slugOf = (prefix: string): string => prefix.replace(/[^a-zA-Z0-9_-]/g, "_");

/** The name of a point's device in Home Assistant. It follows from prefix and id alone, so a new name or meter keeps its history. */
export const nodeOf = (prefix: string, id: string): string => `${slugOf(prefix)}_${id.replace(".", "__")}`;

/** Two connections with one client ID would take each other's place at the broker, so it follows from the topic. */
export const clientIdOf = (topic: string): string => `meterport-${slugOf(topic)}`.slice(0, 64);

/** An entity id that Home Assistant accepts: no two underscores in a row, none at an end. */
export const entityIdOf = (platform: string, name: string): string =>
  `${platform}.${name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_|_$/g, "")}`;

/** That of the gateway; no id of a point begins with an underscore. */
export const gatewayNode = (prefix: string): string => `${slugOf(prefix)}__gateway`;

export const discoveryTopic = (discoveryPrefix: string, node: string): string =>
  `${discoveryPrefix}/device/${node}/config`;

/** Where Home Assistant says that it has started. */
export const birthTopic = (discoveryPrefix: string): string => `${discoveryPrefix}/status`;
