/** What happens at the head-end, as a line for people and as a value for JSON. */
import { toHex } from "@meterport/protocol/bytes";
import type { GridRequest, HeadEndEvent, Received } from "./received.ts";
import { deviceNames } from "./script.ts";

const typeNames: Readonly<Record<number, string>> = {
  1: "application reset",
  2: "billing read",
  3: "status read",
  4: "write",
  5: "time synchronization",
  6: "multicast",
  7: "start of a file",
  8: "packet of a file",
  9: "switchover to a file",
  10: "write by index",
};

const nameOf = (device: number | undefined): string =>
  device === undefined ? "groups" : (deviceNames[device] ?? `device ${device}`);
const hexOf = (data: Uint8Array | undefined): string =>
  data === undefined || data.length === 0 ? "" : `: ${toHex(data.subarray(0, 64))}${data.length > 64 ? "…" : ""}`;
const transactionOf = (transaction: number | undefined): string =>
  transaction === undefined ? "" : ` 0x${transaction.toString(16).padStart(4, "0")}`;

const asked = ({ type, transaction, device, handle }: GridRequest): string =>
  `${typeNames[type] ?? `type ${type}`}${transactionOf(transaction)} for ${nameOf(device)}${device === undefined ? "" : ` (handle ${handle ?? "none"})`}`;

const outcomes = { answered: "answered", failed: "failed", expired: "no response", waiting: "waits", posted: "posted" };

const got = ({ kind, device, handle, alarms, cut, data, transaction }: Received): string => {
  const notes = [
    ...(alarms === undefined ? [] : [`alarms 0x${alarms.toString(16).padStart(4, "0")}`]),
    ...(cut ? ["cut"] : []),
  ];
  const noted = notes.length === 0 ? "" : `, ${notes.join(", ")}`;
  return `received ${kind} data${transactionOf(transaction)} of ${nameOf(device)} (handle ${handle}), ${data.length} bytes${noted}${hexOf(data)}`;
};

const byte = (bits: number): string => bits.toString(16).padStart(2, "0");
const alerts = { mbusChange: "M-Bus change", deltaData: "delta data" } as const;

/**
 * One line.
 *
 * @example
 * eventText({ type: "down", time: 0, device: 4, handle: 1000 }) // "mep1 (handle 1000) is silent: down"
 */
export const eventText = (event: HeadEndEvent): string => {
  const of = "device" in event ? `${nameOf(event.device)}${"handle" in event ? ` (handle ${event.handle})` : ""}` : "";
  switch (event.type) {
    case "registered":
      return `${of} is there${hexOf(event.identification)}`;
    case "removed":
      return `${of} is gone`;
    case "down":
      return `${of} is silent: down`;
    case "up":
      return `${of} is heard again: up`;
    case "read-due":
      return `asked ${of} for its scheduled read`;
    case "posted":
      return `posted ${asked(event.request)}${hexOf(event.request.data)}`;
    case "ended":
      return `${outcomes[event.request.outcome]}: ${asked(event.request)}`;
    case "received":
      return got(event.received);
    case "alert-raised":
      return `alerts ${of}: ${alerts[event.alert]}`;
    case "alert-cleared":
      return `${of} has cleared: ${alerts[event.alert]}`;
    case "alarm":
      return `${of} has alarms: 0x${byte(event.alarms)} of the meter, 0x${byte(event.deviceAlarms)} of its own`;
    case "file":
      return `file for ${nameOf(event.file.device)}, ${event.file.length} bytes: ${event.file.state}, ${event.file.sent} of ${event.file.packets} packets`;
    case "power-failed":
      return "the power has failed";
    case "power-restored":
      return "the power is back";
  }
};

const hex = (data: Uint8Array | undefined): string | null => (data === undefined ? null : toHex(data));

const requestJson = ({ id, device, type, outcome, transaction, handle, data, answer }: GridRequest) => ({
  id,
  device: nameOf(device),
  type,
  outcome,
  transaction: transaction ?? null,
  handle: handle ?? null,
  data: hex(data),
  answer: hex(answer),
});

/** The event as a value of JSON: bytes are hex, devices have their names, and the time is UTC by the meter's clock. */
export const eventJson = (event: HeadEndEvent): Readonly<Record<string, unknown>> => {
  const head = { time: new Date(event.time).toISOString(), event: event.type };
  if ("request" in event) return { ...head, request: requestJson(event.request) };
  if ("received" in event) {
    const { device, handle, kind, transaction, alarms, data, cut } = event.received;
    const known = { device: nameOf(device), handle, kind, transaction: transaction ?? null, alarms: alarms ?? null };
    return { ...head, received: { ...known, data: toHex(data), cut } };
  }
  if ("file" in event) return { ...head, file: { ...event.file, device: nameOf(event.file.device) } };
  if (!("device" in event)) return head;
  const device = { device: nameOf(event.device), ...("handle" in event ? { handle: event.handle } : {}) };
  if (event.type === "registered") return { ...head, ...device, identification: toHex(event.identification) };
  if (event.type === "alarm") return { ...head, ...device, alarms: event.alarms, deviceAlarms: event.deviceAlarms };
  return { ...head, ...device, ...("alert" in event ? { alert: event.alert } : {}) };
};
