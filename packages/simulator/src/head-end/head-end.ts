/**
 * The grid behind a virtual meter: it asks the meter's MEP clients and M-Bus devices, and takes what they send. Like the
 * meter it owns no clock: what is due happens when a port of the meter is served, or when it is ticked itself.
 */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import type { PostForms } from "@meterport/protocol/procedures/post-messages";
import { deviceArgument, deviceStatus, eventNumber, powerLine } from "../history/event-numbers.ts";
import { type DeviceConfiguration, firstMepSlot } from "../meter/device-entries.ts";
import type { VirtualMeter } from "../meter/virtual-meter.ts";
import type { Duty } from "../meter-port.ts";
import { AlertFlags } from "./alert-flags.ts";
import { DeltaWatch } from "./delta-watch.ts";
import { DeviceWatch, type Present } from "./device-watch.ts";
import { FileTransfer, longestFile } from "./file-transfer.ts";
import { HealthWatch } from "./health-watch.ts";
import { MeterAlarms } from "./meter-alarms.ts";
import { Posting } from "./posting.ts";
import { ProfileWatch } from "./profile-watch.ts";
import { type FileState, type GridRequest, type HeadEndEvent, type Received, requestType } from "./received.ts";
import { type RequestOptions, Requests } from "./requests.ts";
import { ScheduledReads } from "./scheduled-reads.ts";
import { announceMac } from "./security-mode.ts";
import { virtualForms } from "./virtual-forms.ts";

/** EP39, by which MEP clients post (MEP guide 1.1, p. 19). */
const postMepData = 0x0827;
/** More is not remembered: the oldest are forgotten. */
const mostReceived = 20_000;

export interface HeadEndOptions {
  readonly meter: VirtualMeter;
  /** How clients write what they post; `virtualForms` if omitted. */
  readonly forms?: PostForms | undefined;
  /** Whether scheduled reads also go to ET16, as older installations want it (MEP guide 1.1, p. 98); no if omitted. */
  readonly compatible?: boolean | undefined;
  /** Called with all that happens, as it happens. */
  readonly tell?: ((event: HeadEndEvent) => void) | undefined;
}

export interface FileOptions {
  /** Slot of a MEP client: 4 or 5. */
  readonly device: number;
  readonly file: Uint8Array;
  /**
   * Gives the 16 bytes that prove the image. The guide names a "MAC" for OSGP-AES-128-PSK and not how it is made (p. 252),
   * so that is the caller's. With it ET04 says that images carry one, from the firmware on that has the field.
   */
  readonly mac?: ((image: Uint8Array) => Uint8Array) | undefined;
}

/**
 * One head-end and its one meter. What it is told to do happens at the meter's time, which is that of the last input to one
 * of its ports: where none was served since, `meter.tick(now)` goes before.
 *
 * @example
 * const headEnd = new HeadEnd({ meter });
 * headEnd.ask({ device: 4, type: 2 }).outcome // "failed": no MEP client has registered
 */
export class HeadEnd implements Duty {
  readonly #meter: VirtualMeter;
  readonly #tell: (event: HeadEndEvent) => void;
  readonly #flags: AlertFlags;
  readonly #requests: Requests;
  readonly #scheduled: ScheduledReads;
  readonly #devices: DeviceWatch;
  readonly #health: HealthWatch;
  readonly #delta: DeltaWatch;
  readonly #profile: ProfileWatch;
  readonly #alarms: MeterAlarms;
  readonly #received: Received[] = [];
  readonly #files = new Map<number, FileTransfer>();
  readonly #undo: (() => void)[];
  #dark = false;
  #settling = false;
  #again = false;

  constructor({ meter, forms = virtualForms, compatible = false, tell = () => {} }: HeadEndOptions) {
    this.#meter = meter;
    this.#tell = tell;
    this.#flags = new AlertFlags(meter);
    this.#requests = new Requests(meter, (event) => this.#note(event));
    this.#scheduled = new ScheduledReads(meter, this.#flags, (device, time) =>
      this.#note({ type: "read-due", time, device, handle: meter.mep.devices.handle(device) }),
    );
    this.#health = new HealthWatch(meter);
    this.#delta = new DeltaWatch(meter);
    this.#profile = new ProfileWatch(meter);
    this.#alarms = new MeterAlarms(meter);
    this.#devices = new DeviceWatch(meter, {
      came: (present, time) => this.#came(present, time),
      went: (present, time) => this.#went(present, time),
    });
    const posting = new Posting({
      meter,
      forms,
      flags: this.#flags,
      compatible,
      deliver: (received) => this.#deliver(received),
      answered: (data) => this.#requests.answered(data),
      cleared: (device, alert) => this.#note({ type: "alert-cleared", time: meter.time, device, alert }),
    });
    meter.mep.procedures.set(postMepData, (call) => posting.run(call));
    this.#settle(meter.time);
    this.#undo = [
      () => meter.mep.procedures.delete(postMepData),
      meter.attend(this),
      meter.mbus.watch(() => this.mbusChanged()),
      meter.use(({ port, optical, time }, next) => {
        if (optical === undefined) this.#hear(port, time);
        const response = next();
        this.#settle(time);
        return response;
      }),
    ];
  }

  /** Data that came from devices, oldest first. */
  get received(): readonly Received[] {
    return this.#received;
  }

  /** What was asked, as it stands now, oldest first. */
  get requests(): readonly GridRequest[] {
    return this.#requests.all;
  }

  /** The devices in the meter's slots. */
  get devices(): readonly Present[] {
    return this.#devices.present;
  }

  /** Where the latest file for each device stands. */
  get files(): readonly FileState[] {
    return [...this.#files.values()].map(({ state }) => state);
  }

  /** Asks a device on demand. @throws UsageError */
  ask(options: RequestOptions): GridRequest {
    return this.#do((time) => this.#requests.ask(options, time));
  }

  /** Sends a message to groups of M-Bus devices: C field, CI field and user data. @throws UsageError */
  multicast(message: Uint8Array, groups?: number): GridRequest {
    return this.ask({ type: requestType.multicast, multicast: message, groups });
  }

  /** Asks a MEP client for its billing read now, as if its schedule said so. */
  readNow(device: number): void {
    this.#do((time) => this.#scheduled.ask(device, time));
  }

  /** Changes what ET13 says of a device, such as its schedule. @throws LayoutError */
  configure(device: number, change: Partial<DeviceConfiguration>): void {
    this.#do(() => this.#meter.mep.devices.configure(device, change));
  }

  /** Puts non-urgent data for a MEP client into ET13. @throws UsageError for data without room */
  putDownlink(device: number, data: Uint8Array): void {
    const room = this.#meter.dimensions.ET11.configEntrySize - 9;
    if (data.length > room)
      throw new UsageError("data", `non-urgent data have room for ${room} bytes, not ${data.length}`);
    this.#do(() => this.#meter.mep.devices.putDownlink(device, data));
  }

  /** Removes a device as with EP17; false if there is none. */
  remove(device: number): boolean {
    return this.#do((time) => {
      const { mep, history } = this.#meter;
      if (mep.devices.handle(device) === 0) return false;
      mep.remove(device, time);
      const argument = deviceArgument(device, deviceStatus.removed);
      history.note({ time, event: eventNumber.deviceStatus, argument, userId: powerLine });
      return true;
    });
  }

  /** Clears the latched alarms of a device, as EP18 does. */
  clearAlarms(device: number): void {
    this.#do(() => this.#alarms.clear(device));
  }

  /** Sends a file to a MEP client, a packet after each answer. @throws UsageError */
  sendFile({ device, file, mac }: FileOptions): void {
    if (device < firstMepSlot) throw new UsageError("device", `files are for MEP clients, not for device ${device}`);
    if (file.length === 0 || file.length > longestFile)
      throw new UsageError("file", `a file has 1 to ${longestFile} bytes, not ${file.length}`);
    if (this.#files.get(device)?.state.state === "running")
      throw new UsageError("file", `another file for device ${device} is under way`);
    if (this.#meter.mep.devices.handle(device) === 0)
      throw new UsageError("device", `no MEP client is registered as device ${device}`);
    const proof = mac !== undefined && announceMac(this.#meter) ? mac(file) : undefined;
    const transfer = new FileTransfer({
      device,
      file,
      mac: proof,
      ask: (options) => this.ask(options),
      changed: (state) => this.#fileEnded(state),
    });
    this.#files.set(device, transfer);
    this.#note({ type: "file", time: this.#meter.time, file: transfer.state });
    transfer.start();
  }

  /** New load profile data or another valve status of an M-Bus device (MEP guide 1.1, p. 83): alerts those who want to know. */
  mbusChanged(): void {
    this.#do((time) => this.#alert("mbusChange", time));
  }

  /** Raises a delta data alert for those who want to know, as if a source of ET71 had moved. */
  deltaChanged(): void {
    this.#do((time) => this.#alert("deltaData", time));
  }

  /** The power of the meter fails for so many milliseconds. */
  failPower(duration: Millis): void {
    this.#meter.powerFail(duration);
    this.#settle(this.#meter.time);
  }

  /** Ends it: the meter is alone again. */
  close(): void {
    for (const undo of this.#undo) undo();
  }

  wakeAt(): Millis | undefined {
    const meter = this.#meter;
    if (meter.dark) return undefined;
    const due = [
      meter.mep.queue.expiry,
      this.#scheduled.dueAt(),
      this.#health.dueAt(),
      this.#delta.dueAt(),
      this.#flags.isWanted("mbusChange") ? this.#profile.dueAt() : undefined,
    ];
    const times = due.flatMap((time) => (time === undefined ? [] : (meter.nowAt(time) ?? [])));
    return times.length === 0 ? undefined : Math.min(...times);
  }

  tick(_now: Millis): void {
    this.#settle(this.#meter.time);
  }

  /** Does something now, with all that follows from it. */
  #do<T>(action: (time: Millis) => T): T {
    const { time } = this.#meter;
    const result = action(time);
    this.#settle(time);
    this.#meter.wake();
    return result;
  }

  /** Whatever follows from the present state of the meter; once more where that itself has changed something. */
  #settle(time: Millis): void {
    this.#again = true;
    if (this.#settling) return;
    this.#settling = true;
    try {
      while (this.#again) {
        this.#again = false;
        this.#settleOnce(time);
      }
    } finally {
      this.#settling = false;
    }
  }

  #settleOnce(time: Millis): void {
    const dark = this.#meter.dark;
    if (dark !== this.#dark) this.#turn(dark, time);
    if (dark) return;
    this.#devices.check(time);
    this.#requests.pump(time);
    this.#scheduled.check(time);
    for (const device of this.#health.check(time)) this.#noteHealth("down", device, time);
    if (this.#delta.sample(time)) this.#alert("deltaData", time);
    if (this.#profile.check()) this.#alert("mbusChange", time);
    for (const { slot: device, ...latched } of this.#alarms.check())
      this.#note({ type: "alarm", time, device, handle: this.#meter.mep.devices.handle(device), ...latched });
    this.#flags.apply();
  }

  #alert(alert: "mbusChange" | "deltaData", time: Millis): void {
    for (const device of this.#flags.raiseWanted(alert)) this.#note({ type: "alert-raised", time, device, alert });
  }

  #turn(dark: boolean, time: Millis): void {
    this.#dark = dark;
    // What ET71 watched is forgotten with it; other flags of ET13 are kept.
    if (!dark) for (const { slot } of this.#flags.ports) this.#flags.clear(slot, "deltaData");
    this.#note({ type: dark ? "power-failed" : "power-restored", time });
  }

  #hear(port: 1 | 2, time: Millis): void {
    const device = firstMepSlot + port - 1;
    if (this.#health.hear(port, time)) this.#noteHealth("up", device, time);
  }

  #noteHealth(type: "up" | "down", device: number, time: Millis): void {
    this.#note({ type, time, device, handle: this.#meter.mep.devices.handle(device) });
  }

  #came({ device, handle, identification }: Present, time: Millis): void {
    if (device >= firstMepSlot) this.#alarms.changed();
    this.#note({ type: "registered", time, device, handle, identification });
  }

  #went({ device, handle }: Present, time: Millis): void {
    if (device >= firstMepSlot) this.#alarms.changed();
    this.#flags.forget(device);
    this.#requests.drop(device, time);
    this.#note({ type: "removed", time, device, handle });
  }

  #deliver(received: Received): void {
    this.#received.push(received);
    if (this.#received.length > mostReceived) this.#received.shift();
    this.#note({ type: "received", time: received.time, received });
  }

  #note(event: HeadEndEvent): void {
    this.#tell(event);
    if (event.type === "ended") this.#take(event.request);
  }

  /** What an M-Bus device has answered stands in ET16. */
  #take({ device, handle, type, outcome, answer, transaction, endedAt }: GridRequest): void {
    if (device === undefined || device >= firstMepSlot || type !== requestType.read || outcome !== "answered") return;
    if (handle === undefined || answer === undefined || endedAt === undefined) return;
    const cut = this.#meter.mep.devices.status(device)?.billingReadOverflow === true;
    this.#deliver({ time: endedAt, device, handle, kind: "on-demand", transaction, data: answer, cut });
  }

  /** A switchover sets one of two alarms (MEP guide 1.1, p. 94). */
  #fileEnded(file: FileState): void {
    const done = file.state === "done";
    this.#meter.mep.devices.update(
      file.device,
      done ? { firmwareSwitchoverSuccess: true } : { firmwareSwitchoverFailure: true },
    );
    this.#note({ type: "file", time: this.#meter.time, file });
  }
}
