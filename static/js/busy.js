// Shows that a press was heard: the button works at once and can't be pressed twice; and says so
// when a request fails, leaving the page as it was.
(() => {
  const busy = new Set();

  const start = (button) => {
    if (!button) return;
    button.setAttribute("aria-busy", "true");
    busy.add(button);
  };
  const stop = (button) => {
    button.removeAttribute("aria-busy");
    busy.delete(button);
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter ?? form.querySelector("button:not([type=button])");
    if (form.method === "dialog" || event.defaultPrevented) return;
    if (button && busy.has(button)) return event.preventDefault();
    start(button);
    form.addEventListener("htmx:afterRequest", () => button && stop(button), { once: true });
  });
  // A page brought back by the back button is as it was left: working.
  window.addEventListener("pageshow", () => busy.forEach(stop));

  document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
    if (elt.matches("button, a.button")) start(elt);
  });
  document.addEventListener("htmx:afterRequest", ({ detail: { elt } }) => busy.has(elt) && stop(elt));

  const problem = document.getElementById("page-problem");
  if (!problem) return;
  let failed = null;
  const tell = (words, { requestConfig }) => {
    failed = requestConfig.path.split("?")[0];
    problem.querySelector("[data-status]").textContent = words;
    problem.hidden = false;
  };
  // A refusal brings words of its own (base.html, responseHandling).
  const hasWords = ({ status, response }) => [400, 403, 404].includes(status) && response;
  document.addEventListener("htmx:responseError", ({ detail }) => hasWords(detail.xhr) || tell(`It said ${detail.xhr.status}.`, detail));
  document.addEventListener("htmx:sendError", ({ detail }) => tell("The connection was cut.", detail));
  document.addEventListener("htmx:timeout", ({ detail }) => tell("It took too long.", detail));
  // The same request gone well takes the words back.
  document.addEventListener("htmx:afterRequest", ({ detail: { successful, requestConfig } }) => {
    if (successful && requestConfig.path.split("?")[0] === failed) problem.hidden = true;
  });
  problem.querySelector("[data-dismiss]").addEventListener("click", () => (problem.hidden = true));
})();
