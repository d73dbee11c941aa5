/** The output `former_topics`: publishes what a reader published that Meterport took the place of. */
import type { Output, OutputContext, PriceNow, RunningOutput } from "@meterport/engine/ports/output";
import type { Millis } from "@meterport/protocol/ports";
import { MeterOnShow, type Shown } from "../listening/meter-on-show.ts";
import { type Broker, connectBroker, type LoadMqtt, type Message } from "../mqtt/broker.ts";
import { clientIdOf } from "../mqtt/topics.ts";
import { announcementOf } from "./former-entities.ts";
import { type FormerReader, meterTexts, type Telling } from "./former-reader.ts";
import { formerReaders } from "./former-readers.ts";
import { deviceOf, type FormerTopicsSettings, usualNames } from "./former-topics-settings.ts";
import { hourOf, hoursAhead, type PriceHours, priceHours } from "./price-hours.ts";
import { noSums, RunningSums } from "./running-sums.ts";

const usualRepeat: Millis = 10_000;
/** How soon it is noticed that values have become too old. */
const lookEvery: Millis = 1_000;
/** How often the prices ahead are looked up. */
const pricesEvery: Millis = 60_000;

/** Says the values again and again, and whether there are any. */
class Former {
  readonly #settings: FormerTopicsSettings;
  readonly #context: OutputContext;
  readonly #meter: MeterOnShow;
  readonly #broker: Broker;
  readonly #began: Millis;
  readonly #reader: FormerReader;
  readonly #sums: RunningSums | undefined;
  /** Entities that were announced since the connection was made, by their topics. */
  readonly #announced = new Set<string>();
  #quarters: readonly PriceNow[] = [];
  #pricesAskedAt = Number.NEGATIVE_INFINITY;
  /** What the broker has of the prices. */
  #pricesSaid = "";
  #readings = 0;
  #saidAt = Number.NEGATIVE_INFINITY;
  #online: boolean | undefined;
  #cancel = (): void => {};
  #broke: (error: unknown) => void = () => {};
  /** Rejects if the broker refuses a message. */
  readonly broken: Promise<never>;

  constructor(settings: FormerTopicsSettings, context: OutputContext, meter: MeterOnShow, broker: Broker) {
    this.#settings = settings;
    this.#context = context;
    this.#meter = meter;
    this.#broker = broker;
    this.#began = context.clock.now();
    this.#reader = formerReaders[settings.reader];
    let said = "";
    const untold = (error: unknown): void => {
      const reason = error instanceof Error ? error.message : String(error);
      // The same again is not said again.
      if (reason !== said) context.log.warn(`the energy of the day and the month is not told: ${reason}`);
      said = reason;
    };
    this.#sums = this.#reader.sums === true ? new RunningSums(context.history, untold) : undefined;
    this.broken = new Promise((_, reject) => {
      this.#broke = reject;
    });
    this.broken.catch(() => {});
  }

  start(): void {
    this.#context.onSnapshot(({ id }) => {
      if (id !== this.#meter.id) return;
      this.#readings++;
      this.#note(this.#meter.shown());
      this.#look();
    });
    this.#tick();
  }

  /** Ends it. @returns the last word, if it is needed */
  stop(): Message | undefined {
    this.#cancel();
    return this.#online === false ? undefined : this.#stateMessage(false);
  }

  #tick(): void {
    const { clock } = this.#context;
    this.#look();
    this.#cancel = clock.at(clock.now() + Math.min(lookEvery, this.#repeat), () => this.#tick());
  }

  get #repeat(): Millis {
    return this.#settings.repeat ?? usualRepeat;
  }

  #look(): void {
    const { clock, sent } = this.#context;
    const shown = this.#meter.shown();
    const online = shown !== undefined;
    if (online !== this.#online) {
      this.#online = online;
      // The first value is said at once.
      this.#saidAt = Number.NEGATIVE_INFINITY;
      this.#broker.publish(this.#stateMessage(online)).catch((error: unknown) => this.#broke(error));
    }
    this.#sayPrices(online);
    if (shown === undefined || clock.now() - this.#saidAt < this.#repeat) return;
    this.#saidAt = clock.now();
    const telling = this.#tellingOf(shown);
    this.#announce(telling);
    for (const { path, payload, retain } of this.#reader.messages(telling))
      this.#broker.offer({ topic: `${this.#settings.topic}${path}`, payload, retain });
    sent(1);
  }

  /** Prices are said when they change, and taken back while the meter is away: nobody would say the next hour. */
  #sayPrices(online: boolean): void {
    const { prices: messagesOf } = this.#reader;
    if (messagesOf === undefined) return;
    this.#askPrices();
    const prices = online ? this.#prices() : undefined;
    // What was never said need not be taken back.
    if (prices === undefined && this.#pricesSaid === "") return;
    const messages = messagesOf(prices);
    const text = prices === undefined ? "" : JSON.stringify(messages);
    if (text === this.#pricesSaid) return;
    this.#pricesSaid = text;
    for (const { path, payload, retain } of messages)
      this.#broker
        .publish({ topic: `${this.#settings.topic}${path}`, payload, retain })
        .catch((error: unknown) => this.#broke(error));
  }

  #prices(): PriceHours | undefined {
    return priceHours(this.#quarters, this.#context.clock.wall());
  }

  #askPrices(): void {
    const { clock, log } = this.#context;
    const { point } = this.#meter;
    // After a start they may not be there yet.
    const pause = this.#quarters.length === 0 ? this.#repeat : pricesEvery;
    if (point === undefined || clock.now() - this.#pricesAskedAt < pause) return;
    this.#pricesAskedAt = clock.now();
    const from = hourOf(clock.wall());
    point.prices(from, from + hoursAhead * 3_600_000).then(
      (quarters) => {
        this.#quarters = quarters ?? [];
      },
      (error: unknown) => log.warn(`prices are not told: ${error instanceof Error ? error.message : String(error)}`),
    );
  }

  #note(shown: Shown | undefined): void {
    if (shown !== undefined && shown.live.time !== null) this.#sums?.note(shown.point, Date.parse(shown.live.time));
  }

  #tellingOf(shown: Shown): Telling {
    const { clock, version } = this.#context;
    const { time } = shown.live;
    return {
      ...{ shown, version, prices: this.#prices(), names: this.#settings.names ?? usualNames },
      counts: { uptime: (clock.now() - this.#began) / 1000, readings: this.#readings },
      sums: (time === null ? undefined : this.#sums?.sums(shown.point, Date.parse(time))) ?? noSums,
    };
  }

  /** Announces what the meter has and what was not announced yet. */
  #announce(telling: Telling): void {
    const { topic, names = usualNames } = this.#settings;
    const device = deviceOf(this.#settings);
    const around = {
      ...{ reader: this.#reader, topic, device, repeat: this.#repeat, version: this.#context.version },
      discoveryPrefix: this.#settings.discovery_prefix ?? "homeassistant",
      deviceName: this.#reader.deviceName ?? names,
      meter: meterTexts(telling.shown),
    };
    for (const entity of this.#reader.entities?.(telling, device) ?? []) {
      if (!entity.known || this.#announced.has(entity.configTopic)) continue;
      this.#announced.add(entity.configTopic);
      const message = announcementOf(entity, around);
      this.#broker.publish({ ...message, retain: true }).catch((error: unknown) => this.#broke(error));
    }
  }

  #stateMessage(online: boolean): Message {
    const { path, online: there, offline } = this.#reader.availability;
    return { topic: `${this.#settings.topic}${path}`, payload: online ? there : offline, retain: true };
  }
}

/** @param loadMqtt stands in for the import of the package */
export const openFormerTopics =
  (settings: FormerTopicsSettings, loadMqtt?: LoadMqtt): Output["open"] =>
  async (context, signal): Promise<RunningOutput> => {
    const { clock, skipped } = context;
    const meter = new MeterOnShow(context);
    const clientId = clientIdOf(settings.topic);
    const { path, offline } = formerReaders[settings.reader].availability;
    const will = { topic: `${settings.topic}${path}`, payload: offline };
    const broker = await connectBroker(
      { settings, clientId, will, clock, skipped, loadMqtt, arrived: () => {} },
      signal,
    );
    const former = new Former(settings, context, meter, broker);
    former.start();
    return {
      ended: Promise.race([broker.ended, former.broken]),
      test: async () => `the broker ${settings.url} is there, and ${meter.look()}`,
      close: () => broker.close(former.stop()),
    };
  };
