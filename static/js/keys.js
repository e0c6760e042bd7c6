// What the keyboard does on every page, and what opens and closes: dialogs, drawers, menus.
(() => {
  const find = (selector) => document.querySelector(selector);
  const GO = { l: "lists", i: "imports", e: "enrichment", c: "credits", p: "people", s: "settings" };
  let going = false;

  const follow = (link) => link && (link.click(), true);
  // While a lead is open it is leads that are turned, not the pages behind it.
  const turn = (way) => follow((find(".drawer") ?? document).querySelector(`a[rel=${way}]`));
  const isTyping = (element) => element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

  const KEYS = {
    "/": () => find("[data-key='/']")?.focus() ?? true,
    j: () => turn("next"),
    k: () => turn("prev"),
    g: () => ((going = true), setTimeout(() => (going = false), 1000), true),
    "?": () => (find("#keys-sheet")?.togglePopover(), true),
  };

  const escape = () => {
    if (find("#keys-sheet:popover-open")) return; // the browser closes it
    const menu = find("details.menu[open]");
    if (menu) return (menu.open = false), menu.querySelector("summary").focus();
    if (!find("dialog[open]")) follow(find(".drawer [data-close]"));
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") return escape();
    if (isTyping(event.target) || find("dialog[open]")) return;
    const done = going ? follow(find(`[data-go='${GO[event.key]}']`)) : KEYS[event.key]?.();
    if (going && event.key !== "g") going = false;
    if (done) event.preventDefault();
  });

  // In the chunk grid and in tables the arrows move from cell to cell.
  const STEP = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
  document.addEventListener("keydown", (event) => {
    const [dx, dy] = STEP[event.key] ?? [];
    const cell = dx === undefined ? null : event.target.closest(".chunk-grid a.cell");
    if (!cell) return;
    const cells = [...cell.closest(".chunk-grid").querySelectorAll("a.cell")];
    const across = cells.filter((other) => other.offsetTop === cells[0].offsetTop).length;
    const next = cells[cells.indexOf(cell) + dx + dy * across];
    next?.focus();
    event.preventDefault();
  });

  // A drawer that closes gives the focus back to the link that opened it.
  let drawerLink = null;
  document.addEventListener("htmx:beforeSwap", ({ detail: { target, requestConfig } }) => {
    if (target.id === "drawer" && !find(".drawer")) drawerLink = requestConfig.elt;
  });
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if (target.id === "drawer" && !find(".drawer") && drawerLink?.isConnected) drawerLink.focus();
  });

  // A table that is wider than the page and holds nothing to focus is scrolled by keys as well.
  const reachable = () => {
    for (const wrap of document.querySelectorAll(".table-wrap")) {
      if (wrap.scrollWidth > wrap.clientWidth && !wrap.querySelector("a, button, select, input")) wrap.tabIndex = 0;
    }
  };
  reachable();
  addEventListener("resize", reachable);
  document.addEventListener("htmx:afterSettle", reachable);

  document.addEventListener("click", (event) => {
    const { target } = event;
    const opener = target.closest("[data-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
    }
    if (target.closest("[data-close-dialog]") || target.matches("dialog[open]")) target.closest("dialog").close();
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(target) || dialog) menu.open = false;
    }
  });
})();
