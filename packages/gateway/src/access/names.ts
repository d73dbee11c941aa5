/** Names of users and tokens, and what a password must be. */
import { UsageError } from "@meterport/protocol/errors";

const allowed = /^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,62}$/u;

/** The form under which two spellings of a name are the same. */
export const nameKey = (name: string): string => name.normalize("NFC").toLowerCase();

/** @throws UsageError, which does not repeat the name: it may be a token or a password in the wrong place */
export const checkedName = (name: string, what: "user" | "token"): string => {
  const plain = name.normalize("NFC");
  if (!allowed.test(plain) || plain.startsWith("mp_")) {
    throw new UsageError(
      "name",
      `the name of a ${what} must be 1 to 63 letters, digits, and . _ @ - after the first: choose one like ${what === "user" ? "anna" : "home-assistant"}`,
    );
  }
  return plain;
};

const shortestPassword = 10;
/** Longer texts cost time and protect no better. */
export const longestPassword = 512;

/** The sentence that says what is wrong with a password; undefined if it may be used. */
export const passwordProblem = (password: string, name: string): string | undefined => {
  const length = [...password].length;
  if (length < shortestPassword)
    return `the password has ${length} characters: choose one of at least ${shortestPassword}`;
  if (length > longestPassword)
    return `the password is longer than ${longestPassword} characters: choose a shorter one`;
  if (/\p{Cc}/u.test(password)) return "the password holds a control character: choose one that can be typed";
  if (nameKey(password) === nameKey(name)) return "the password is the same as the name: choose another one";
  if (new Set(password).size < 4) return "the password repeats the same few characters: choose another one";
  return undefined;
};
