/** A capture as a meter: what was asked then is answered as it was answered then, under any sequence number. */
import { toHex } from "@meterport/protocol/bytes";
import type { Capture } from "@meterport/protocol/capture/capture";
import { piecesOf } from "@meterport/protocol/capture/pieces";
import { type CapturedRequest, type VerifiedFrame, verifiedFrames } from "@meterport/protocol/capture/verified";
import { UsageError } from "@meterport/protocol/errors";
import { Endpoint } from "@meterport/protocol/mep/endpoint/endpoint";
import type { EndpointTiming } from "@meterport/protocol/mep/endpoint/timing";
import { decodeResponse, requestCode } from "@meterport/protocol/mep/frame/apdu";
import { code } from "@meterport/protocol/mep/frame/response-codes";
import type { Secret } from "@meterport/protocol/mep/security/key";
import { type PortSecurityOptions, portSecurity } from "@meterport/protocol/mep/security/mep-tls/port-security";
import type { Entropy, Millis } from "@meterport/protocol/ports";
import type { MeterOutput, MeterPort } from "../meter-port.ts";

/** A request as its client saw it: all its attempts, and the answer that was taken. */
interface Asked {
  readonly apdu: string;
  readonly attempts: Set<CapturedRequest>;
  response: Uint8Array | undefined;
}

/** Whether a link takes it as the answer: well formed, and not a resync. */
const answers = (request: CapturedRequest, response: Uint8Array): boolean => {
  const kind = request.apdu[0] === requestCode.read || request.apdu[0] === requestCode.readAt ? "read" : "write";
  const decoded = decodeResponse(response, kind);
  return decoded.kind !== "malformed" && decoded.kind !== "sequence";
};

/** What was asked, and the answer that was taken each time. */
const answersIn = (frames: readonly VerifiedFrame[]): ReadonlyMap<string, readonly Uint8Array[]> => {
  const taken = new Map<string, Uint8Array[]>();
  let asked: Asked = { apdu: "", attempts: new Set(), response: undefined };
  const settle = (): void => {
    const { apdu, response } = asked;
    const before = taken.get(apdu);
    if (response === undefined) return;
    if (before === undefined) taken.set(apdu, [response]);
    else before.push(response);
  };
  for (const { piece, request, response, late = false } of frames) {
    if (piece.dir === "tx") {
      const apdu = toHex(request.apdu);
      // A client that repeats a request in a new session did not get the earlier answer, though we can read it.
      if (request.sequence === undefined && request.inNewSession && asked.apdu === apdu) asked.response = undefined;
      if (asked.response !== undefined || asked.apdu !== apdu) {
        settle();
        asked = { apdu, attempts: new Set(), response: undefined };
      }
      asked.attempts.add(request);
    } else if (response !== undefined && !late && asked.response === undefined && asked.attempts.has(request))
      if (answers(request, response)) asked.response = response;
  }
  settle();
  return taken;
};

/** What a port speaks that gave these answers; TLS as both ends agreed on it then. */
const spokenIn = (frames: readonly VerifiedFrame[]): Pick<PortSecurityOptions, "tls" | "extendedMasterSecret"> => {
  const responses = frames.filter(({ response }) => response !== undefined);
  const inTls = responses.flatMap(({ tls }) => (tls?.kind === "response" ? [tls.session] : []));
  const tls = inTls.length === 0 ? "off" : inTls.length < responses.length ? "optional" : "required";
  return { tls, extendedMasterSecret: inTls.some(({ extendedMasterSecret }) => extendedMasterSecret) };
};

export interface ReplayOptions {
  /** The meter's, or the throw-away one of a redacted capture. */
  readonly key: Secret;
  /** For the randoms of TLS. */
  readonly entropy: Entropy;
}

/**
 * Serves what a capture holds. What was not asked then is answered with 0x05; what was asked several times is answered in turn, and
 * then as the last time. Noise and forgeries in the capture are left out. What was asked inside TLS is answered inside a
 * session of its own, whichever level its client names.
 *
 * @throws UsageError (`capture`) if nothing in it verifies under the key
 */
export class ReplayedMeter implements MeterPort {
  readonly #answers: ReadonlyMap<string, readonly Uint8Array[]>;
  readonly #asked = new Map<string, number>();
  readonly #security: PortSecurityOptions;
  #endpoint: Endpoint;

  constructor(capture: Capture, { key, entropy }: ReplayOptions) {
    const bytes = key.reveal();
    const frames = verifiedFrames(piecesOf(capture), bytes);
    this.#answers = answersIn(frames);
    if (this.#answers.size === 0)
      throw new UsageError(
        "capture",
        "no exchange of the capture verifies under this key; one inside TLS also needs the handshake of its session",
      );
    this.#security = { keys: { basic: bytes, advanced: bytes }, entropy, ...spokenIn(frames) };
    this.#endpoint = this.#open({});
  }

  plugIn(timing: Partial<EndpointTiming> = {}): void {
    this.#endpoint = this.#open(timing);
  }

  reboot(): void {
    this.plugIn();
  }

  watch(): () => void {
    return () => {};
  }

  wakeAt(): Millis | undefined {
    return this.#endpoint.wakeAt();
  }

  handle(input: Uint8Array | "tick", now: Millis): MeterOutput[] {
    const taken = input === "tick" ? ({ type: "tick" } as const) : ({ type: "received", bytes: input } as const);
    return this.#endpoint.handle(taken, now);
  }

  #open(timing: Partial<EndpointTiming>): Endpoint {
    const seal = portSecurity(this.#security);
    return new Endpoint({ seal, sequence: 0, timing, serve: (apdu) => this.#answer(toHex(apdu)) });
  }

  #answer(asked: string): Uint8Array {
    const answers = this.#answers.get(asked) ?? [];
    const turn = this.#asked.get(asked) ?? 0;
    this.#asked.set(asked, turn + 1);
    return answers[Math.min(turn, answers.length - 1)] ?? Uint8Array.of(code.inappropriateAction);
  }
}
