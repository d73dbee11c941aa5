/**
 * What two ends agreed on, computed from the messages that they were heard to exchange. With a pre-shared key and without
 * forward secrecy, anyone who has the key and both hellos has the session's keys.
 */
import { sha384 } from "@noble/hashes/sha2.js";
import { concat } from "../../../bytes.ts";
import { handshakeType, suite } from "./codes.ts";
import { helloPlaces } from "./hello-places.ts";
import { masterSecret, premasterSecret, type SessionKeys, sessionKeys, verifyData } from "./key-schedule.ts";
import { finished, messageHeader } from "./messages.ts";

export interface Agreement {
  readonly identity: Uint8Array;
  readonly extendedMasterSecret: boolean;
  readonly keys: SessionKeys;
  /** The client's Finished, as a whole message. */
  readonly clientFinished: Uint8Array;
  /** The server's, where it says `between` in front of it; meters say nothing. */
  serverFinished(between: readonly Uint8Array[]): Uint8Array;
}

/** The identity in a whole ClientKeyExchange; undefined where it does not end with it. */
export const identityIn = (exchange: Uint8Array): Uint8Array | undefined => {
  const start = messageHeader + 2;
  const length = ((exchange[messageHeader] ?? 0) << 8) | (exchange[messageHeader + 1] ?? 0);
  const fits = exchange[0] === handshakeType.clientKeyExchange && exchange.length === start + length;
  return fits ? exchange.slice(start) : undefined;
};

/**
 * @param client ClientHello and ClientKeyExchange, as whole messages
 * @param server all from ServerHello to ServerHelloDone
 * @returns undefined where these are other messages, or they chose another suite
 */
export const agreementOf = (
  key: Uint8Array,
  [clientHello, exchange, ...more]: readonly Uint8Array[],
  server: readonly Uint8Array[],
): Agreement | undefined => {
  const [serverHello] = server;
  if (clientHello === undefined || exchange === undefined || serverHello === undefined || more.length > 0)
    return undefined;
  const [offer, choice, identity] = [helloPlaces(clientHello), helloPlaces(serverHello), identityIn(exchange)];
  if (offer === undefined || choice === undefined || identity === undefined) return undefined;
  if (clientHello[0] !== handshakeType.clientHello || serverHello[0] !== handshakeType.serverHello) return undefined;
  const chosen = ((serverHello[choice.suites.start] ?? 0) << 8) | (serverHello[choice.suites.start + 1] ?? 0);
  if (chosen !== suite) return undefined;
  const randoms = {
    client: clientHello.subarray(offer.random.start, offer.random.end),
    server: serverHello.subarray(choice.random.start, choice.random.end),
  };
  const said = concat(clientHello, ...server, exchange);
  // A server that takes up what was not offered finds no client that goes on.
  const { extendedMasterSecret } = choice;
  const master = masterSecret(premasterSecret(key), randoms, extendedMasterSecret ? sha384(said) : undefined);
  const clientFinished = finished(verifyData(master, "client", sha384(said)));
  return {
    identity,
    extendedMasterSecret,
    keys: sessionKeys(master, randoms),
    clientFinished,
    serverFinished: (between) =>
      finished(verifyData(master, "server", sha384(concat(said, clientFinished, ...between)))),
  };
};
