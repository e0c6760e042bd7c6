// The upload page: the chosen or dropped file by name and size, too large said before it is sent,
// and how far the upload is.
(() => {
  const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`);

  const show = (zone, input) => {
    const [file] = input.files;
    const error = zone.parentElement.querySelector("[data-dropzone-error]");
    const isTooBig = file && file.size > Number(zone.dataset.maxBytes);
    input.setCustomValidity(isTooBig ? zone.dataset.tooBig : "");
    error.textContent = isTooBig ? `${file.name} is ${size(file.size)}. ${zone.dataset.tooBig}` : "";
    error.hidden = !isTooBig;
    zone.classList.toggle("chosen", Boolean(file));
    zone.querySelector(".dropzone-file").textContent = file ? `${file.name}, ${size(file.size)}` : "";
  };

  for (const zone of document.querySelectorAll("[data-dropzone]")) {
    const input = zone.querySelector("input[type=file]");
    input.addEventListener("change", () => show(zone, input));
    // The input covers the zone, so that a drop lands in it without help; this only shows where.
    zone.addEventListener("dragover", () => zone.classList.add("over"));
    for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
    show(zone, input);
  }

  document.addEventListener("htmx:xhr:progress", ({ target, detail }) => {
    const bar = target.querySelector?.("[data-upload-progress]");
    if (!bar || !detail.lengthComputable) return;
    bar.hidden = false;
    bar.value = (100 * detail.loaded) / detail.total;
  });
  document.addEventListener("htmx:afterRequest", ({ target }) => {
    const bar = target.querySelector?.("[data-upload-progress]");
    if (bar) bar.hidden = true;
  });
})();
