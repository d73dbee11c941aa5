/** A reverse proxy in front of a gateway, below a path: it can be slow, lose its gateway, or want a sign-in. */
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface FrontProxy {
  /** "http://127.0.0.1:40123/house/" */
  readonly url: string;
  /** "http://127.0.0.1:40123" */
  readonly origin: string;
  /** The gateway behind it; undefined answers 502. */
  target: string | undefined;
  /** Milliseconds before each answer. */
  delay: number;
  /** Every page is the form to sign in. */
  wantsSignIn: boolean;
  readonly close: () => Promise<void>;
}

const refuse = (response: ServerResponse): void => {
  if (!response.headersSent) response.writeHead(502, { "content-type": "text/html" });
  response.end("<h1>502 Bad Gateway</h1>");
};

export const startFrontProxy = async (target: string, path = "/house/"): Promise<FrontProxy> => {
  const state: { target: string | undefined; delay: number; wantsSignIn: boolean } = {
    target,
    delay: 0,
    wantsSignIn: false,
  };

  const pass = (incoming: IncomingMessage, response: ServerResponse): void => {
    if (state.target === undefined || incoming.url?.startsWith(path) !== true) {
      refuse(response);
      return;
    }
    const to = new URL(incoming.url.slice(path.length - 1), state.target);
    const headers = { ...incoming.headers, host: to.host };
    const outgoing = request(to, { method: incoming.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on("error", () => response.destroy());
      answer.pipe(response);
    });
    outgoing.on("error", () => (response.headersSent ? response.destroy() : refuse(response)));
    response.on("close", () => outgoing.destroy());
    incoming.pipe(outgoing);
  };

  const server = createServer((incoming, response) => {
    if (incoming.url === "/sign-in") response.end("<title>Please sign in</title>");
    else if (state.wantsSignIn) response.writeHead(302, { location: "/sign-in" }).end();
    else setTimeout(() => pass(incoming, response), state.delay);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(state, {
    url: origin + path,
    origin,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
};
