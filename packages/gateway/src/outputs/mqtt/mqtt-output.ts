/** The output `mqtt`: values and changes of metering points at a broker, and their announcement to Home Assistant. */
import type { JournalEntry } from "@meterport/engine/model/journal-entry";
import type { LiveAnswer } from "@meterport/engine/model/point-model";
import type { Batch, Output, OutputContext, PointView, RunningOutput } from "@meterport/engine/ports/output";
import type { Millis, Signal } from "@meterport/protocol/ports";
import { changePayload } from "../change-payload.ts";
import { crossesInClear } from "../clear-text.ts";
import { Announcer, type Listed } from "./announcer.ts";
import { type Arrival, type Broker, connectBroker, type LoadMqtt, type Message } from "./broker.ts";
import { ChildSayer } from "./child-sayer.ts";
import { InOrder } from "./in-order.ts";
import { LastingEvents } from "./lasting-events.ts";
import type { MqttSettings } from "./mqtt-settings.ts";
import { PointSayer } from "./point-sayer.ts";
import { birthTopic, bridgeTopics, clientIdOf, pointTopics } from "./topics.ts";

const usual = { prefix: "meterport", discoveryPrefix: "homeassistant", repeat: 10_000 } as const;

const healthEvery: Millis = 600_000;
const childrenEvery: Millis = 60_000;
/** How long the broker has to show what it kept of the last start. */
const listWait: Millis = 1_000;
/** Home Assistant is told after a pause of this length at most, since all devices of a house answer its birth message. */
const mostAfterBirth: Millis = 3_000;
/** Points that are announced at the same time. */
const announcedAtOnce = 20;

/** @param loadMqtt stands in for the import of the package */
export const openMqtt = (settings: MqttSettings, loadMqtt?: LoadMqtt): Output["open"] => {
  // What lasts is asked of the store once for each point; afterwards its changes tell, also those from before a new connection.
  let lasting: LastingEvents | undefined;
  return async (context, signal) => {
    if (lasting === undefined && settings.password !== undefined && crossesInClear(settings.url))
      context.log.warn("password and values cross the network in the clear: use mqtts:// if others can listen there");
    lasting ??= new LastingEvents(context.history);
    const session = new Session(settings, context, lasting);
    await session.connect(signal, loadMqtt);
    return session.running();
  };
};

/** One connection with everything that was said on it. */
class Session {
  readonly #settings: MqttSettings;
  readonly #context: OutputContext;
  readonly #prefix: string;
  readonly #repeat: Millis;
  readonly #clientId: string;
  readonly #discoveryPrefix: string | undefined;
  readonly #lasting: LastingEvents;
  readonly #announcer: Announcer;
  readonly #sayers = new Map<string, PointSayer>();
  readonly #children: ChildSayer;
  readonly #timers = new Map<string, () => void>();
  /** Changes that the broker has not acknowledged. */
  readonly #onTheirWay = new InOrder();
  #broker: Broker | undefined;
  #signal: Signal | undefined;
  /** What the broker kept of the last start. */
  #list: (text: string) => void = () => {};
  #echo: ((text: string) => void) | undefined;
  #broke: (error: unknown) => void = () => {};
  readonly #broken: Promise<void>;
  /** Whether the last start is tidied up: what is said before the list of points is written could never be taken back. */
  #isReady = false;
  #isLeaving = false;
  /** Whether meters came or went since the health was said. */
  #isHealthOld = false;

  constructor(settings: MqttSettings, context: OutputContext, lasting: LastingEvents) {
    const { prefix = usual.prefix, repeat = usual.repeat, home_assistant = true } = settings;
    this.#settings = settings;
    this.#context = context;
    this.#prefix = prefix;
    this.#repeat = repeat;
    this.#clientId = settings.client_id ?? clientIdOf(prefix);
    this.#discoveryPrefix = home_assistant ? (settings.discovery_prefix ?? usual.discoveryPrefix) : undefined;
    this.#lasting = lasting;
    this.#broken = new Promise((_, reject) => {
      this.#broke = reject;
    });
    this.#broken.catch(() => {});
    this.#announcer = new Announcer({
      ...{ prefix, repeat, version: context.version, clientId: this.#clientId },
      discoveryPrefix: this.#discoveryPrefix,
      publish: (message) => this.#publish(message),
      warn: (text) => context.log.warn(text),
    });
    this.#children = new ChildSayer({
      ...{ prefix, announcer: this.#announcer, expiry: this.#expiry() },
      offer: (message) => this.#needBroker().offer(message),
    });
  }

  async connect(signal: Signal, loadMqtt: LoadMqtt | undefined): Promise<void> {
    const { clock, skipped } = this.#context;
    const { state, devices, echo } = bridgeTopics(this.#prefix);
    this.#signal = signal;
    const will = { topic: state, payload: JSON.stringify({ state: "offline" }) };
    const found = new Promise<string | undefined>((resolve) => {
      this.#list = resolve;
    });
    this.#broker = await connectBroker(
      {
        ...{ settings: this.#settings, clientId: this.#clientId, will, clock, skipped, loadMqtt },
        arrived: (arrival) => this.#arrived(arrival),
      },
      signal,
    );
    try {
      const birth = this.#discoveryPrefix === undefined ? [] : [birthTopic(this.#discoveryPrefix)];
      await this.#broker.listen([state, devices, echo, ...birth]);
      await this.#online();
    } catch (error) {
      await this.#broker.drop();
      throw error;
    }
    this.#guarded(this.#begin(found));
  }

  running(): RunningOutput {
    const { onSnapshot, onPoints, onChildren } = this.#context;
    onSnapshot((point, live) => this.#say(point, live));
    onPoints(() => this.#guarded(this.#pointsChanged()));
    onChildren(() => this.#guarded(this.#pointsChanged()));
    this.#every("repeat", this.#repeat, () => {
      for (const { point } of this.#sayers.values()) this.#say(point, point.live());
      if (!this.#isReady) return;
      this.#guarded(this.#sayChildren(childrenEvery));
      if (this.#isHealthOld) this.#guarded(this.#health());
    });
    this.#every("health", healthEvery, () => this.#guarded(this.#health()));
    return {
      ended: Promise.race([this.#needBroker().ended, this.#broken]),
      deliver: (batch, acknowledge) => this.#deliver(batch, acknowledge),
      ahead: true,
      test: () => this.#test(),
      close: () => this.#close(),
    };
  }

  /** What is retained from the last start is tidied up before this one writes its own. */
  async #begin(found: Promise<string | undefined>): Promise<void> {
    const late = new Promise<undefined>((resolve) => this.#after("list", listWait, () => resolve(undefined)));
    const list = await Promise.race([found, late]);
    if (list !== undefined) await this.#announcer.tidy(list, this.#listed());
    await this.#announcer.gateway();
    await this.#health();
    this.#isReady = true;
    await this.#pointsChanged();
  }

  /** Points came, went or have another name. */
  async #pointsChanged(): Promise<void> {
    if (!this.#isReady) return;
    const points = this.#context.points();
    const here = new Set(points.map(({ id }) => id));
    const others = points.filter((point) => this.#sayers.get(point.id)?.point !== point);
    for (const id of this.#sayers.keys()) {
      if (here.has(id)) continue;
      this.#sayers.delete(id);
      this.#lasting.forget(id);
    }
    await this.#announcer.list(this.#listed());
    await this.#sayChildren(0);
    await this.#lasting.load([...here]);
    for (const point of others) this.#say(point, point.live());
  }

  /** Everything that may have messages at the broker. */
  #listed(): readonly Listed[] {
    const { points, children } = this.#context;
    return [...points(), ...children().map(({ id, serial }) => ({ id, name: serial }))];
  }

  /** @param repeat milliseconds after which the same is said again; 0 if it was said already */
  #sayChildren(repeat: Millis): Promise<void> {
    const { children, clock, points } = this.#context;
    const fresh = new Set(points().flatMap((point) => (point.live().quality === "stale" ? [] : [point.id])));
    return this.#children.say(children(), (parent) => !fresh.has(parent), clock.now(), repeat);
  }

  #sayer(point: PointView): PointSayer {
    let sayer = this.#sayers.get(point.id);
    if (sayer?.point !== point) {
      sayer = new PointSayer(point, sayer);
      this.#sayers.set(point.id, sayer);
    }
    return sayer;
  }

  #say(point: PointView, live: LiveAnswer): void {
    const broker = this.#needBroker();
    if (!broker.isOpen || !this.#isReady) return;
    const sayer = this.#sayer(point);
    const topics = pointTopics(this.#prefix, point.id);
    sayer.saw(live);
    if (sayer.isKnown && sayer.isNews()) this.#guarded(this.#announcer.point(point, sayer.seen));
    const available = sayer.availability(live);
    if (available !== undefined) {
      this.#isHealthOld = true;
      const payload = JSON.stringify({ state: available ? "online" : "offline" });
      this.#guarded(this.#publish({ topic: topics.availability, payload, retain: true }));
    }
    const { clock, sent } = this.#context;
    const lasting = this.#lasting.kinds(point.id);
    for (const { source, body } of sayer.sayings(live, clock.now(), this.#repeat, lasting)) {
      const isLive = source === "live";
      const staleAfter = isLive ? point.detail().link.stale_after_ms : undefined;
      broker.offer({
        topic: topics[source],
        payload: JSON.stringify(body),
        retain: !isLive,
        expiry: staleAfter === undefined ? this.#expiry() : Math.max(1, Math.ceil((staleAfter + this.#repeat) / 1000)),
      });
      if (isLive) sent(1);
    }
  }

  /** Resolves when all are on their way: what follows need not wait until the broker has them. */
  async #deliver({ entries, lost }: Batch, acknowledge: (number: number) => void): Promise<void> {
    if (lost !== null) await this.#sayLost(lost);
    const broker = this.#needBroker();
    await new Promise<void>((resolve, reject) => {
      const fail = (error: unknown): void => {
        reject(error);
        this.#broke(error);
      };
      let waiting = entries.length;
      if (waiting === 0) resolve();
      for (const entry of entries) {
        const isThere = this.#onTheirWay.add(() => {
          acknowledge(entry.number);
          if (entry.kind === "event" && this.#lasting.note(entry.event)) this.#sayAgain(entry.point);
        });
        broker.send(
          this.#messageOf(entry),
          (error) => (error === undefined ? isThere() : fail(error)),
          () => {
            if (--waiting === 0) resolve();
          },
        );
      }
    });
  }

  #messageOf(entry: JournalEntry): Message {
    const { kind, body } = changePayload(entry);
    return { topic: pointTopics(this.#prefix, entry.point)[kind], payload: JSON.stringify(body) };
  }

  #sayAgain(id: string): void {
    const sayer = this.#sayers.get(id);
    if (sayer !== undefined) this.#say(sayer.point, sayer.point.live());
  }

  async #sayLost({ after, before }: NonNullable<Batch["lost"]>): Promise<void> {
    const body = { type: "changes_lost", data: { after, before } };
    await this.#publish({ topic: `${this.#prefix}/bridge/event`, payload: JSON.stringify(body) });
  }

  #arrived({ topic, payload, retained }: Arrival): void {
    const { state, devices, echo } = bridgeTopics(this.#prefix);
    if (topic === devices && retained) this.#list(payload);
    else if (topic === echo) this.#echo?.(payload);
    // An older connection of ours was given up by the broker, whose will came after our own word.
    else if (topic === state && !retained && payload.includes("offline") && !this.#isLeaving)
      this.#guarded(this.#online());
    else if (
      this.#discoveryPrefix !== undefined &&
      topic === birthTopic(this.#discoveryPrefix) &&
      payload === "online" &&
      !retained
    )
      this.#born();
  }

  /** Home Assistant has started: it may have forgotten everything that is not retained. */
  #born(): void {
    const { entropy } = this.#context;
    const [chance = 0] = entropy(1);
    this.#after("birth", Math.round((mostAfterBirth * chance) / 255), () => this.#guarded(this.#announceAgain()));
  }

  async #announceAgain(): Promise<void> {
    this.#announcer.forget();
    await this.#announcer.gateway();
    await this.#announcer.list(this.#listed());
    this.#children.forget();
    await this.#sayChildren(0);
    const sayers = [...this.#sayers.values()];
    for (let from = 0; from < sayers.length; from += announcedAtOnce)
      await Promise.all(
        sayers.slice(from, from + announcedAtOnce).map(async (sayer) => {
          if (sayer.isKnown) await this.#announcer.point(sayer.point, sayer.seen);
          sayer.forget();
          this.#say(sayer.point, sayer.point.live());
        }),
      );
  }

  async #health(): Promise<void> {
    this.#isHealthOld = false;
    const { version, points } = this.#context;
    const { info, health } = bridgeTopics(this.#prefix);
    const visible = points();
    const up = visible.filter((point) => point.live().quality !== "stale").length;
    await this.#publish({
      topic: info,
      payload: JSON.stringify({ version, client: this.#clientId, discovery: this.#discoveryPrefix ?? null }),
      retain: true,
    });
    await this.#publish({
      topic: health,
      payload: JSON.stringify({ points: visible.length, points_up: up }),
      retain: true,
    });
  }

  /** A message to ourselves. */
  async #test(): Promise<string> {
    const { clock, entropy } = this.#context;
    const text = Buffer.from(entropy(8)).toString("hex");
    const began = clock.now();
    const back = new Promise<void>((resolve) => {
      this.#echo = (seen) => {
        if (seen === text) resolve();
      };
    });
    await this.#publish({ topic: bridgeTopics(this.#prefix).echo, payload: text });
    await back;
    this.#echo = undefined;
    return `the broker ${this.#settings.url} took a message and gave it back after ${Math.max(1, Math.round(clock.now() - began))} ms`;
  }

  async #close(): Promise<void> {
    this.#isLeaving = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    await this.#needBroker().close(this.#state("offline"));
  }

  #online(): Promise<void> {
    return this.#publish(this.#state("online"));
  }

  #state(state: "online" | "offline"): Message {
    return { topic: bridgeTopics(this.#prefix).state, payload: JSON.stringify({ state }), retain: true };
  }

  #publish(message: Message): Promise<void> {
    return this.#needBroker().publish(message);
  }

  /** Only of what is said again and again: an announcement is not. */
  #expiry(): number | undefined {
    const { expiry } = this.#settings;
    return typeof expiry === "number" ? Math.round(expiry / 1000) : undefined;
  }

  /** A message that the broker refuses ends the connection with its reason. */
  #guarded(work: Promise<void>): void {
    work.catch((error: unknown) => this.#broke(error));
  }

  #every(name: string, time: Millis, task: () => void): void {
    this.#after(name, time, () => {
      this.#every(name, time, task);
      task();
    });
  }

  #after(name: string, time: Millis, task: () => void): void {
    const { clock } = this.#context;
    this.#timers.get(name)?.();
    if (this.#signal?.aborted === true) return;
    const cancel = clock.at(clock.now() + time, () => {
      this.#timers.delete(name);
      task();
    });
    this.#timers.set(name, cancel);
  }

  #needBroker(): Broker {
    if (this.#broker === undefined) throw new Error("there is no connection to the broker yet");
    return this.#broker;
  }
}
