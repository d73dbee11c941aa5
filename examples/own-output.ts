/**
 * Passes on what the daemon reads: here as lines of InfluxDB on standard output, for `telegraf` or `curl`.
 * node own-output.ts http://127.0.0.1:8765 [LINES]
 *
 * It takes the daemon's server-sent events, which is how your own output works today. There are no plug-ins inside the
 * daemon. The set of live keys only grows, so ignore unknown keys.
 */
const [daemon = "http://127.0.0.1:8765", lines = "Infinity"] = process.argv.slice(2);

/** Flat: numbers with the unit in the name, null for unknown values, and words. */
type Live = Readonly<Record<string, number | string | null>>;

const ending = new AbortController();

/** The `live` events of a meter, as they arrive. Reconnects when the daemon restarts. */
async function* liveOf(id: string): AsyncGenerator<Live> {
  const { signal } = ending;
  const response = await fetch(`${daemon}/api/v1/meters/${id}/events`, { signal });
  if (response.body === null) throw new Error(`${daemon} answers ${response.status}`);
  let text = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const field = (name: string) =>
        event
          .split("\n")
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      if (field("event") === "live") yield JSON.parse(field("data") ?? "{}") as Live;
    }
  }
}

const lineOf = (id: string, live: Live): string | undefined => {
  // While the link is down all values are null: no line, so that nothing old looks fresh.
  const fields = Object.entries(live).filter(([, value]) => typeof value === "number");
  if (typeof live.time !== "string" || fields.length === 0) return undefined;
  return `meter,id=${id} ${fields.map(([name, value]) => `${name}=${value}`).join(",")} ${Date.parse(live.time)}000000`;
};

const meters = (await (await fetch(`${daemon}/api/v1/meters`)).json()) as readonly { readonly id: string }[];
const id = meters[0]?.id;
if (id === undefined) throw new Error(`${daemon} has no meters`);
let written = 0;
for await (const live of liveOf(id)) {
  const line = lineOf(id, live);
  if (line === undefined) continue;
  console.log(line);
  if (++written >= Number(lines)) break;
}
ending.abort();
