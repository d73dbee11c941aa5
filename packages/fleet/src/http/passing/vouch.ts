/**
 * Between the processes of a fleet: who passes a request on shows the holder's pass, which only processes that answer for the fleet can read,
 * and says on whose behalf it comes.
 */
import { timingSafeEqual } from "node:crypto";
import { type Actor, isScope } from "@meterport/gateway/access/scope";

export const scopeHeader = "x-meterport-vouched-scope";
const nameHeader = "x-meterport-vouched-name";

const longestName = 100;

export const vouchFor = ({ name, scope }: Actor, pass: string): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${pass}`,
  [scopeHeader]: scope,
  [nameHeader]: encodeURIComponent(name.slice(0, longestName)),
});

const isSame = (a: string, b: string): boolean => {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text).slice(0, longestName);
  } catch {
    return "";
  }
};

/** Who a passed request is by, for the process whose pass this is; undefined if it shows another token. */
export const vouchedActor =
  (pass: string) =>
  (token: string, header: (name: string) => string | undefined): Actor | undefined => {
    const scope = header(scopeHeader);
    if (!isSame(token, pass) || !isScope(scope)) return undefined;
    return { kind: "token", name: decoded(header(nameHeader) ?? "") || "another process", scope };
  };
