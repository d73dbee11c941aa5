/** What all calls of the API share: the address, the token, and errors. The generated client is built on it. */

/** An answer with a status of 400 or above. */
export class ApiError extends Error {
  readonly status: number;
  /** A stable code such as "no-such-point". */
  readonly code: string;

  constructor(status: number, { error, message }: { readonly error: string; readonly message: string }) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = error;
  }
}

type Query = Readonly<Record<string, string | number | undefined>>;

export interface ApiOptions {
  /** "http://127.0.0.1:8765" */
  readonly url: string;
  /** Made by `meterport token add NAME`; not needed on loopback. */
  readonly token?: string | undefined;
}

export class ApiConnection {
  readonly #url: string;
  readonly #token: string | undefined;

  constructor({ url, token }: ApiOptions) {
    this.#url = url.replace(/\/$/, "");
    this.#token = token;
  }

  /** The answer itself, for streams and files. @throws ApiError */
  protected async open(
    method: string,
    path: string,
    query: Query,
    init: RequestInit,
    body?: unknown,
  ): Promise<Response> {
    const asked = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) asked.set(name, String(value));
    const headers = new Headers(init.headers);
    if (this.#token !== undefined) headers.set("authorization", `Bearer ${this.#token}`);
    if (method !== "GET") headers.set("content-type", "application/json");
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const address = `${this.#url}${path}${asked.size === 0 ? "" : `?${asked}`}`;
    const response = await fetch(address, { ...init, ...sent, method, headers });
    if (response.ok) return response;
    // A proxy in between answers in its own words.
    const problem = await response.json().catch(() => ({ error: "http", message: `the answer is ${response.status}` }));
    throw new ApiError(response.status, problem as { readonly error: string; readonly message: string });
  }

  /** @throws ApiError */
  protected async json<T>(method: string, path: string, query: Query, init: RequestInit, body?: unknown): Promise<T> {
    return (await (await this.open(method, path, query, init, body)).json()) as T;
  }
}
