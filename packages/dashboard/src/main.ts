import { mount } from "svelte";
import "./app.css";
import "uplot/dist/uPlot.min.css";
import { Dashboard } from "./state/dashboard.svelte.ts";
import { gatewayApi } from "./state/gateway-api.ts";
import { meterInHash, preferences } from "./state/preferences.ts";
import { Session } from "./state/session.svelte.ts";
import { sessionApi } from "./state/session-api.ts";
import { steadyClock } from "./state/steady-clock.ts";
import { Ui } from "./state/ui.svelte.ts";
import App from "./views/app.svelte";

const target = document.getElementById("app");
if (target === null) throw new Error("The page has no element with the id app.");

const ui = new Ui(
  preferences(() => window.localStorage),
  navigator.languages,
);
const fetchFrom = window.fetch.bind(window);
const session = new Session(sessionApi(document.baseURI, fetchFrom), () => window.location.reload());
/** Notices that the reader has to sign in, or to sign in again. */
const fetchNoting: typeof fetch = async (...request) => {
  const response = await fetchFrom(...request);
  if (response.status === 401) void session.look();
  return response;
};
const dashboard = new Dashboard(
  {
    api: gatewayApi(document.baseURI, fetchNoting, Date.now),
    clock: steadyClock(() => performance.now(), Date.now),
    after: (ms, run) => {
      const handle = window.setTimeout(run, ms);
      return () => window.clearTimeout(handle);
    },
    openEvents: (url) => {
      const source = new EventSource(url);
      // It hides the status of an answer that is no stream.
      source.addEventListener("error", () => void session.look());
      return source;
    },
  },
  meterInHash(window.location.hash),
);

mount(App, { target, props: { ui, session, dashboard } });
