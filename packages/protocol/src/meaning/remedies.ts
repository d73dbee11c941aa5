/** What to do about failures, in English: one place for the command and for other programs. */
import type { LinkFailure } from "../errors.ts";

/** What to do about each kind of link failure; undefined if the message says it all. */
export const linkRemedies: Readonly<Record<LinkFailure, string | undefined>> = {
  "no-answer":
    "Check in this order: the utility has switched the MEP port on; ENABLE has its voltage; TX and RX are not swapped; the link uses 9600 baud 8N1; the adapter has power.",
  "only-alerts":
    "The meter talks but does not hear us: check our TX line, the level shifter and the ENABLE voltage (8 to 9 V at least).",
  echo: "Our own bytes come back: TX and RX are joined, the adapter echoes, or its level shifter is defective.",
  "half-reply":
    "Replies break off: the supply or ENABLE sags under load (try other power or a shorter cable), or the bridge cuts long packets.",
  "bad-digest": "Noise on the line looks like this: check cable, ground and level shifter, then try again.",
  "other-reply": "Replies come too late: a slow bridge, or a second client on the same meter; keep one client only.",
  "wrong-key":
    "Check that the key is this meter's, and its form: 16 or 20 ASCII characters, or 32 or 40 hex digits; ascii: or hex: in front makes it explicit.",
  "no-tls": "Use --security rc4: this port has no TLS; meters before firmware 4.0 never have.",
  "tls-required": "Use --security tls, or auto: this port refuses RC4, or another client has a TLS session on it.",
  tls: "Noise on the line breaks a TLS session: check cable, ground and level shifter, then try again.",
  session:
    "Check that the link is an optical head on the meter's optical port; after a denial-of-service lock it takes minutes before the port answers again.",
  "optical-session":
    "Wait: the port answers again when the reading head is done, within ten minutes at most. If this link is itself a reading head, write optical+ in front of it.",
  "bad-resync": "The key is wrong, or the line is noisy: check the key's form first, then cable and level shifter.",
  sequence: "Another client may be using the same meter: keep one client only.",
  moved: "The meter is being reconfigured: check its present settings, then try again.",
  garbage:
    "The bytes that arrive are not a meter's: check the baud rate (9600), 8N1, and what the bridge is connected to.",
  "reply-lost":
    "The meter did it, but its reply was lost: check the result before trying again, and check the RX line.",
  "queue-full": "Too many requests at once: send fewer, or wait between them.",
  "not-open": undefined,
  closed: "The connection ended: check the cable or the bridge, and that no other client took it over.",
  aborted: undefined,
};

const moveHead =
  "Place the head flat on the meter's window with its eyes on those of the meter, and shade it; `meterport doctor` with the same link shows how well it sits.";

/** What differs if the link is a head on the optical port: there are no wires, and the keys are different. */
export const headRemedies: Readonly<Record<string, string | undefined>> = {
  "no-answer": `${moveHead} After a session that was too long the port pauses for minutes.`,
  echo: "The head sees its own light: place it on the meter's window; on a table or in its box it sees itself.",
  "half-reply": moveHead,
  "bad-digest": moveHead,
  garbage: moveHead,
  "wrong-key":
    "Check that the key is this meter's MK, PK or RK (those of the MEP port do not work here), and its form: 20 ASCII characters or 40 hex digits; ascii: or hex: in front makes it explicit. Check before you try again: wrong keys lock the port.",
  "reply-lost":
    "The meter may have done it, but its reply was lost: check the result before trying again, and check how the head sits.",
  "no-permission": "Another key (MK, or PK) may permit it, unless the meter's hardware lock is set.",
};

const responseRemedies: Readonly<Record<string, string | undefined>> = {
  "no-permission": "The other key (MAK instead of MBK) may permit it, unless the meter's hardware lock is set.",
  "no-such-table": "This firmware may not have it: meterport tables --profile P lists what it should have.",
};

const remedyIn = (remedies: Readonly<Record<string, string | undefined>>, code: string, optical: boolean) =>
  (optical ? headRemedies[code] : undefined) ?? (Object.hasOwn(remedies, code) ? remedies[code] : undefined);

/**
 * What to do about a link that fails with this code, as one or two sentences; undefined if its own sentence says it all.
 *
 * @param optical whether the link is a head on the optical port
 * @example
 * linkRemedy("closed", false) // "The connection ended: check the cable or the bridge, and that no other client took it over."
 * linkRemedy("aborted", false) // undefined
 */
export const linkRemedy = (code: string, optical: boolean): string | undefined => remedyIn(linkRemedies, code, optical);

/**
 * What to do about a refusal of the meter with this code; undefined if its own sentence says it all.
 *
 * @param optical whether the refusal came through the optical port
 * @example
 * responseRemedy("no-such-table", false) // "This firmware may not have it: meterport tables --profile P lists what it should have."
 */
export const responseRemedy = (code: string, optical: boolean): string | undefined =>
  remedyIn(responseRemedies, code, optical);
