/** Tells Home Assistant which devices there are, and takes back what is gone. */
import type { PointView } from "@meterport/engine/ports/output";
import type { LiveKey } from "@meterport/protocol/meaning/readings";
import type { Message } from "./broker.ts";
import { childDiscovery, type DiscoveryOptions, gatewayDiscovery, pointDiscovery } from "./discovery.ts";
import type { ShownChild } from "./payloads.ts";
import { bridgeTopics, discoveryTopic, gatewayNode, nodeOf, retainedTopics } from "./topics.ts";

export interface AnnouncerOptions extends DiscoveryOptions {
  readonly clientId: string;
  /** Undefined without Home Assistant. */
  readonly discoveryPrefix: string | undefined;
  readonly publish: (message: Message) => Promise<void>;
  readonly warn: (text: string) => void;
}

/** A point, or a meter behind one. */
export interface Listed {
  readonly id: string;
  readonly name: string;
}

type Platforms = ReadonlyMap<string, string>;

interface DeviceMessage {
  readonly components: Readonly<Record<string, { readonly platform: string }>>;
}

/** The message on `bridge/devices`: also what the next start needs to tidy up. */
interface DeviceList {
  readonly client: string;
  readonly discovery: string | null;
  readonly devices: readonly Listed[];
}

/** What another hand may have written. */
const parsedList = (text: string): DeviceList | undefined => {
  try {
    const { client, discovery, devices } = JSON.parse(text) as Partial<DeviceList>;
    if (typeof client !== "string" || !Array.isArray(devices)) return undefined;
    const known = devices.filter(
      ({ id }: { readonly id?: unknown }) =>
        typeof id === "string" && /^[a-z0-9][a-z0-9_-]{0,62}(\.[A-Za-z0-9]{1,20})?$/.test(id),
    );
    return {
      client,
      discovery: typeof discovery === "string" && !/[+#]/.test(discovery) ? discovery : null,
      devices: known,
    };
  } catch {
    return undefined;
  }
};

export class Announcer {
  readonly #options: AnnouncerOptions;
  /** What was published last, by topic. */
  readonly #said = new Map<string, string>();
  /** The entities that were announced last and the platform of each, by topic. */
  readonly #entities = new Map<string, Platforms>();
  #listed: ReadonlySet<string> = new Set();

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  /** The same is published again from now on. */
  forget(): void {
    this.#said.clear();
  }

  /** Takes back what an earlier start announced and what is no longer there. */
  async tidy(listText: string, present: readonly Listed[]): Promise<void> {
    const { clientId, discoveryPrefix, prefix, publish, warn } = this.#options;
    const before = parsedList(listText);
    if (before === undefined) return;
    if (before.client !== clientId) {
      warn(`another client, ${before.client}, has announced meters below ${prefix}: give each gateway its own prefix`);
      return;
    }
    const here = new Set(present.map(({ id }) => id));
    for (const { id } of before.devices) if (!here.has(id)) await this.remove(id, before.discovery);
    if (before.discovery === null || before.discovery === discoveryPrefix) return;
    // Home Assistant was turned off, or looks elsewhere now.
    const nodes = [gatewayNode(prefix), ...before.devices.map(({ id }) => nodeOf(prefix, id))];
    for (const node of nodes)
      await publish({ topic: discoveryTopic(before.discovery, node), payload: "", retain: true });
  }

  /** Lists all points, and takes back those that are gone since the last list. */
  async list(points: readonly Listed[]): Promise<void> {
    const { clientId, discoveryPrefix = null, prefix } = this.#options;
    const here = new Set(points.map(({ id }) => id));
    for (const id of this.#listed) if (!here.has(id)) await this.remove(id, discoveryPrefix);
    this.#listed = here;
    const devices = points.map(({ id, name }) => ({ id, name }));
    const list: DeviceList = { client: clientId, discovery: discoveryPrefix, devices };
    await this.#say(bridgeTopics(prefix).devices, list);
  }

  /** Announces the gateway itself. */
  async gateway(): Promise<void> {
    const { discoveryPrefix, prefix } = this.#options;
    if (discoveryPrefix === undefined) return;
    await this.#say(discoveryTopic(discoveryPrefix, gatewayNode(prefix)), gatewayDiscovery(this.#options));
  }

  /** Announces a point, unless the same was said already. */
  async point(point: PointView, seen: ReadonlySet<LiveKey>): Promise<void> {
    const { discoveryPrefix, prefix } = this.#options;
    if (discoveryPrefix === undefined) return;
    await this.#announce(
      discoveryTopic(discoveryPrefix, nodeOf(prefix, point.id)),
      pointDiscovery(point, seen, this.#options),
    );
  }

  /** Announces a meter behind another one, unless the same was said already. */
  async child(child: ShownChild): Promise<void> {
    const { discoveryPrefix, prefix } = this.#options;
    if (discoveryPrefix === undefined) return;
    const message = childDiscovery(child, this.#options);
    await this.#announce(discoveryTopic(discoveryPrefix, nodeOf(prefix, child.id)), message);
  }

  /** Removes the device of a point from Home Assistant, and its messages from the broker. */
  async remove(id: string, discovery: string | null): Promise<void> {
    const { prefix, publish } = this.#options;
    const node = discovery === null ? [] : [discoveryTopic(discovery, nodeOf(prefix, id))];
    for (const topic of [...node, ...retainedTopics(prefix, id)]) {
      this.#said.delete(topic);
      this.#entities.delete(topic);
      await publish({ topic, payload: "", retain: true });
    }
  }

  /** An entity that is only missing stays in Home Assistant: it goes when it is named with nothing but its platform, once. */
  async #announce(topic: string, message: DeviceMessage): Promise<void> {
    const { components } = message;
    const gone = [...(this.#entities.get(topic) ?? [])].filter(([key]) => !(key in components));
    this.#entities.set(topic, new Map(Object.entries(components).map(([key, { platform }]) => [key, platform])));
    if (gone.length > 0) {
      const bare = Object.fromEntries(gone.map(([key, platform]) => [key, { platform }]));
      await this.#say(topic, { ...message, components: { ...components, ...bare } });
    }
    await this.#say(topic, message);
  }

  async #say(topic: string, body: object): Promise<void> {
    const payload = JSON.stringify(body);
    if (this.#said.get(topic) === payload) return;
    this.#said.set(topic, payload);
    await this.#options.publish({ topic, payload, retain: true });
  }
}
