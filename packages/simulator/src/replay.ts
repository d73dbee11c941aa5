/** A capture as a meter: what was asked then is answered as it was answered then, under whatever sequence number. */
import { toHex } from "@meterport/protocol/bytes";
import type { Capture } from "@meterport/protocol/capture/capture";
import { piecesOf } from "@meterport/protocol/capture/pieces";
import { type CapturedRequest, verifiedFrames } from "@meterport/protocol/capture/verified";
import { UsageError } from "@meterport/protocol/errors";
import { decodeResponse, requestCode } from "@meterport/protocol/frame/apdu";
import { code } from "@meterport/protocol/frame/response-codes";
import type { Millis } from "@meterport/protocol/ports";
import type { Secret } from "@meterport/protocol/security/key";
import { rc4Opener } from "@meterport/protocol/security/rc4/opener";
import { Endpoint } from "@meterport/protocol/server/endpoint";
import type { EndpointTiming } from "@meterport/protocol/server/timing";
import type { MeterOutput, MeterPort } from "./meter-port.ts";

/** A request as its client saw it: all its attempts, until one was answered. */
interface Asked {
  readonly apdu: string;
  readonly attempts: Set<CapturedRequest>;
  answered: boolean;
}

/** Whether a link takes it as the answer: no news of the sequence number, and well formed. */
const answers = (request: CapturedRequest, response: Uint8Array): boolean => {
  const kind = request.apdu[0] === requestCode.read || request.apdu[0] === requestCode.readAt ? "read" : "write";
  const decoded = decodeResponse(response, kind);
  return decoded.kind !== "malformed" && decoded.kind !== "sequence";
};

/** What was asked, and the answer that was taken each time. */
const answersIn = (capture: Capture, key: Uint8Array): ReadonlyMap<string, readonly Uint8Array[]> => {
  const taken = new Map<string, Uint8Array[]>();
  let asked: Asked = { apdu: "", attempts: new Set(), answered: true };
  for (const { piece, request, response } of verifiedFrames(piecesOf(capture), key)) {
    if (piece.dir === "tx") {
      const apdu = toHex(request.apdu);
      if (asked.answered || asked.apdu !== apdu) asked = { apdu, attempts: new Set(), answered: false };
      asked.attempts.add(request);
    } else if (response !== undefined && !asked.answered && asked.attempts.has(request) && answers(request, response)) {
      asked.answered = true;
      taken.set(asked.apdu, [...(taken.get(asked.apdu) ?? []), response]);
    }
  }
  return taken;
};

/**
 * Serves what a capture holds. What was not asked then is answered with 0x05; what was asked often, as often in turn, and
 * then as the last time. Noise and forgeries in the capture are left out.
 *
 * @throws UsageError (`capture`) where nothing in it verifies under the key
 */
export class ReplayedMeter implements MeterPort {
  readonly #answers: ReadonlyMap<string, readonly Uint8Array[]>;
  readonly #asked = new Map<string, number>();
  readonly #key: Uint8Array;
  #endpoint: Endpoint;

  constructor(capture: Capture, key: Secret) {
    this.#key = key.reveal();
    this.#answers = answersIn(capture, this.#key);
    if (this.#answers.size === 0)
      throw new UsageError(
        "capture",
        "no exchange of the capture verifies under this key; captures of TLS cannot be replayed",
      );
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
    const seal = rc4Opener({ basic: this.#key, advanced: this.#key });
    return new Endpoint({ seal, sequence: 0, timing, serve: (apdu) => this.#answer(toHex(apdu)) });
  }

  #answer(asked: string): Uint8Array {
    const answers = this.#answers.get(asked) ?? [];
    const turn = this.#asked.get(asked) ?? 0;
    this.#asked.set(asked, turn + 1);
    return answers[Math.min(turn, answers.length - 1)] ?? Uint8Array.of(code.inappropriateAction);
  }
}
