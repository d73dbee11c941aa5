/** Plays a script on a head-end, by the meter's clock. */
import { UsageError } from "@meterport/protocol/errors";
import type { Millis } from "@meterport/protocol/ports";
import { valveHeader } from "../children/records.ts";
import type { VirtualMeter } from "../meter/virtual-meter.ts";
import type { Duty } from "../meter-port.ts";
import type { HeadEnd } from "./head-end.ts";
import { requestType } from "./received.ts";
import type { HeadEndScript, ScriptAction, ScriptStep } from "./script.ts";

export interface ScriptRunOptions {
  readonly meter: VirtualMeter;
  readonly headEnd: HeadEnd;
  readonly script: HeadEndScript;
  /** How the MAC of an image follows from a key; images carry none if omitted. */
  readonly mac?: ((key: Uint8Array, image: Uint8Array) => Uint8Array) | undefined;
  /** Called with each step that is done. */
  readonly done?: ((action: ScriptAction, time: Millis) => void) | undefined;
  /** Called with a step that was not possible then, and why. */
  readonly failed: (action: ScriptAction, reason: UsageError) => void;
}

interface Coming {
  readonly step: ScriptStep;
  readonly due: Millis;
  readonly left: number;
}

/** Of a step that has missed its time more often, the rest is left out. */
const mostMissed = 1000;

export class ScriptRun implements Duty {
  readonly #options: ScriptRunOptions;
  readonly #undo: () => void;
  #coming: Coming[];

  /** Begins now. */
  constructor(options: ScriptRunOptions) {
    this.#options = options;
    const begin = options.meter.time;
    this.#coming = options.script.steps.map((step) => ({ step, due: begin + step.at, left: timesOf(step) }));
    this.#undo = options.meter.attend(this);
    options.meter.wake();
  }

  /** Whether no step is left. */
  get over(): boolean {
    return this.#coming.length === 0;
  }

  close(): void {
    this.#undo();
  }

  wakeAt(): Millis | undefined {
    if (this.#coming.length === 0) return undefined;
    return this.#options.meter.nowAt(Math.min(...this.#coming.map(({ due }) => due)));
  }

  tick(): void {
    const { time } = this.#options.meter;
    for (let missed = 0; missed < mostMissed; missed++) {
      const next = this.#earliest(time);
      if (next === undefined) return;
      this.#play(next, time);
    }
    this.#coming = this.#coming.map((coming) =>
      coming.due <= time ? { ...coming, due: afterNow(coming, time) } : coming,
    );
  }

  /** The step that is due first; of two at the same time, the one that is written first. */
  #earliest(time: Millis): Coming | undefined {
    const due = this.#coming.filter((coming) => coming.due <= time);
    return due.reduce<Coming | undefined>(
      (first, one) => (first === undefined || one.due < first.due ? one : first),
      undefined,
    );
  }

  #play(coming: Coming, time: Millis): void {
    const { step, due, left } = coming;
    const again = left > 1 && step.every !== undefined ? [{ step, due: due + step.every, left: left - 1 }] : [];
    this.#coming = this.#coming.flatMap((one) => (one === coming ? again : [one]));
    try {
      this.#act(step.action);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.#options.failed(step.action, error);
      return;
    }
    this.#options.done?.(step.action, time);
  }

  #act(action: ScriptAction): void {
    const { headEnd, meter, mac } = this.#options;
    if (action.do === "scheduled-read") headEnd.readNow(action.device);
    else if (action.do === "on-demand") headEnd.ask(action);
    else if (action.do === "multicast") headEnd.multicast(action.data, action.groups);
    else if (action.do === "remove") headEnd.remove(action.device);
    else if (action.do === "discover") meter.mbus.discover();
    else if (action.do === "alarm") meter.mbus.setStatus(action.device, action.status);
    else if (action.do === "clear-alarms") headEnd.clearAlarms(action.device);
    else if (action.do === "power-failure") headEnd.failPower(action.lasts);
    else if (action.do === "delta") headEnd.deltaChanged();
    else if (action.do === "mbus-change") headEnd.mbusChanged();
    else if (action.do === "downlink") headEnd.putDownlink(action.device, action.data);
    else if (action.do === "valve")
      headEnd.ask({
        device: action.device,
        type: requestType.write,
        data: Uint8Array.of(...valveHeader, action.valve === "open" ? 1 : 0),
      });
    else if (action.do === "schedule")
      headEnd.configure(action.device, {
        billingDay: action.day,
        billingHour: action.hour,
        billingMinute: action.minute,
        billingFrequency: action.frequency,
      });
    else {
      const { device, file, macKey } = action;
      const prove = macKey === undefined || mac === undefined ? undefined : (image: Uint8Array) => mac(macKey, image);
      headEnd.sendFile({ device, file, mac: prove });
    }
  }
}

const timesOf = ({ every, times }: ScriptStep): number =>
  every === undefined ? 1 : (times ?? Number.POSITIVE_INFINITY);

const afterNow = ({ step, due }: Coming, time: Millis): Millis =>
  step.every === undefined ? due : due + Math.ceil((time + 1 - due) / step.every) * step.every;
