// Comfort only: every page works without this file.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto-submit]");
  if (form) form.requestSubmit();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const list = document.getElementById("suggestions");
  if (list) list.replaceChildren();
});
// Filters are folded away on a small screen, open on a large one.
const foldFilters = () => {
  const filters = document.querySelector("details.filters");
  if (filters && window.matchMedia("(max-width: 56rem)").matches && !filters.dataset.touched) filters.open = false;
};
document.addEventListener("DOMContentLoaded", foldFilters);
