/** A point as a device of the grid, through all sessions with its meter: what the configuration grants, and nothing else. */

import type { Meter } from "@meterport/client";
import {
  type Answer,
  type Ask,
  type DeviceEvent,
  type RolePhase,
  type RunningDevice,
  runDevice,
} from "@meterport/device";
import { armDelta, checkDelta } from "@meterport/device/delta/arm-delta";
import { DeltaWatch } from "@meterport/device/delta/delta-watch";
import type { PointEvent } from "@meterport/engine/model/point-event";
import type { Log } from "@meterport/engine/ports/log";
import { toHex } from "@meterport/protocol/bytes";
import { UsageError } from "@meterport/protocol/errors";
import type { LiveReading } from "@meterport/protocol/meaning/readings";
import type { Clock, Millis } from "@meterport/protocol/ports";
import type { PostForms } from "@meterport/protocol/procedures/post-messages";
import type { DeviceRight, DeviceSettings, ShownValue } from "../settings/device-settings.ts";
import { type DeviceDisplay, openDisplay, shownItems, showsAnything } from "./device-display.ts";
import type { DeviceStorage, TakenFile } from "./device-files.ts";
import { type DeviceLine, DeviceLog } from "./device-log.ts";
import { KeptSources } from "./kept-sources.ts";
import type { SourceState, SourceValue } from "./own-sources.ts";
import type { FollowTopics } from "./topic-source.ts";

export interface DeviceServiceOptions {
  readonly point: string;
  readonly settings: DeviceSettings;
  readonly folder: DeviceStorage;
  readonly clock: Clock;
  readonly log: Log;
}

export interface DeviceStatus {
  readonly rights: readonly DeviceRight[];
  /** `off` while there is no session with the meter, or no right to register. */
  readonly phase: RolePhase;
  readonly handle: number | null;
  /** Hex, 30 bytes. */
  readonly identification: string;
  readonly sources: readonly SourceState[];
  /** What it has on the display; `value` is null where nothing is shown. */
  readonly display: readonly (ShownValue & { readonly value: number | null })[];
  /** The newest last. */
  readonly lines: readonly DeviceLine[];
}

/** What a point's device needs of its daemon. */
export interface DeviceKeeper {
  readonly keep: (events: readonly PointEvent[]) => void;
  /** Looks at the meters behind the meter soon. */
  readonly lookAtChildren: () => void;
}

/** One session with the meter. */
interface Attached {
  readonly meter: Meter;
  unlisten: () => void;
  /** Its session ended: what it still fails to do is no news. */
  over: boolean;
  /** When the tables that lose their contents with the power were looked at last. */
  renewedAt: Millis;
  device?: RunningDevice;
  display?: DeviceDisplay;
  watch?: DeltaWatch;
}

/** A jump of sequence numbers is told by a message that nobody authenticated. */
const leastBetweenRenewals: Millis = 10_000;
/** A short power failure may pass unseen, and a head-end removes a device without a word. */
const mostBetweenRenewals: Millis = 900_000;
/** Restoring a display takes three requests; the daemon has five seconds for everything. */
const stopLimit: Millis = 2_000;

export class DeviceService {
  readonly #options: DeviceServiceOptions;
  readonly #log: DeviceLog;
  readonly #own: KeptSources;
  #keeper: DeviceKeeper = { keep: () => {}, lookAtChildren: () => {} };
  #attached: Attached | undefined;
  #reading: LiveReading | undefined;
  #unfollow = (): void => {};

  constructor(options: DeviceServiceOptions) {
    this.#options = options;
    this.#log = new DeviceLog(options.point);
    const { settings, folder, clock } = options;
    const failed = (text: string): void => this.#say("sources", `the readings could not be kept: ${text}`);
    this.#own = new KeptSources({ settings: settings.sources, folder, clock, failed });
  }

  /** Where its events go. */
  bind(keeper: DeviceKeeper): void {
    this.#keeper = keeper;
  }

  /** Takes what topics say, until `close`. */
  follow(topics: FollowTopics | undefined): void {
    this.#unfollow = topics?.((name, said, at) => this.take(name, said, at)) ?? (() => {});
  }

  /** The point is gone. */
  close(): void {
    this.#unfollow();
    this.#own.close();
  }

  /** A new session with the meter, which may be written to. */
  readonly attach = (meter: Meter): void => {
    this.#abandon();
    const attached: Attached = { meter, unlisten: () => {}, over: false, renewedAt: this.#options.clock.now() };
    this.#attached = attached;
    attached.unlisten = meter.session.listen((event) => {
      if (event.type === "closed" && this.#attached === attached) this.#abandon();
      // Where there was no power, what the display and ET71 held is gone.
      else if (event.type === "resync" && (event.jumped || event.firstContact)) this.#renew(attached);
    });
    const { settings } = this.#options;
    if (this.#may("register")) this.#register(attached);
    if (this.#may("display") && showsAnything(settings)) void this.#show(attached);
  };

  /** The session is over, so nothing can be put back in it: the next one does. */
  #abandon(): void {
    const attached = this.#attached;
    this.#attached = undefined;
    if (attached === undefined) return;
    attached.over = true;
    attached.unlisten();
    attached.device?.stop();
    void attached.display?.stop();
  }

  /** The meter answers again after a silence, in which it may have lost power. */
  readonly lineBack = (): void => {
    if (this.#attached !== undefined) this.#renew(this.#attached);
  };

  #renew(attached: Attached): void {
    const now = this.#options.clock.now();
    if (this.#attached !== attached || now - attached.renewedAt < leastBetweenRenewals) return;
    attached.renewedAt = now;
    attached.device?.doubt();
    attached.display?.check();
    if (attached.watch !== undefined) void this.#arm(attached);
  }

  readonly onReading = (reading: LiveReading): void => {
    this.#reading = reading;
    const attached = this.#attached;
    if (attached === undefined) return;
    attached.display?.show(reading);
    if (this.#options.clock.now() - attached.renewedAt >= mostBetweenRenewals) this.#renew(attached);
  };

  /** @throws UsageError (`source`) */
  take(source: string, said: SourceValue, at: Millis): void {
    this.#own.take(source, said, at);
  }

  status(): DeviceStatus {
    const { settings } = this.#options;
    const device = this.#attached?.device;
    return {
      rights: settings.rights,
      phase: device?.phase ?? "off",
      handle: device?.handle ?? null,
      identification: toHex(settings.identification),
      sources: this.#own.states(),
      display: this.#shown(),
      lines: this.#log.lines,
    };
  }

  #shown(): DeviceStatus["display"] {
    const { settings } = this.#options;
    if (!this.#may("display")) return [];
    const on = this.#attached?.display !== undefined;
    const items = shownItems(settings.display, on ? (this.#reading ?? null) : null);
    return settings.display.map((shown, i) => ({ ...shown, value: items[i]?.value ?? null }));
  }

  files(): Promise<readonly TakenFile[]> {
    return this.#options.folder.files();
  }

  file(name: string): Promise<Uint8Array | undefined> {
    return this.#options.folder.file(name);
  }

  /** Ends what it does in this session: the display is put back, the registration stays. */
  async detach(): Promise<void> {
    const { clock } = this.#options;
    const { device, display, unlisten } = this.#attached ?? {};
    this.#attached = undefined;
    unlisten?.();
    device?.stop();
    if (display === undefined) return;
    let cancel = (): void => {};
    const late = new Promise<void>((resolve) => {
      cancel = clock.at(clock.now() + stopLimit, resolve);
    });
    await Promise.race([display.stop(), late]);
    cancel();
  }

  #may(right: DeviceRight): boolean {
    return this.#options.settings.rights.includes(right);
  }

  #say(type: string, text: string): void {
    const { clock, log, point } = this.#options;
    this.#log.say(type, text, clock.wall());
    log.info(`device: ${text}`, { meter: point });
  }

  #register(attached: Attached): void {
    const { settings, folder } = this.#options;
    const forms = this.#forms();
    attached.device = runDevice(attached.meter, {
      identification: settings.identification,
      forms,
      replace: this.#may("replace"),
      // An alert that cannot be cleared comes each second for ever.
      mbusAlerts: forms["clear-mbus-alert"] !== undefined,
      deltaAlerts: this.#watches(),
      answerer: { answer: (request) => this.#answer(request) },
      store: folder.role,
      files: this.#may("files") ? { mostBytes: settings.mostFileBytes, sink: folder.sink } : undefined,
      onEvent: (event) => this.#note(event),
    });
    attached.device.ended.catch((error: unknown) => {
      this.#say("failed", error instanceof Error ? error.message : String(error));
    });
  }

  /** What it may post: to `answer` is more than to have watched sources quiet again. */
  #forms(): PostForms {
    const { forms } = this.#options.settings;
    if (this.#may("answer")) return forms;
    const clear = forms["clear-delta-alert"];
    return this.#may("watch") && clear !== undefined ? { "clear-delta-alert": clear } : {};
  }

  #watches(): boolean {
    const { watch, forms } = this.#options.settings;
    return this.#may("watch") && watch.length > 0 && forms["clear-delta-alert"] !== undefined;
  }

  #note(event: DeviceEvent): void {
    const { clock, log, point } = this.#options;
    const stored = this.#log.note(event, clock.wall());
    const text = this.#log.lines.at(-1)?.text ?? event.type;
    log.info(`device: ${text}`, { meter: point });
    if (stored !== undefined) this.#keeper.keep([stored]);
    if (event.type !== "registered" || this.#attached === undefined) return;
    // Not before: the meter forgets the wish for alerts when a registration is removed.
    if (this.#watches() && (event.written || this.#attached.watch === undefined)) void this.#arm(this.#attached);
    if (event.written) this.#attached.display?.check();
  }

  async #answer(request: Ask): Promise<Answer> {
    const { clock } = this.#options;
    switch (request.kind) {
      case "scheduled-read":
      case "on-demand-read":
        if (!this.#may("answer")) throw new UsageError("right", "the configuration does not grant the right to answer");
        return { data: await this.#own.answer(), alarms: this.#alarmsFor(request) };
      case "message": {
        const { transaction, data } = request;
        const event = this.#log.pointEvent("message", { type: "message", transaction, data }, clock.wall());
        this.#keeper.keep([event]);
        this.#say("message", `message of ${data.length} bytes: ${toHex(data)}`);
        return {};
      }
      case "mbus-change":
        this.#keeper.lookAtChildren();
        return {};
      case "delta-data":
        await this.#checkWatched();
        return {};
    }
  }

  /** Alarms travel with a scheduled read, if there is a form that has room for them. */
  #alarmsFor({ kind }: Ask): number | undefined {
    const form = this.#forms()["scheduled-read-and-alarms"];
    return kind === "scheduled-read" && form?.fields.includes("alarms") === true ? this.#own.alarms() : undefined;
  }

  async #show(attached: Attached): Promise<void> {
    const { settings, folder } = this.#options;
    const say = (text: string): void => {
      if (!attached.over) this.#say("display", text);
    };
    try {
      const display = await openDisplay({ meter: attached.meter, settings, folder, say });
      if (this.#attached !== attached) return void display.stop();
      attached.display = display;
      if (this.#reading !== undefined) display.show(this.#reading);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  }

  async #arm(attached: Attached): Promise<void> {
    const { settings } = this.#options;
    try {
      const armed = await armDelta(attached.meter, settings.watch);
      if (this.#attached !== attached) return;
      if (attached.watch === undefined) attached.watch = new DeltaWatch(armed);
      else attached.watch.armed(armed);
    } catch (error) {
      if (!attached.over) this.#say("watch", error instanceof Error ? error.message : String(error));
    }
  }

  async #checkWatched(): Promise<void> {
    const attached = this.#attached;
    if (attached?.watch === undefined) return;
    for (const event of await checkDelta(attached.meter, attached.watch)) {
      if (event.type === "lost") void this.#arm(attached);
      const wall = this.#options.clock.wall();
      this.#keeper.keep([this.#log.pointEvent(`watch-${event.type}`, event, wall)]);
      const what = event.type === "changed" ? `${event.name} went from ${event.from} to ${event.to}` : event.type;
      this.#say("watch", event.type === "changed" && event.unit !== null ? `${what} ${event.unit}` : what);
    }
  }
}
