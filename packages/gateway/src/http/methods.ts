/** Which methods a path has, for requests that use another one. */

interface Registered {
  readonly method: string;
  readonly path: string;
}

const patternOf = (path: string): RegExp =>
  new RegExp(
    `^${path
      .replace(/[.+?^$()|[\]\\]/g, "\\$&")
      .replace(/:\w+(?:\\\?)?/g, "[^/]+")
      .replace(/\*/g, ".*")}$`,
  );

/** @example methodsOf([{ method: "GET", path: "/meters/:id" }], "/meters/home") // ["GET", "HEAD"] */
export const methodsOf = (routes: readonly Registered[], path: string): readonly string[] => {
  const methods = routes
    .filter(({ method, path: pattern }) => method !== "ALL" && patternOf(pattern).test(path))
    .map(({ method }) => method);
  return [...new Set(methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])))];
};
