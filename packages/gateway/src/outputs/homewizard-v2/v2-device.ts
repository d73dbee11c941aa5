/** The device that the output acts as: what each of its topics says, by HTTP and by WebSocket alike. */
import type { ProductType } from "../homewizard/homewizard-fields.ts";
import type { MeterOnShow } from "../listening/meter-on-show.ts";
import { measurementOf, v2Products } from "./v2-fields.ts";
import type { V2Users } from "./v2-users.ts";

/** With `battery_count` and `permissions`. */
export const apiVersion = "2.2.0";

export const topics = ["device", "user", "measurement", "system", "batteries"] as const;
export type Topic = (typeof topics)[number];

export interface V2DeviceOptions {
  readonly type: ProductType;
  /** Twelve hexadecimal digits. */
  readonly serial: string;
  readonly meter: MeterOnShow;
  readonly users: V2Users;
  /** Milliseconds since it was opened. */
  readonly uptime: () => number;
}

export class V2Device {
  readonly #options: V2DeviceOptions;

  constructor(options: V2DeviceOptions) {
    this.#options = options;
  }

  get users(): V2Users {
    return this.#options.users;
  }

  /** Undefined for values that are old or unknown: then it says nothing. @param name of the user who asks */
  say(topic: Topic, name: string): object | undefined {
    const { type, serial, meter, users, uptime } = this.#options;
    switch (topic) {
      case "device": {
        const { name: product_name, firmware } = v2Products[type];
        return { product_name, product_type: type, serial, firmware_version: firmware, api_version: apiVersion };
      }
      case "user":
        return users.names.map((each) => (each === name ? { name: each, current: true } : { name: each }));
      case "measurement": {
        const shown = meter.shown();
        return shown === undefined ? undefined : measurementOf(shown, type);
      }
      case "system":
        // There is no cloud, and nobody can switch one on. It has neither radio nor lamp.
        return { uptime_s: Math.floor(uptime() / 1_000), cloud_enabled: false };
      case "batteries":
        // It controls none, so they draw nothing.
        return {
          ...{ mode: "standby", permissions: [], battery_count: 0 },
          ...{ power_w: 0, target_power_w: 0, max_consumption_w: 0, max_production_w: 0 },
        };
    }
  }

  /** The telegram of a P1 port; undefined if values are old. */
  get shown(): ReturnType<MeterOnShow["shown"]> {
    return this.#options.meter.shown();
  }

  get type(): ProductType {
    return this.#options.type;
  }
}
