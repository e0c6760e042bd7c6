// A copy button in the cell under the pointer or in focus (td[data-copy]), arrows between such
// cells, "c" to copy; and buttons that copy one value (button[data-copy]).
(() => {
  const SPRITE = document.querySelector("svg.icon use")?.getAttribute("href").split("#")[0];
  const icon = (name) => `<svg class="icon" aria-hidden="true"><use href="${SPRITE}#${name}"/></svg>`;
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "copy", tabIndex: -1, innerHTML: icon("copy") });
  const heard = document.createElement("span");
  heard.className = "visually-hidden";
  heard.setAttribute("role", "status");
  document.body.append(heard);

  const copy = async (source, shown) => {
    await navigator.clipboard.writeText(source.dataset.copy);
    shown.innerHTML = icon("check");
    heard.textContent = `Copied ${source.dataset.copy}`;
    setTimeout(() => (shown.innerHTML = icon("copy")), 1200);
  };
  const show = ({ target }) => {
    const cell = target.closest?.("td[data-copy]");
    if (!cell || cell.contains(button) || !cell.dataset.copy) return;
    button.title = `Copy ${cell.dataset.copy}`;
    button.setAttribute("aria-label", button.title);
    cell.append(button);
  };
  document.addEventListener("pointerover", show);
  document.addEventListener("focusin", show);
  document.addEventListener("click", ({ target }) => {
    const pressed = target.closest("button.copy");
    if (pressed) copy(pressed.dataset.copy ? pressed : pressed.closest("[data-copy]"), pressed);
  });

  const STEP = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest?.(".table tbody :is(td, th)");
    if (!cell) return;
    if (event.key === "c" && cell.dataset.copy && !event.ctrlKey && !event.metaKey) return copy(cell, button);
    const step = STEP[event.key];
    if (!step || event.target.matches("input, select")) return;
    const { rows } = cell.closest("tbody");
    const row = rows[cell.parentElement.sectionRowIndex + step[1]];
    const next = row?.cells[cell.cellIndex + step[0]];
    (next?.querySelector("a") ?? next)?.focus();
    event.preventDefault();
  });
})();
