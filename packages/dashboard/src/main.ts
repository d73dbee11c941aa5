import { mount } from "svelte";
import "./app.css";
import { keepPage } from "./offline/register.ts";
import App from "./shell/app.svelte";
import { viewEntry } from "./shell/view-list.ts";
import { Dashboard } from "./state/dashboard.svelte.ts";
import { gatewayApi } from "./state/gateway-api.ts";
import { preferences } from "./state/preferences.ts";
import { requestsTo } from "./state/requests.ts";
import { Router } from "./state/router.svelte.ts";
import { Session } from "./state/session.svelte.ts";
import { sessionApi } from "./state/session-api.ts";
import { steadyClock } from "./state/steady-clock.ts";
import { Ui } from "./state/ui.svelte.ts";

/** What a proxy answers for a gateway that is down. */
const GATEWAY_GONE: ReadonlySet<number> = new Set([502, 504]);

const target = document.getElementById("app");
if (target === null) throw new Error("The page has no element with the id app.");

const ui = new Ui(
  preferences(() => window.localStorage),
  navigator.languages,
  Intl.DateTimeFormat().resolvedOptions().timeZone,
);
const fetchFrom = window.fetch.bind(window);
const session = new Session(sessionApi(requestsTo(document.baseURI, fetchFrom, Date.now)), () =>
  window.location.reload(),
);
/** Notices that the reader has to sign in, or to sign in again, and whether the gateway answers. */
const fetchNoting: typeof fetch = async (...request) => {
  try {
    const response = await fetchFrom(...request);
    if (response.status === 401) void session.look();
    dashboard.heard(!GATEWAY_GONE.has(response.status));
    return response;
  } catch (error) {
    // A request that a view gave up says nothing.
    if (!(error instanceof DOMException && error.name === "AbortError")) dashboard.heard(false);
    throw error;
  }
};
const requests = requestsTo(document.baseURI, fetchNoting, Date.now);
const router = new Router({
  hash: () => window.location.hash,
  go: (hash) => {
    window.location.hash = hash;
  },
  replace: (hash) => window.history.replaceState(null, "", hash),
});
const dashboard = new Dashboard(
  {
    api: gatewayApi(requests),
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
  router.route.point,
);

// Its files come while the page around it is made.
viewEntry(router.route.view)
  ?.load()
  .catch(() => {
    // The view says so when it is shown.
  });
mount(App, { target, props: { ui, session, router, page: { dashboard, requests } } });
keepPage();
