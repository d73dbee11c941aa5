/** Why a face cannot listen, in one sentence. */

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

/** @param what "port 8090" or "UDP port 1010" */
export const listenFailure = (host: string, what: string, error: unknown): Error => {
  const code = codeOf(error);
  const sentence =
    code === "EADDRINUSE"
      ? `${what} of ${host} is in use by another program: stop it, or choose another port`
      : code === "EACCES"
        ? `${what} needs a right that this user lacks: see docs/faces.md, or choose a port above 1023`
        : code === "EADDRNOTAVAIL"
          ? `${host} is not an address of this machine: check host`
          : `cannot listen on ${what} of ${host}: ${error instanceof Error ? error.message : String(error)}`;
  return new Error(sentence, { cause: error });
};
