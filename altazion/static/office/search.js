/* "/" goes to the search box of a list, as in many tools; not while somebody types. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const box = document.getElementById("searchbar");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
