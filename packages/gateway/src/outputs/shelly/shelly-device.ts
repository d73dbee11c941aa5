/** The methods of a Shelly Pro 3EM that tell something. None of them changes anything. */
import type { Shown } from "../listening/meter-on-show.ts";
import type { DecimalJson } from "./decimal-json.ts";
import { emDataStatus, emStatus } from "./shelly-fields.ts";

/** Of the firmware whose answers these are. */
const firmware = { ver: "1.4.4", fw_id: "20241011-114455/1.4.4-g6d2a586" } as const;

export interface DeviceOptions {
  /** Twelve hexadecimal digits. */
  readonly mac: string;
  readonly singlePhase: boolean;
  /** Whether clients need a password for all but its name. */
  readonly locked: boolean;
  /** The values, if they are new enough. */
  readonly shown: () => Shown | undefined;
  /** Milliseconds since 1970, and since it was opened. */
  readonly wall: () => number;
  readonly uptime: () => number;
  /** IANA zone of the meter. */
  readonly zone: string;
}

/** What a method gives: a result; an error; or nothing, because the values are old. */
export type Outcome =
  | { readonly result: DecimalJson; readonly values?: true }
  | { readonly error: { readonly code: number; readonly message: string } }
  | "silence";

export type Params = Readonly<Record<string, unknown>>;

type Method = (params: Params) => Outcome;

const badId = (id: unknown): Outcome => ({
  error: { code: -105, message: `Argument 'id', value ${String(id).slice(0, 20)} not found!` },
});

export class ShellyDevice {
  /** "shellypro3em-aabbccddeeff" */
  readonly id: string;
  readonly #options: DeviceOptions;
  readonly #methods: ReadonlyMap<string, Method>;
  readonly #names: readonly string[];

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.id = `shellypro3em-${options.mac.toLowerCase()}`;
    const table = this.#table();
    this.#names = Object.keys(table);
    // Clients write WiFi and Wifi, EMData and EMdata.
    this.#methods = new Map(Object.entries(table).map(([name, method]) => [name.toLowerCase(), method]));
  }

  call(method: string, params: Params): Outcome {
    const found = this.#methods.get(method.toLowerCase());
    if (found === undefined) return { error: { code: 404, message: `No handler for ${method.slice(0, 60)}` } };
    return found(params);
  }

  /** What a client is told of each new value; undefined while there is none. */
  notice(): DecimalJson | undefined {
    const em = emStatus(this.#options.shown(), this.#options.singlePhase);
    return em === undefined ? undefined : { ts: Math.round(this.#options.wall() / 10) / 100, "em:0": em };
  }

  #table(): Readonly<Record<string, Method>> {
    const always =
      (result: () => DecimalJson): Method =>
      () => ({ result: result() });
    const values =
      (result: () => DecimalJson | undefined): Method =>
      ({ id = 0 }) => {
        if (id !== 0 && id !== "0" && id !== null) return badId(id);
        const found = result();
        return found === undefined ? "silence" : { result: found, values: true };
      };
    const { shown, singlePhase } = this.#options;
    return {
      "Shelly.GetDeviceInfo": always(() => this.info()),
      "Shelly.ListMethods": always(() => ({ methods: this.#names })),
      "Shelly.GetStatus": values(() => this.#status()),
      "Shelly.GetConfig": always(() => this.#config()),
      "Shelly.GetComponents": (params) => ({ result: this.#components(params) }),
      "EM.GetStatus": values(() => emStatus(shown(), singlePhase)),
      "EM.GetConfig": always(() => emConfig),
      "EMData.GetStatus": values(() => emDataStatus(shown())),
      "EMData.GetConfig": always(() => ({ id: 0 })),
      "Sys.GetStatus": always(() => this.#sysStatus()),
      "Sys.GetConfig": always(() => this.#sysConfig()),
      "WiFi.GetStatus": always(() => wifiStatus),
      "WiFi.GetConfig": always(() => wifiConfig),
      "Eth.GetStatus": always(() => ({ ip: null })),
      "Cloud.GetStatus": always(() => ({ connected: false })),
      "Cloud.GetConfig": always(() => ({ enable: false, server: null })),
      "Mqtt.GetStatus": always(() => ({ connected: false })),
      "Mqtt.GetConfig": always(() => ({ enable: false, server: null })),
      "BLE.GetStatus": always(() => ({})),
      "BLE.GetConfig": always(() => bleConfig),
      "Ws.GetConfig": always(() => wsConfig),
      "Script.List": always(() => ({ scripts: [] })),
    };
  }

  /** `GET /shelly` */
  info(): DecimalJson {
    const { locked } = this.#options;
    return {
      ...{ name: null, id: this.id, mac: this.#options.mac.toUpperCase(), slot: 1, model: "SPEM-003CEBEU", gen: 2 },
      ...{
        fw_id: firmware.fw_id,
        ver: firmware.ver,
        app: "Pro3EM",
        auth_en: locked,
        auth_domain: locked ? this.id : null,
      },
      profile: "triphase",
    };
  }

  #status(): DecimalJson | undefined {
    const { shown, singlePhase } = this.#options;
    const values = shown();
    const em = emStatus(values, singlePhase);
    if (em === undefined) return undefined;
    const data = emDataStatus(values);
    return {
      ...{ ble: {}, cloud: { connected: false }, "em:0": em, ...(data === undefined ? {} : { "emdata:0": data }) },
      ...{ eth: { ip: null }, modbus: {}, mqtt: { connected: false }, sys: this.#sysStatus() },
      ...{ wifi: wifiStatus, ws: { connected: false } },
    };
  }

  #config(): DecimalJson {
    return {
      ...{ ble: bleConfig, cloud: { enable: false, server: null }, "em:0": emConfig, "emdata:0": {} },
      ...{ eth: { enable: true, ipv4mode: "dhcp", ip: null, netmask: null, gw: null, nameserver: null } },
      ...{ modbus: { enable: false }, mqtt: { enable: false, server: null }, sys: this.#sysConfig() },
      ...{ wifi: wifiConfig, ws: wsConfig },
    };
  }

  /** Without values, so that it can be told at any time. */
  #components({ dynamic_only }: Params): DecimalJson {
    const dynamic = dynamic_only === true || dynamic_only === "true";
    const components = dynamic ? [] : ["em:0", "emdata:0"].map((key) => ({ key }));
    return { components, cfg_rev: 1, offset: 0, total: components.length };
  }

  #sysStatus(): DecimalJson {
    const { mac, wall, uptime, zone } = this.#options;
    const time = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(
      wall(),
    );
    return {
      ...{ mac: mac.toUpperCase(), restart_required: false, time, unixtime: Math.floor(wall() / 1000) },
      ...{
        uptime: Math.floor(uptime() / 1000),
        ram_size: 241_568,
        ram_free: 125_084,
        fs_size: 524_288,
        fs_free: 184_320,
      },
      ...{ cfg_rev: 1, kvs_rev: 0, schedule_rev: 0, webhook_rev: 0, available_updates: {}, reset_reason: 1 },
    };
  }

  #sysConfig(): DecimalJson {
    const { mac, zone } = this.#options;
    return {
      device: {
        ...{ name: null, mac: mac.toUpperCase(), fw_id: firmware.fw_id, discoverable: true, eco_mode: false },
        ...{ profile: "triphase", addon_type: null },
      },
      // Where the house stands is nobody's business.
      location: { tz: zone, lat: null, lon: null },
      debug: { level: 2, file_level: null, mqtt: { enable: false }, websocket: { enable: false }, udp: { addr: null } },
      ...{ ui_data: {}, rpc_udp: { dst_addr: null, listen_port: null }, sntp: { server: null }, cfg_rev: 1 },
    };
  }
}

const emConfig: DecimalJson = {
  ...{ id: 0, name: null, blink_mode_selector: "active_energy", phase_selector: "all", monitor_phase_sequence: false },
  ...{ reverse: {}, ct_type: "120A" },
};
/** As of a device with a cable. */
const wifiStatus: DecimalJson = { sta_ip: null, status: "disconnected", ssid: null, rssi: 0 };
const wifiConfig: DecimalJson = {
  sta: { ssid: null, enable: false },
  sta1: { ssid: null, enable: false },
  ap: { enable: false },
};
const bleConfig: DecimalJson = { enable: false, rpc: { enable: false }, observer: { enable: false } };
const wsConfig: DecimalJson = { enable: false, server: null, ssl_ca: "ca.pem" };
