/** The types of the gateway's HTTP API: all that the dashboard knows of the gateway. */
import type { HistoryPoint } from "@meterport/engine/history/history-point";
import type { LinkHealth, LiveAnswer, MeterDetail as PointDetail } from "@meterport/engine/model/point-model";

export type { HistoryPoint } from "@meterport/engine/history/history-point";
export type {
  BadLinkState,
  LinkHealth,
  LinkState,
  LiveAnswer,
  MeterIdentity,
  MeterSummary,
} from "@meterport/engine/model/point-model";
export type { ApiCapture, CaptureState } from "../captures/api-capture.ts";

/** `GET /api/v1/meters/{id}`: a meter, what it says of itself, and the zone of its days. */
export interface MeterDetail extends PointDetail {
  /** IANA name. */
  readonly zone: string;
}

/** `GET /api/v1/meters/{id}/history?from=&to=&step=`: averages and register values on a regular grid, oldest first. */
export interface HistoryAnswer {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Seconds from one point to the next. */
  readonly step: number;
  readonly points: readonly HistoryPoint[];
}

/**
 * `GET /api/v1/meters/{id}/events` (server-sent events): `event: live` with a LiveAnswer, `event: link` with a
 * LinkHealth whenever it changes, and `event: alive` with `{}` every 2 s, so that a page notices a dead gateway.
 */
export interface StreamEvents {
  readonly live: LiveAnswer;
  readonly link: LinkHealth;
  readonly alive: Record<string, never>;
}

/** One part of an event's argument. */
export interface LogArgumentPart {
  /** What it is: "powerUpCause", "phase", "table" … */
  readonly key: string;
  readonly value: number;
  /** In English; null if no public list has the value. */
  readonly meaning: string | null;
}

/** An entry of the meter's own event log. */
export interface LogEntry {
  /** ISO 8601 UTC; null if the meter's date is impossible. */
  readonly time: string | null;
  /** The meter's event counter; null if it does not fit the neighbouring events. */
  readonly number: number | null;
  /** The event's number without the manufacturer bit. */
  readonly code: number;
  /** The number as in the log, with that bit. */
  readonly raw: number;
  /** In plain English; null if no public list has the event. */
  readonly name: string | null;
  readonly argument: {
    /** The bytes as in the log. */
    readonly hex: string;
    /** The bytes as one number, lowest first; null if there are none or too many. */
    readonly number: number | null;
    /** Their meaning, in English; empty if they have none. */
    readonly text: string;
    readonly parts: readonly LogArgumentPart[];
  };
  readonly severity: "status" | "alarm" | null;
  readonly source: "ANSI C12.19" | "head-end list" | null;
}

/** `GET /api/v1/meters/{id}/log?limit=`: the newest entries of the meter's own event log, newest first. */
export interface LogAnswer {
  readonly id: string;
  /** When the meter was asked, ISO 8601 UTC: at most a minute ago. */
  readonly time_read: string;
  readonly entries: readonly LogEntry[];
}

/** An output in `GET /api/v1/outputs`, as far as the page shows it. */
export interface OutputSummary {
  readonly name: string;
  readonly state: "connecting" | "up" | "failing" | "stopped";
  /** ISO 8601 UTC: since when it is in this state. */
  readonly since: string;
  /** What is wrong, as one sentence; null if nothing is. */
  readonly problem: string | null;
  /** ISO 8601 UTC: when its consumer last took something; null before the first. */
  readonly last_delivered: string | null;
  /** Changes that were deleted before they could be delivered. */
  readonly lost: number;
  /** How far it has come in the journal; null without history, or while that is unknown. */
  readonly journal: { readonly cursor: number; readonly behind: number } | null;
}

/** `GET /api/v1/session`: on whose behalf a request is made. */
export interface SessionAnswer {
  /** `open`: on a loopback address without users, where everybody may do everything. */
  readonly state: "signed-in" | "signed-out" | "open";
  readonly name: string | null;
  readonly kind: "user" | "token" | "ingress" | "local" | null;
  readonly scope: "read" | "operate" | "admin" | null;
  /** Whether the first user can be made with the code on the console. */
  readonly pairing: boolean;
  /** What this gateway has beside its meters, such as "fleet"; nothing if omitted. */
  readonly parts?: readonly string[] | undefined;
}

/** Body of every answer with a status of 400 or above. */
export interface ApiProblem {
  readonly error: string;
  readonly message: string;
  /** Of a change of the configuration: what is wrong with each key. */
  readonly problems?: readonly KeyProblem[] | undefined;
}

/** What is wrong with a key of the configuration; `path` is null if it is of no single one. */
export interface KeyProblem {
  readonly path: string | null;
  readonly message: string;
}

/** `GET /api/v1/health`: whether the gateway itself works; a silent meter does not count as a fault. */
export interface HealthAnswer {
  readonly status: "ok";
  readonly version: string;
  /** Seconds since the start. */
  readonly uptime_s: number;
  readonly meters: number;
  /** Meters whose link gives values: it is up or degraded. */
  readonly meters_up: number;
}

/** A key of the configuration in `GET /api/v1/configuration`, which an admin may change. */
export interface SettingAnswer {
  /** "http.port"; `[]` is each meter. */
  readonly path: string;
  /** What it is for, in English. */
  readonly text: string;
  /** What the gateway runs with; lengths of time in milliseconds; null if unset, `[secret]` if it is one. */
  readonly value?: unknown;
  /** What the file says, as it is written there; null if nothing, `[secret]` for a secret that is set. */
  readonly written?: unknown;
  readonly example: string;
  /** What applies if it is omitted, in words. */
  readonly fallback: string | null;
  readonly required: boolean;
  readonly restart: boolean;
  readonly unit: string | null;
  readonly secret: boolean;
  /** The variable of the environment that sets it now: then it cannot be changed here. */
  readonly variable: string | null;
  /** Why only the file on the machine itself can set it; null if the API can. */
  readonly only_on_machine: string | null;
}

/** `GET /api/v1/configuration`. */
export interface ConfigurationAnswer {
  readonly file: string | null;
  readonly path: string | null;
  /** Given back with a change, so that nobody overwrites what another has changed. */
  readonly revision: string | null;
  /** Why nothing can be changed here, in one sentence; null if it can. */
  readonly unchangeable: string | null;
  readonly meters: number;
  readonly settings: readonly SettingAnswer[];
}

/** What a change of the configuration did: `PATCH /api/v1/configuration`, and with `id` those of points. */
export interface ChangeAnswer {
  /** False if it was written, and could not be carried out: `problems` says why. */
  readonly ok: boolean;
  readonly problems: readonly string[];
  /** Changed keys that took effect, and those that wait for the next start. */
  readonly apply: readonly string[];
  readonly restart: readonly string[];
  /** Ids of points. */
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly revision: string;
  readonly written: string | null;
  readonly before: string | null;
}

/** `GET /api/v1/points/{id}/settings`. */
export interface PointSettings {
  readonly id: string;
  /** Its keys as the file has them; null if the file does not have it. */
  readonly settings: Readonly<Record<string, unknown>> | null;
  readonly revision: string;
  readonly unchangeable: string | null;
}

/** `GET /api/v1/links`: what could be a link on the machine of the gateway. */
export interface LinksAnswer {
  readonly ports: readonly {
    readonly link: string;
    readonly path: string;
    readonly vendor: string | null;
    readonly product: string | null;
    readonly serial: string | null;
    readonly maker: string | null;
    readonly name: string | null;
    /** The point that uses it. */
    readonly used_by: string | null;
  }[];
  readonly problem: string | null;
  /** The point of the simulated household, while it is read. */
  readonly simulated: string | null;
}

/** `GET /api/v1/links/found`: bridges that answered a search of the network. */
export interface FoundLinksAnswer {
  readonly bridges: readonly {
    readonly link: string;
    readonly name: string;
    readonly address: string;
    readonly port: number;
    readonly kind: "esphome" | "telnet" | "stream";
    readonly guessed: boolean;
    readonly used_by: string | null;
  }[];
  readonly problem: string | null;
}

/** `GET /api/v1/restore`, and what each step of a restore answers. */
export interface RestoreAnswer {
  readonly state: "none" | "uploading" | "staged";
  /** Bytes that have arrived: the next part begins there. */
  readonly received: number;
  readonly part_bytes: number;
  readonly backup: {
    readonly created: string;
    readonly files: readonly { readonly name: string; readonly bytes: number }[];
    readonly values: boolean;
  } | null;
}

/** `GET /api/v1/restart`, and what `POST` to it answers. */
export interface RestartAnswer {
  /** What starts the gateway again; null if nothing says that it would. */
  readonly by: "systemd" | "container" | "home-assistant" | null;
}
