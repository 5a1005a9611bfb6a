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
// A film of another house is asked for only when somebody wants to see it.
document.addEventListener("click", (event) => {
  const door = event.target.closest("a[data-player]");
  if (!door || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const frame = document.createElement("iframe");
  frame.src = door.dataset.player;
  frame.title = door.dataset.title;
  frame.allow = "autoplay; fullscreen; encrypted-media";
  frame.allowFullscreen = true;
  frame.referrerPolicy = "strict-origin-when-cross-origin";
  door.replaceWith(frame);
  frame.focus();
});
