// Warns before a page with unsaved changes is left.
(() => {
  const form = document.getElementById("mp-form");
  if (!form) return;
  let changed = Boolean(form.querySelector("[role=alert]"));
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!changed) return;
    event.preventDefault();
    event.returnValue = form.dataset.warn;
  });
})();
