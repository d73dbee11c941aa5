/** Has the browser keep the page's files, where it can: over HTTPS, and on the machine itself. */
export function keepPage(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  // Not before the page is there: it comes first.
  window.addEventListener("load", () => {
    navigator.serviceWorker
      .register("sw.js", { updateViaCache: "none" })
      // Browsers look for a new version when it suits them; a gateway that was updated is to be seen at the next load.
      .then((registration) => registration.update())
      .catch(() => {
        // The page works without it, as behind a certificate that the browser does not trust.
      });
  });
}
