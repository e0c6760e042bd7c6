// Keeps the page true as time passes: what is so only with scripts is shown (data-scripted), ages tick by themselves, and fragments that poll (data-poll,
// hx-trigger="load delay:1s, again") slow down in a hidden tab and go on after a failure. What has
// data-while-seen does not ask in a hidden tab at all.
(() => {
  const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const ago = (seconds) => {
    if (seconds < 2) return "just now";
    const [size, unit] = UNITS.find(([size]) => seconds >= size);
    return `${Math.floor(seconds / size)} ${unit} ago`;
  };
  const tick = () => {
    for (const time of document.querySelectorAll("time[data-ago]")) {
      const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
      if (seconds > 30 * 86400) continue;
      const words = ago(seconds);
      if (time.textContent !== words) time.textContent = words;
    }
  };
  const reveal = () => document.querySelectorAll("[data-scripted][hidden]").forEach((words) => (words.hidden = false));
  reveal();
  document.addEventListener("htmx:afterSettle", reveal);
  tick();
  setInterval(tick, 1000);
  document.addEventListener("htmx:afterSettle", tick);

  const HIDDEN_EVERY = 60_000;
  const waits = new WeakMap();
  let failures = 0;
  const again = (element, delay) => {
    clearTimeout(waits.get(element));
    waits.set(element, setTimeout(() => element.isConnected && htmx.trigger(element, "again", { late: true }), delay));
  };

  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, requestConfig } = event.detail;
    if (elt.hasAttribute("data-while-seen") && document.hidden) return event.preventDefault();
    if (!elt.hasAttribute("data-poll") || !document.hidden) return;
    if (requestConfig.triggeringEvent?.detail?.late) return;
    event.preventDefault();
    again(elt, HIDDEN_EVERY);
  });
  // Nothing changed: the page stays, but for the worker's last sign of life.
  document.addEventListener("unchanged", ({ target, detail }) => {
    const beat = target.querySelector("time[data-beat]");
    if (beat && detail.beat) beat.dateTime = detail.beat;
    failures = 0;
    again(target, 1000 * detail.again);
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) document.querySelectorAll("[data-poll]").forEach((element) => again(element, 0));
  });
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, ({ detail: { elt, xhr } }) => {
      if (!elt.hasAttribute("data-poll")) return;
      // Refused, or gone: asking again would change nothing.
      if ([400, 401, 403, 404].includes(xhr.status)) return elt.classList.add("stale");
      elt.classList.add("stale");
      again(elt, Math.min(30_000, 1000 * 2 ** failures++));
    });
  }
  document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
    if (successful && elt.hasAttribute("data-poll")) failures = 0;
  });
})();
