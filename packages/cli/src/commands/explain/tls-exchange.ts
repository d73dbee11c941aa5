/** Explains TLS in a capture: the steps of a handshake, alerts, and what cannot be opened. */
import type { Closed, TlsFrame, TlsRequest } from "@meterport/protocol/capture/tls/reading";
import { code } from "@meterport/protocol/mep/frame/response-codes";
import { tlsCode, tlsResponse } from "@meterport/protocol/mep/security/mep-tls/envelope";
import { alertName } from "@meterport/protocol/mep/security/tls/codes";
import type { ExchangeItem } from "./capture-items.ts";
import type { InsideTls } from "./exchange.ts";
import { type Packet, type Packets, packetOf } from "./packets.ts";

export type Digests = "valid" | "invalid request" | "invalid reply" | "unchecked" | "no reply";

/** One exchange in short. */
export interface Summary {
  readonly what: string;
  readonly result: string;
  readonly digests: Digests;
}

type HandshakeFrame = TlsFrame & { readonly kind: "handshake" };

const closedTexts: Readonly<Record<Closed, string>> = {
  "no-key": "no key was given",
  "no-handshake": "the capture lacks the handshake of its session",
  "handshake-unverified": "the handshake of its session does not fit the key",
  unverified: "it was damaged, or belongs to another session",
  "no-request": "the capture lacks its request",
  exhausted: "too many messages of the capture do not verify",
};
/** Reasons that mean a wrong key or wrong bytes, and not something missing. */
const faults: readonly Closed[] = ["handshake-unverified", "unverified"];

const codeTexts: Readonly<Record<number, string>> = {
  [tlsCode.terminate]: "the end of the TLS session",
  [tlsCode.handshake]: "TLS handshake",
  [tlsCode.handshakeContinued]: "TLS handshake",
  [tlsCode.table]: "a request inside TLS",
};
const answerTexts: Readonly<Record<number, string>> = {
  [tlsResponse.success]: "ok",
  [tlsResponse.error]: "the meter reports a failure",
  [tlsResponse.invalidIdentityOrKey]: "the meter does not know this identity, or has another key for it",
  [tlsResponse.noSession]: "the meter has no TLS session, or speaks no TLS",
  [code.notAuthentic]: "the meter takes it for an RC4 message with a wrong digest",
};

const clientText = ({ handshake, says }: HandshakeFrame): string => {
  const { name } = handshake;
  if (name === undefined || !says.includes("ClientKeyExchange")) return "";
  return `, as client ${name.clientId} with the ${name.level === "advanced" ? "advanced key (MAK)" : "basic key (MBK)"}`;
};

const whatOf = (frame: TlsFrame | undefined, request: Uint8Array): string => {
  const named = codeTexts[request[2] ?? -1] ?? "TLS";
  if (frame?.kind === "handshake") return `TLS handshake: ${frame.says.join(", ")}${clientText(frame)}`;
  if (frame?.kind === "alert") return `${named} (${alertName(frame.description)})`;
  return frame?.kind === "closed" ? `${named}, closed: ${closedTexts[frame.why]}` : named;
};

const resultOf = (frame: TlsFrame | undefined, reply: Uint8Array | undefined): string => {
  if (frame?.kind === "handshake") return frame.says.join(", ");
  if (frame?.kind === "alert") return `alert ${alertName(frame.description)}`;
  if (frame?.kind === "closed") return `closed: ${closedTexts[frame.why]}`;
  const answer = reply?.[2];
  return answer === undefined ? "" : (answerTexts[answer] ?? `response code ${answer}`);
};

const handshakeDigests = ({ handshake, says }: HandshakeFrame): Digests => {
  if (handshake.session === undefined)
    return handshake.failed && says.includes("Finished") ? "invalid request" : "unchecked";
  return handshake.session.serverFinished === false && says.includes("Finished") ? "invalid reply" : "valid";
};

const digestsOf = ({ tls, reply }: ExchangeItem): Digests => {
  const { request } = tls;
  if (request?.kind === "closed" && faults.includes(request.why)) return "invalid request";
  // The meter's answer to a close_notify is in the clear and does not matter.
  if (request?.kind === "alert") return request.inside === undefined ? "unchecked" : "valid";
  const own = request?.kind === "handshake" ? handshakeDigests(request) : "unchecked";
  if (own === "invalid request") return own;
  if (reply === undefined) return "no reply";
  if (own !== "valid") return own;
  return tls.reply?.kind === "handshake" ? "valid" : (closedReply({ tls }).digests ?? "unchecked");
};

/** An exchange that is a step of a handshake, an alert, or stays closed. */
export const tlsSummary = (item: ExchangeItem): Summary => ({
  what: whatOf(item.tls.request, item.request),
  result: resultOf(item.tls.reply, item.reply),
  digests: digestsOf(item),
});

/** What to show for a reply that does not answer a request inside TLS. */
export const closedReply = ({ tls }: Pick<ExchangeItem, "tls">): Partial<Summary> => {
  const { reply } = tls;
  if (reply === undefined || reply.kind === "response" || reply.kind === "request") return {};
  const bad = reply.kind === "closed" && faults.includes(reply.why);
  return { result: resultOf(reply, undefined), digests: bad ? "invalid reply" : "unchecked" };
};

const clear = (body: Uint8Array): Packet => ({ bytes: body, start: 0, body, cut: undefined });

/** A request inside TLS and its reply, in the clear. A port that has lost its session answers in the clear anyway. */
export const packetsInside = (
  { apdu }: TlsRequest,
  { reply, tls }: ExchangeItem,
): { readonly packets: Packets; readonly inside: InsideTls } => {
  const request = clear(apdu);
  if (tls.reply?.kind === "response")
    return { packets: { request, reply: clear(tls.reply.apdu) }, inside: { reply: true } };
  const bare = reply === undefined || tls.reply !== undefined ? undefined : packetOf(reply);
  return { packets: { request, reply: bare }, inside: { reply: false } };
};

/** The TLS part of the JSON document. */
export const tlsDocument = ({ tls: { request, reply } }: ExchangeItem) => {
  const nameOf = (frame: TlsFrame | undefined) => ({
    ...(frame?.kind === "handshake" ? { messages: frame.says } : {}),
    ...(frame?.kind === "alert" ? { alert: alertName(frame.description) } : {}),
    ...(frame?.kind === "closed" ? { closed: frame.why } : {}),
  });
  const session =
    request?.kind === "handshake"
      ? request.handshake.session
      : request?.kind === "request"
        ? request.session
        : undefined;
  const name = session?.name ?? (request?.kind === "handshake" ? request.handshake.name : undefined);
  return {
    kind: request?.kind ?? null,
    ...nameOf(request),
    ...(name === undefined ? {} : { clientId: name.clientId, level: name.level }),
    ...(session === undefined ? {} : { extendedMasterSecret: session.extendedMasterSecret }),
    ...(reply === undefined ? {} : { reply: { kind: reply.kind, ...nameOf(reply) } }),
  };
};
