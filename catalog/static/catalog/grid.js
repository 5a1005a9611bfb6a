// The grid works without this; with it the arrow keys move between lines, and nothing typed is lost unasked.
(() => {
  const form = document.getElementById("grid");
  if (!form) return;
  let unsaved = false;
  form.addEventListener("input", (event) => { if (event.target.name && event.target.name.startsWith("v")) unsaved = true; });
  form.addEventListener("submit", () => { unsaved = false; });
  window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  form.addEventListener("keydown", (event) => {
    if (!["ArrowUp", "ArrowDown"].includes(event.key) || event.target.matches("select") || event.altKey) return;
    if (event.target.list && event.target.value !== event.target.defaultValue) return; // choosing among proposals
    const cell = event.target.closest("td");
    if (!cell) return;
    const row = cell.parentElement;
    const next = event.key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
    const field = next && next.children[cell.cellIndex].querySelector("input:not([type=hidden]), select");
    if (field) { event.preventDefault(); field.focus(); if (field.select) field.select(); }
  });
  const all = form.querySelector(".alz-tickall");
  if (all) {
    all.hidden = false;
    all.addEventListener("change", () => form.querySelectorAll("input[name=ticked]").forEach((box) => { box.checked = all.checked; }));
  }
  const wrong = form.querySelector("[aria-invalid]");
  if (wrong) wrong.focus();
})();
