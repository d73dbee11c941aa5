/** One handshake of a capture: what the client said, and the answers that it may have taken. */
import { equalBytes } from "../../bytes.ts";
import { type ClientName, clientNameIn } from "../../mep/security/mep-tls/envelope.ts";
import { contentType, handshakeName, handshakeType } from "../../mep/security/tls/codes.ts";
import { type Agreement, agreementOf, identityIn } from "../../mep/security/tls/recorded.ts";
import { recordHeader } from "../../mep/security/tls/records.ts";
import type { Piece } from "../pieces.ts";
import { Flight } from "./flight.ts";
import type { RecordPlace } from "./records-in.ts";
import { CapturedSession, type WorkBudget } from "./session.ts";

/** Late answers to earlier hellos that may come before the right one. */
const answerLimit = 4;
/** What a trial of two hellos costs beside that of a record. */
const trialCost = 50;

/** All up to ServerHelloDone, and what follows it; undefined where that has not come. */
export const splitAtDone = (
  messages: readonly Uint8Array[],
): { readonly hello: readonly Uint8Array[]; readonly between: readonly Uint8Array[] } | undefined => {
  const done = messages.findIndex(([type]) => type === handshakeType.serverHelloDone);
  return done < 0 ? undefined : { hello: messages.slice(0, done + 1), between: messages.slice(done + 1) };
};

const rawAt = (flight: Flight, { type, start, end }: RecordPlace) => ({
  type,
  fragment: flight.bytes.slice(start, end),
});

/** A handshake as it was heard. */
export class Handshake {
  readonly client = new Flight();
  /** Each begins with a ServerHello. */
  readonly answers: Flight[] = [];
  /** The one of `answers` that the client took. */
  server: Flight | undefined;
  /** Once the client's Finished has verified. */
  session: CapturedSession | undefined;
  /** Whether it came as far as the client's Finished, and that did not verify. */
  failed = false;
  #agreement: Agreement | undefined;

  /** Who the client says it is, whether or not that is true. */
  get name(): ClientName | undefined {
    const exchange = this.client.messages.find(([type]) => type === handshakeType.clientKeyExchange);
    const identity = exchange === undefined ? undefined : identityIn(exchange);
    return identity === undefined ? undefined : clientNameIn(identity);
  }

  /** What a frame of the client adds, by name; undefined where it does not belong to it. */
  ask(piece: Piece, records: Uint8Array, offset: number): readonly string[] | undefined {
    return added(this.client, () => this.client.push(piece, records, offset));
  }

  /** What a frame of the meter adds, by name; undefined where it does not belong to it. */
  answer(piece: Piece, records: Uint8Array, offset: number): readonly string[] | undefined {
    const greets = records[0] === contentType.handshake && records[recordHeader] === handshakeType.serverHello;
    const flight = greets ? new Flight() : (this.server ?? this.answers.at(-1));
    if (flight === undefined || (greets && this.answers.length === answerLimit)) return undefined;
    const says = added(flight, () => flight.push(piece, records, offset));
    if (greets && says !== undefined) this.answers.push(flight);
    return says;
  }

  /** Opens the session as soon as the client's Finished is there, and checks the server's. */
  settle(key: Uint8Array, budget: WorkBudget): void {
    const [finished] = this.client.sealed ?? [];
    if (this.session === undefined && finished !== undefined && !this.failed) this.#open(key, finished, budget);
    const { session, server } = this;
    const [answer] = server?.sealed ?? [];
    if (session === undefined || server === undefined || answer === undefined) return;
    if (session.serverFinished !== undefined) return;
    const between = splitAtDone(server.messages)?.between ?? [];
    const [opened] = session.server.open([rawAt(server, answer)], budget) ?? [];
    const expected = this.#agreement?.serverFinished(between);
    session.serverFinished = opened !== undefined && expected !== undefined && equalBytes(opened.plain, expected);
    this.#agreement = undefined;
  }

  #open(key: Uint8Array, finished: RecordPlace, budget: WorkBudget): void {
    for (const server of this.answers) {
      const hello = splitAtDone(server.messages)?.hello;
      const agreement = hello === undefined ? undefined : agreementOf(key, this.client.messages, hello);
      if (agreement === undefined || budget.exhausted) continue;
      const session = new CapturedSession(agreement);
      const [opened] = session.client.open([rawAt(this.client, finished)], budget) ?? [];
      if (opened !== undefined && equalBytes(opened.plain, agreement.clientFinished)) {
        this.session = session;
        this.server = server;
        this.#agreement = agreement;
        return;
      }
      budget.spend(trialCost);
    }
    this.failed = true;
  }
}

/** Names of what `push` adds to a flight. */
const added = (flight: Flight, push: () => boolean): readonly string[] | undefined => {
  const before = { messages: flight.messages.length, changed: flight.sealed !== undefined };
  const sealed = flight.sealed?.length ?? 0;
  if (!push()) return undefined;
  const names = flight.messages.slice(before.messages).map(([type = 0]) => handshakeName(type));
  if (flight.sealed !== undefined && !before.changed) names.push("ChangeCipherSpec");
  // Nothing else is encrypted before the session stands.
  for (let more = sealed; more < (flight.sealed?.length ?? 0); more++)
    names.push(handshakeName(handshakeType.finished));
  return names;
};
