/** The output `former_topics`: publishes what a reader published that Meterport took the place of. */
import type { Output, OutputContext, RunningOutput } from "@meterport/engine/ports/output";
import type { Millis } from "@meterport/protocol/ports";
import { MeterOnShow } from "../listening/meter-on-show.ts";
import { type Broker, connectBroker, type LoadMqtt } from "../mqtt/broker.ts";
import { formerMessages } from "./former-messages.ts";
import type { FormerTopicsSettings } from "./former-topics-settings.ts";

const usualRepeat: Millis = 10_000;
/** How soon it is noticed that values have become too old. */
const lookEvery: Millis = 1_000;

/** Says the values again and again, and whether there are any. */
class Former {
  readonly #settings: FormerTopicsSettings;
  readonly #context: OutputContext;
  readonly #meter: MeterOnShow;
  readonly #broker: Broker;
  readonly #began: Millis;
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
    this.broken = new Promise((_, reject) => {
      this.#broke = reject;
    });
    this.broken.catch(() => {});
  }

  start(): void {
    this.#context.onSnapshot(({ id }) => {
      if (id !== this.#meter.id) return;
      this.#readings++;
      this.#look();
    });
    this.#tick();
  }

  /** Says goodbye. */
  async stop(): Promise<void> {
    this.#cancel();
    if (this.#broker.isOpen && this.#online !== false) await this.#state(false).catch(() => {});
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
      this.#state(online).catch((error: unknown) => this.#broke(error));
    }
    if (shown === undefined || clock.now() - this.#saidAt < this.#repeat) return;
    this.#saidAt = clock.now();
    const { reader, topic } = this.#settings;
    const counts = { uptime: (clock.now() - this.#began) / 1000, readings: this.#readings };
    for (const { path, payload, retain } of formerMessages[reader](shown, counts))
      this.#broker.offer({ topic: `${topic}${path}`, payload, retain });
    sent(1);
  }

  #state(online: boolean): Promise<void> {
    const { topic } = this.#settings;
    return this.#broker.publish({ topic: `${topic}/lwt`, payload: online ? "Online" : "Offline", retain: true });
  }
}

/** @param loadMqtt stands in for the import of the package */
export const openFormerTopics =
  (settings: FormerTopicsSettings, loadMqtt?: LoadMqtt): Output["open"] =>
  async (context, signal): Promise<RunningOutput> => {
    const { clock, skipped } = context;
    const meter = new MeterOnShow(context);
    const clientId = `meterport-${settings.topic.replace(/[^A-Za-z0-9_-]/g, "_")}`.slice(0, 64);
    const will = { topic: `${settings.topic}/lwt`, payload: "Offline" };
    const broker = await connectBroker(
      { settings, clientId, will, clock, skipped, loadMqtt, arrived: () => {} },
      signal,
    );
    const former = new Former(settings, context, meter, broker);
    former.start();
    return {
      ended: Promise.race([broker.ended, former.broken]),
      test: async () => `the broker ${settings.url} is there, and ${meter.look()}`,
      close: async () => {
        await former.stop();
        await broker.close();
      },
    };
  };
