/** Why something cannot be opened, in a sentence that says what to do. */
import { LinkError, type OpenFailure } from "@meterport/protocol/errors";

/** Errors of the system by code: what is wrong, and what helps. */
const tcp: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there; start the bridge or the virtual meter, and check the port",
  ENOTFOUND: "there is no host of that name; check the spelling, or write its address",
  EAI_AGAIN: "the name cannot be looked up now; check the network, or write the host's address",
  EHOSTUNREACH: "there is no route to that host; check the network and the address",
  ENETUNREACH: "there is no route to that host; check the network and the address",
  ETIMEDOUT: "the host does not answer; check the address and any firewall",
  ECONNRESET: "the other side hung up at once; it may already serve another client",
  EADDRINUSE: "the port is in use already; take another one, or 0 for any that is free",
  EADDRNOTAVAIL: "this machine does not have that address; take 127.0.0.1 or 0.0.0.0",
  EACCES: "the system does not permit that port; take one above 1023",
  // Of a Unix socket.
  ENOENT: "there is no such socket; start the program that offers it, and check the path",
};
const serial: Readonly<Record<string, string>> = {
  ENOENT: "there is no such device; check the cable and the name (meterport ports lists the ports)",
  EACCES: "you may not open it; on Linux: sudo usermod -aG dialout $USER, then log in again",
  // Windows says the same of a port that is in use.
  denied: "it is not available; often another program has it open",
  EBUSY: "another program has it open; end that program first",
  ENOTTY: "it is not a serial port",
  EINVAL: "it does not take these settings; check the baud rate",
};

const serialMessages: readonly (readonly [RegExp, string])[] = [
  [/no such (file|device)|file not found|cannot find/i, "ENOENT"],
  [/permission denied/i, "EACCES"],
  [/access denied/i, "denied"],
  [/cannot lock|busy|temporarily unavailable/i, "EBUSY"],
  [/inappropriate ioctl|not a tty|is a directory/i, "ENOTTY"],
  [/invalid argument|baud/i, "EINVAL"],
];

const reasons: Readonly<Record<string, OpenFailure>> = {
  ECONNREFUSED: "refused",
  ENOTFOUND: "unreachable",
  EAI_AGAIN: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  ETIMEDOUT: "unreachable",
  ECONNRESET: "hung-up",
  ENOENT: "missing",
  EACCES: "denied",
  denied: "busy",
  EBUSY: "busy",
  ENOTTY: "unsuitable",
  EINVAL: "unsuitable",
};

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Opening `name` over the network failed. */
export const tcpFailure = (name: string, error: unknown): LinkError =>
  new LinkError("not-open", name, `cannot open it: ${tcp[codeOf(error)] ?? messageOf(error)}`, {
    cause: error,
    // A missing socket is not a device that could be plugged in.
    reason: codeOf(error) === "ENOENT" ? "refused" : reasons[codeOf(error)],
  });

/** Opening the serial port `name` failed; the binding gives the reason only as text. */
export const serialFailure = (name: string, error: unknown): LinkError => {
  const message = messageOf(error);
  const code = codeOf(error) in serial ? codeOf(error) : serialMessages.find(([words]) => words.test(message))?.[1];
  return new LinkError("not-open", name, `cannot open it: ${serial[code ?? ""] ?? message}`, {
    cause: error,
    reason: reasons[code ?? ""],
  });
};
