/**
 * The capacity of a line with faults: the requests per second of a client that learns at once what became of each
 * transmission. It uses nothing of ours except the table of faults.
 */
import { concat } from "@meterport/protocol/bytes";
import { Deframer, lengthField } from "@meterport/protocol/mep/frame/frame";
import { type FaultName, type FaultRates, Faults, type LineScript, seeded } from "@meterport/simulator";

export interface Capacity {
  readonly seed: number;
  readonly rates: FaultRates;
  /** Probability that a reply is cut. */
  readonly cutRate: number;
  readonly byteTime: number;
  /** Bytes of a request, of its reply on average, and of a refusal. */
  readonly request: number;
  readonly reply: number;
  readonly refusal: number;
  /** The round-trip delay of a bridge, on average. */
  readonly bridge: number;
  /** How often another client asks, and for how many bytes of reply. */
  readonly other: { readonly every: number; readonly reply: number };
  /** Its steps alternate between a condition and none. */
  readonly script: LineScript & { readonly repeat: number };
}

/** MEP guide 1.1, p. 27: the timeout of an answer, the meter's spacing, and the pause inside a long reply. */
const responseTimeout = 500;
const spacing = 100;
const pause = 25;

/** Faults after which a request gets no answer. */
const swallowed: readonly FaultName[] = ["loss", "truncate", "byteLoss"];
/** Faults that make an answer useless; the client learns of it with the last byte. */
const damaged: readonly FaultName[] = ["truncate", "byteLoss", "flip"];

/** Whether noise in front of a request looks like the length of a frame, so that the meter takes the request for a part of it. */
const eaten = (noise: Uint8Array, request: number): boolean => {
  const frame = new Uint8Array(request);
  frame[1] = request - lengthField;
  const last = new Deframer().push(concat(noise, frame)).at(-1);
  return last?.type !== "frame" || last.body.length !== request - lengthField;
};

/** The share of time in which the script leaves the line alone. */
const upShare = ({ steps, repeat }: Capacity["script"]): number => {
  let down = 0;
  for (const [i, { at, condition }] of steps.entries())
    if (Object.keys(condition).length > 0) down += (steps[i + 1]?.at ?? repeat) - at;
  return 1 - down / repeat;
};

/** Answered requests a second. */
export const capacityOf = (capacity: Capacity, requests: number): number => {
  const { seed, rates, cutRate, byteTime, request, reply, refusal, bridge, other, script } = capacity;
  const random = seeded(seed);
  const [up, down] = [new Faults(seeded(seed + 1)), new Faults(seeded(seed + 2))];
  const [asked, answer, refused] = [request, reply, refusal].map((length) => new Uint8Array(length)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const slowest = (deliveries: readonly { readonly delay: number }[]): number =>
    deliveries.reduce((most, { delay }) => Math.max(most, delay), 0);
  let now = 0;
  let sentAt = -spacing;
  let otherAt = other.every;
  for (let answered = 0; answered < requests; ) {
    if (now >= otherAt) {
      // The other's first number is refused, then it has its answer, and then ours is refused: nobody can know it before.
      now += spacing + Math.max(spacing, other.reply * byteTime + pause) + spacing;
      otherAt += other.every;
    }
    now = Math.max(now, sentAt + spacing);
    sentAt = now;
    const there = up.pass(asked, rates);
    const out = now + request * byteTime;
    const [first] = there.deliveries;
    const noise = first !== undefined && there.did.includes("noise") && eaten(first.bytes, request);
    if (there.did.some((did) => swallowed.includes(did)) || noise) {
      now = out + responseTimeout;
      continue;
    }
    // A flipped bit is refused; a doubled request is answered twice, which keeps the meter busy for one more spacing.
    const flipped = there.did.includes("flip");
    const back = down.pass(flipped ? refused : answer, rates);
    if (back.did.includes("loss")) {
      now = out + responseTimeout;
      continue;
    }
    now = out + (flipped ? refusal : reply) * byteTime + bridge + slowest(there.deliveries) + slowest(back.deliveries);
    if (there.did.includes("duplicate")) sentAt = Math.max(sentAt + spacing, now - spacing);
    if (flipped || random() < cutRate || back.did.some((did) => damaged.includes(did))) continue;
    answered++;
  }
  return (1000 * requests * upShare(script)) / now;
};
